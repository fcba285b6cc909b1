"""What follows an outcome, and which reason of an empty pull is told."""

from datetime import UTC, datetime, timedelta

import pytest

from pullqueue.domain.following import Following, Outcome, following, problem_of
from pullqueue.domain.reasons import EMPTY, Waiting, commonest, sentence
from pullqueue.enums import Ending, Place, Then

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=3)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome(Then.RECYCLE, NOON), Following(Place.COOLING, NOON + timedelta(minutes=30))),
        (Outcome(Then.RECYCLE, NOON, cool_down_minutes=15), Following(Place.COOLING, NOON + timedelta(minutes=15))),
        (Outcome(Then.RECYCLE, NOON, cool_down_minutes=0), Following(Place.READY)),
        (Outcome(Then.CALLBACK, NOON, callback_at=LATER), Following(Place.CALLBACK, LATER)),
        (Outcome(Then.OWN, NOON), Following(Place.OWNED)),
        (Outcome(Then.TRANSFER, NOON, transfer_user=7), Following(Place.OWNED)),
        (Outcome(Then.TRANSFER, NOON, transfer_branch=7), Following(Place.READY)),
        (Outcome(Then.TRANSFER, NOON), Following(Place.READY)),
        (Outcome(Then.TRANSFER, NOON, transfer_branch=7, distributes=True), Following(Place.UNROUTED, goes_round=True)),
        (Outcome(Then.WON, NOON), Following(Place.FINISHED, ending=Ending.WON)),
        (Outcome(Then.LOST, NOON), Following(Place.FINISHED, ending=Ending.LOST)),
        (Outcome(Then.BAD_LEAD, NOON), Following(Place.FINISHED, ending=Ending.BAD_LEAD)),
        (Outcome(Then.DO_NOT_CALL, NOON), Following(Place.FINISHED, ending=Ending.DO_NOT_CALL)),
    ],
)
def test_what_follows_an_outcome(outcome: Outcome, expected: Following) -> None:
    assert following(outcome, 30) == expected


@pytest.mark.parametrize(
    ("outcome", "is_open", "expected"),
    [
        (Outcome(Then.CALLBACK, NOON, callback_at=LATER), True, ""),
        (Outcome(Then.CALLBACK, NOON, callback_at=LATER), False, "callback_hours"),
        (Outcome(Then.CALLBACK, NOON, callback_at=NOON), True, "callback_past"),
        (Outcome(Then.CALLBACK, NOON), True, "callback_needed"),
        (Outcome(Then.RECYCLE, NOON), False, ""),
        (Outcome(Then.TRANSFER, NOON, transfer_user=1), False, ""),
        (Outcome(Then.TRANSFER, NOON, transfer_user=1, transfer_branch=1), False, "transfer_to_one"),
    ],
)
def test_what_speaks_against_an_outcome(outcome: Outcome, *, is_open: bool, expected: str) -> None:
    assert problem_of(outcome, may_be_called=lambda _at: is_open) == expected


def test_the_commonest_reason_is_told_and_of_equal_ones_the_first() -> None:
    assert commonest({"cooling": Waiting(40), "calling_hours": Waiting(312)}) == "calling_hours"
    assert commonest({"held": Waiting(2), "cooling": Waiting(2)}) == "cooling"
    assert commonest({"cooling": Waiting(0)}) == commonest({}) == "nothing_queued"


def test_every_reason_has_its_sentence() -> None:
    assert [code for code in EMPTY if sentence(code) == code] == []
