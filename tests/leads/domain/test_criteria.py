from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.domain.criteria import STANDARD, CriteriaError, Failure, FieldSpec, Kind, compile_criteria
from leads.domain.criteria_operators import RULES
from leads.domain.facts import derive
from tests.leads.domain import slow_criteria

POINTS = {"60601": (41.8858, -87.6181), "60607": (41.8721, -87.6578), "53202": (43.0506, -87.8968)}
FIELDS = STANDARD | {
    "debt": FieldSpec("debt", Kind.DECIMAL, "Debt"),
    "homeowner": FieldSpec("homeowner", Kind.BOOLEAN, "Homeowner"),
    "loan": FieldSpec("loan", Kind.CHOICE, "Loan", ("Purchase", "Refinance")),
    "pets": FieldSpec("pets", Kind.MULTIPLE, "Pets", ("Cat", "Dog", "Fish")),
    "visit": FieldSpec("visit", Kind.DATETIME, "Visit"),
}
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
LEAD: dict[str, Any] = {
    "first_name": "Núñez",
    "city": "Straße",
    "state": "IA",
    "zip": "60607",
    "attempts": 3,
    "debt": Decimal("1999.90"),
    "homeowner": False,
    "loan": "Purchase",
    "pets": ("Cat", "Fish"),
    "date_of_birth": date(1980, 2, 29),
    "visit": NINE,
    "age": Decimal(59),
}


def locate(zip_code: str) -> tuple[float, float] | None:
    return POINTS.get(zip_code)


def holds(tree: object, facts: Mapping[str, Any]) -> bool:
    return compile_criteria(tree, FIELDS, locate)(facts) is None


TABLE: list[tuple[list[Any], bool]] = [
    (["state", "eq", "ia"], True),
    (["state", "eq", "IL"], False),
    (["city", "eq", "STRASSE"], True),
    (["first_name", "eq", "nu\u0301n\u0303ez"], True),
    (["first_name", "eq", "nunez"], False),
    (["state", "ne", "IL"], True),
    (["state", "ne", "IA"], False),
    (["state", "in", ["il", "ia"]], True),
    (["state", "in", ["IL"]], False),
    (["state", "not_in", ["IL"]], True),
    (["state", "not_in", ["IA", "IL"]], False),
    (["attempts", "eq", 3], True),
    (["attempts", "eq", "3"], True),
    (["attempts", "eq", 4], False),
    (["attempts", "in", [1, 3]], True),
    (["attempts", "lt", 3], False),
    (["attempts", "lte", 3], True),
    (["attempts", "gt", 2], True),
    (["attempts", "gte", 4], False),
    (["debt", "eq", 1999.9], True),
    (["debt", "lt", "1999.91"], True),
    (["debt", "gt", "1999.90"], False),
    (["debt", "between", [1999.9, 2000]], True),
    (["debt", "between", [1000, "1999.89"]], False),
    (["homeowner", "eq", False], True),
    (["homeowner", "eq", True], False),
    (["homeowner", "is_set"], True),
    (["homeowner", "is_empty"], False),
    (["loan", "eq", "purchase"], True),
    (["loan", "in", ["Refinance"]], False),
    (["pets", "eq", "fish"], True),
    (["pets", "eq", "dog"], False),
    (["pets", "in", ["Dog", "Cat"]], True),
    (["pets", "contains", "Cat"], True),
    (["pets", "ne", "dog"], True),
    (["pets", "ne", "cat"], False),
    (["pets", "not_in", ["dog", "cat"]], False),
    (["pets", "not_contains", "dog"], True),
    (["date_of_birth", "eq", "1980-02-29"], True),
    (["date_of_birth", "lt", "1980-02-29"], False),
    (["date_of_birth", "between", ["1980-01-01", "1980-12-31"]], True),
    (["visit", "eq", "2026-03-02T03:00:00-06:00"], True),
    (["visit", "gt", "2026-03-02T09:00:00Z"], False),
    (["visit", "gte", "2026-03-02T09:00:00Z"], True),
    (["city", "contains", "RASS"], True),
    (["city", "contains", "x"], False),
    (["city", "not_contains", "x"], True),
    (["city", "starts_with", "str"], True),
    (["city", "starts_with", "tr"], False),
    (["city", "ends_with", "SSE"], True),
    (["city", "ends_with", "ss"], False),
    (["city", "matches", "^STR.+E$"], True),
    (["city", "matches", "^tr"], False),
    (["zip", "starts_with", "606"], True),
    (["zip", "between", ["60600", "60699"]], True),
    (["zip", "lt", "60607"], False),
    (["zip", "within_miles", ["60601", 3]], True),
    (["zip", "within_miles", ["60601", 2]], False),
    (["zip", "within_miles", ["60607", 0]], True),
    (["zip", "within_miles", ["99999", 9000]], False),
    (["age_lt", 60], True),
    (["age_lt", 59], False),
    (["age_gt", 58], True),
    (["age", "age_gt", 59], False),
]


@pytest.mark.parametrize(("tree", "verdict"), TABLE)
def test_one_condition_on_a_homebuyer_in_iowa(tree: list[object], *, verdict: bool) -> None:
    assert holds(tree, LEAD) is verdict


WITHOUT: list[tuple[list[Any], bool]] = [
    (["state", "eq", "IA"], False),
    (["state", "ne", "IA"], True),
    (["state", "in", ["IA"]], False),
    (["state", "not_in", ["IA"]], True),
    (["state", "contains", "I"], False),
    (["state", "not_contains", "I"], True),
    (["state", "starts_with", "I"], False),
    (["state", "ends_with", "A"], False),
    (["state", "matches", ".*"], False),
    (["state", "is_empty"], True),
    (["state", "is_set"], False),
    (["debt", "lt", 1], False),
    (["debt", "lte", 1], False),
    (["debt", "gt", 1], False),
    (["debt", "gte", 1], False),
    (["debt", "between", [0, 1]], False),
    (["zip", "within_miles", ["60601", 12500]], False),
    (["pets", "not_in", ["Cat"]], True),
    (["pets", "is_empty"], True),
    (["age_lt", 60], False),
    (["age_gt", 0], False),
]


@pytest.mark.parametrize("missing", [{}, {"state": None, "pets": None, "debt": None, "zip": None}, {"state": "", "pets": (), "zip": ""}])
@pytest.mark.parametrize(("tree", "verdict"), WITHOUT)
def test_a_missing_value_passes_only_the_four_that_say_so(tree: list[object], missing: dict[str, Any], *, verdict: bool) -> None:
    assert holds(tree, missing) is verdict


def test_the_tables_try_every_operator() -> None:
    trees = [tree for tree, _ in TABLE + WITHOUT]
    tried = {part for tree in trees for part in tree if isinstance(part, str)}
    assert set(RULES) <= tried


def test_zero_is_a_value() -> None:
    assert holds(["attempts", "is_set"], {"attempts": 0}) is True
    assert holds(["debt", "lt", 1], {"debt": Decimal(0)}) is True


@pytest.mark.parametrize("tree", [None, {}, [], {"all": []}])
def test_no_criteria_match_every_lead(tree: object) -> None:
    assert holds(tree, {}) is True


def test_coordinates_of_the_lead_go_before_its_zip() -> None:
    near = ["zip", "within_miles", ["60601", 3]]
    assert holds(near, {"zip": "53202", "latitude": Decimal("41.88"), "longitude": Decimal("-87.62")}) is True
    assert holds(near, {"zip": "60607", "latitude": Decimal("43.05"), "longitude": Decimal("-87.89")}) is False


def test_the_first_failing_condition_is_told_with_its_place_and_the_value() -> None:
    judge = compile_criteria({"all": [["age_lt", 60], ["state", "in", ["MN", "ND"]], ["zip", "eq", "1 2"]]}, FIELDS, locate)
    assert judge(LEAD) == Failure("all[1]", "state", "in", ["MN", "ND"], "IA", "State")
    assert judge({"age": Decimal(1)}) == Failure("all[1]", "state", "in", ["MN", "ND"], None, "State")


def test_a_failing_any_tells_its_own_place_and_its_first_condition() -> None:
    tree = {"all": [["age_lt", 60], {"any": [["state", "eq", "MN"], ["loan", "eq", "Refinance"]]}]}
    assert compile_criteria(tree, FIELDS, locate)(LEAD) == Failure("all[1].any", "state", "eq", "MN", "IA", "State")


def test_a_failing_not_tells_what_matched() -> None:
    tree = {"not": {"any": [["state", "eq", "MN"], ["loan", "eq", "Purchase"]]}}
    assert compile_criteria(tree, FIELDS, locate)(LEAD) == Failure("not", "loan", "eq", "Purchase", "Purchase", "Loan", negated=True)


def test_twice_not_is_told_as_it_was_meant() -> None:
    tree = {"not": {"not": ["state", "eq", "MN"]}}
    assert compile_criteria(tree, FIELDS, locate)(LEAD) == Failure("not", "state", "eq", "MN", "IA", "State", negated=False)


def test_a_distance_is_told_in_miles() -> None:
    judge = compile_criteria(["zip", "within_miles", ["60601", 2]], FIELDS, locate)
    assert judge(LEAD) == Failure("", "zip", "within_miles", ["60601", 2], Decimal("2.25"), "ZIP")


def test_a_failure_survives_json() -> None:
    failure = Failure("all[0]", "debt", "between", ["1", "2"], Decimal("2.50"), "Debt")
    assert failure.to_json()["actual"] == "2.50"
    assert Failure.from_json(failure.to_json()).path == "all[0]"


def test_a_tree_with_problems_is_not_compiled() -> None:
    with pytest.raises(CriteriaError) as refused:
        compile_criteria(["state", "lt", "IA"], FIELDS, locate)
    assert [problem.path for problem in refused.value.problems] == ["operator"]


def test_facts_follow_from_the_lead_and_the_clock() -> None:
    received = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    facts = derive(
        {"date_of_birth": date(1980, 2, 29), "phone": "+13125550100", "latitude": 41.8858},
        now=received + timedelta(minutes=90, seconds=30),
        received_at=received,
        zone=ZoneInfo("America/Chicago"),
        source="Acme",
        cost=Decimal("4.50"),
    )
    assert facts == {
        "date_of_birth": date(1980, 2, 29),
        "phone": "+13125550100",
        "latitude": Decimal("41.8858"),
        "source": "Acme",
        "cost": Decimal("4.50"),
        "age_years": 45,
        "area_code": "312",
        "weekday": "sat",
        "hour": 19,
        "added": received,
        "age": Decimal("90.5"),
    }


def test_a_lead_without_a_place_has_no_hour_of_its_own() -> None:
    facts = derive({"phone": "+442071234567"}, now=NINE, received_at=NINE, zone=None)
    assert (facts["hour"], facts["weekday"], facts["area_code"], facts["age_years"]) == (None, None, None, None)


texts = st.sampled_from(["", "a", "A", "ab", "ÄB", "straße", "STRASSE", "Ia", "il", "İ", "ǅ", "b.a"])
numbers = st.one_of(st.integers(-3, 3), st.decimals(-3, 3, places=2))
dates = st.dates(date(2026, 1, 1), date(2026, 1, 4))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 2)).map(lambda at: at.replace(minute=0, second=0, microsecond=0, tzinfo=UTC))  # noqa: DTZ001
zips = st.sampled_from(["60601", "60607", "53202", "00501"])
pets = st.sampled_from(["Cat", "dog", "FISH"])

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "city": texts.filter(bool),
    "attempts": st.integers(-3, 3),
    "debt": numbers,
    "homeowner": st.booleans(),
    "loan": st.sampled_from(["purchase", "Refinance"]),
    "pets": pets,
    "date_of_birth": dates,
    "visit": moments,
    "zip": zips,
    "age": numbers,
}
facts_of_a_lead = st.fixed_dictionaries(
    {},
    optional={name: st.one_of(st.none(), values) for name, values in VALUES.items() if name not in ("pets", "city")}
    | {"city": texts, "pets": st.lists(pets, max_size=2).map(tuple)},
)


def conditions() -> st.SearchStrategy[list[Any]]:
    def of(name: str) -> st.SearchStrategy[list[Any]]:
        kind = FIELDS[name].kind
        one = VALUES[name]
        shapes: dict[str, st.SearchStrategy[Any]] = {
            "none": st.none(),
            "one": one,
            "part": one,
            "many": st.lists(one, min_size=1, max_size=3),
            "pair": st.tuples(one, one).map(sorted).map(list),
            "pattern": st.sampled_from(["^a", "b$", "[ab]+", "straße", "a|i"]),
            "near": st.tuples(zips, st.integers(0, 100)).map(list),
        }
        offered = [operator for operator, rule in RULES.items() if kind in rule.makers and (name == "age" or "age_" not in operator)]
        return st.sampled_from(offered).flatmap(
            lambda operator: shapes[RULES[operator].shape].map(lambda value: [name, str(operator), value])
        )

    return st.sampled_from(sorted(VALUES)).flatmap(of)


trees = st.recursive(
    conditions(),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=6,
)


def as_json(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {kind: as_json(inner) for kind, inner in tree.items()}
    if isinstance(tree, list):
        return [as_json(part) for part in tree]
    if isinstance(tree, date):
        return tree.isoformat()
    return str(tree) if isinstance(tree, Decimal) else tree


@given(trees, facts_of_a_lead)
def test_the_compiled_tree_agrees_with_the_obvious_reading(tree: Any, facts: dict[str, Any]) -> None:
    failure = compile_criteria(as_json(tree), FIELDS, locate)(facts)
    assert (failure is None) is slow_criteria.matches(tree, facts, locate)
    if failure is not None:
        assert failure.field in VALUES
