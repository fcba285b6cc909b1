"""What the page of a backtest is told: how far it is, and what it found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from clients.models import Client
from distribution.domain.backtest import NO_ACCOUNT, REFUSED, verdict
from distribution.domain.reasons import Reason
from distribution.domain.words import PHRASES
from leads.models import Job
from leads.progress import progress as job_progress
from leads.words import money

UNSOLD: dict[str, str] = {NO_ACCOUNT: "No client buys leads of this type", REFUSED: "Every client that it was offered to refused it"}


@dataclass(frozen=True, slots=True)
class Row:
    """One client before and after; shares in percent of the sales."""

    client: int
    name: str
    leads: tuple[int, int]
    shares: tuple[Decimal, Decimal]
    revenue: tuple[Decimal, Decimal]

    @property
    def more_leads(self) -> int:
        return self.leads[1] - self.leads[0]

    @property
    def more_share(self) -> Decimal:
        return self.shares[1] - self.shares[0]

    @property
    def more_revenue(self) -> Decimal:
        return self.revenue[1] - self.revenue[0]


def progress(job: Job, *, now: datetime) -> dict[str, Any]:
    """How far it is, in numbers and in words."""
    return job_progress(job, now=now, of="leads", begins="Reads clients and leads")


def findings(job: Job) -> dict[str, Any]:
    """Everything that a finished backtest found."""
    result: Mapping[str, Any] = job.result or {}
    names = dict(Client.objects.filter(pk__in=_mentioned(result)).values_list("pk", "name"))
    sales = result["live"]["sales"], result["draft"]["sales"]
    rows = [_row(row, names, sales) for row in result["clients"]]
    rows.sort(key=lambda row: (-max(row.leads), row.name.casefold()))
    before, after = (_figures(result[side]) for side in ("live", "draft"))
    return {
        "leads": result["leads"],
        "first": _at(result["first"]),
        "last": _at(result["last"]),
        "rows": rows,
        "charted": rows[:CHARTED],
        "before": before,
        "after": after,
        "more": {name: after[name] - before[name] for name in ("sold", "unsold", "sales", "revenue")},
        "moved": sum(number for _, won, number in result["moves"] if won),
        "verdict": verdict(result, names, money),
        "earns": after["revenue"] - before["revenue"],
        "unsold": sorted(
            ((says_unsold(code), live, draft) for code, live, draft in result["unsold"]), key=lambda line: (-max(line[1:]), line[0])
        ),
        "seconds": result["seconds"],
        "rate": round(result["leads"] / result["seconds"]) if result["seconds"] else 0,
    }


CHARTED = 20
"""Clients in the chart; the table has all."""


def _mentioned(result: Mapping[str, Any]) -> set[int]:
    return {row[0] for row in result["clients"]} | {client for lost, won, _ in result["moves"] for client in (lost, won) if client}


def _row(row: list[Any], names: Mapping[int, str], sales: tuple[int, int]) -> Row:
    client, live, live_revenue, draft, draft_revenue = row
    shares = (_percent(live, sales[0]), _percent(draft, sales[1]))
    return Row(client, names.get(client, f"Client {client}"), (live, draft), shares, (Decimal(live_revenue), Decimal(draft_revenue)))


def _percent(part: int, whole: int) -> Decimal:
    return (Decimal(part * 100) / whole).quantize(Decimal("0.1")) if whole else Decimal("0.0")


def _figures(side: Mapping[str, Any]) -> dict[str, Any]:
    revenue = Decimal(side["revenue"])
    each = (revenue / side["sold"]).quantize(Decimal("0.01")) if side["sold"] else None
    return {"sold": side["sold"], "unsold": side["unsold"], "sales": side["sales"], "revenue": revenue, "each": each}


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def says_unsold(code: str) -> str:
    """Why a lead stayed unsold, of the client that came nearest."""
    return UNSOLD.get(code) or f"The nearest client {PHRASES[Reason(code)][0]}"
