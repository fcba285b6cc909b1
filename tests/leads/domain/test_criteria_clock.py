from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.domain.criteria import STANDARD, compile_criteria, read_criteria
from leads.domain.criteria_clock import next_birthday, next_change
from leads.domain.facts import derive

CHICAGO = ZoneInfo("America/Chicago")
NINE = datetime(2026, 3, 2, 15, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def change(tree: Any, now: datetime, born: date | None = None) -> datetime | None:
    return next_change(read_criteria(tree, STANDARD), received_at=NINE, born=born, zone=CHICAGO, now=now)


def test_a_fresh_lead_is_fresh_until_its_hour_is_over() -> None:
    tree = {"all": [["state", "eq", "IA"], ["age_lt", 60]]}
    hour = NINE + timedelta(hours=1)
    assert change(tree, NINE) == hour
    assert change(tree, hour + TICK) is None


def test_an_aged_lead_is_aged_just_after_its_hour() -> None:
    hour = NINE + timedelta(hours=1)
    assert change(["age_gt", 60], hour) == hour + TICK


def test_without_a_condition_on_age_nothing_changes() -> None:
    assert change(["state", "eq", "IA"], NINE, born=date(1980, 1, 1)) is None
    assert change(None, NINE) is None
    assert change(["age_lt", 10**17], NINE) is None


@pytest.mark.parametrize(
    ("born", "birthday"),
    [
        (date(1980, 3, 3), datetime(2026, 3, 3, 6, tzinfo=UTC)),
        (date(1980, 3, 2), datetime(2027, 3, 2, 6, tzinfo=UTC)),
        (date(1980, 2, 29), datetime(2027, 3, 1, 6, tzinfo=UTC)),
        (date(1980, 7, 1), datetime(2026, 7, 1, 5, tzinfo=UTC)),
    ],
)
def test_a_person_is_a_year_older_at_midnight_of_the_birthday(born: date, birthday: datetime) -> None:
    assert next_birthday(born, CHICAGO, NINE) == birthday
    assert change(["age_years", "gte", 65], NINE, born=born) == birthday


conditions = st.one_of(
    st.builds(
        lambda operator, minutes: ["age", operator, minutes],
        st.sampled_from(["age_lt", "age_gt", "lte", "gte", "eq"]),
        st.integers(0, 5000) | st.decimals(0, 5000, places=2).map(str),
    ),
    st.builds(lambda operator, years: ["age_years", operator, years], st.sampled_from(["lt", "gte", "eq"]), st.integers(30, 50)),
)
trees = st.recursive(
    conditions,
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}) | inner.map(lambda part: {"not": part}),
    max_leaves=4,
)


@given(trees, st.integers(0, 6000), st.dates(date(1980, 1, 1), date(1990, 12, 31)), st.fractions(0, 1))
def test_until_the_change_the_verdict_stays(tree: Any, minutes: int, born: date, part: Any) -> None:
    def verdict(at: datetime) -> bool:
        facts = derive({"date_of_birth": born}, now=at, received_at=NINE, zone=CHICAGO)
        return compile_criteria(tree, STANDARD, lambda _zip: None)(facts) is None

    now = NINE + timedelta(minutes=minutes)
    until = change(tree, now, born) or now + timedelta(days=800)
    assert verdict(now + (until - TICK - now) * float(part)) is verdict(now) is verdict(until - TICK)
