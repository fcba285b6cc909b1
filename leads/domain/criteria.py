"""Criteria in memory: a tree compiled once into closures, run against the facts of a lead in about a microsecond a condition.

Text compares without case. A missing value (None, empty text, no choice) fails every operator except is_empty, ne, not_in and
not_contains. Numbers compare exactly; a pattern is searched anywhere in the text, without case, in linear time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, cast

from leads.domain.criteria_check import Code, Condition, CriteriaError, Fields, Group, Node, Problem, check, read_criteria, walk
from leads.domain.criteria_fields import STANDARD, FieldSpec, Kind
from leads.domain.criteria_operators import PASSES_MISSING, RULES, Operator, Shape, operators_of
from leads.domain.criteria_values import plain
from leads.domain.places import Point, miles

__all__ = [
    "STANDARD",
    "Code",
    "Condition",
    "Criteria",
    "CriteriaError",
    "Facts",
    "Failure",
    "FieldSpec",
    "Group",
    "Kind",
    "Locate",
    "Node",
    "Operator",
    "Problem",
    "check",
    "compile_criteria",
    "operators_of",
    "read_criteria",
    "walk",
]

type Facts = Mapping[str, Any]
"""Typed values of a lead by field, as `leads.domain.facts.derive` returns them."""
type Locate = Callable[[str], Point | None]
"""The point of a five-digit ZIP, None when it is not known."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The first condition that decided against a lead, with the lead's value, None when missing.

    `path` is the condition's, or that of the `any` or `not` group around it; `negated` says that the condition matched but
    stands under a `not`. For within_miles `actual` is the distance in miles.
    """

    path: str
    field: str
    operator: str
    value: object
    actual: object
    label: str = ""
    negated: bool = False

    def to_json(self) -> dict[str, object]:
        return {name: plain(getattr(self, name)) for name in self.__slots__}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Failure":
        return cls(**kept)


type Criteria = Callable[[Facts], Failure | None]
"""None when the lead matches, else what decided."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """A node as three questions: does it hold, what made it fail, what made it hold."""

    holds: Callable[[Facts], bool]
    failing: Callable[[Facts], Failure]
    holding: Callable[[Facts], Failure]


def compile_criteria(tree: object, fields: Fields, locate: Locate) -> Criteria:
    """The compiled tree; None or an empty tree matches every lead. Raises CriteriaError."""
    node = read_criteria(tree, fields)
    if isinstance(node, Group) and node.kind == "all":
        return _first_failure(tuple(_plan(child, locate) for child in node.children))
    return _first_failure((_plan(node, locate),))


def _first_failure(plans: tuple[_Plan, ...]) -> Criteria:
    steps = tuple((plan.holds, plan.failing) for plan in plans)

    def judge(facts: Facts) -> Failure | None:
        for holds, failing in steps:
            if not holds(facts):
                return failing(facts)
        return None

    return judge


def _plan(node: Node, locate: Locate) -> _Plan:
    if isinstance(node, Condition):
        return _condition(node, locate)
    return _GROUPS[node.kind](node.path, tuple(_plan(child, locate) for child in node.children))


def _all(path: str, plans: tuple[_Plan, ...]) -> _Plan:
    tests = tuple(plan.holds for plan in plans)

    def holds(facts: Facts) -> bool:
        return all(test(facts) for test in tests)

    def failing(facts: Facts) -> Failure:
        return next(plan for plan in plans if not plan.holds(facts)).failing(facts)

    def holding(facts: Facts) -> Failure:
        return plans[0].holding(facts) if plans else Failure(path, "", "all", [], None)

    return _Plan(holds, failing, holding)


def _any(path: str, plans: tuple[_Plan, ...]) -> _Plan:
    tests = tuple(plan.holds for plan in plans)

    def holds(facts: Facts) -> bool:
        return any(test(facts) for test in tests)

    def failing(facts: Facts) -> Failure:
        return replace(plans[0].failing(facts), path=path)

    def holding(facts: Facts) -> Failure:
        return next(plan for plan in plans if plan.holds(facts)).holding(facts)

    return _Plan(holds, failing, holding)


def _not(path: str, plans: tuple[_Plan, ...]) -> _Plan:
    (plan,) = plans

    def holds(facts: Facts) -> bool:
        return not plan.holds(facts)

    def failing(facts: Facts) -> Failure:
        found = plan.holding(facts)
        return replace(found, path=path, negated=not found.negated)

    def holding(facts: Facts) -> Failure:
        found = plan.failing(facts)
        return replace(found, negated=not found.negated)

    return _Plan(holds, failing, holding)


_GROUPS: dict[str, Callable[[str, tuple[_Plan, ...]], _Plan]] = {"all": _all, "any": _any, "not": _not}


def is_missing(actual: object) -> bool:
    """Zero and `no` are values; nothing, empty text and no choice are not."""
    return not actual and not isinstance(actual, int | float | Decimal)


def _condition(node: Condition, locate: Locate) -> _Plan:
    rule = RULES[node.operator]
    if rule.shape is Shape.NEAR:
        return _within(node, locate)
    name, negates, passes_missing = node.spec.name, rule.negates, node.operator in PASSES_MISSING
    test = rule.makers[node.spec.kind](node.typed)

    def holds(facts: Facts) -> bool:
        actual = facts.get(name)
        if not actual and is_missing(actual):
            return passes_missing
        return test(actual)

    def holds_not(facts: Facts) -> bool:
        actual = facts.get(name)
        if not actual and is_missing(actual):
            return passes_missing
        return not test(actual)

    def told(facts: Facts) -> Failure:
        actual = facts.get(name)
        return _told(node, None if is_missing(actual) else actual)

    return _Plan(holds_not if negates else holds, told, told)


def _within(node: Condition, locate: Locate) -> _Plan:
    """A lead is where its coordinates are, and without them where its ZIP is; one that cannot be placed is not within."""
    zip_code, limit = cast("tuple[str, Decimal]", node.typed)
    centre = locate(zip_code)

    def distance(facts: Facts) -> Decimal | None:
        point = _point(facts, locate)
        return Decimal(str(miles(centre, point))) if centre and point else None

    def holds(facts: Facts) -> bool:
        far = distance(facts)
        return far is not None and far <= limit

    def told(facts: Facts) -> Failure:
        return _told(node, distance(facts))

    return _Plan(holds, told, told)


def _point(facts: Facts, locate: Locate) -> Point | None:
    latitude, longitude = facts.get("latitude"), facts.get("longitude")
    if latitude is not None and longitude is not None:
        return float(latitude), float(longitude)
    zip_code = facts.get("zip")
    return locate(zip_code) if zip_code else None


def _told(node: Condition, actual: object) -> Failure:
    return Failure(node.path, node.spec.name, node.operator, node.value, actual, node.spec.label)
