"""What the engine answers: the next offer, and why everybody else is where they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from distribution.domain.market import CapKind, Scope
from distribution.domain.reasons import Reason
from leads.domain.shares import Booking, PoolState


class Stop(StrEnum):
    """Why the step ends where it ends."""

    OFFER = "offer"
    """There is an offer to make."""
    PING = "ping"
    """The accounts of `Step.pings` must be pinged before the next offer is known."""
    UNDER_WAY = "under_way"
    """An offer of this lead is not answered yet."""
    SOLD_ENOUGH = "sold_enough"
    SOLD_EXCLUSIVELY = "sold_exclusively"
    IN_DOUBT = "in_doubt"
    """A delivery stays in doubt: never to another client without a person's decision."""
    NOBODY_LEFT = "nobody_left"


class DecidedBy(StrEnum):
    PRIMARY = "primary"
    SECONDARY = "secondary"
    ENTRY_ORDER = "entry_order"
    ONLY = "only"


class OfferOutcome(StrEnum):
    OPEN = "open"
    """Reserved, held or being delivered."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    FAILED = "failed"
    UNKNOWN = "unknown"
    BOUNCED = "bounced"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Candidate(NamedTuple):
    """One line of the trace: either `reason` with its `detail`, or a `rank` with the keys that gave it."""

    client: int
    account: int
    reason: Reason | None = None
    detail: dict[str, Any] | None = None
    rank: int | None = None
    keys: dict[str, str | None] | None = None
    decided_by: DecidedBy | None = None
    offer: OfferOutcome | None = None

    @classmethod
    def of(cls, row: Sequence[Any]) -> "Candidate":
        """The line of a trace that was kept as a list of its fields, in their order."""
        client, account, reason, detail, rank, keys, decided_by, offer = row
        return cls(
            client,
            account,
            Reason(reason) if reason else None,
            detail,
            rank,
            keys,
            DecidedBy(decided_by) if decided_by else None,
            OfferOutcome(offer) if offer else None,
        )


@dataclass(frozen=True, slots=True)
class CapUse:
    """A place, or money, that the offer takes in one window; `limit` is None where it may pass over the limit."""

    scope: Scope
    scope_id: int
    kind: CapKind
    window_start: datetime
    amount: Decimal
    limit: Decimal | None


@dataclass(frozen=True, slots=True)
class Offer:
    """The next offer to make. The caller reserves `caps`, saves `Step.pools` and keeps the rest with the delivery."""

    client: int
    account: int
    price: Decimal
    pool: str
    slot: int
    exclusive: bool
    hold_until: datetime | None
    over_cap: bool
    caps: tuple[CapUse, ...]
    booking: Booking
    rank: int
    keys: dict[str, str | None]
    decided_by: DecidedBy


@dataclass(frozen=True, slots=True)
class Step:
    offer: Offer | None
    candidates: tuple[Candidate, ...]
    """In ranked order, then those with a reason in entry order."""
    stop: Stop
    pings: tuple[int, ...] = ()
    """Accounts to ping, with `stop` PING: put their answers in the snapshot and decide again."""
    pools: Mapping[str, PoolState] = field(default_factory=dict)
    """The pool states that changed, the booking of `offer` included."""
    met: tuple[int, ...] = ()
    """Accounts with a qualified share whose criteria this lead meets: count the lead once for each."""


def settled(candidates: Sequence[Candidate], account: int, outcome: OfferOutcome) -> tuple[Candidate, ...]:
    """The trace with what became of the offer to an account: after the last sale it needs no further decision."""
    return tuple(line._replace(offer=outcome) if line.account == account and line.rank else line for line in candidates)
