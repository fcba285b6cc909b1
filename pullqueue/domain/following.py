"""What follows an outcome that a user picks: where the lead goes, when, and what speaks against it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pullqueue.enums import Ending, Place, Then

UNDO_SECONDS = 10
"""How long an outcome can be taken back by who picked it; its effects begin after that."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """An outcome as it was picked, with what its disposition says and what the user added.

    A transfer to neither a user nor a branch is one to the company.
    """

    then: Then
    at: datetime
    cool_down_minutes: int | None = None
    callback_at: datetime | None = None
    transfer_user: int | None = None
    transfer_branch: int | None = None
    distributes: bool = False


@dataclass(frozen=True, slots=True)
class Following:
    """Where the lead goes; `due_at` is when it is ready again."""

    place: Place
    due_at: datetime | None = None
    ending: Ending | None = None
    goes_round: bool = False
    """It goes through its routes again."""


def recycle(outcome: Outcome, cool_down_minutes: int) -> Following:
    """Cool down by the outcome's own minutes, else by the strategy's; with none it is ready at once."""
    minutes = cool_down_minutes if outcome.cool_down_minutes is None else outcome.cool_down_minutes
    if not minutes:
        return Following(Place.READY)
    return Following(Place.COOLING, outcome.at + timedelta(minutes=minutes))


def _callback(outcome: Outcome, _minutes: int) -> Following:
    return Following(Place.CALLBACK, outcome.callback_at)


def _own(_outcome: Outcome, _minutes: int) -> Following:
    return Following(Place.OWNED)


def _transfer(outcome: Outcome, _minutes: int) -> Following:
    if outcome.distributes:
        return Following(Place.UNROUTED, goes_round=True)
    return Following(Place.OWNED if outcome.transfer_user is not None else Place.READY)


def _ends(ending: Ending) -> Callable[[Outcome, int], Following]:
    return lambda _outcome, _minutes: Following(Place.FINISHED, ending=ending)


FOLLOWS: Mapping[Then, Callable[[Outcome, int], Following]] = {
    Then.RECYCLE: recycle,
    Then.CALLBACK: _callback,
    Then.OWN: _own,
    Then.TRANSFER: _transfer,
    Then.WON: _ends(Ending.WON),
    Then.LOST: _ends(Ending.LOST),
    Then.BAD_LEAD: _ends(Ending.BAD_LEAD),
    Then.DO_NOT_CALL: _ends(Ending.DO_NOT_CALL),
}


def following(outcome: Outcome, cool_down_minutes: int) -> Following:
    """What follows; `cool_down_minutes` is the strategy's."""
    return FOLLOWS[outcome.then](outcome, cool_down_minutes)


def problem_of(outcome: Outcome, *, may_be_called: Callable[[datetime], bool]) -> str:
    """Code of what speaks against the outcome, empty when nothing does."""
    if outcome.then is Then.CALLBACK:
        if outcome.callback_at is None:
            return "callback_needed"
        if outcome.callback_at <= outcome.at:
            return "callback_past"
        return "" if may_be_called(outcome.callback_at) else "callback_hours"
    if outcome.transfer_user is not None and outcome.transfer_branch is not None:
        return "transfer_to_one"
    return ""
