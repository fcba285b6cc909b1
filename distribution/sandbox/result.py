"""What became of a lead and of the day, in the words of the file."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from distribution.domain.step import Candidate, OfferOutcome
from distribution.enums import OPEN_STATES, DeliveryState
from distribution.models import Delivery
from distribution.sandbox.build import Rows
from distribution.services.snapshot import OUTCOMES
from leads.enums import LeadOutcome
from leads.models import Lead
from pullqueue.models import Placement, QueueEntry

NOT_ANSWERED = frozenset({OfferOutcome.OPEN, OfferOutcome.CANCELLED})


@dataclass(frozen=True, slots=True)
class Told:
    """A lead's part of the result. `under_way`: an offer is not answered yet, because it waits for an opening."""

    outcome: str | None
    sold: list[dict[str, Any]]
    candidates: list[dict[str, Any]]
    under_way: bool = False
    kept: dict[str, Any] = field(default_factory=dict)
    """Of a lead kept in house: the strategies in whose queue it is, or the user or branch that it was pushed to."""

    def to_json(self) -> dict[str, Any]:
        return {"outcome": self.outcome, **self.kept, "sold": self.sold, "candidates": self.candidates}


NOTHING = Told(None, [], [])
"""Of a lead that intake did not accept: it was offered to nobody."""


BECAME = """
    SELECT id, outcome, (SELECT trace -> 'candidates' FROM distribution_decision WHERE lead_id = lead.id ORDER BY run DESC LIMIT 1),
        ARRAY(
            SELECT jsonb_build_array(account_id, state, tracking, price::text, is_over_cap)
            FROM distribution_delivery WHERE lead_id = lead.id ORDER BY number
        )
    FROM leads_lead lead WHERE id = ANY(%s)
"""


class Offered(NamedTuple):
    account: int
    state: str
    tracking: str
    price: str
    over_cap: bool

    @property
    def outcome(self) -> OfferOutcome:
        return OfferOutcome.BOUNCED if self.tracking == "bounced" else OUTCOMES[self.state]


def tell(lead: Lead, rows: Rows) -> Told:
    """Return what has become of an accepted lead by now."""
    return tell_all([lead.pk], rows)[lead.pk]


def tell_all(leads: Iterable[UUID], rows: Rows) -> dict[UUID, Told]:
    """Return what has become of accepted leads by now."""
    with connection.cursor() as cursor:
        cursor.execute(BECAME, [list(leads)])
        return {lead: _told(lead, outcome, trace, deliveries, rows) for lead, outcome, trace, deliveries in cursor.fetchall()}


def _told(lead: UUID, outcome: str, trace: str | None, deliveries: Sequence[str], rows: Rows) -> Told:
    offers = [Offered(*json.loads(one)) for one in deliveries]
    answered = {one.account: one.outcome for one in offers}
    candidates = [_candidate(Candidate.of(line), answered, rows) for line in json.loads(trace or "[]")]
    sold = [_sale(one, rows) for one in offers if one.state == DeliveryState.ACCEPTED]
    return Told(outcome, sold, candidates, under_way=any(one.state in OPEN_STATES for one in offers), kept=_kept(lead, outcome))


def _kept(lead: UUID, outcome: str) -> dict[str, Any]:
    if outcome == LeadOutcome.QUEUED:
        entries = QueueEntry.objects.filter(lead=lead, is_match=True, strategy__is_on=True).order_by("strategy__position")
        return {"strategies": list(entries.values_list("strategy__name", flat=True))}
    if outcome != LeadOutcome.PUSHED:
        return {}
    placement = Placement.objects.select_related("owner", "branch").get(lead=lead)
    if placement.owner is not None:
        return {"user": placement.owner.username}
    return {"branch": placement.branch.name if placement.branch else None}


def _sale(one: Offered, rows: Rows) -> dict[str, Any]:
    client, account = rows.accounts[one.account]
    return {"client": client, "account": account, "price": one.price} | ({"over_cap": True} if one.over_cap else {})


def _candidate(line: Candidate, answered: dict[int, OfferOutcome], rows: Rows) -> dict[str, Any]:
    client, account = rows.accounts[line.account]
    who = {"client": client, "account": account}
    if line.reason is not None:
        return who | {"reason": line.reason.value, "detail": _named(line.detail, rows), "rank": None, "offer": None}
    offer = answered.get(line.account)
    told = {"reason": None, "rank": line.rank, "keys": line.keys, "decided_by": line.decided_by and line.decided_by.value}
    behind = {"detail": _named(line.detail, rows)} if line.detail and "behind" in line.detail else {}
    return who | told | behind | {"offer": None if offer is None or offer in NOT_ANSWERED else offer.value}


def _named(detail: dict[str, Any] | None, rows: Rows) -> dict[str, Any] | None:
    """Return the details with names for ids."""
    if detail is None:
        return None
    told = dict(detail)
    if "waiting_for" in told:
        told["waiting_for"] = rows.clients[told["waiting_for"]]
    if "behind" in told:
        told["behind"] = rows.accounts[told["behind"]][1]
    return told


def totals(leads: int, rows: Rows) -> dict[str, Any]:
    """Return the sums of the day: every lead that came in, every sale, and each client's part of the sales."""
    sales = Delivery.objects.filter(state=DeliveryState.ACCEPTED).values_list("client_id", "price")
    by_client: dict[str, list[Decimal]] = {name: [] for name in rows.clients.values()}
    for client, price in sales:
        by_client[rows.clients[client]].append(price)
    sold = len(sales)
    return {
        "leads": leads,
        "sold": sold,
        "revenue": _sum(price for _, price in sales),
        "clients": {
            name: {"sold": len(prices), "revenue": _sum(prices), "share": f"{Decimal(len(prices)) / max(sold, 1):.4f}"}
            for name, prices in by_client.items()
        },
    }


def _sum(prices: Iterable[Decimal]) -> str:
    return f"{sum(prices, Decimal(0)):.2f}"
