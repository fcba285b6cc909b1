"""Settings > Client Settings > Distribution: the page, its table of values, its groups and its versions."""

from distribution.admin.settings import history, members, page, spreadsheet

__all__ = ["history", "members", "page", "spreadsheet"]
