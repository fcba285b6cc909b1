"""The sales floor report: speed to lead, attempts, contacts and outcomes by whom, by what and when; and the queue over time.

Speed counts leads that came in on these days and were called, by their first call; attempts and outcomes those of these days. Who
manages a branch sees what its people did, and nothing of where leads come from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from distribution.reports.asked import Asked
from distribution.reports.columns import percent
from distribution.reports.home import Span
from leads.domain.clocks import instant
from leads.models import Source
from pullqueue.models import Branch, PullStrategy, User

BY = {"user": "User", "strategy": "Strategy", "branch": "Branch", "source": "Source", "hour": "Hour", "day": "Day"}
COMPANY_ALONE = frozenset({"source"})
"""Groupings that tell where leads come from: the company's, never a branch's."""
PLACES = ("ready", "cooling", "held", "callback", "owned", "unrouted", "exhausted")
MODELS: dict[str, type[Any]] = {"user": User, "strategy": PullStrategy, "branch": Branch, "source": Source}
SCOPED = "(%(all)s OR w.branch_id = ANY(%(branches)s))"
JOINS = """
    JOIN pullqueue_user w ON w.id = x.user_id JOIN leads_lead l ON l.id = x.lead_id AND NOT l.is_test
    LEFT JOIN leads_campaign c ON c.id = l.campaign_id
"""
SPEED = """
    SELECT {key}, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY waited), percentile_cont(0.9) WITHIN GROUP (ORDER BY waited),
        count(*) FILTER (WHERE waited <= 60), count(*) FILTER (WHERE waited <= 300)
    FROM (
        SELECT DISTINCT ON (a.lead_id) a.lead_id, a.user_id, a.strategy_id, n.received_at AS at,
            extract(epoch FROM a.at - n.received_at) AS waited
        FROM leads_lead n JOIN pullqueue_callattempt a ON a.lead_id = n.id
        WHERE n.received_at >= %(start)s AND n.received_at < %(end)s AND a.at < coalesce(%(until)s, 'infinity'::timestamptz)
        ORDER BY a.lead_id, a.at, a.id
    ) x {joins} WHERE {scoped} GROUP BY GROUPING SETS ((1), ())
"""
ATTEMPTS = """
    SELECT {key}, count(*) FROM pullqueue_callattempt x {joins}
    WHERE x.at >= %(start)s AND x.at < %(end)s AND {scoped} GROUP BY GROUPING SETS ((1), ())
"""
OUTCOMES = """
    SELECT {key}, x.disposition_id, count(*), count(*) FILTER (WHERE x.contacted), count(*) FILTER (WHERE x."then" = 'won') FROM (
        SELECT r.*, h.strategy_id FROM pullqueue_result r LEFT JOIN pullqueue_hold h ON h.id = r.hold_id WHERE r.state <> 'undone'
    ) x {joins}
    WHERE x.at >= %(start)s AND x.at < %(end)s AND {scoped} GROUP BY 1, 2
"""
QUEUE = """
    SELECT (at AT TIME ZONE %(zone)s)::date, at, place, sum(leads) FROM distribution_queuesample
    WHERE at >= %(start)s AND at < %(end)s AND (%(all)s OR branch = ANY(%(branches)s)) GROUP BY 1, 2, 3 ORDER BY 2
"""
KEYS = {
    "user": "x.user_id",
    "strategy": "coalesce(x.strategy_id, 0)",
    "branch": "coalesce(w.branch_id, 0)",
    "source": "c.source_id",
    "hour": "extract(hour FROM x.at AT TIME ZONE %(zone)s)::int",
    "day": "(x.at AT TIME ZONE %(zone)s)::date",
}
NOBODY = {"strategy": "No strategy: own leads and callbacks", "branch": "The company"}


@dataclass(slots=True)
class FloorRow:
    """Seconds for the median and the 90th percentile; None where nobody was called."""

    name: str = ""
    called: int = 0
    median: Decimal | None = None
    p90: Decimal | None = None
    in_1: int = 0
    in_5: int = 0
    attempts: int = 0
    contacts: int = 0
    outcomes: int = 0
    won: int = 0

    @property
    def within_1(self) -> Decimal | None:
        return percent(self.in_1, self.called)

    @property
    def within_5(self) -> Decimal | None:
        return percent(self.in_5, self.called)

    @property
    def contact_rate(self) -> Decimal | None:
        """Percent of the attempts that reached somebody."""
        return percent(self.contacts, self.attempts)


@dataclass(frozen=True, slots=True)
class FloorReport:
    rows: Sequence[FloorRow]
    total: FloorRow
    dispositions: Mapping[int, int]
    """Outcomes by disposition."""
    queue: Sequence[tuple[datetime, Mapping[str, int]]] = field(default_factory=list)
    """Samples in order: every quarter of an hour of one day, of more days the last of each."""


def floor_report(asked: Asked, zone: ZoneInfo, branches: frozenset[int] | None) -> FloorReport:
    """Read the report in five queries. `branches` are those that the person sees; None for all."""
    wanted: dict[str, Any] = {
        "zone": zone.key,
        "start": instant(datetime.combine(asked.days.first, time()), zone),
        "end": instant(datetime.combine(asked.days.last + timedelta(days=1), time()), zone),
        "all": branches is None,
        "branches": sorted(branches or ()),
        "until": None,
    }
    shape = {"key": KEYS[asked.by], "joins": JOINS, "scoped": SCOPED}
    rows: dict[Any, FloorRow] = {}
    total = FloorRow("Total")
    for key, *speed in _read(SPEED.format(**shape), wanted):
        _quicken(total if key is None else rows.setdefault(key, FloorRow()), *speed)
    for key, attempts in _read(ATTEMPTS.format(**shape), wanted):
        (total if key is None else rows.setdefault(key, FloorRow())).attempts = attempts
    dispositions: dict[int, int] = {}
    for key, disposition, outcomes, contacts, won in _read(OUTCOMES.format(**shape), wanted):
        dispositions[disposition] = dispositions.get(disposition, 0) + outcomes
        for row in (total, rows.setdefault(key, FloorRow())):
            row.outcomes += outcomes
            row.contacts += contacts
            row.won += won
    _name(asked.by, rows)
    ordered = (
        sorted(rows.items(), key=lambda one: one[0])
        if asked.by in ("hour", "day")
        else sorted(rows.items(), key=lambda one: (-one[1].attempts, -one[1].outcomes, one[1].name))
    )
    return FloorReport([row for _, row in ordered], total, dispositions, _queue(asked, wanted))


def speed_to_lead(span: Span, branches: frozenset[int] | None) -> FloorRow:
    """Of the leads that came in within the span the speed of those that were called within it too; one query."""
    wanted = {"start": span.start, "end": span.end, "until": span.end, "all": branches is None, "branches": sorted(branches or ())}
    row = FloorRow()
    for key, *speed in _read(SPEED.format(key=KEYS["user"], joins=JOINS, scoped=SCOPED), wanted):
        if key is None:
            _quicken(row, *speed)
    return row


def _quicken(row: FloorRow, called: int, median: Any, p90: Any, in_1: int, in_5: int) -> None:
    row.called, row.in_1, row.in_5 = called, in_1, in_5
    row.median, row.p90 = _seconds(median), _seconds(p90)


def _seconds(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(round(float(value), 3)))


def _name(by: str, rows: Mapping[Any, FloorRow]) -> None:
    if by == "hour":
        names = {hour: f"{hour}:00" for hour in rows}
    elif by == "day":
        names = {day: f"{day:%a %-d %b %Y}" for day in rows}
    elif by == "user":
        names = {user.pk: user.get_full_name() or user.get_username() for user in User.objects.filter(pk__in=rows)}
    else:
        names = dict(MODELS[by].objects.filter(pk__in=rows).values_list("pk", "name"))
    for key, row in rows.items():
        row.name = names.get(key) or NOBODY.get(by, "Nobody")


def _queue(asked: Asked, wanted: dict[str, Any]) -> list[tuple[datetime, Mapping[str, int]]]:
    samples: dict[datetime, dict[str, int]] = {}
    last: dict[date, datetime] = {}
    for day, at, place, leads in _read(QUEUE, wanted):
        samples.setdefault(at, dict.fromkeys(PLACES, 0))[place] = int(leads)
        last[day] = at
    shown = samples if len(asked.days) == 1 else sorted(last.values())
    return [(at, samples[at]) for at in shown]


def _read(asked: str, wanted: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(asked, wanted)
        return cursor.fetchall()
