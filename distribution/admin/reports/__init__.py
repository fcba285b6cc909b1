"""The pages of the menu's Reports."""

from distribution.admin.reports import deliveries, unsold

__all__ = ["deliveries", "unsold"]
