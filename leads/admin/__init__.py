"""Lists and forms of what leads are made of; one module a noun."""

from leads.admin import company, criteria_count, exports, imports, leadtype, schedule_next, source, suppression

__all__ = ["company", "criteria_count", "exports", "imports", "leadtype", "schedule_next", "source", "suppression"]
