"""Bookings are exact, and taking one back restores every credit to the digit."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from json import dumps, loads

from hypothesis import given
from hypothesis import strategies as st

from leads.domain.shares import Booking, Ledger, PoolState, Sharing, book, scaled, split_up_to, undo
from leads.domain.shares_ledger import DECIMALS, round_half_even
from leads.domain.windows import Window, WindowKind

START = datetime(2026, 3, 2, tzinfo=UTC)
TODAY = Window(WindowKind.DAY, START, START + timedelta(days=1))
WEIGHTS = st.dictionaries(st.integers(1, 8), st.integers(1, 10**6), min_size=1)


def weighted(state: PoolState) -> dict[int, Fraction]:
    return {member: state.credits.credit(member) for member in range(1, 9)}


def owned(state: PoolState) -> dict[int, Fraction]:
    return {member: state.percentage.ledger.credit(member) for member in range(1, 9)}


def learned(state: PoolState) -> list[tuple[Fraction, int]]:
    return [(state.learned.earned.credit(member), state.learned.sales.get(member, 0)) for member in range(1, 9)]


def test_a_sale_credits_the_shares_and_takes_one_from_the_buyer():
    state, booking = book(PoolState(), Booking("p", 2), weighted=Sharing({1: 1, 2: 2, 3: 1}))
    assert [state.credits.credit(member) for member in (1, 2, 3)] == [Fraction(1, 4), Fraction(-1, 2), Fraction(1, 4)]
    assert undo(state, booking, START).credits.amounts == {1: 0, 2: 0, 3: 0}


def test_a_buyer_without_a_share_books_nothing():
    state, booking = book(PoolState(), Booking("p", 9), weighted=Sharing({1: 1}), percentage=Sharing({1: 1}), window=TODAY)
    assert (state, booking) == (PoolState(), Booking("p", 9))


@given(st.lists(st.tuples(WEIGHTS, st.integers(0, 7), st.booleans()), max_size=25), st.data())
def test_undo_restores_exactly_whatever_was_booked_in_between(sales, data):
    """Booking some sales and taking them back in any order leaves what the others alone would have left."""
    state, taken, kept = PoolState(), [], []
    for weights, place, take in sales:
        buyer = sorted(weights)[place % len(weights)]
        before = weighted(state), owned(state), learned(state)
        sharing = Sharing(weights, "basis")
        after, booking = book(state, Booking("p", buyer), weighted=sharing, percentage=sharing, window=TODAY)
        again = undo(after, booking, START)
        assert (weighted(again), owned(again), learned(again)) == before
        state = after
        (taken if take else kept).append(booking)
    for booking in data.draw(st.permutations(taken)):
        state = undo(state, booking, START)
    for member in range(1, 9):
        assert state.credits.credit(member) == sum((b.credits.credit(member) for b in kept if b.credits), Fraction(0))
        assert state.percentage.ledger.credit(member) == sum((b.percentage.credit(member) for b in kept if b.percentage), Fraction(0))


@given(st.lists(st.tuples(WEIGHTS, st.integers(0, 7)), max_size=40))
def test_credits_stay_within_18_decimals_of_exact_and_denominators_stay_small(sales):
    state, exact = PoolState(), dict.fromkeys(range(1, 9), Fraction(0))
    for weights, place in sales:
        buyer = sorted(weights)[place % len(weights)]
        state, _ = book(state, Booking("p", buyer), weighted=Sharing(weights, "basis"))
        for member, weight in weights.items():
            exact[member] += Fraction(weight, sum(weights.values()))
        exact[buyer] -= 1
    for member, credit in exact.items():
        assert abs(state.credits.credit(member) - credit) <= len(sales) * Fraction(1, 2 * DECIMALS)
    assert state.credits.unit <= DECIMALS**2


@given(st.lists(st.tuples(WEIGHTS, st.integers(0, 7)), max_size=8))
def test_state_and_booking_survive_json(sales):
    state, booking = PoolState(), Booking()
    for weights, place in sales:
        buyer = sorted(weights)[place % len(weights)]
        sharing = Sharing(weights, "basis")
        state, booking = book(state, Booking("p", buyer), weighted=sharing, percentage=sharing, window=TODAY)
    assert PoolState.from_json(loads(dumps(state.to_json()))) == state
    assert Booking.from_json(loads(dumps(booking.to_json()))) == booking


def test_a_percentage_is_undone_only_while_its_timeframe_runs():
    percentage = Sharing({1: 1, 2: 1})
    state, booking = book(PoolState(), Booking("p", 1), percentage=percentage, window=TODAY)
    assert owned(undo(state, booking, TODAY.end - timedelta(seconds=1)))[1] == 0
    assert undo(state, booking, TODAY.end) == state
    tomorrow = Window(WindowKind.DAY, TODAY.end, TODAY.end + timedelta(days=1))
    fresh, _ = book(state, Booking("p", 2), percentage=percentage, window=tomorrow)
    assert owned(fresh)[2] == Fraction(-1, 2), "begun afresh"
    assert undo(fresh, booking, TODAY.end) == fresh


def test_a_timeframe_that_was_changed_meanwhile_keeps_its_own_credits():
    percentage = Sharing({1: 1, 2: 1})
    _, of_the_day = book(PoolState(), Booking("p", 1), percentage=percentage, window=TODAY)
    noon = Window(WindowKind.HOUR, START + timedelta(hours=12), START + timedelta(hours=13))
    by_the_hour, _ = book(PoolState(), Booking("p", 2), percentage=percentage, window=noon)
    assert undo(by_the_hour, of_the_day, noon.start) == by_the_hour


def test_the_catch_up_limit_passes_what_does_not_fit_to_the_others():
    ledger = Ledger(2, {1: -4, 2: 4, 3: 0})
    shares = split_up_to(ledger, {1: 2, 2: 1, 3: 1}, Fraction(2))
    assert [shares.credit(member) for member in (1, 2, 3)] == [Fraction(2, 3), 0, Fraction(1, 3)]
    assert split_up_to(ledger, {1: 2, 2: 1, 3: 1}, None).credit(2) == Fraction(1, 4)


@given(WEIGHTS, st.dictionaries(st.integers(1, 8), st.integers(-30, 30)), st.integers(1, 5))
def test_shares_up_to_a_limit_are_one_lead_in_all_and_lift_nobody_above_it(weights, credit, limit):
    ledger = Ledger(10, credit)
    shares = split_up_to(ledger, weights, Fraction(limit))
    given_out = {member: shares.credit(member) for member in weights}
    assert sum(given_out.values()) == 1
    assert all(share >= 0 for share in given_out.values())
    room = sum((max(limit - ledger.credit(member), Fraction(0)) for member in weights), Fraction(0))
    if room >= 1:
        assert all(ledger.credit(member) + share <= max(limit, ledger.credit(member)) for member, share in given_out.items())


def test_values_become_whole_numbers_in_one_scale():
    table = [(1, Decimal("0.5")), (2, Decimal("1.25")), (3, None), (4, Decimal(0)), (5, Decimal(-1))]
    assert scaled(table) == {1: 2, 2: 5}
    assert scaled([]) == {}


def test_rounding_is_half_even():
    assert [round_half_even(number, 2) for number in (1, 3, 5, -1, -3)] == [0, 2, 2, 0, -2]
    assert round_half_even(2, 3) == 1
