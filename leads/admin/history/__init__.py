"""Configuration's history: who changed what and when, before and after, and taking it back."""

from leads.admin.history.books import Part
from leads.admin.history.pages import Historied

__all__ = ["Historied", "Part"]
