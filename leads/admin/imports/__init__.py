"""Leads > Import: a file uploaded, its columns chosen, tried, taken in, watched, and taken back."""

from leads.admin.imports import pages, rejected, steps

__all__ = ["pages", "rejected", "steps"]
