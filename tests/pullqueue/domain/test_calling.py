"""When a lead may be called: the strictest reading over every plausible place, at both changes of clocks, on closed dates."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.domain.states import STATES
from leads.places import zones_of_state
from pullqueue.domain.calling import (
    CallRules,
    Spot,
    attempt_limit,
    closes_at,
    is_open_cached,
    limited_until,
    may_call,
    opens_at,
)
from pullqueue.hours import build_rules
from pullqueue.shipped import shipped_dates, shipped_hours

HOUR = timedelta(hours=1)
DATES = [(code, on) for code, on, *_ in shipped_dates()]
RULES = build_rules(shipped_hours(), DATES, calls_unplaced=False)
UNPLACED = build_rules(shipped_hours(), DATES, calls_unplaced=True)
NEW_YORK, LOS_ANGELES, CHICAGO = "America/New_York", "America/Los_Angeles", "America/Chicago"
CALIFORNIA = Spot(("CA",), (LOS_ANGELES,))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("spot", "moment", "expected"),
    [
        pytest.param(CALIFORNIA, "2026-03-02T08:00:00-08:00", True, id="from 8 o'clock there"),
        pytest.param(CALIFORNIA, "2026-03-02T07:59:59-08:00", False, id="not a second earlier"),
        pytest.param(CALIFORNIA, "2026-03-02T20:59:59-08:00", True, id="until 21 o'clock"),
        pytest.param(CALIFORNIA, "2026-03-02T21:00:00-08:00", False, id="not at 21 o'clock"),
        pytest.param(Spot(("CA",), (LOS_ANGELES, NEW_YORK)), "2026-03-02T08:00:00-08:00", True, id="11 there, 8 here"),
        pytest.param(Spot(("CA",), (LOS_ANGELES, NEW_YORK)), "2026-03-02T18:00:00-08:00", False, id="21 in the other zone"),
        pytest.param(Spot(("AL",), (CHICAGO,)), "2026-03-01T12:00:00-06:00", False, id="no Sunday in Alabama"),
        pytest.param(Spot(("AL", "CA"), (CHICAGO,)), "2026-03-01T12:00:00-06:00", False, id="nor where it may be Alabama"),
        pytest.param(Spot(("AL",), (CHICAGO,)), "2026-02-17T12:00:00-06:00", False, id="nor on Mardi Gras"),
        pytest.param(Spot(("AL",), (CHICAGO,)), "2026-02-18T12:00:00-06:00", True, id="the day after Mardi Gras"),
        pytest.param(Spot(), "2026-03-02T12:00:00-06:00", False, id="no place known"),
        pytest.param(Spot((), (CHICAGO,)), "2026-03-02T12:00:00-06:00", False, id="no state known"),
        pytest.param(Spot(("AE",), (CHICAGO,)), "2026-03-02T12:00:00-06:00", False, id="with the forces abroad"),
        pytest.param(CALIFORNIA, "2026-03-08T08:00:00-07:00", True, id="the wall clock's 8 on the day it springs forward"),
        pytest.param(CALIFORNIA, "2026-03-08T07:00:00-07:00", False, id="which is 7 by the new clock"),
        pytest.param(CALIFORNIA, "2026-11-01T20:30:00-08:00", True, id="the wall clock's evening on the day it falls back"),
    ],
)
def test_a_lead_may_be_called_inside_the_hours_of_every_place_where_it_may_be(spot: Spot, moment: str, *, expected: bool) -> None:
    assert may_call(RULES, spot, at(moment)) is expected


def test_a_lead_without_a_place_may_be_called_when_every_state_and_zone_allows_it_if_that_is_set() -> None:
    assert may_call(UNPLACED, Spot(), at("2026-03-03T13:00:00-10:00")) is False  # 18 o'clock in New York
    assert may_call(UNPLACED, Spot(), at("2026-03-03T12:59:00-10:00")) is True
    assert may_call(RULES, Spot(), at("2026-03-03T12:59:00-10:00")) is False
    assert attempt_limit(UNPLACED, Spot()) == 3


def slow_twin(rules: CallRules, spot: Spot, now: datetime) -> bool:
    """The table read cell by cell, without spans, caches or weeks."""
    if not spot.states or not spot.zones:
        return False
    for state in spot.states:
        row = shipped_hours()[state]
        for zone in spot.zones:
            local = now.astimezone(ZoneInfo(zone))
            days = ("mon_fri",) * 5 + ("sat", "sun")
            start, end = row[f"{days[local.weekday()]}_start"], row[f"{days[local.weekday()]}_end"]
            if start is None or not start <= local.time() < end or (state, local.date()) in DATES_SEEN:
                return False
    return True


DATES_SEEN = set(DATES)
YEAR = [at("2026-01-01T00:00:00+00:00") + n * HOUR for n in range(366 * 24)]


@pytest.mark.parametrize("state", sorted(shipped_hours()))
def test_a_year_of_hours_in_every_state_is_as_the_table_says(state: str) -> None:
    spot = Spot((state,), tuple(sorted(zones_of_state(state))))
    rules = build_rules(shipped_hours(), DATES, calls_unplaced=False)
    told = [is_open_cached(rules, spot, now) for now in YEAR]
    assert told == [slow_twin(rules, spot, now) for now in YEAR]
    assert True in told


CODES = sorted(shipped_hours())
SPOTS = st.lists(st.sampled_from(CODES), min_size=1, max_size=3, unique=True).map(
    lambda states: Spot(tuple(states), tuple(sorted({zone for state in states for zone in zones_of_state(state)})))
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 20), timezones=st.just(UTC))  # noqa: DTZ001 -- the zone is given beside


@settings(max_examples=300, deadline=None)
@given(spot=SPOTS, now=MOMENTS)
def test_between_now_and_the_next_opening_nothing_is_open_and_at_it_everything_is(spot: Spot, now: datetime) -> None:
    opening = opens_at(RULES, spot, now)
    if opening is None:
        assert len(spot.zones) > 1  # from Guam to Samoa there may be no hour that suits all
        return
    assert slow_twin(RULES, spot, opening)
    assert opening == now or not slow_twin(RULES, spot, opening - timedelta(seconds=1))
    for part in range(20):
        between = now + (opening - now) * part / 20
        assert slow_twin(RULES, spot, between) is (between >= opening)


@settings(max_examples=300, deadline=None)
@given(spot=SPOTS, now=MOMENTS)
def test_until_it_closes_a_place_is_open_and_then_it_is_not(spot: Spot, now: datetime) -> None:
    opening = opens_at(RULES, spot, now)
    if opening is None:
        return
    closing = closes_at(RULES, spot, opening)
    assert closing is not None
    assert opening < closing
    assert not slow_twin(RULES, spot, closing)
    for part in range(20):
        assert slow_twin(RULES, spot, opening + (closing - opening) * part / 20)


def test_every_state_has_a_row_and_closed_dates_reach_to_2030() -> None:
    assert set(CODES) == set(STATES) - {"AA", "AE", "AP", "FM", "MH", "PW"}
    assert max(on for _, on in DATES) == date(2030, 12, 25)


FIRST, SECOND, THIRD = (at(f"2026-03-02T{hour}:00:00+00:00") for hour in ("14", "15", "20"))


@pytest.mark.parametrize(
    ("limit", "attempts", "now", "expected"),
    [
        pytest.param(None, [FIRST, SECOND, THIRD], THIRD, None, id="no limit"),
        pytest.param(3, [FIRST, SECOND], THIRD, None, id="two of three"),
        pytest.param(3, [FIRST, SECOND, THIRD], THIRD, FIRST + timedelta(hours=24), id="three of three"),
        pytest.param(3, [FIRST, SECOND, THIRD], FIRST + timedelta(hours=24), None, id="the first is a day old"),
        pytest.param(2, [FIRST, SECOND, THIRD], THIRD, SECOND + timedelta(hours=24), id="a limit lowered since"),
    ],
)
def test_attempts_count_for_24_hours(limit: int | None, attempts: list[datetime], now: datetime, expected: datetime | None) -> None:
    assert limited_until(limit, attempts, now) == expected


def test_the_least_limit_of_all_plausible_states_counts() -> None:
    assert attempt_limit(RULES, Spot(("CA", "FL"), (NEW_YORK,))) == 3
    assert attempt_limit(RULES, CALIFORNIA) is None
