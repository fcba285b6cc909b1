"""Wall clocks and instants: where a local time lies on the UTC line when clocks are moved."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

TICK = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)


def instant(wall: datetime, zone: ZoneInfo, fold: int = 0) -> datetime:
    """UTC instant at which clocks in `zone` read the naive `wall`; `fold=1` takes the second of two readings."""
    return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def reading(at: datetime, zone: ZoneInfo) -> datetime:
    """What a clock on the wall in `zone` shows at the instant `at`, as a naive datetime."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def change_between(zone: ZoneInfo, low: datetime, high: datetime) -> datetime | None:
    """First instant in (low, high] with the offset of `high`, or None when the offset is the same at both.

    Changes of clocks fall on whole seconds; at most one change may lie between the two.
    """
    after = high.astimezone(zone).utcoffset()
    if low.astimezone(zone).utcoffset() == after:
        return None
    low = low.replace(microsecond=0)
    while high - low > SECOND:
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high


def settled(wall: datetime, zone: ZoneInfo) -> datetime:
    """The earliest instant from which the wall clock never again shows less than `wall`.

    For an ordinary time this is simply its instant. A time skipped in spring is the instant of the change; the start of an
    hour repeated in autumn is its first reading, and a time inside that hour its second.
    """
    first, second = instant(wall, zone), instant(wall, zone, fold=1)
    if first == second:
        return first
    if first > second:  # skipped: fold=0 reads with the offset before the change, fold=1 with the one after
        return change_between(zone, second, first) or first
    return second if reading(second - TICK, zone) < wall else first
