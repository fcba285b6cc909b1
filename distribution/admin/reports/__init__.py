"""The pages of the menu's Reports."""

from distribution.admin.reports import deliveries, floor, saved, shares, unsold

__all__ = ["deliveries", "floor", "saved", "shares", "unsold"]
