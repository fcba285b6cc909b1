"""Round robin: whose turn it is, and what becomes of a turn."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from leads.domain.shares import Rotation, give_back_turn, settle_members, use_turn

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def order(rotation, members):
    return sorted(members, key=lambda member: (rotation.key(member), member))


def test_never_served_first_then_longest_since_its_turn():
    rotation, _ = use_turn(Rotation(), 2)
    rotation, _ = use_turn(rotation, 1)
    assert order(rotation, [1, 2, 3]) == [3, 2, 1]


def test_a_turn_given_back_puts_the_member_where_it_stood():
    first, _ = use_turn(Rotation(), 1)
    second, turn = use_turn(first, 1)
    assert give_back_turn(second, turn).last == first.last
    never, turn = use_turn(Rotation(), 1)
    assert give_back_turn(never, turn).last == {}


def test_a_turn_is_not_given_back_over_a_later_one_or_a_restart():
    rotation, turn = use_turn(Rotation(members={1: 0}), 1)
    later, _ = use_turn(rotation, 1)
    assert give_back_turn(later, turn) == later
    restarted = settle_members(rotation, {1: 0, 2: 0}, restart=True, now=NOW)
    assert give_back_turn(restarted, turn) == restarted
    fresh, _ = use_turn(restarted, 1)
    assert give_back_turn(fresh, turn) == fresh, "numbers are never used again"


def test_the_first_look_restarts_nothing():
    rotation, _ = use_turn(Rotation(), 1)
    looked = settle_members(rotation, {1: 0}, restart=True, now=NOW)
    assert (looked.last, looked.restarted_at, looked.members) == ({1: 1}, None, {1: 0})


def test_restart_forgets_turns_and_says_who_came_and_went():
    rotation, _ = use_turn(Rotation(members={1: 0, 2: 0, 3: 0}), 1)
    restarted = settle_members(rotation, {1: 0, 3: 1, 4: 0}, restart=True, now=NOW)
    assert (restarted.last, restarted.restarted_at, restarted.entered, restarted.left) == ({}, NOW, (3, 4), (2, 3))
    assert settle_members(restarted, {1: 0, 3: 1, 4: 0}, restart=True, now=NOW) is restarted


def test_continue_keeps_every_place():
    rotation, _ = use_turn(Rotation(members={1: 0}), 1)
    went_on = settle_members(rotation, {1: 0, 2: 0}, restart=False, now=NOW)
    assert (order(went_on, [1, 2]), went_on.restarted_at) == ([2, 1], None)


def test_a_rotation_survives_json():
    rotation, turn = use_turn(Rotation(members={1: 0, 2: 5}, restarted_at=NOW, entered=(2,)), 1)
    assert Rotation.from_json(rotation.to_json()) == rotation
    assert type(turn).from_json(turn.to_json()) == turn


@given(st.lists(st.sets(st.integers(1, 5), min_size=1), max_size=60))
def test_nobody_is_passed_over_while_somebody_is_served_twice(leads):
    """Between two turns of one member every member that could have taken the second had a turn, or was not able to."""
    rotation, served = Rotation(), []
    for eligible in leads:
        buyer = order(rotation, eligible)[0]
        rotation, _ = use_turn(rotation, buyer)
        served.append(buyer)
        for other in eligible - {buyer}:
            since = served[-2::-1]
            last_other = since.index(other) if other in since else len(since)
            last_buyer = since.index(buyer) if buyer in since else len(since)
            assert last_buyer >= last_other
