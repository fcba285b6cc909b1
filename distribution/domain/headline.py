"""Says in one sentence what became of a lead: the line under its name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from distribution.domain.explain_offer import clock, lasting
from distribution.domain.words import count, joined


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who bought the lead, for how much (with its sign), and when."""

    name: str
    price: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LeadNow:
    """A lead as its page finds it. `offered_to` is who has the offer now, `doubted` who may have taken it."""

    now: datetime
    zone: ZoneInfo
    received_at: datetime
    status: str
    outcome: str
    buyers: Sequence[Buyer] = ()
    offered_to: str = ""
    offered_at: datetime | None = None
    doubted: Sequence[str] = ()
    due_at: datetime | None = None
    stuck: str = ""
    duplicate_of: str = ""
    errors: int = 0
    is_test: bool = False
    more_may_buy: bool = False


def headline(lead: LeadNow) -> str:
    """What became of the lead, without its subject: "sold to B for $42.00, 34 seconds after it came in"."""
    if lead.is_test and lead.status == "accepted":
        return "a test: it was judged and goes nowhere"
    say = SAYERS.get(lead.outcome or lead.status)
    return say(lead) if say else lead.outcome or lead.status


def _sold(lead: LeadNow) -> str:
    if not lead.buyers:
        return "sold"
    told = joined([f"{buyer.name} for {buyer.price}" for buyer in lead.buyers])
    first = min(buyer.at for buyer in lead.buyers)
    after = f"{lasting(first - lead.received_at)} after it came in"
    said = f"sold to {told}, {after if len(lead.buyers) == 1 else f'the first {after}'}"
    if lead.offered_to:
        return f"{said}; now offered to {lead.offered_to}"
    if lead.doubted:
        return f"{said}; whether {joined(list(lead.doubted))} took it too is in doubt"
    return f"{said}; the next buyer is looked for" if lead.more_may_buy else said


def _pending(lead: LeadNow) -> str:
    if lead.offered_to and lead.offered_at:
        return f"offered to {lead.offered_to} since {clock(lead.offered_at, lead.zone, lead.now)}"
    if lead.stuck and lead.due_at:
        return f"stuck: {lead.stuck}. It is tried again at {clock(lead.due_at, lead.zone, lead.now)}"
    if lead.due_at:
        return f"waiting for its route since {clock(lead.due_at, lead.zone, lead.now)}"
    return "on its way"


def _review(lead: LeadNow) -> str:
    who = joined(list(lead.doubted)) if lead.doubted else "a client"
    return f"in doubt: {who} may have taken it, so it goes to nobody else until a person decides"


def _rejected(lead: LeadNow) -> str:
    if not lead.errors:
        return "not accepted"
    return f"not accepted: {count(lead.errors)} {'thing was' if lead.errors == 1 else 'things were'} wrong with it"


SAYERS: dict[str, Callable[[LeadNow], str]] = {
    "sold": _sold,
    "pending": _pending,
    "review": _review,
    "unrouted": lambda _lead: "sold to nobody, and no other route took it",
    "pushed": lambda _lead: "given to a sales rep",
    "queued": lambda _lead: "waiting in the pull queue",
    "finished": lambda _lead: "finished by the sales floor",
    "erased": lambda _lead: "erased: nothing personal is kept",
    "duplicate": lambda lead: f"not accepted: a duplicate of {lead.duplicate_of or 'an earlier lead'}",
    "suppressed": lambda _lead: "not accepted: the person is on the suppression list",
    "rejected": _rejected,
}
"""By outcome, or by what intake said where there is none."""
