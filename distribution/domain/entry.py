"""What can be said of an account and of a pool before any lead comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from distribution.domain.automation import Plan
from distribution.domain.market import Account, Client
from distribution.domain.moment import Shift
from distribution.domain.reasons import Reason
from leads.domain.shares import Sharing

if TYPE_CHECKING:
    from distribution.domain.case import Case

type Failed = tuple[Reason, dict[str, Any] | None]
"""A reason with its details, ready for JSON."""

type Check = Callable[[Entry, Case], Failed | None]
"""One row of the table of reasons; None when the account passes."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One account with its client."""

    account: Account
    client: Client
    place: int
    """Entry order within the slate."""
    group: int
    """Index of the delivery group whose pool it is scanned in; one past the last for everyone else."""
    barred: Reason | None
    shift: Shift | None
    """None when always open."""
    price_key: int
    price_text: str
    priority: int | None
    """Of the client, by the settings."""
    checks: tuple[Check, ...]
    """Those of the table of reasons that this account can fail at some times and leads, in its order."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One pool: its name, its plan, its members and their shares."""

    key: str
    plan: Plan
    members: Mapping[int, int]
    """Active clients with an account in the pool, each with its mark of entry: the rotation."""
    weights: Sharing
    percentages: Sharing


def price_key(price: Decimal) -> int:
    """Highest price first, as a whole number of hundredths of a cent, which sorts faster than a decimal."""
    return -int(price.scaleb(4))
