"""Tijdeman's rule: nobody is ever further from its exact share than the bound, and random eligibility keeps it close."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.domain.shares import Booking, PoolState, Sharing, balanced, book, bound, learned_rates, owed, split


def sell(state: PoolState, weights: dict[int, int], eligible: list[int]) -> tuple[PoolState, int]:
    """One lead to the first of the eligible; ties go to the lowest number."""
    shares = {member: weights[member] for member in eligible}
    basis = str(sorted(weights.items()))
    keys = balanced(owed(state.credits, split(shares)), learned_rates(state.learned, shares, basis), len(weights))
    buyer = min(keys, key=lambda member: (keys[member], member))
    state, _ = book(state, Booking(member=buyer), weighted=Sharing(shares, basis))
    return state, buyer


def furthest(weights: dict[int, int], leads: int) -> Fraction:
    """Largest distance of a member from its exact share after any number of leads, counted by hand."""
    total, bought, state, worst = sum(weights.values()), dict.fromkeys(weights, 0), PoolState(), Fraction(0)
    for number in range(1, leads + 1):
        state, buyer = sell(state, weights, list(weights))
        bought[buyer] += 1
        worst = max(worst, *(abs(Fraction(number * weight, total) - bought[member]) for member, weight in weights.items()))
    return worst


SKEWED = {
    "one giant, many tiny": lambda n: [1000, *[1] * (n - 1)],
    "geometric": lambda n: [2 ** min(place, 30) for place in range(n)],
    "two levels": lambda n: [97] * (n // 2) + [3] * (n - n // 2),
    "harmonic": lambda n: [5040 // place for place in range(1, n + 1)],
    "equal": lambda n: [1] * n,
    "nearly equal": lambda n: [1000 + place for place in range(n)],
}


@pytest.mark.parametrize("shape", SKEWED)
@pytest.mark.parametrize("members", [2, 3, 4, 5, 8, 12, 20, 30])
def test_the_bound_holds_at_every_prefix_for_skewed_weights(shape, members):
    weights = dict(enumerate(SKEWED[shape](members), 1))
    assert furthest(weights, 150) <= bound(members)


@given(st.lists(st.integers(1, 1000), min_size=2, max_size=30), st.integers(1, 120))
def test_the_bound_holds_at_every_prefix_for_any_weights(weights, leads):
    assert furthest(dict(enumerate(weights)), leads) <= bound(len(weights))


FEW_GIANTS = dict(enumerate([82, 82, 82, 1, 1, 1, 1, 1]))


def test_the_largest_deficit_alone_would_break_the_bound():
    """The control: the simpler rule goes a third beyond 1 - 1/(2n-2) where Tijdeman's stays within."""
    total, bought, worst = sum(FEW_GIANTS.values()), dict.fromkeys(FEW_GIANTS, 0), Fraction(0)
    for number in range(1, total + 1):
        due = [Fraction(number * weight, total) - bought[member] for member, weight in FEW_GIANTS.items()]
        bought[due.index(max(due))] += 1
        worst = max(worst, *(abs(Fraction(number * weight, total) - bought[member]) for member, weight in FEW_GIANTS.items()))
    assert worst > bound(8) * 13 / 10
    assert furthest(FEW_GIANTS, total) <= bound(8)


@pytest.mark.parametrize("seed", range(6))
def test_random_eligibility_stays_within_one_and_a_half_leads(seed):
    random = Random(seed)
    members = random.choice([3, 5, 10, 20])
    weights = {member: random.randint(1, 300) for member in range(members)}
    state, worst = PoolState(), Fraction(0)
    for _ in range(1500):
        eligible = [member for member in weights if random.random() < 0.5]
        if eligible:
            state, _ = sell(state, weights, eligible)
            worst = max(worst, *(abs(state.credits.credit(member)) for member in weights))
    assert worst <= Fraction(3, 2)
    assert abs(sum(state.credits.amounts.values())) <= state.credits.unit // 10**12, "what is given is taken"


def test_one_member_alone_is_always_at_its_share():
    assert furthest({1: 7}, 20) == bound(1) == 0


def test_a_member_is_served_by_its_usual_rate_not_by_the_share_of_the_moment():
    """One that is mostly alone earns whole leads; it is more urgent than its weight among many says."""
    weights = {1: 1, 2: 1, 3: 8}
    state = PoolState()
    for _ in range(30):
        state, _ = sell(state, weights, [1])
    rates = learned_rates(state.learned, weights, str(sorted(weights.items())))
    assert Fraction(*rates[1]) == Fraction(30 + Fraction(1, 10), 31)
    assert Fraction(*rates[2]) == Fraction(1, 10)
    other = learned_rates(state.learned, weights, "other weights")
    assert Fraction(*other[1]) == Fraction(1, 10), "with other weights learning begins anew"
