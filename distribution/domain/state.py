"""What changes from lead to lead, given to the engine by its caller."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from distribution.domain.market import CapKind, Scope
from distribution.domain.step import DecidedBy, OfferOutcome
from leads.domain.shares import PoolState

__all__ = ["CapKey", "PastOffer", "Ping", "PingAnswer", "PoolState", "Qualified", "Snapshot"]


class CapKey(NamedTuple):
    """Which counter: the window starts as `leads.domain.windows.window` says, in the client's zone."""

    scope: Scope
    scope_id: int
    kind: CapKind
    window_start: datetime


class Ping(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    TIMEOUT = "timeout"


class PingAnswer(NamedTuple):
    """What a ping brought; a bid of None with ACCEPTED means the account's own price. `note` says more of a refusal."""

    answer: Ping
    bid: Decimal | None = None
    note: str = ""


class Qualified(NamedTuple):
    """Leads before this one in the window: how many met the account's type and criteria, how many it bought."""

    met: int
    bought: int


@dataclass(frozen=True, slots=True)
class PastOffer:
    """An offer of this lead made earlier, in the order made, with the rank and keys it had then."""

    client: int
    account: int
    outcome: OfferOutcome
    price: Decimal = Decimal(0)
    exclusive: bool = False
    slot: int = 1
    pool: str = ""
    over_cap: bool = False
    held: bool = False
    """Open, and not begun: it waits for the opening of an account that holds leads off hours."""
    keys: dict[str, str | None] | None = None
    decided_by: DecidedBy | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Read in one moment, under the locks of the pools that `Market.pool_keys` names."""

    used: Mapping[CapKey, Decimal] = field(default_factory=dict)
    """Reserved and sold; a missing key is 0."""
    pools: Mapping[str, PoolState] = field(default_factory=dict)
    bought_before: frozenset[int] = frozenset()
    """Clients that bought the same person within their duplicate window."""
    offers: tuple[PastOffer, ...] = ()
    circuit: Mapping[int, datetime] = field(default_factory=dict)
    """By account: paused after technical failures until then."""
    pings: Mapping[int, PingAnswer] = field(default_factory=dict)
    """By account: the answers there are."""
    suppressed: bool = False
    qualified: Mapping[int, Qualified] = field(default_factory=dict)
    """By account that has a qualified share."""
