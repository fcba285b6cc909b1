"""*Why did it not get leads today?*: what became of each lead for one delivery account, counted, and what would help most."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from distribution.domain.reasons import Reason
from distribution.domain.step import Candidate, OfferOutcome


class Fate(StrEnum):
    """What became of a lead for the account where no reason of a trace says it."""

    SOLD = "sold"
    UNDER_WAY = "under_way"
    REFUSED = "refused"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    BOUNCED = "bounced"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    BEHIND = "behind"
    """It could have had the lead, and others stood before it."""
    ABSENT = "absent"
    """The account is not in the trace: it was not there yet, or archived."""
    NOT_DISTRIBUTED = "not_distributed"
    INTAKE = "intake"
    """Intake did not accept the lead."""


OFFERED: dict[OfferOutcome, Fate] = {
    OfferOutcome.OPEN: Fate.UNDER_WAY,
    OfferOutcome.ACCEPTED: Fate.SOLD,
    OfferOutcome.REJECTED: Fate.REFUSED,
    OfferOutcome.FAILED: Fate.FAILED,
    OfferOutcome.UNKNOWN: Fate.IN_DOUBT,
    OfferOutcome.BOUNCED: Fate.BOUNCED,
    OfferOutcome.RETURNED: Fate.RETURNED,
    OfferOutcome.CANCELLED: Fate.CANCELLED,
}


class LeadSeen(NamedTuple):
    """One lead of the account's type as the account saw it. `line` is the account's line in the latest trace."""

    id: UUID
    number: int
    name: str
    received_at: datetime
    is_accepted: bool
    is_distributed: bool
    line: Candidate | None
    decided_at: datetime | None = None
    offer: OfferOutcome | None = None
    price: Decimal | None = None
    winner: int | None = None
    """The client that bought it first, whoever that is."""
    winner_price: Decimal | None = None

    @property
    def code(self) -> str:
        """A reason of the table, or a `Fate`."""
        if self.offer is not None:
            return OFFERED[self.offer]
        if self.line is None:
            return Fate.INTAKE if not self.is_accepted else Fate.ABSENT if self.is_distributed else Fate.NOT_DISTRIBUTED
        return self.line.reason or Fate.BEHIND

    @property
    def what(self) -> str:
        """What tells leads of one reason apart: the field of the criterion that failed, or whose limit was used up."""
        detail = (self.line.detail if self.line and self.offer is None else None) or {}
        return str(detail.get("field") or detail.get("whose") or "")


@dataclass(frozen=True, slots=True)
class Group:
    """Leads with the same fate; `example` is the newest of them."""

    code: str
    what: str
    count: int
    example: LeadSeen


def groups(seen: Iterable[LeadSeen]) -> list[Group]:
    """Count the fates, the commonest first; of equal ones the order of the checks decides."""
    found: dict[tuple[str, str], list[LeadSeen]] = {}
    for lead in seen:
        found.setdefault((lead.code, lead.what), []).append(lead)
    made = [Group(code, what, len(leads), max(leads, key=lambda lead: lead.received_at)) for (code, what), leads in found.items()]
    return sorted(made, key=lambda group: (-group.count, _ORDER[group.code], group.what))


_ORDER: dict[str, int] = {code: place for place, code in enumerate([*Fate, *Reason])}
NO_REMEDY = frozenset(
    {
        Fate.SOLD,
        Fate.UNDER_WAY,
        Fate.IN_DOUBT,
        Fate.RETURNED,
        Fate.CANCELLED,
        Fate.ABSENT,
        Fate.NOT_DISTRIBUTED,
        Fate.INTAKE,
        Reason.SUPPRESSED,
        Reason.REFUSED_BEFORE,
        Reason.DUPLICATE_FOR_CLIENT,
    }
)
"""What nobody should or could change so that the account gets more leads."""


def helps_most(found: Sequence[Group]) -> Group | None:
    """The one thing that kept most leads away and can be changed; None when nothing did."""
    return next((group for group in found if group.code not in NO_REMEDY), None)


def price_to_lead(seen: Iterable[LeadSeen]) -> Decimal | None:
    """The price above which the account would have stood before the buyer of at least half the leads that went to others."""
    prices = sorted(lead.winner_price for lead in seen if lead.code == Fate.BEHIND and lead.winner_price is not None)
    return prices[(len(prices) - 1) // 2] if prices else None
