"""Lists and forms of what leads are made of; one module a noun."""

from leads.admin import company, leadtype, source, suppression

__all__ = ["company", "leadtype", "source", "suppression"]
