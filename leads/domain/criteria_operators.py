"""The operators of a condition: which kinds of fields take them, what shape their value has, and how they decide."""

import operator as compare
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import re2

from leads.domain.criteria_fields import Kind


class Operator(StrEnum):
    EQ = "eq"
    NE = "ne"
    IN = "in"
    NOT_IN = "not_in"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    BETWEEN = "between"
    CONTAINS = "contains"
    NOT_CONTAINS = "not_contains"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    MATCHES = "matches"
    IS_EMPTY = "is_empty"
    IS_SET = "is_set"
    WITHIN_MILES = "within_miles"
    AGE_LT = "age_lt"
    AGE_GT = "age_gt"


class Shape(StrEnum):
    """What the value of a condition looks like."""

    NONE = "none"
    ONE = "one"
    PART = "part"
    MANY = "many"
    PAIR = "pair"
    PATTERN = "pattern"
    NEAR = "near"


type Test = Callable[[Any], bool]
type Maker = Callable[[Any], Test]

ALL_KINDS = frozenset(Kind)
ORDERED = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.DATE, Kind.DATETIME, Kind.ZIP})
TEXTUAL = frozenset({Kind.TEXT, Kind.ZIP})
FOLDED = frozenset({Kind.TEXT, Kind.ZIP, Kind.CHOICE})

PASSES_MISSING = frozenset({Operator.IS_EMPTY, Operator.NE, Operator.NOT_IN, Operator.NOT_CONTAINS})
"""A missing value fails every other operator."""
OF_AGE = frozenset({Operator.AGE_LT, Operator.AGE_GT})

LONGEST_PATTERN = 500
MOST_VALUES = 50_000


def searcher(pattern: str) -> Test:
    """Whether the pattern is found anywhere in a text, without case, in linear time.

    Raises re2.error, also for look-around and back-references. A set of one pattern answers five times faster than its search.
    """
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    patterns = re2.Set.SearchSet(options)
    patterns.Add(pattern)
    patterns.Compile()
    found = patterns.Match
    return lambda actual: found(actual) is not None


def _is(value: object) -> Test:
    return lambda actual: bool(actual == value)


def _is_text(value: object) -> Test:
    return lambda actual: bool(actual.casefold() == value)


def _among(values: Collection[object]) -> Test:
    found = frozenset(values)
    return lambda actual: actual in found


def _text_among(values: Collection[object]) -> Test:
    found = frozenset(values)
    return lambda actual: actual.casefold() in found


def _one_is(value: object) -> Test:
    return lambda actual: any(choice.casefold() == value for choice in actual)


def _one_among(values: Collection[object]) -> Test:
    found = frozenset(values)
    return lambda actual: any(choice.casefold() in found for choice in actual)


def _than(comparison: Callable[[Any, Any], bool]) -> Maker:
    return lambda value: lambda actual: comparison(actual, value)


def _between(ends: tuple[Any, Any]) -> Test:
    low, high = ends
    return lambda actual: bool(low <= actual <= high)


def _contains(value: str) -> Test:
    return lambda actual: value in actual.casefold()


def _starts(value: str) -> Test:
    return lambda actual: bool(actual.casefold().startswith(value))


def _ends(value: str) -> Test:
    return lambda actual: bool(actual.casefold().endswith(value))


def _set(_value: object) -> Test:
    return lambda _actual: True


def _by_kind(plain: Maker, text: Maker, multiple: Maker) -> dict[Kind, Maker]:
    special = dict.fromkeys(FOLDED, text) | {Kind.MULTIPLE: multiple}
    return {kind: special.get(kind, plain) for kind in Kind}


@dataclass(frozen=True, slots=True)
class Rule:
    """How an operator reads its value and decides. `negates` turns the verdict of `makers` round."""

    shape: Shape
    makers: dict[Kind, Maker]
    negates: bool = False


def _rule(shape: Shape, kinds: Collection[Kind], maker: Maker) -> Rule:
    return Rule(shape, dict.fromkeys(kinds, maker))


_EQUAL = _by_kind(_is, _is_text, _one_is)
_MEMBER = _by_kind(_among, _text_among, _one_among)
_HOLDS: dict[Kind, Maker] = {Kind.TEXT: _contains, Kind.ZIP: _contains, Kind.MULTIPLE: _one_is}

RULES: dict[Operator, Rule] = {
    Operator.EQ: Rule(Shape.ONE, _EQUAL),
    Operator.NE: Rule(Shape.ONE, _EQUAL, negates=True),
    Operator.IN: Rule(Shape.MANY, _MEMBER),
    Operator.NOT_IN: Rule(Shape.MANY, _MEMBER, negates=True),
    Operator.LT: _rule(Shape.ONE, ORDERED, _than(compare.lt)),
    Operator.LTE: _rule(Shape.ONE, ORDERED, _than(compare.le)),
    Operator.GT: _rule(Shape.ONE, ORDERED, _than(compare.gt)),
    Operator.GTE: _rule(Shape.ONE, ORDERED, _than(compare.ge)),
    Operator.BETWEEN: _rule(Shape.PAIR, ORDERED, _between),
    Operator.CONTAINS: Rule(Shape.PART, _HOLDS),
    Operator.NOT_CONTAINS: Rule(Shape.PART, _HOLDS, negates=True),
    Operator.STARTS_WITH: _rule(Shape.PART, TEXTUAL, _starts),
    Operator.ENDS_WITH: _rule(Shape.PART, TEXTUAL, _ends),
    Operator.MATCHES: _rule(Shape.PATTERN, TEXTUAL, searcher),
    Operator.IS_EMPTY: Rule(Shape.NONE, dict.fromkeys(ALL_KINDS, _set), negates=True),
    Operator.IS_SET: _rule(Shape.NONE, ALL_KINDS, _set),
    Operator.WITHIN_MILES: _rule(Shape.NEAR, {Kind.ZIP}, _set),
    Operator.AGE_LT: _rule(Shape.ONE, {Kind.DECIMAL}, _than(compare.lt)),
    Operator.AGE_GT: _rule(Shape.ONE, {Kind.DECIMAL}, _than(compare.gt)),
}
"""For a multiple choice `eq`, `in` and `contains` mean "any of the chosen ones is", their negations "none is"."""


def operators_of(kind: Kind) -> tuple[Operator, ...]:
    """The operators a form offers for a field of this kind; those of age belong to the field `age` alone."""
    return tuple(name for name, rule in RULES.items() if kind in rule.makers and name not in OF_AGE)
