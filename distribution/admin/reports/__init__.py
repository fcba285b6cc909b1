"""The pages of the menu's Reports."""

from distribution.admin.reports import deliveries

__all__ = ["deliveries"]
