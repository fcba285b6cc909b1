"""Calendar windows that caps, budgets and shares count in: hour, day, week, month and all time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from leads.domain.clocks import reading, settled


class WindowKind(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Window:
    """The instants from `start` (in) to `end` (out), both in UTC."""

    kind: WindowKind
    start: datetime
    end: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end


ALL_TIME = Window(WindowKind.TOTAL, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def _hour(wall: datetime) -> datetime:
    return wall.replace(minute=0, second=0, microsecond=0)


def _day(wall: datetime) -> datetime:
    return wall.replace(hour=0, minute=0, second=0, microsecond=0)


def _week(wall: datetime) -> datetime:
    return _day(wall) - timedelta(days=wall.weekday())


def _month(wall: datetime) -> datetime:
    return _day(wall).replace(day=1)


_BEGINNING: dict[WindowKind, Callable[[datetime], datetime]] = {
    WindowKind.HOUR: _hour,
    WindowKind.DAY: _day,
    WindowKind.WEEK: _week,
    WindowKind.MONTH: _month,
}
_LONGEST: dict[WindowKind, timedelta] = {
    WindowKind.HOUR: timedelta(hours=1),
    WindowKind.DAY: timedelta(days=1),
    WindowKind.WEEK: timedelta(days=7),
    WindowKind.MONTH: timedelta(days=31),
}


@lru_cache(maxsize=65536)
def _window(kind: WindowKind, zone: ZoneInfo, begin: datetime) -> Window:
    following = _BEGINNING[kind](begin + _LONGEST[kind])
    return Window(kind, settled(begin, zone), settled(following, zone))


def window(kind: WindowKind, zone: ZoneInfo, now: datetime) -> Window:
    """The calendar window of `zone` that holds `now`; weeks begin on Monday, 00:00.

    The wall clock counts: an hour repeated when clocks go back is one window of two hours, a day of a change has 23 or 25.
    Windows of a kind and zone tile the line of time. Where clocks go back by two hours (Troll in Antarctica) the first
    reading of the second hour still belongs to the first, so that no window comes twice.
    """
    if kind is WindowKind.TOTAL:
        return ALL_TIME
    beginning = _BEGINNING[kind]
    found = _window(kind, zone, beginning(reading(now, zone)))
    while now < found.start:
        found = _window(kind, zone, beginning(reading(found.start, zone) - timedelta(microseconds=1)))
    return found
