"""The pages of the menu's Reports."""

from distribution.admin.reports import deliveries, floor, live, saved, shares, unsold

__all__ = ["deliveries", "floor", "live", "saved", "shares", "unsold"]
