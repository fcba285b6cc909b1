"""*Why did it not get leads today?*: the page of one delivery account and one day."""

from distribution.admin.why import pages

__all__ = ["pages"]
