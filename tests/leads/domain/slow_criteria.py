"""The criteria language read off its specification, slowly and obviously, to compare the compiled one with."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from math import acos, cos, radians, sin
from typing import Any

ANSWERS_FOR_MISSING = {"is_empty": True, "ne": True, "not_in": True, "not_contains": True}


def fold(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def number(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def equal(actual: Any, value: Any) -> bool:
    if isinstance(actual, tuple):
        return fold(value) in [fold(choice) for choice in actual]
    return bool(fold(number(actual)) == fold(number(value)))


def contains(actual: Any, value: Any) -> bool:
    return equal(actual, value) if isinstance(actual, tuple) else fold(value) in fold(actual)


DECISIONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": equal,
    "ne": lambda actual, value: not equal(actual, value),
    "in": lambda actual, value: any(equal(actual, one) for one in value),
    "not_in": lambda actual, value: not any(equal(actual, one) for one in value),
    "lt": lambda actual, value: bool(number(actual) < number(value)),
    "lte": lambda actual, value: bool(number(actual) <= number(value)),
    "gt": lambda actual, value: bool(number(actual) > number(value)),
    "gte": lambda actual, value: bool(number(actual) >= number(value)),
    "between": lambda actual, value: bool(number(value[0]) <= number(actual) <= number(value[1])),
    "contains": contains,
    "not_contains": lambda actual, value: not contains(actual, value),
    "starts_with": lambda actual, value: fold(actual)[: len(fold(value))] == fold(value),
    "ends_with": lambda actual, value: fold(actual)[::-1][: len(fold(value))] == fold(value)[::-1],
    "matches": lambda actual, value: re.search(value, actual, re.IGNORECASE) is not None,
    "is_empty": lambda _actual, _value: False,
    "is_set": lambda _actual, _value: True,
}


def far(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Miles by the spherical law of cosines."""
    one, two = radians(a[0]), radians(b[0])
    cosine = sin(one) * sin(two) + cos(one) * cos(two) * cos(radians(b[1] - a[1]))
    return 3958.7613 * acos(max(-1.0, min(1.0, cosine)))


def matches(tree: Any, facts: Mapping[str, Any], locate: Callable[[str], tuple[float, float] | None]) -> bool:
    """Whether the lead matches; conditions in their long form, dates and instants as typed values."""
    if isinstance(tree, dict):
        ((kind, inner),) = tree.items()
        if kind == "not":
            return not matches(inner, facts, locate)
        answers = [matches(part, facts, locate) for part in inner]
        return all(answers) if kind == "all" else any(answers)
    name, operator, value = tree
    actual = facts.get(name)
    if actual is None or actual in ("", ()):
        return ANSWERS_FOR_MISSING.get(operator, False)
    if operator == "within_miles":
        here, there = locate(actual), locate(value[0])
        return here is not None and there is not None and far(here, there) <= value[1]
    return DECISIONS[operator.replace("age_", "")](actual, value)
