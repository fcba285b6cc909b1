"""Exact credits: who is owed how much of a lead, without rounding drift."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any

DECIMALS = 10**18
"""Where exact denominators would grow beyond this, a booking is rounded to 18 decimals."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Credits in leads by member: `amounts[m] / unit`. A member that is missing has 0.

    All share one denominator, so that adding is integer work. A booking is a ledger too, and taking it back restores every
    credit to the digit.
    """

    unit: int = 1
    amounts: Mapping[int, int] = field(default_factory=dict)

    def credit(self, member: int) -> Fraction:
        return Fraction(self.amounts.get(member, 0), self.unit)

    def plus(self, other: "Ledger", sign: int = 1) -> "Ledger":
        """This ledger with the other added to it, or with `sign=-1` taken from it."""
        unit = lcm(self.unit, other.unit)
        amounts = in_unit(self, unit)
        factor = sign * (unit // other.unit)
        for member, amount in other.amounts.items():
            amounts[member] = amounts.get(member, 0) + amount * factor
        return Ledger(unit, amounts)

    def to_json(self) -> dict[str, Any]:
        """Integers as text: they pass what a JSON number holds in other languages."""
        return {"unit": str(self.unit), "amounts": {str(member): str(amount) for member, amount in self.amounts.items()}}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Ledger":
        return cls(int(value["unit"]), {int(member): int(amount) for member, amount in value["amounts"].items()})


def in_unit(ledger: Ledger, unit: int) -> dict[int, int]:
    """The ledger's amounts in another unit, a multiple of its own; always a new dict."""
    if unit == ledger.unit:
        return dict(ledger.amounts)
    factor = unit // ledger.unit
    return {member: amount * factor for member, amount in ledger.amounts.items()}


def fitted(delta: Ledger, unit: int) -> Ledger:
    """The delta as it can be booked into a ledger of that unit: itself while denominators stay small, else to 18 decimals."""
    if unit % delta.unit == 0 or lcm(unit, delta.unit) <= DECIMALS:
        return delta
    return Ledger(DECIMALS, {member: round_half_even(amount * DECIMALS, delta.unit) for member, amount in delta.amounts.items()})


def round_half_even(numerator: int, denominator: int) -> int:
    whole, rest = divmod(numerator, denominator)
    return whole + (2 * rest > denominator or (2 * rest == denominator and whole % 2))


def split(weights: Mapping[int, int]) -> Ledger:
    """One lead shared out by the weights."""
    return Ledger(sum(weights.values()), weights)


def split_up_to(ledger: Ledger, weights: Mapping[int, int], limit: Fraction | None) -> Ledger:
    """One lead shared out by the weights, lifting nobody's credit above the limit: what does not fit goes to the others.

    A member that cannot take its leads so falls behind by `limit` (1 or more) at most, and the others are not owed less for
    it. Where nobody has room the rest is shared by the weights all the same.
    """
    total = sum(weights.values())
    if limit is None or all(ledger.credit(member) + Fraction(weight, total) <= limit for member, weight in weights.items()):
        return split(weights)
    room = {member: max(limit - ledger.credit(member), Fraction(0)) for member in weights}
    given = dict.fromkeys(weights, Fraction(0))
    rest, open_to = Fraction(1), dict(weights)
    while rest and open_to:
        sum_open = sum(open_to.values())
        full = [member for member, weight in open_to.items() if room[member] <= rest * weight / sum_open]
        for member in full:
            given[member] = room[member]
        if not full:
            for member, weight in open_to.items():
                given[member] = rest * weight / sum_open
        rest = 1 - sum(given.values(), Fraction(0))
        open_to = {member: weight for member, weight in open_to.items() if member not in full} if full else {}
    shares = {member: share + rest * weights[member] / total for member, share in given.items()}
    unit = lcm(*(share.denominator for share in shares.values()))
    return Ledger(unit, {member: share.numerator * (unit // share.denominator) for member, share in shares.items()})


def sale(shares: Ledger, buyer: int) -> Ledger:
    """What one sale books: each member its share of the lead, and 1 taken from the buyer."""
    return Ledger(shares.unit, {**shares.amounts, buyer: shares.amounts[buyer] - shares.unit})
