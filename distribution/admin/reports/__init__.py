"""The pages of the menu's Reports."""

from distribution.admin.reports import deliveries, floor, shares, unsold

__all__ = ["deliveries", "floor", "shares", "unsold"]
