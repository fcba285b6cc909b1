"""Reads sums of reports: of days, by one dimension, under filters; from cells and what is not folded yet, as of one instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from distribution.models.report import MEASURES
from distribution.reports.asked import Days


class Sums(NamedTuple):
    """Measures added up; amounts in cents."""

    offered: int = 0
    sold: int = 0
    refused: int = 0
    failed: int = 0
    doubted: int = 0
    cancelled: int = 0
    returned: int = 0
    revenue: int = 0
    credited: int = 0
    bought: int = 0
    sell_ms: int = 0
    mailed: int = 0
    arrived: int = 0
    opened: int = 0
    clicked: int = 0
    bounced: int = 0
    leads: int = 0
    cost: int = 0

    def plus(self, other: "Sums") -> "Sums":
        return Sums(*map(sum, zip(self, other, strict=True)))

    @property
    def net(self) -> Decimal:
        """What was sold for, less what was given back in these days."""
        return Decimal(self.revenue - self.credited) / 100

    @property
    def rate(self) -> Decimal | None:
        """Percent of the offers that ended in an answer or a failure that were sold."""
        ended = self.sold + self.refused + self.failed + self.doubted
        return Decimal(self.sold * 100) / ended if ended else None

    @property
    def seconds(self) -> Decimal | None:
        """From the offer until the client accepted, on average over what was sold."""
        return Decimal(self.sell_ms) / 1000 / self.sold if self.sold else None


NOTHING = Sums()


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a report can be grouped and narrowed by. `bit` is its place in a cut; 0 is in every cut."""

    title: str
    bit: int
    column: str
    join: str = ""


_ACCOUNT = "JOIN clients_deliveryaccount a ON a.id = x.account"
_CAMPAIGN = "JOIN leads_campaign c ON c.id = x.campaign"
DIMENSIONS = {
    "client": Dimension("Client", 1, "a.client_id", _ACCOUNT),
    "account": Dimension("Account", 1, "x.account"),
    "campaign": Dimension("Campaign", 2, "x.campaign"),
    "source": Dimension("Source", 2, "c.source_id", _CAMPAIGN),
    "lead_type": Dimension("Lead type", 2, "x.lead_type"),
    "state": Dimension("State", 4, "x.state"),
    "day": Dimension("Day", 0, "x.day"),
    "hour": Dimension("Hour", 8, "x.hour"),
}
CUTS = (2, 4, 8, 1, 12, 10, 6, 9, 3, 5)
"""Those that are kept, the one with the fewest rows a day first."""
COLUMNS = ", ".join(MEASURES)
NARROW = "day, hour, account, campaign, lead_type, state"
LOCAL = f"""
    SELECT (at AT TIME ZONE %(zone)s)::date AS day, extract(hour FROM at AT TIME ZONE %(zone)s)::smallint AS hour,
        account, campaign, lead_type, state, {COLUMNS}
    FROM {{source}}
    WHERE at >= (%(first)s::date)::timestamp AT TIME ZONE %(zone)s AND at < (%(last)s::date + 1)::timestamp AT TIME ZONE %(zone)s
"""  # noqa: S608 -- names of our own
KEPT = f"""
    SELECT {NARROW}, {COLUMNS} FROM distribution_reportcell WHERE cut = {{cut}} AND day BETWEEN %(first)s AND %(last)s
    UNION ALL SELECT * FROM ({LOCAL.format(source="distribution_reportdelta")}) d {{only}}
"""  # noqa: S608


def sums(days: Days, by: str, filters: Mapping[str, str], zone: str) -> dict[Any, Sums]:
    """Return the sums by the values of a dimension; `by` may be empty for one sum under the key None. One query.

    More than two dimensions at once are counted from the rows.
    """
    dimensions = [DIMENSIONS[name] for name in (*filters, *([by] if by else []))]
    bits = 0
    for dimension in dimensions:
        bits |= dimension.bit
    source = _source(bits)
    joins = " ".join(dict.fromkeys(dimension.join for dimension in dimensions if dimension.join))
    wanted: dict[str, Any] = {"zone": zone, "first": days.first, "last": days.last}
    narrowed = []
    for name, value in filters.items():
        narrowed.append(f"{DIMENSIONS[name].column} = %({name})s")
        wanted[name] = ("" if value == "-" else value.upper()) if name == "state" else int(value)
    where = f"WHERE {' AND '.join(narrowed)}" if narrowed else ""
    key = DIMENSIONS[by].column if by else "NULL"
    added = ", ".join(f"coalesce(sum(x.{name}), 0)::bigint" for name in MEASURES)
    grouped = "GROUP BY 1" if by else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key}, {added} FROM ({source}) x {joins} {where} {grouped}", wanted)  # noqa: S608 -- names of our own
        found = {row[0]: Sums(*row[1:]) for row in cursor.fetchall()}
    return {key: row for key, row in found.items() if any(row)}


def _source(bits: int) -> str:
    cut = next((cut for cut in CUTS if cut & bits == bits), None)
    if cut is None:
        return LOCAL.format(source="report_fact") + ("AND account <> 0" if bits & 1 else "")
    return KEPT.format(cut=cut, only="WHERE account <> 0" if cut & 1 else "")
