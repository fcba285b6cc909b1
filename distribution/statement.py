"""The client statement: what a client bought and gave back in a month, as the sum of these rows and of nothing else.

A sale stands on the day it was accepted, a return on the day it was granted, both in the company's zone. Test leads are left out.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import xlsxwriter

from distribution.models import SOLD_STATES, Delivery, Return
from leads.domain.clocks import instant
from leads.models import Company
from leads.viewer import said_zone

HEADINGS = ("Day", "Time", "What", "Delivery", "Lead", "Account", "Reason", "Amount")


class Line(NamedTuple):
    """One booking; `amount` is negative for a return."""

    at: datetime
    is_return: bool
    delivery_id: UUID
    delivery: str
    lead: str
    account: str
    reason: str
    amount: Decimal

    @property
    def what(self) -> str:
        return "Return" if self.is_return else "Lead"


@dataclass(frozen=True, slots=True)
class DaySum:
    day: date
    leads: int
    returns: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """`month` is its first day; `lines` are in the order of time."""

    month: date
    zone: ZoneInfo
    lines: tuple[Line, ...]

    @property
    def zone_name(self) -> str:
        return said_zone(self.zone)

    @property
    def leads(self) -> int:
        return sum(not line.is_return for line in self.lines)

    @property
    def returns(self) -> int:
        return sum(line.is_return for line in self.lines)

    @property
    def sold(self) -> Decimal:
        return sum((line.amount for line in self.lines if not line.is_return), Decimal(0))

    @property
    def credited(self) -> Decimal:
        return sum((line.amount for line in self.lines if line.is_return), Decimal(0))

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def days(self) -> list[DaySum]:
        found = []
        for day, lines in groupby(self.lines, key=lambda line: line.at.astimezone(self.zone).date()):
            rows = list(lines)
            back = sum(line.is_return for line in rows)
            found.append(DaySum(day, len(rows) - back, back, sum((line.amount for line in rows), Decimal(0))))
        return found


def statement(client: int, month: date) -> Statement:
    """Read a client's month, with three queries."""
    zone = ZoneInfo(Company.current().time_zone)
    start, end = _midnight(month.replace(day=1), zone), _midnight(following(month), zone)
    lines = sorted([*_sales(client, start, end), *_returns(client, start, end)])
    return Statement(month.replace(day=1), zone, tuple(lines))


def following(month: date) -> date:
    """The first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def before(month: date) -> date:
    """The first day of the month before."""
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return instant(datetime.combine(day, time()), zone)


def _sales(client: int, start: datetime, end: datetime) -> Iterator[Line]:
    rows = Delivery.objects.filter(
        client=client, state__in=SOLD_STATES, finished_at__gte=start, finished_at__lt=end, lead__is_test=False
    ).order_by()
    for pk, at, number, lead, account, price in rows.values_list("pk", "finished_at", "number", "lead__number", "account__name", "price"):
        assert at is not None  # noqa: S101 -- sales have ended
        yield Line(at, False, pk, f"D-{number}", f"L-{lead}", account, "", price)


def _returns(client: int, start: datetime, end: datetime) -> Iterator[Line]:
    rows = Return.objects.granted().filter(client=client, decided_at__gte=start, decided_at__lt=end, delivery__lead__is_test=False)
    columns = ("delivery_id", "decided_at", "delivery__number", "delivery__lead__number", "delivery__account__name", "reason", "price")
    for pk, at, number, lead, account, reason, price in rows.order_by().values_list(*columns):
        yield Line(at, True, pk, f"D-{number}", f"L-{lead}", account, reason, -price)


def as_csv(told: Statement) -> str:
    """Write the rows as CSV; a text that a spreadsheet would run as a formula is quoted for it."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(HEADINGS)
    rows.writerows([*_cells(told, line)[:-1], f"{line.amount:.2f}"] for line in told.lines)
    rows.writerow(["Sum", "", f"{told.leads} leads, {told.returns} returns", "", "", "", "", f"{told.total:.2f}"])
    return written.getvalue()


def as_xlsx(told: Statement) -> bytes:
    """Write the rows as a workbook: amounts are numbers, texts never formulas."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(f"{told.month:%B %Y}")
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        total = book.add_format({"bold": True, "num_format": "#,##0.00"})
        sheet.write_row(0, 0, HEADINGS, bold)
        for number, line in enumerate(told.lines, 1):
            sheet.write_row(number, 0, _cells(told, line, guarded=False)[:-1])
            sheet.write_number(number, len(HEADINGS) - 1, float(line.amount), money)
        last = len(told.lines) + 1
        sheet.write_row(last, 0, ["Sum", "", f"{told.leads} leads, {told.returns} returns"], bold)
        sheet.write_number(last, len(HEADINGS) - 1, float(told.total), total)
        sheet.set_column(0, len(HEADINGS) - 1, 14)
    return written.getvalue()


def _cells(told: Statement, line: Line, *, guarded: bool = True) -> list[str]:
    local = line.at.astimezone(told.zone)
    texts = (line.account, line.reason)
    account, reason = (_plain(text) for text in texts) if guarded else texts
    return [f"{local:%Y-%m-%d}", f"{local:%H:%M:%S}", line.what, line.delivery, line.lead, account, reason, ""]


def _plain(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def months(now: datetime, many: int = 12) -> Iterable[date]:
    """The present month of the company and those before it, newest first."""
    month = now.astimezone(ZoneInfo(Company.current().time_zone)).date().replace(day=1)
    for _ in range(many):
        yield month
        month = before(month)
