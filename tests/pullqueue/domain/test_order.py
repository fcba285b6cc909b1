"""The order inside a pull strategy."""

from datetime import UTC, date, datetime
from decimal import Decimal
from math import inf
from typing import Any

import pytest

from leads.domain.criteria_fields import STANDARD, FieldSpec, Kind
from pullqueue.domain.order import keys_of, order_problems, sortable

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FACTS: dict[str, Any] = {"pull_count": 2, "added": NOON, "cost": Decimal("5.25"), "roof_age": None, "born": date(1970, 1, 11)}


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ([["pull_count", "asc"], ["created", "desc"]], (2.0, -1772452800000000.0, 0.0)),
        ([["cost", "desc"]], (-5.25, 0.0, 0.0)),
        ([["roof_age", "asc"], ["roof_age", "desc"], ["born", "asc"]], (inf, inf, 10.0)),
        ([], (0.0, 0.0, 0.0)),
    ],
)
def test_keys_stand_ascending_and_a_missing_value_last(order: list[list[str]], expected: tuple[float, ...]) -> None:
    assert keys_of(order, FACTS, None) == expected


def test_a_lead_that_was_never_attempted_was_attempted_before_all_others() -> None:
    oldest_first, newest_first = [["last_attempt", "asc"]], [["last_attempt", "desc"]]
    assert keys_of(oldest_first, FACTS, None) < keys_of(oldest_first, FACTS, NOON)
    assert keys_of(newest_first, FACTS, None) > keys_of(newest_first, FACTS, NOON)


@pytest.mark.parametrize(
    ("order", "paths"),
    [
        ([["pull_count", "asc"]], []),
        ([["roof_age", "desc"]], []),
        ([["email", "asc"]], ["[0][0]"]),
        ([["age", "asc"]], ["[0][0]"]),
        ([["cost", "up"]], ["[0][1]"]),
        ([["cost", "asc"]] * 4, [""]),
        ([["cost"]], ["[0]"]),
        ("cost", [""]),
    ],
)
def test_an_order_names_numbers_and_dates_that_stand_still(order: Any, paths: list[str]) -> None:
    fields = STANDARD | {"roof_age": FieldSpec("roof_age", Kind.INTEGER, "Roof age")}
    assert [problem.path for problem in order_problems(order, fields)] == paths


def test_the_lead_type_s_numbers_can_be_ordered_by() -> None:
    own = {"roof_age": FieldSpec("roof_age", Kind.INTEGER, "Roof age"), "colour": FieldSpec("colour", Kind.TEXT, "Colour")}
    assert sortable(own) == {"pull_count": "Pull count", "created": "Date added", "last_attempt": "Last attempt", "roof_age": "Roof age"}
