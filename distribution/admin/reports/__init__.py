"""The pages of the menu's Reports."""

from distribution.admin.reports import deliveries, shares, unsold

__all__ = ["deliveries", "shares", "unsold"]
