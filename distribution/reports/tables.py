"""Reports as tables for files and mails: every row and every column."""

from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict

from distribution.reports.asked import Asked, narrowed_to, read
from distribution.reports.columns import SHOWN
from distribution.reports.delivery import BY, Report, delivery_report
from distribution.reports.files import Table
from distribution.reports.unsold import NARROWED_BY, UnsoldReport, unsold_report


def deliveries_table(report: Report) -> Table:
    """The delivery report with what it is compared with."""
    asked = report.asked
    headings, kinds = [BY[asked.by]], ["text"]
    for column in report.columns:
        headings.append(column.title)
        kinds.append(column.kind)
        if asked.before:
            headings.append(f"{column.title}, {asked.before.said}")
            kinds.append(column.kind)
    rows = []
    for row in [*report.rows, *([report.nobodys] if report.nobodys else []), report.total]:
        cells: list[Any] = [row.name]
        for figure in row.figures:
            cells += [figure.value, figure.before] if asked.before else [figure.value]
        rows.append(cells)
    about = f"{asked.days.said}, days of {report.zone.key}, by {BY[asked.by].lower()}"
    return Table("Deliveries", about, headings, kinds, rows)


def unsold_table(report: UnsoldReport, asked: Asked, zone: ZoneInfo) -> Table:
    """Both tables as one: the reasons, then the nearest misses."""
    rows: list[list[Any]] = [["Reason", line.said, "", "", line.count, line.price] for line in report.reasons]
    for line in report.misses:
        client, account = (line.account.client.name, line.account.name) if line.account else ("Deleted", "")
        rows.append(["Nearest miss", line.said, client, account, line.count, line.price])
    rows.append(["Total", "", "", "", report.total, report.worth])
    headings = ["What", "Why", "Client", "Account", "Leads", "Would have paid"]
    about = f"Leads received {asked.days.said} that nobody bought, days of {zone.key}"
    return Table("Unsold leads", about, headings, ["text", "text", "text", "text", "count", "money"], rows)


def _deliveries(query: str, today: date, zone: ZoneInfo) -> Table:
    asked, _ = read(QueryDict(query), today=today, by=BY, shows=SHOWN)
    return deliveries_table(delivery_report(asked, zone, whole=True))


def _unsold(query: str, today: date, zone: ZoneInfo) -> Table:
    asked, _ = read(QueryDict(query), today=today, by={"miss": "Nearest miss"})
    asked = narrowed_to(asked, NARROWED_BY, [])
    return unsold_table(unsold_report(asked, zone, whole=True), asked, zone)


TABLES: dict[str, Callable[[str, date, ZoneInfo], Table]] = {"deliveries": _deliveries, "unsold": _unsold}
"""Reports that can be saved and mailed, by the name of their page: what they were asked, the company's day, and its zone."""
