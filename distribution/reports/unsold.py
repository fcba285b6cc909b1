"""Leads that nobody bought: by reason, and by the one thing that came nearest to selling them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from clients.models import DeliveryAccount
from distribution.domain.missed import Unsold
from distribution.domain.why_words import SAYS
from distribution.reports.asked import Asked, Days
from distribution.reports.lists import Number
from leads.domain.clocks import instant

NARROWED_BY = ("source", "campaign", "lead_type", "state")
REASONS: dict[str, str] = {
    Unsold.NOBODY: "No account buys leads of this type",
    Unsold.REFUSED: "Every client that it was offered to refused",
    Unsold.FAILED: "Every delivery failed",
    Unsold.NOT_DISTRIBUTED: "Not offered to clients: its campaign takes another route",
    "": "Not looked at yet; that takes some seconds",
}
MOST = 100
READ = """
    SELECT u.reason, u.miss, u.account, count(*), coalesce(sum(u.price), 0), (u.received_at AT TIME ZONE %(zone)s)::date AS day
    FROM distribution_unsoldlead u {join} WHERE u.received_at >= %(start)s AND u.received_at < %(end)s {narrowed}
    GROUP BY u.reason, u.miss, u.account, day
"""
COLUMNS = {"campaign": "u.campaign", "lead_type": "u.lead_type", "state": "u.state", "source": "c.source_id"}


@dataclass(frozen=True, slots=True)
class Line:
    """So many leads, and what the nearest would have paid for them. `percent` is of all that nobody bought."""

    said: str
    count: int
    price: Decimal
    number: Number
    percent: Decimal
    remedy: str = ""
    account: DeliveryAccount | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class UnsoldReport:
    total: int
    worth: Decimal
    reasons: Sequence[Line]
    misses: Sequence[Line]
    more: int
    """Misses beyond those shown."""
    days: Mapping[date, int]
    number: Number


def unsold_report(asked: Asked, zone: ZoneInfo, *, whole: bool = False) -> UnsoldReport:
    """Read the report: two queries, however many leads there are."""
    rows = _read(asked.days, asked.filters, zone)
    total = sum(count for *_, count, _, _ in rows)
    reasons: dict[str, list[Any]] = {}
    misses: dict[tuple[str, int], list[Any]] = {}
    days: dict[date, int] = dict.fromkeys(asked.days, 0)
    for reason, miss, account, count, price, day in rows:
        _add(reasons, reason, count, price)
        if miss:
            _add(misses, (miss, account), count, price)
        days[day] += count
    ranked = sorted(misses.items(), key=lambda one: (-one[1][0], -one[1][1], one[0]))
    shown = ranked if whole else ranked[:MOST]
    accounts = DeliveryAccount.objects.select_related("client").in_bulk([account for (_, account), _ in shown])
    return UnsoldReport(
        total=total,
        worth=sum((price for _, price in misses.values()), Decimal(0)),
        reasons=[
            Line(_said(reason), count, price, _number(asked, why=reason or "-"), _percent(count, total), code=reason)
            for reason, (count, price) in sorted(reasons.items(), key=lambda one: (-one[1][0], one[0]))
        ],
        misses=[
            Line(
                SAYS[miss].what,
                count,
                price,
                _number(asked, miss=miss, near=str(account)),
                _percent(count, total),
                SAYS[miss].remedy,
                accounts.get(account),
                miss,
            )
            for (miss, account), (count, price) in shown
        ],
        more=len(ranked) - len(shown),
        days=days,
        number=_number(asked),
    )


def _add(into: dict[Any, list[Any]], key: Any, count: int, price: Decimal) -> None:
    kept = into.setdefault(key, [0, Decimal(0)])
    kept[0] += count
    kept[1] += price


def _said(reason: str) -> str:
    if reason in REASONS:
        return REASONS[reason]
    return f"Most accounts: {SAYS[reason].what[0].lower()}{SAYS[reason].what[1:]}"


def _percent(count: int, total: int) -> Decimal:
    return Decimal(count * 100) / total


def _number(asked: Asked, **more: str) -> Number:
    return Number("unsold", asked.days, dict(asked.filters) | more)


def _read(days: Days, filters: Mapping[str, str], zone: ZoneInfo) -> list[Any]:
    wanted: dict[str, Any] = {
        "zone": zone.key,
        "start": instant(datetime.combine(days.first, time()), zone),
        "end": instant(datetime.combine(days.last + timedelta(days=1), time()), zone),
    }
    narrowed = ""
    for name, value in filters.items():
        narrowed += f" AND {COLUMNS[name]} = %({name})s"
        wanted[name] = ("" if value == "-" else value.upper()) if name == "state" else int(value)
    join = "JOIN leads_campaign c ON c.id = u.campaign" if "source" in filters else ""
    with connection.cursor() as cursor:
        cursor.execute(READ.format(join=join, narrowed=narrowed), wanted)
        return cursor.fetchall()
