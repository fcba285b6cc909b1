from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.domain.hours import DAYS, ScheduleError, WeekHours, is_open, next_opening, parse_schedule

CHICAGO = ZoneInfo("America/Chicago")
NEVER_CLOSED: frozenset[date] = frozenset()
OFFICE = parse_schedule({day: ["09:00-12:00", "13:00-17:00"] for day in DAYS[:5]})
NIGHT = parse_schedule({"fri": ["22:00-02:00"]})


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "verdict"),
    [
        ("2026-07-15T08:59:59", False),
        ("2026-07-15T09:00:00", True),
        ("2026-07-15T11:59:59", True),
        ("2026-07-15T12:30:00", False),
        ("2026-07-15T16:59:59", True),
        ("2026-07-15T17:00:00", False),
        ("2026-07-18T10:00:00", False),
    ],
)
def test_an_office_on_wednesday_and_saturday(at: str, *, verdict: bool) -> None:
    assert is_open(OFFICE, NEVER_CLOSED, CHICAGO, local(at)) is verdict


def test_no_schedule_is_always_open_and_an_empty_one_never() -> None:
    now = local("2026-07-15T03:00")
    assert is_open(parse_schedule(None), NEVER_CLOSED, CHICAGO, now) is True
    assert is_open(parse_schedule({}), NEVER_CLOSED, CHICAGO, now) is False
    assert next_opening(parse_schedule({}), NEVER_CLOSED, CHICAGO, now) is None


def test_equal_ends_are_closed_and_a_full_day_is_open_to_its_last_second() -> None:
    day = local("2026-07-15T09:00")
    assert is_open(parse_schedule({"wed": ["09:00-09:00"]}), NEVER_CLOSED, CHICAGO, day) is False
    full = parse_schedule({"wed": ["00:00-24:00"]})
    assert is_open(full, NEVER_CLOSED, CHICAGO, local("2026-07-15T23:59:59")) is True
    assert is_open(full, NEVER_CLOSED, CHICAGO, local("2026-07-16T00:00:00")) is False


def test_overlapping_windows_join() -> None:
    assert parse_schedule({"mon": ["13:00-17:00", "09:00-14:00", "17:00-18:00"]}) == parse_schedule({"mon": ["09:00-18:00"]})


@pytest.mark.parametrize(
    ("at", "verdict"),
    [
        ("2026-07-17T21:59", False),
        ("2026-07-17T22:00", True),
        ("2026-07-18T01:59", True),
        ("2026-07-18T02:00", False),
        ("2026-07-18T22:30", False),
        ("2026-07-17T01:00", False),
    ],
)
def test_a_window_past_midnight_runs_into_the_next_day(at: str, *, verdict: bool) -> None:
    assert is_open(NIGHT, NEVER_CLOSED, CHICAGO, local(at)) is verdict


def test_a_sunday_night_runs_into_monday() -> None:
    hours = parse_schedule({"sun": ["23:00-01:00"]})
    assert is_open(hours, NEVER_CLOSED, CHICAGO, local("2026-07-20T00:30")) is True


def test_a_closed_date_closes_its_whole_day_and_what_begins_on_it() -> None:
    friday, saturday = frozenset({date(2026, 7, 17)}), frozenset({date(2026, 7, 18)})
    evening, after_midnight = local("2026-07-17T23:00"), local("2026-07-18T01:00")
    assert [is_open(NIGHT, friday, CHICAGO, at) for at in (evening, after_midnight)] == [False, False]
    assert [is_open(NIGHT, saturday, CHICAGO, at) for at in (evening, after_midnight)] == [True, False]


def test_the_next_opening_is_now_when_open_and_else_the_first_instant_inside() -> None:
    assert next_opening(OFFICE, NEVER_CLOSED, CHICAGO, local("2026-07-15T10:00")) == local("2026-07-15T10:00")
    assert next_opening(OFFICE, NEVER_CLOSED, CHICAGO, local("2026-07-17T17:00")) == local("2026-07-20T09:00")
    holiday = frozenset({date(2026, 7, 20), date(2026, 7, 21)})
    assert next_opening(OFFICE, holiday, CHICAGO, local("2026-07-17T17:00")) == local("2026-07-22T09:00")


def test_an_office_without_hours_reopens_at_midnight_after_a_closed_date() -> None:
    christmas = frozenset({date(2026, 12, 25)})
    assert next_opening(parse_schedule(None), christmas, CHICAGO, local("2026-12-25T08:00")) == local("2026-12-26T00:00")


def test_closed_for_longer_than_the_horizon_has_no_opening() -> None:
    week = frozenset(date(2026, 7, 15) + timedelta(days=n) for n in range(10))
    assert next_opening(OFFICE, week, CHICAGO, local("2026-07-15T08:00"), horizon_days=9) is None
    assert next_opening(OFFICE, week, CHICAGO, local("2026-07-15T08:00"), horizon_days=12) == local("2026-07-27T09:00")


def test_a_start_in_the_skipped_hour_moves_forward_to_the_change() -> None:
    hours = parse_schedule({"sun": ["02:30-05:00"]})
    assert next_opening(hours, NEVER_CLOSED, CHICAGO, local("2026-03-08T01:00")) == local("2026-03-08T03:00")
    assert is_open(hours, NEVER_CLOSED, CHICAGO, local("2026-03-08T03:00")) is True


def test_a_window_inside_the_skipped_hour_does_not_open_that_day() -> None:
    hours = parse_schedule({"sun": ["02:15-02:45"]})
    assert next_opening(hours, NEVER_CLOSED, CHICAGO, local("2026-03-08T01:00")) == local("2026-03-15T02:15")


def test_a_window_in_the_repeated_hour_opens_twice() -> None:
    hours = parse_schedule({"sun": ["01:15-01:30"]})
    assert next_opening(hours, NEVER_CLOSED, CHICAGO, local("2026-11-01T00:00")) == local("2026-11-01T01:15")
    between = local("2026-11-01T01:40")
    again = local("2026-11-01T01:15", fold=1)
    assert next_opening(hours, NEVER_CLOSED, CHICAGO, between) == again


def test_clocks_going_back_into_an_open_window_open_it_again() -> None:
    hours = parse_schedule({"sun": ["00:30-01:30"]})
    closed = local("2026-11-01T01:45")
    assert next_opening(hours, NEVER_CLOSED, CHICAGO, closed) == datetime(2026, 11, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("09:00-17:00", ""),
        ({"monday": ["09:00-17:00"]}, "monday"),
        ({"mon": "09:00-17:00"}, "mon"),
        ({"mon": ["09:00-17:00", "9-17"]}, "mon[1]"),
        ({"mon": ["09:00-24:30"]}, "mon[0]"),
        ({"mon": ["24:00-09:00"]}, "mon[0]"),
        ({"tue": [None]}, "tue[0]"),
        ({"tue": ["09:60-17:00"]}, "tue[0]"),
        ({"tue": ["٠٩:00-17:00"]}, "tue[0]"),
    ],
)
def test_a_schedule_that_cannot_be_read_is_refused_with_its_place(value: object, place: str) -> None:
    with pytest.raises(ScheduleError) as refused:
        parse_schedule(value)
    assert refused.value.place == place


clock = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
schedules = st.dictionaries(st.sampled_from(DAYS), st.lists(st.builds("{}-{}".format, clock, clock), max_size=3), max_size=7)
around = st.one_of(
    st.datetimes(datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None), datetime(2026, 12, 31, tzinfo=UTC).replace(tzinfo=None)),
    st.builds(
        lambda change, minutes: change + timedelta(minutes=minutes),
        st.sampled_from([datetime(2026, 3, 8, 8, tzinfo=UTC), datetime(2026, 11, 1, 7, tzinfo=UTC)]),
        st.integers(-1500, 1500),
    ),
).map(lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC))


def obviously_open(schedule: dict[str, list[str]], closed: frozenset[date], at: datetime) -> bool:
    wall = at.astimezone(CHICAGO)
    if wall.date() in closed:
        return False
    shown = f"{wall:%H:%M}"
    yesterday = wall.date() - timedelta(days=1)
    for text in schedule.get(DAYS[wall.weekday()], []):
        start, end = text.split("-")
        if start <= shown and start != end and (shown < end or end < start):
            return True
    for text in schedule.get(DAYS[yesterday.weekday()], []):
        start, end = text.split("-")
        if end < start and shown < end and yesterday not in closed:
            return True
    return False


@given(schedules, around, st.sets(st.integers(0, 3), max_size=2))
def test_hours_agree_with_an_obvious_reading_and_the_next_opening_is_the_first(
    schedule: dict[str, list[str]], at: datetime, closed_in: set[int]
) -> None:
    closed = frozenset(at.astimezone(CHICAGO).date() + timedelta(days=n) for n in closed_in)
    hours: WeekHours = parse_schedule(schedule)
    assert is_open(hours, closed, CHICAGO, at) is obviously_open(schedule, closed, at)
    opening = next_opening(hours, closed, CHICAGO, at, horizon_days=2)
    steps = [at + timedelta(minutes=15 * n) for n in range(4 * 24)]
    quarters = [step for step in steps if obviously_open(schedule, closed, step.replace(minute=step.minute // 15 * 15))]
    if opening is not None:
        assert is_open(hours, closed, CHICAGO, opening)
        assert not any(is_open(hours, closed, CHICAGO, step) for step in steps if step < opening)
    if quarters:
        assert opening is not None
