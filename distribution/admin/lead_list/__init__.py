"""The list of leads: its columns, filters that are kept under a name, chips, and pages by cursor."""

from distribution.admin.lead_list import pages

__all__ = ["pages"]
