"""Keeps the sums of reports: folds changes into the days they count on, makes them anew, and compares them with the rows.

One process of all does it; a report that is read meanwhile sees each change once, in the cell or as a delta.
"""

from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction

from distribution.models import ReportState
from distribution.models.report import MEASURES
from leads.models import Company

LOCK = 7_319
AT_ONCE = 50_000
"""Changes that one statement folds."""
CUTS = {
    1: ("account",),
    2: ("campaign", "lead_type"),
    3: ("account", "campaign", "lead_type"),
    4: ("state",),
    5: ("account", "state"),
    6: ("campaign", "lead_type", "state"),
    8: ("hour",),
    9: ("account", "hour"),
    10: ("campaign", "lead_type", "hour"),
    12: ("state", "hour"),
}
"""Which dimensions a cut of the cells has: all pairs of account, campaign with its lead type, state, and hour of the day."""
ACCOUNT_CUTS = (1, 3, 5, 9)
"""Leads count for no account, so they are in the other cuts alone."""

_sums = ", ".join(f"sum({name})::bigint" for name in MEASURES)
_columns = ", ".join(MEASURES)
_plus = ", ".join(f"{name} = distribution_reportcell.{name} + excluded.{name}" for name in MEASURES)
_sets = ", ".join(f"(day, {', '.join(dimensions)})" for dimensions in CUTS.values())
CUT_OF = "(15 - grouping(hour, state, campaign, account))"
"""The cut that a row of the grouping sets belongs to: `grouping` has a bit for every dimension that is summed over, the last lowest."""

LOCAL = """
    SELECT (at AT TIME ZONE %(zone)s)::date AS day, extract(hour FROM at AT TIME ZONE %(zone)s)::smallint AS hour,
        account, campaign, lead_type, state, {columns} FROM {source}
"""
CELLS = f"""
    SELECT {CUT_OF} AS cut, day, coalesce(account, 0) AS account, coalesce(campaign, 0) AS campaign,
        coalesce(lead_type, 0) AS lead_type, coalesce(state, '') AS state, coalesce(hour, -1) AS hour, {_sums}
    FROM local GROUP BY GROUPING SETS ({_sets})
    HAVING grouping(account) = 1 OR account <> 0
"""  # noqa: S608 -- names of our own, as below
INTO = f"INSERT INTO distribution_reportcell (cut, day, account, campaign, lead_type, state, hour, {_columns})"
FOLD = f"""
    WITH gone AS (
        DELETE FROM distribution_reportdelta
        WHERE id IN (SELECT id FROM distribution_reportdelta ORDER BY id LIMIT %(many)s) RETURNING *
    ), local AS ({LOCAL.format(columns=_columns, source="gone")}), folded AS (
        {INTO} {CELLS}
        ON CONFLICT (cut, day, account, campaign, lead_type, state, hour) DO UPDATE SET {_plus}
    )
    SELECT count(*) FROM gone
"""  # noqa: S608 -- names of our own
MADE = f"""
    WITH gone AS (DELETE FROM distribution_reportdelta), local AS ({LOCAL.format(columns=_columns, source="report_fact")})
    {INTO} {CELLS}
"""  # noqa: S608
"""Facts and changes are seen as of one instant, that of the statement: what is committed later stays a change."""
_key = "cut, day, account, campaign, lead_type, state, hour"
NOT_ZERO = " OR ".join(f"{name} <> 0" for name in MEASURES)
COMPARED = f"""
    WITH local AS ({LOCAL.format(columns=_columns, source="report_fact")}), counted ({_key}, {_columns}) AS ({CELLS}),
    changed ({_key}, {_columns}) AS (
        WITH local AS ({LOCAL.format(columns=_columns, source="distribution_reportdelta")}) {CELLS}
    ), said AS (
        SELECT {_key}, {", ".join(f"sum({name})::bigint AS {name}" for name in MEASURES)} FROM (
            SELECT {_key}, {_columns} FROM distribution_reportcell UNION ALL SELECT {_key}, {_columns} FROM changed
        ) both_of_them GROUP BY {_key}
    ), said_some AS (SELECT * FROM said WHERE {NOT_ZERO}), counted_some AS (SELECT * FROM counted WHERE {NOT_ZERO})
    (SELECT 'said', * FROM (SELECT * FROM said_some EXCEPT SELECT * FROM counted_some) s LIMIT 20)
    UNION ALL (SELECT 'counted', * FROM (SELECT * FROM counted_some EXCEPT SELECT * FROM said_some) c LIMIT 20)
"""  # noqa: S608


class Difference(NamedTuple):
    """A cell that is not what the rows say. `which` is "said" for the cell as kept, "counted" for the sum of the rows."""

    which: str
    cut: int
    day: object
    values: tuple[object, ...]


def fold(*, now: datetime) -> int:
    """Add what has changed to its days, and return how many changes it was; 0 when somebody else is at it.

    When the company has moved to another zone, all is made anew.
    """
    zone = company_zone()
    folded = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                return folded
            kept = ReportState.objects.filter(pk=1).first()
            if kept is None:
                ReportState.objects.create(pk=1, time_zone=zone, rebuilt_at=now)
            elif kept.time_zone != zone:
                break
            cursor.execute(FOLD, {"zone": zone, "many": AT_ONCE})
            many = int(cursor.fetchone()[0])
        folded += many
        if many < AT_ONCE:
            return folded
    rebuild(now=now)
    return folded


def rebuild(*, now: datetime) -> None:
    """Make all sums anew from the rows, in the company's zone as it is now. Reports are read, and rows change, meanwhile."""
    zone = company_zone()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("DELETE FROM distribution_reportcell")
        cursor.execute(MADE, {"zone": zone})
        ReportState.objects.update_or_create(pk=1, defaults={"time_zone": zone, "rebuilt_at": now})


def differences() -> list[Difference]:
    """Where what is kept differs from what the rows say, as of one instant; up to 20 of each."""
    kept = ReportState.objects.filter(pk=1).first()
    with connection.cursor() as cursor:
        cursor.execute(COMPARED, {"zone": kept.time_zone if kept else company_zone()})
        return [Difference(row[0], row[1], row[2], row[3:]) for row in cursor.fetchall()]


def company_zone() -> str:
    return str(Company.current().time_zone)
