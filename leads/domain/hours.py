"""Weekly opening hours with closed dates, read off the local wall clock."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from leads.domain.clocks import SECOND, change_between, instant

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = 24 * 60
DAY = timedelta(days=1)
_WINDOW = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)")

type Span = tuple[int, int]
"""Minutes after local midnight, from (in) to (out); `to` never passes 1440."""


class ScheduleError(ValueError):
    """A schedule that cannot be read: `place` (such as `mon[1]`) and what to write instead."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.place = place
        self.message = message


@dataclass(frozen=True, slots=True)
class WeekHours:
    """Open spans by weekday, Monday first.

    `begun` holds what begins on the day itself, `spilt` what runs in past midnight from the day before: a closed date closes
    both its own day and what begins on it, so the two are kept apart.
    """

    begun: tuple[tuple[Span, ...], ...]
    spilt: tuple[int, ...]
    """Minute until which the window of the evening before runs on, 0 for none."""


ALWAYS = WeekHours(begun=(((0, MIDNIGHT),),) * 7, spilt=(0,) * 7)


def parse_schedule(value: object) -> WeekHours:
    """Read `{"mon": ["09:00-17:00", "22:00-02:00"], ...}`; None means always open, a day left out is closed.

    Equal ends mean closed, `00:00-24:00` the whole day, an end before its start a window past midnight. Overlapping windows
    join. Raises ScheduleError.
    """
    if value is None:
        return ALWAYS
    if not isinstance(value, Mapping):
        raise ScheduleError("", "Give the windows by weekday, such as {'mon': ['09:00-17:00']}.")
    spans: list[list[Span]] = [[] for _ in DAYS]
    spilt = [0] * 7
    for day, windows in value.items():
        if day not in DAYS:
            raise ScheduleError(str(day)[:20], f"Not a weekday. Use {', '.join(DAYS)}.")
        if not isinstance(windows, list | tuple):
            raise ScheduleError(day, "Give a list of windows, such as ['09:00-17:00'].")
        number = DAYS.index(day)
        for place, text in enumerate(windows):
            start, end = _span(text, f"{day}[{place}]")
            spans[number].append((start, min(end, MIDNIGHT)))
            following = (number + 1) % 7
            spilt[following] = max(spilt[following], end - MIDNIGHT)
    return WeekHours(begun=tuple(_joined(day) for day in spans), spilt=tuple(spilt))


def _span(text: object, place: str) -> Span:
    found = _WINDOW.fullmatch(text.strip().replace(" ", "")) if isinstance(text, str) else None
    if not found:
        raise ScheduleError(place, "Write a window as HH:MM-HH:MM, 24 hours, such as 09:00-17:00 or 22:00-02:00.")
    start = int(found[1]) * 60 + int(found[2])
    end = MIDNIGHT if found[3] is None else int(found[3]) * 60 + int(found[4])
    return (start, end if end >= start else end + MIDNIGHT)


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def is_open(hours: WeekHours, closed_dates: Collection[date], zone: ZoneInfo, now: datetime) -> bool:
    """Whether the wall clock of `zone` shows a time inside the hours at `now`.

    The strict reading of a closed date: nothing is open on it, not even what began the evening before, and a window that
    would have begun on it does not run on into the day after. A time shown twice when clocks go back is open twice.
    """
    local = now.astimezone(zone)
    weekday = local.weekday()
    minute = local.hour * 60 + local.minute
    if closed_dates and local.date() in closed_dates:
        return False
    for start, end in hours.begun[weekday]:
        if start <= minute < end:
            return True
    if minute >= hours.spilt[weekday]:
        return False
    return not closed_dates or local.date() - DAY not in closed_dates


def next_opening(
    hours: WeekHours, closed_dates: Collection[date], zone: ZoneInfo, now: datetime, horizon_days: int = 370
) -> datetime | None:
    """First instant from `now` on (UTC) at which the hours are open: `now` itself when they are; None beyond the horizon."""
    if is_open(hours, closed_dates, zone, now):
        return now.astimezone(UTC)
    day = now.astimezone(zone).date()
    for _ in range(horizon_days + 1):
        if day not in closed_dates:
            openings = [at for at in _turns(hours, zone, day) if at > now and is_open(hours, closed_dates, zone, at)]
            if openings:
                return min(openings)
        day += DAY
    return None


def _turns(hours: WeekHours, zone: ZoneInfo, day: date) -> Iterator[datetime]:
    """Every instant of the local day at which the hours may begin: starts, midnight, and a change of clocks into a window."""
    midnight = datetime.combine(day, time())
    for minute in {0, *(start for start, _ in hours.begun[day.weekday()])}:
        wall = midnight + timedelta(minutes=minute)
        yield instant(wall, zone)
        yield instant(wall, zone, fold=1)
    change = change_between(zone, instant(midnight, zone, fold=1) - SECOND, instant(midnight + DAY, zone, fold=1))
    if change:
        yield change
