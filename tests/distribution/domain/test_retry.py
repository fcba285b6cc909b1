"""What follows from an attempt: the schedule, the budget, and that a doubt never leads to another client."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.domain.retry import Case, Next, Outcome, Why, next_attempt_at, what_follows

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def case(attempts: int = 1, *, tainted: bool = False, budget: int = 300, repeats: bool = True, retries: int = 3) -> Case:
    return Case(attempts, tainted, NOON, budget, retries, repeats)


@pytest.mark.parametrize(
    ("outcome", "tainted", "expected", "why"),
    [
        (Outcome.ACCEPTED, False, Next.ACCEPTED, Why.NONE),
        (Outcome.ACCEPTED, True, Next.ACCEPTED, Why.NONE),
        (Outcome.REJECTED, False, Next.REJECTED, Why.REFUSED),
        (Outcome.REJECTED, True, Next.UNKNOWN, Why.AFTER_DOUBT),
        (Outcome.CONFIG_ERROR, False, Next.FAILED, Why.CONFIG_ERROR),
        (Outcome.CONFIG_ERROR, True, Next.UNKNOWN, Why.AFTER_DOUBT),
        (Outcome.NOT_SENT, False, Next.QUEUED, Why.NOT_REACHED),
        (Outcome.NOT_TAKEN, False, Next.QUEUED, Why.NOT_NOW),
        (Outcome.NOT_TAKEN, True, Next.QUEUED, Why.NOT_NOW),
        (Outcome.IN_DOUBT, False, Next.QUEUED, Why.IN_DOUBT),
    ],
)
def test_what_one_attempt_leads_to(*, outcome: Outcome, tainted: bool, expected: Next, why: Why) -> None:
    verdict = what_follows(outcome, case(tainted=tainted), NOON)
    assert (verdict.next, verdict.why) == (expected, why)
    assert (verdict.due_at is not None) == (expected is Next.QUEUED)


def test_repeats_wait_10_then_30_then_120_seconds_and_a_fourth_refusal_ends_it() -> None:
    waits = [what_follows(Outcome.NOT_TAKEN, case(n, budget=3600), NOON).due_at for n in (1, 2, 3)]
    assert waits == [NOON + timedelta(seconds=s) for s in (10, 30, 120)]
    assert what_follows(Outcome.NOT_TAKEN, case(4, budget=3600), NOON).next is Next.FAILED


def test_the_wait_spreads_by_a_fifth_both_ways() -> None:
    assert next_attempt_at(1, NOON, retry_after=None, jitter_unit=0) == NOON + timedelta(seconds=8)
    assert next_attempt_at(3, NOON, retry_after=None, jitter_unit=1) == NOON + timedelta(seconds=144)


def test_a_client_may_ask_for_a_longer_wait_but_not_for_a_shorter_one() -> None:
    def waits(asked: float) -> timedelta:
        return next_attempt_at(1, NOON, retry_after=asked, jitter_unit=0.5) - NOON

    assert [waits(asked) for asked in (60, 0, -5, 1e12)] == [timedelta(seconds=s) for s in (60, 10, 10, 3600)]


def test_a_wait_past_the_budget_ends_the_offer_at_once() -> None:
    assert what_follows(Outcome.NOT_TAKEN, case(budget=300), NOON, retry_after=301).next is Next.FAILED
    assert what_follows(Outcome.NOT_TAKEN, case(budget=300), NOON, retry_after=300).next is Next.QUEUED
    assert what_follows(Outcome.IN_DOUBT, case(budget=5), NOON).next is Next.UNKNOWN


def test_a_client_that_does_not_know_repeats_is_not_asked_twice_after_a_doubt() -> None:
    assert what_follows(Outcome.IN_DOUBT, case(repeats=False), NOON).next is Next.UNKNOWN
    assert what_follows(Outcome.NOT_TAKEN, case(repeats=False), NOON).next is Next.QUEUED


def test_a_doubt_is_repeated_for_the_whole_budget_however_few_retries_the_method_has() -> None:
    assert what_follows(Outcome.IN_DOUBT, case(1, retries=0), NOON).next is Next.QUEUED
    assert what_follows(Outcome.NOT_TAKEN, case(1, retries=0), NOON).next is Next.FAILED


@given(
    outcomes=st.lists(st.sampled_from(list(Outcome)), min_size=1, max_size=12),
    budget=st.integers(0, 900),
    retries=st.integers(0, 5),
    repeats=st.booleans(),
    jitter=st.floats(0, 0.999),
)
def test_i14_after_a_doubt_a_delivery_ends_accepted_or_unknown(
    *, outcomes: list[Outcome], budget: int, retries: int, repeats: bool, jitter: float
) -> None:
    now, tainted, doubted = NOON, False, False
    for attempt, outcome in enumerate(outcomes, start=1):
        verdict = what_follows(outcome, Case(attempt, tainted, NOON, budget, retries, repeats), now, jitter_unit=jitter)
        doubted = doubted or outcome is Outcome.IN_DOUBT
        if verdict.next is not Next.QUEUED:
            assert (verdict.next in (Next.ACCEPTED, Next.UNKNOWN)) or not doubted
            assert verdict.next is not Next.UNKNOWN or doubted
            return
        assert verdict.due_at is not None
        assert verdict.due_at <= NOON + timedelta(seconds=budget)
        now, tainted = verdict.due_at, verdict.is_tainted
