from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.domain.windows import ALL_TIME, Window, WindowKind, window

CHICAGO = ZoneInfo("America/Chicago")
ZONES = [
    ZoneInfo(name)
    for name in (
        "America/New_York",
        "America/Chicago",
        "America/Phoenix",
        "America/Anchorage",
        "America/St_Johns",
        "America/Havana",
        "America/Nuuk",
        "Pacific/Honolulu",
        "Pacific/Apia",
        "Asia/Beirut",
        "Africa/Cairo",
        "Australia/Lord_Howe",
        "Antarctica/Troll",
        "Europe/Berlin",
        "UTC",
    )
]
CALENDAR = [WindowKind.HOUR, WindowKind.DAY, WindowKind.WEEK, WindowKind.MONTH]
FROM, UNTIL = datetime(2025, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)


def changes(zone: ZoneInfo) -> list[datetime]:
    """Every change of clocks of 2025 to 2027, found by walking in quarters of an hour."""
    found = []
    at, step = FROM, timedelta(minutes=15)
    day = timedelta(days=1)
    while at < UNTIL:
        if at.astimezone(zone).utcoffset() == (at + day).astimezone(zone).utcoffset():
            at += day
            continue
        while at.astimezone(zone).utcoffset() == (at + step).astimezone(zone).utcoffset():
            at += step
        found.append(at + step)
        at += step
    return found


CHANGES = [(zone, at) for zone in ZONES for at in changes(zone)]


def local(text: str, zone: ZoneInfo = CHICAGO, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("kind", "start", "end"),
    [
        (WindowKind.HOUR, "2026-07-15T13:00", "2026-07-15T14:00"),
        (WindowKind.DAY, "2026-07-15T00:00", "2026-07-16T00:00"),
        (WindowKind.WEEK, "2026-07-13T00:00", "2026-07-20T00:00"),
        (WindowKind.MONTH, "2026-07-01T00:00", "2026-08-01T00:00"),
    ],
)
def test_a_wednesday_afternoon_in_chicago(kind: WindowKind, start: str, end: str) -> None:
    assert window(kind, CHICAGO, local("2026-07-15T13:45")) == Window(kind, local(start), local(end))


def test_the_repeated_hour_is_one_window_of_two_hours() -> None:
    first, second = local("2026-11-01T01:30"), local("2026-11-01T01:30", fold=1)
    assert second - first == timedelta(hours=1)
    whole = Window(WindowKind.HOUR, datetime(2026, 11, 1, 6, tzinfo=UTC), datetime(2026, 11, 1, 8, tzinfo=UTC))
    assert window(WindowKind.HOUR, CHICAGO, first) == whole
    assert window(WindowKind.HOUR, CHICAGO, second) == whole
    assert window(WindowKind.HOUR, CHICAGO, local("2026-11-01T02:00")).start == whole.end


def test_the_skipped_hour_has_no_window() -> None:
    before, after = local("2026-03-08T01:59"), local("2026-03-08T03:00")
    assert window(WindowKind.HOUR, CHICAGO, before).end == window(WindowKind.HOUR, CHICAGO, after).start == after


def test_days_of_a_change_have_23_and_25_hours() -> None:
    spring = window(WindowKind.DAY, CHICAGO, local("2026-03-08T12:00"))
    autumn = window(WindowKind.DAY, CHICAGO, local("2026-11-01T12:00"))
    assert spring.end - spring.start == timedelta(hours=23)
    assert autumn.end - autumn.start == timedelta(hours=25)


def test_a_day_whose_midnight_comes_twice_is_one_window() -> None:
    havana = ZoneInfo("America/Havana")  # 1 November 2026, 01:00 back to 00:00
    day = window(WindowKind.DAY, havana, local("2026-11-01T00:30", havana, fold=1))
    assert day == window(WindowKind.DAY, havana, local("2026-11-01T00:30", havana))
    assert day.end - day.start == timedelta(hours=25)


def test_hours_that_clocks_interleave_are_still_counted_once() -> None:
    troll = ZoneInfo("Antarctica/Troll")  # back by two hours, 03:00 to 01:00
    long = window(WindowKind.HOUR, troll, local("2026-10-25T01:10", troll))
    assert long == window(WindowKind.HOUR, troll, local("2026-10-25T02:10", troll))
    assert long.end - long.start == timedelta(hours=3)
    assert window(WindowKind.HOUR, troll, local("2026-10-25T02:10", troll, fold=1)).start == long.end


def test_all_time_is_one_window() -> None:
    assert window(WindowKind.TOTAL, CHICAGO, FROM) is ALL_TIME
    assert FROM in ALL_TIME


instants = st.one_of(
    st.tuples(
        st.sampled_from(ZONES), st.datetimes(FROM.replace(tzinfo=None), UNTIL.replace(tzinfo=None)).map(lambda at: at.replace(tzinfo=UTC))
    ),
    st.builds(
        lambda change, seconds: (change[0], change[1] + timedelta(seconds=seconds)),
        st.sampled_from(CHANGES),
        st.integers(-4 * 3600, 4 * 3600),
    ),
)


@given(instants, st.sampled_from(CALENDAR))
def test_every_instant_lies_in_exactly_one_window_and_windows_tile(where: tuple[ZoneInfo, datetime], kind: WindowKind) -> None:
    zone, at = where
    tick = timedelta(microseconds=1)
    found = window(kind, zone, at)
    assert found.start <= at < found.end
    assert window(kind, zone, found.start) == window(kind, zone, found.end - tick) == found
    assert window(kind, zone, found.end).start == found.end
    assert window(kind, zone, found.start - tick).end == found.start


@given(instants)
def test_a_window_holds_all_smaller_ones_that_it_meets(where: tuple[ZoneInfo, datetime]) -> None:
    zone, at = where
    hour, day, month = (window(kind, zone, at) for kind in (WindowKind.HOUR, WindowKind.DAY, WindowKind.MONTH))
    assert month.start <= day.start <= hour.start < hour.end <= day.end <= month.end
