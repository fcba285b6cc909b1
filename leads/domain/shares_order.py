"""Who is next by fair shares: how much each is owed, and Tijdeman's rule for the fairest sequence."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from leads.domain.shares_ledger import Ledger
from leads.domain.shares_pool import Learned

FINE = 10**30
"""Deadlines are compared in this resolution; two that differ by less are equal."""

type Rate = tuple[int, int]
"""Leads that a member is credited per sale, as numerator and denominator."""


@dataclass(frozen=True, slots=True)
class Owed:
    """Credits counting the lead at hand, as `amounts[m] / unit` leads."""

    unit: int
    amounts: Mapping[int, int]

    def is_due(self, member: int) -> bool:
        return self.amounts[member] > 0


def owed(ledger: Ledger, shares: Ledger) -> Owed:
    """What each member of `shares` is owed when one more lead is shared out so."""
    unit = lcm(ledger.unit, shares.unit)
    before, held, factor = ledger.amounts, unit // ledger.unit, unit // shares.unit
    return Owed(unit, {member: before.get(member, 0) * held + share * factor for member, share in shares.amounts.items()})


def learned_rates(learned: Learned, weights: Mapping[int, int], basis: str) -> dict[int, Rate]:
    """The mean share of each over the sales it was eligible for, this one included; with other weights only this one."""
    total, unit = sum(weights.values()), learned.earned.unit
    if learned.basis != basis:
        return {member: (weight, total) for member, weight in weights.items()}
    earned, sales, scale = learned.earned.amounts, learned.sales, total * unit
    return {
        member: (earned.get(member, 0) * total + weight * unit, (sales.get(member, 0) + 1) * scale) for member, weight in weights.items()
    }


def balanced(claims: Owed, rates: Mapping[int, Rate], members: int) -> dict[int, tuple[int, int]]:
    """Sort keys of the fairest sequence for `members` in all, of whom those in `claims` can take this lead.

    Among those owed at least 1/(2n-2) the one comes first whose credit would first reach 1 - 1/(2n-2) at its rate, then the
    others, most owed first. While all can take every lead nobody is ever further than 1 - 1/(2n-2) from its exact share
    (Tijdeman, The chairman assignment problem, Discrete Math. 32, 1980). Key: (0, deadline) or (1, -owed), see `leads_unit`.
    """
    slack = max(2 * members - 2, 1)
    unit, limit = claims.unit, (slack - 1) * claims.unit
    keys: dict[int, tuple[int, int]] = {}
    for member, amount in claims.amounts.items():
        if amount * slack >= unit:
            rate, scale = rates[member]
            keys[member] = (0, (limit - amount * slack) * scale * FINE // rate)
        else:
            keys[member] = (1, -amount)
    return keys


def leads_unit(claims: Owed, members: int) -> int:
    """How much of a deadline is one lead: a due member's key over this says in how many leads it would reach the bound."""
    return claims.unit * max(2 * members - 2, 1) * FINE


def bound(members: int) -> Fraction:
    """Furthest that anyone can be from its exact share, in leads, while all can take every lead and weights stay."""
    return 1 - Fraction(1, 2 * members - 2) if members > 1 else Fraction(0)
