"""Rows for reports; nothing here writes."""

from distribution.reports.home import Days, client_report, figures, hours, oldest

__all__ = ["Days", "client_report", "figures", "hours", "oldest"]
