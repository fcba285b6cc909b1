"""What a pool remembers between leads, and what one sale books into it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from math import lcm
from typing import Any

from leads.domain.shares_ledger import Ledger, fitted, sale, split, split_up_to
from leads.domain.shares_rotation import Rotation, Turn, give_back_turn
from leads.domain.windows import Window


@dataclass(frozen=True, slots=True)
class Learned:
    """The usual rate of each member: its mean share of the sales it was eligible for, under one set of weights."""

    basis: str = ""
    """Fingerprint of the weights; with other weights learning begins anew."""
    earned: Ledger = field(default_factory=Ledger)
    sales: Mapping[int, int] = field(default_factory=dict)

    def plus(self, basis: str, shares: Ledger, sign: int) -> "Learned":
        if self.basis != basis:
            return self if sign < 0 else Learned(basis, shares, dict.fromkeys(shares.amounts, 1))
        sales = dict(self.sales)
        for member in shares.amounts:
            sales[member] = sales.get(member, 0) + sign
        return Learned(basis, self.earned.plus(shares, sign), sales)


@dataclass(frozen=True, slots=True)
class Percentage:
    """Credits of one timeframe; they begin afresh with the next."""

    window_start: datetime | None = None
    ledger: Ledger = field(default_factory=Ledger)

    def within(self, window: Window) -> Ledger:
        """The credits that count in the window: none when they are of an older one."""
        return self.ledger if self.window_start == window.start else Ledger()


@dataclass(frozen=True, slots=True)
class PoolState:
    """Credits, percentages and rotation of one pool. The caller keeps it as JSON under one lock."""

    credits: Ledger = field(default_factory=Ledger)
    learned: Learned = field(default_factory=Learned)
    percentage: Percentage = field(default_factory=Percentage)
    rotation: Rotation = field(default_factory=Rotation)

    def to_json(self) -> dict[str, Any]:
        start = self.percentage.window_start
        return {
            "credits": self.credits.to_json(),
            "learned": {
                "basis": self.learned.basis,
                "earned": self.learned.earned.to_json(),
                "sales": {str(member): count for member, count in self.learned.sales.items()},
            },
            "percentage": {"window_start": start and start.isoformat(), "ledger": self.percentage.ledger.to_json()},
            "rotation": self.rotation.to_json(),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "PoolState":
        """The state written by `to_json`; an empty object is a pool that has sold nothing."""
        if not value:
            return cls()
        learned, percentage = value["learned"], value["percentage"]
        start = percentage["window_start"]
        return cls(
            credits=Ledger.from_json(value["credits"]),
            learned=Learned(
                learned["basis"],
                Ledger.from_json(learned["earned"]),
                {int(member): count for member, count in learned["sales"].items()},
            ),
            percentage=Percentage(start and datetime.fromisoformat(start), Ledger.from_json(percentage["ledger"])),
            rotation=Rotation.from_json(value["rotation"]),
        )


@dataclass(frozen=True, slots=True)
class Booking:
    """What one offer booked, kept with the delivery, so that exactly this can be taken back."""

    pool: str = ""
    member: int = 0
    credits: Ledger | None = None
    basis: str = ""
    percentage: Ledger | None = None
    window_start: datetime | None = None
    window_end: datetime | None = None
    turn: Turn | None = None
    account_turn: Turn | None = None
    """The turn inside the client, of the pool `account_pool(client)`."""

    def to_json(self) -> dict[str, Any]:
        return {
            "pool": self.pool,
            "member": self.member,
            "credits": self.credits and self.credits.to_json(),
            "basis": self.basis,
            "percentage": self.percentage and self.percentage.to_json(),
            "window_start": self.window_start and self.window_start.isoformat(),
            "window_end": self.window_end and self.window_end.isoformat(),
            "turn": self.turn and self.turn.to_json(),
            "account_turn": self.account_turn and self.account_turn.to_json(),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Booking":
        return cls(
            pool=value["pool"],
            member=value["member"],
            credits=value["credits"] and Ledger.from_json(value["credits"]),
            basis=value["basis"],
            percentage=value["percentage"] and Ledger.from_json(value["percentage"]),
            window_start=value["window_start"] and datetime.fromisoformat(value["window_start"]),
            window_end=value["window_end"] and datetime.fromisoformat(value["window_end"]),
            turn=Turn.from_json(value["turn"]),
            account_turn=Turn.from_json(value["account_turn"]),
        )


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who has a share of one sale: whole-number weights by member, in any common scale."""

    weights: Mapping[int, int]
    basis: str = ""


def book(
    state: PoolState,
    booking: Booking,
    *,
    weighted: Sharing | None = None,
    percentage: Sharing | None = None,
    window: Window | None = None,
    catch_up: Fraction | None = None,
) -> tuple[PoolState, Booking]:
    """Book one sale to `booking.member`: `weighted` over those eligible for it, `percentage` over all that have one.

    Neither is booked when the buyer has no share in it. `catch_up` clamps, in leads, how far a member can fall behind.
    """
    if weighted and weighted.weights.get(booking.member):
        delta = fitted(sale(split(weighted.weights), booking.member), state.credits.unit)
        booking = replace(booking, credits=delta, basis=weighted.basis)
        state = replace(
            state,
            credits=state.credits.plus(delta),
            learned=state.learned.plus(weighted.basis, _shares(delta, booking.member), 1),
        )
    if percentage and window and percentage.weights.get(booking.member):
        ledger = state.percentage.within(window)
        shares = split_up_to(ledger, percentage.weights, catch_up)
        delta = fitted(sale(shares, booking.member), ledger.unit)
        booking = replace(booking, percentage=delta, window_start=window.start, window_end=window.end)
        state = replace(state, percentage=Percentage(window.start, ledger.plus(delta)))
    return state, booking


def _shares(delta: Ledger, buyer: int) -> Ledger:
    return Ledger(delta.unit, {**delta.amounts, buyer: delta.amounts[buyer] + delta.unit})


def undo(state: PoolState, booking: Booking, now: datetime) -> PoolState:
    """Take back exactly what the booking booked into credits; the percentage only while its timeframe runs. Turns stay."""
    if booking.credits is not None:
        state = replace(
            state,
            credits=state.credits.plus(booking.credits, -1),
            learned=state.learned.plus(booking.basis, _shares(booking.credits, booking.member), -1),
        )
    runs = booking.window_end is not None and now < booking.window_end
    if booking.percentage is not None and runs and state.percentage.window_start == booking.window_start:
        ledger = state.percentage.ledger.plus(booking.percentage, -1)
        state = replace(state, percentage=replace(state.percentage, ledger=ledger))
    return state


def without_turn(state: PoolState, turn: Turn | None) -> PoolState:
    """The pool with a turn given back that came to nothing for technical reasons."""
    return state if turn is None else replace(state, rotation=give_back_turn(state.rotation, turn))


def scaled(values: Iterable[tuple[int, Any]]) -> dict[int, int]:
    """Decimal values as whole numbers in one common scale, so that shares are exact; those that are 0 or less are left out."""
    fractions = {member: Fraction(value) for member, value in values if value is not None and value > 0}
    unit = lcm(1, *(fraction.denominator for fraction in fractions.values()))
    return {member: fraction.numerator * (unit // fraction.denominator) for member, fraction in fractions.items()}


def account_pool(client: int) -> str:
    """The pool in which the accounts of one client take turns."""
    return f"client:{client}"
