from decimal import Decimal

import pytest

from leads.domain.criteria import Failure, Operator
from leads.domain.criteria_words import _WANTS, say, told


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (Failure("", "state", "in", ["IA", "MN", "ND"], "IL", "State"), "State is IL; this account buys IA, MN, ND"),
        (Failure("", "state", "in", ["IA"], None, "State"), "State is missing; this account buys IA"),
        (Failure("", "state", "not_in", ["NY", "FL"], "NY", "State"), "State is NY; this account buys anything but NY, FL"),
        (Failure("not", "source", "eq", "Acme", "Acme", "Source", negated=True), "Source is Acme; this account buys all except Acme"),
        (Failure("", "debt", "gte", 10000, Decimal("9999.90"), "Debt"), "Debt is 9999.90; this account buys 10,000 at least"),
        (Failure("", "budget", "gt", 15000, "12500", "Budget"), "Budget is 12,500; this account buys more than 15,000"),
        (Failure("", "built", "gt", 2015, 1998, "Built"), "Built is 1998; this account buys more than 2015"),
        (Failure("", "zip", "in", ["60601", "60602"], "53703", "ZIP"), "ZIP is 53703; this account buys 60601, 60602"),
        (Failure("", "miles", "in", [10000, 20000], 30000, "Mileage"), "Mileage is 30,000; this account buys 10,000, 20,000"),
        (Failure("", "debt", "between", [1, 5], 6, "Debt"), "Debt is 6; this account buys 1 to 5"),
        (Failure("", "owner", "eq", True, False, "Homeowner"), "Homeowner is no; this account buys yes"),
        (Failure("", "pets", "in", ["Cat"], ("Dog", "Fish"), "Pets"), "Pets is Dog, Fish; this account buys Cat"),
        (
            Failure("", "zip", "within_miles", ["60601", 25], Decimal("81.40"), "ZIP"),
            "The distance is 81.40 miles; this account buys up to 25 miles from 60601",
        ),
        (
            Failure("", "zip", "within_miles", ["60601", 25], None, "ZIP"),
            "The place is not known; this account buys up to 25 miles from 60601",
        ),
        (Failure("", "phone2", "is_set", None, None, "Second phone"), "Second phone is missing; this account buys leads that have it"),
        (
            Failure("", "age", "age_lt", 60, Decimal("75.5"), "Minutes since added"),
            "Minutes since added is 75.5; this account buys less than 60",
        ),
    ],
)
def test_why_a_lead_was_turned_away(failure: Failure, sentence: str) -> None:
    assert say(failure) == sentence


def test_a_strategy_speaks_of_itself() -> None:
    failure = Failure("", "state", "eq", "IA", "IL", "State")
    assert say(failure, "Fresh leads", "takes") == "State is IL; Fresh leads takes IA"


def test_a_long_list_is_cut() -> None:
    failure = Failure("", "zip", "in", [str(60600 + n) for n in range(14)], "53202", "ZIP")
    assert say(failure).endswith("60610, 60611 and 2 more")


def test_every_operator_has_its_words() -> None:
    assert set(_WANTS) == set(Operator)


def test_criteria_are_told_a_line_a_condition_and_groups_by_indent() -> None:
    tree = {"all": [["state", "in", ["IL", "WI"]], {"any": [["debt", "gte", 25000], {"not": ["phone2", "is_set"]}]}]}
    assert told(tree) == [
        "State: IL, WI",
        "At least one of these:",
        "  Debt: 25,000 at least",
        "  Not:",
        "    Second phone: leads that have it",
    ]


@pytest.mark.parametrize(
    ("tree", "lines"),
    [
        (None, []),
        ({}, []),
        ({"all": []}, []),
        (["state", "eq", "IL"], ["State: IL"]),
        (["state", "like", 5], ["State: like 5"]),
        ("odd", ["odd"]),
    ],
)
def test_a_tree_of_another_time_is_told_all_the_same(tree: object, lines: list[str]) -> None:
    assert told(tree) == lines
