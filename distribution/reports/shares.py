"""The share report: what each client should have had of what a pool sold, what it had, how far that is off, and why it was passed over.

What a sale books into the credits of weighted and percentage stands with its delivery: the shares of those that were eligible for it,
less one for the buyer. So the sum of what was booked is what each should have had, given who could have each lead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from clients.models import Client
from distribution.domain.reasons import LABELS, Reason
from distribution.domain.slate import DEFAULT_POOL
from distribution.domain.why_words import SAYS
from distribution.reports.asked import Days
from distribution.reports.lists import Number
from leads.domain.clocks import instant
from leads.domain.shares import bound
from leads.models import Campaign

SAMPLE = 500
"""Sales of which the traces are read, the newest of the days: each is long."""
MOST_DAYS = 92
BOOKED = """
    WITH sale AS (
        SELECT d.number, d.pool, d.client_id, d.booking ->> 'basis' AS basis, d.booking -> 'credits' IS DISTINCT FROM 'null' AS weighted,
            CASE WHEN d.booking -> 'credits' IS DISTINCT FROM 'null' THEN d.booking -> 'credits'
                ELSE d.booking -> 'percentage' END AS booked
        FROM distribution_delivery d JOIN leads_lead l ON l.id = d.lead_id
        WHERE d.finished_at >= %(start)s AND d.finished_at < %(end)s AND d.state IN ('accepted', 'returned') AND NOT l.is_test
          AND (d.booking -> 'credits' IS DISTINCT FROM 'null' OR d.booking -> 'percentage' IS DISTINCT FROM 'null')
    ), part AS (
        SELECT s.number, s.pool, m.key::bigint AS client, (m.key::bigint = s.client_id)::int AS had,
            m.value::numeric / (s.booked ->> 'unit')::numeric AS owed
        FROM sale s, jsonb_each_text(s.booked -> 'amounts') m
    ), running AS (
        SELECT *, sum(owed) OVER (PARTITION BY pool, client ORDER BY number) AS off FROM part
    ), pool AS (
        SELECT pool, count(*) AS sales, count(DISTINCT basis) AS weights, bool_and(weighted) AS weighted FROM sale GROUP BY pool
    )
    SELECT r.pool, p.sales, p.weights, p.weighted, r.client, count(*), sum(r.had), sum(r.owed), max(abs(r.off))
    FROM running r JOIN pool p ON p.pool = r.pool GROUP BY r.pool, p.sales, p.weights, p.weighted, r.client
"""
REASONS = """
    WITH sale AS (
        SELECT d.pool, d.decision_id FROM distribution_delivery d JOIN leads_lead l ON l.id = d.lead_id
        WHERE d.finished_at >= %(start)s AND d.finished_at < %(end)s AND d.state IN ('accepted', 'returned') AND NOT l.is_test
          AND (d.booking -> 'credits' IS DISTINCT FROM 'null' OR d.booking -> 'percentage' IS DISTINCT FROM 'null')
        ORDER BY d.number DESC LIMIT %(sample)s
    )
    SELECT s.pool, (line ->> 0)::bigint, coalesce(line ->> 2, CASE WHEN line ->> 7 IN ('rejected', 'bounced') THEN 'refused' END), count(*)
    FROM sale s JOIN distribution_decision t ON t.id = s.decision_id, jsonb_array_elements(t.trace -> 'candidates') line
    WHERE line ->> 2 IS NOT NULL OR line ->> 7 IN ('rejected', 'bounced')
    GROUP BY 1, 2, 3
"""
OFFERED = """
    SELECT d.pool, d.client_id, count(*) FILTER (WHERE d.state = 'rejected'), count(*) FILTER (WHERE d.state = 'failed')
    FROM distribution_delivery d JOIN leads_lead l ON l.id = d.lead_id
    WHERE d.finished_at >= %(start)s AND d.finished_at < %(end)s AND d.state IN ('rejected', 'failed') AND NOT l.is_test
    GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Share:
    """A client in a pool. `eligible` sales of the pool it could have had; `off` is had less should, `furthest` the widest it ever was."""

    client: int
    name: str
    eligible: int
    should: Decimal
    had: int
    furthest: Decimal
    refused: int
    failed: int
    why: Sequence[tuple[str, int]]
    number: Number
    """What it had; `refusals` and `failures` are what it turned down and what failed, in this pool."""
    refusals: Number
    failures: Number

    @property
    def off(self) -> Decimal:
        return self.had - self.should


@dataclass(frozen=True, slots=True)
class PoolShares:
    """`bound` is how far off anyone could be at most, where that is proven; None else, and `open` says why not."""

    key: str
    title: str
    sales: int
    shares: Sequence[Share]
    bound: Decimal | None
    open: str

    @property
    def furthest(self) -> Decimal:
        return max((share.furthest for share in self.shares), default=Decimal(0))


def share_report(days: Days, zone: ZoneInfo, *, balanced: bool) -> list[PoolShares]:
    """Read the pools that sold by shares; five queries. `balanced` is whether the live settings keep the bound at all."""
    wanted: dict[str, Any] = {
        "start": instant(datetime.combine(days.first, time()), zone),
        "end": instant(datetime.combine(days.last + timedelta(days=1), time()), zone),
        "sample": SAMPLE,
    }
    booked, reasons, offered = (_read(asked, wanted) for asked in (BOOKED, REASONS, OFFERED))
    why: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for pool, client, code, count in sorted(reasons, key=lambda row: (-row[3], row[2])):
        why.setdefault((pool, client), []).append((code, count))
    ends = {(pool, client): (refused, failed) for pool, client, refused, failed in offered}
    names = dict(Client.objects.filter(pk__in={row[4] for row in booked}).values_list("pk", "name"))
    pools: dict[str, list[Any]] = {}
    for row in booked:
        pools.setdefault(row[0], []).append(row)
    titles = _titles(pools)
    made = []
    for pool, rows in sorted(pools.items()):
        shares = [
            Share(
                client,
                names.get(client, "Deleted"),
                eligible,
                had + owed,
                had,
                furthest,
                *ends.get((pool, client), (0, 0)),
                why.get((pool, client), [])[:3],
                *(Number(measure, days, {"client": str(client), "pool": pool}) for measure in ("shared", "refused", "failed")),
            )
            for _, _, _, _, client, eligible, had, owed, furthest in rows
        ]
        shares.sort(key=lambda share: (-share.should, share.name))
        sales, weights, weighted = rows[0][1:4]
        proven, open_because = _bound(shares, sales, weights, weighted=weighted, balanced=balanced)
        made.append(PoolShares(pool, titles[pool], sales, shares, proven, open_because))
    return made


def _bound(shares: Sequence[Share], sales: int, weights: int, *, weighted: bool, balanced: bool) -> tuple[Decimal | None, str]:
    """Twice the bound of the credit, since the days may begin with one owed and end with one ahead (spec, 4)."""
    if not weighted:
        return None, "leads are shared out by percentage"
    if not balanced:
        return None, "the base automation is not balanced"
    if weights > 1:
        return None, "weights changed on these days"
    if any(share.eligible < sales for share in shares):
        return None, "not every client could have every lead"
    found = 2 * bound(len(shares))
    return Decimal(found.numerator) / found.denominator, ""


def _titles(pools: Any) -> dict[str, str]:
    campaigns = {key: int(key.partition(":")[2]) for key in pools if key.startswith("campaign:")}
    names = dict(Campaign.objects.filter(pk__in=campaigns.values()).values_list("pk", "name"))
    titles = {}
    for key in pools:
        if key == DEFAULT_POOL:
            titles[key] = "Everyone else, by the default automation"
        elif key in campaigns:
            titles[key] = f"Campaign {names.get(campaigns[key], 'deleted')}"
        else:
            titles[key] = f"Delivery group {key.partition(':')[2].replace('-', ' ')}"
    return titles


def _read(asked: str, wanted: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(asked, wanted)
        return cursor.fetchall()


def why_said(code: str) -> str:
    """A reason in two or three words for a column."""
    return LABELS[Reason(code)] if code in set(Reason) else SAYS[code].what.lower() if code in SAYS else code
