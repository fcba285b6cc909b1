"""When the mere passing of time next changes what a criterion says of a lead."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from leads.domain.clocks import TICK, settled
from leads.domain.criteria_check import Node, walk
from leads.domain.criteria_fields import AGE
from leads.domain.facts import MICROSECONDS_A_MINUTE

AGE_YEARS = "age_years"
UTC_ZONE = ZoneInfo("UTC")


def next_change(node: Node, *, received_at: datetime, born: date | None, zone: ZoneInfo | None, now: datetime) -> datetime | None:
    """The first instant after `now` at which a condition on age may turn, None when none ever will.

    Until then the verdict on unchanged facts stays; at it the criterion must be judged again. Looks at minutes since added and
    age in years; hour and weekday, which turn all the time, are not asked here.
    """
    conditions = walk(node)
    turns = [
        turn
        for condition in conditions
        if condition.spec.name == AGE
        for minutes in _numbers(condition.typed)
        for turn in _around(received_at, minutes)
        if turn > now
    ]
    if born and any(condition.spec.name == AGE_YEARS for condition in conditions):
        turns.append(next_birthday(born, zone or UTC_ZONE, now))
    return min(turns, default=None)


def _numbers(typed: object) -> Iterator[Decimal]:
    for value in typed if isinstance(typed, tuple) else (typed,):
        if isinstance(value, Decimal):
            yield value


def _around(received_at: datetime, minutes: Decimal) -> tuple[datetime, ...]:
    """Where `less than` ends and where `more than` begins, a tick apart; none beyond the end of time."""
    try:
        at = received_at + timedelta(microseconds=int(minutes * MICROSECONDS_A_MINUTE))
        return at, at + TICK
    except OverflowError:
        return ()


def next_birthday(born: date, zone: ZoneInfo, now: datetime) -> datetime:
    """The instant after `now` at which the person is a year older: midnight by the wall clock of `zone`, in UTC."""
    year = now.astimezone(zone).year
    return next(at for later in range(3) if (at := _midnight(born, year + later, zone)) > now)


def _midnight(born: date, year: int, zone: ZoneInfo) -> datetime:
    try:
        day = born.replace(year=year)
    except ValueError:  # 29 February in a common year
        day = date(year, 3, 1)
    return settled(datetime(day.year, day.month, day.day), zone).astimezone(UTC)  # noqa: DTZ001 - the wall clock's
