"""Reads a tree of criteria into typed nodes and names every problem with its place."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

import re2

from leads.domain.criteria_fields import AGE, STANDARD, FieldSpec, Kind
from leads.domain.criteria_operators import LONGEST_PATTERN, MOST_VALUES, OF_AGE, RULES, Operator, Shape, operators_of, searcher
from leads.domain.criteria_values import Value, read_value

MOST_CONDITIONS = 50
DEEPEST = 8
FARTHEST_MILES = 12_500
"""Half round the globe."""

_FIVE_DIGITS = re.compile("[0-9]{5}")

type Fields = Mapping[str, FieldSpec]


class Code(StrEnum):
    """Why a tree is refused."""

    NOT_A_CONDITION = "not_a_condition"
    UNKNOWN_GROUP = "unknown_group"
    EMPTY_GROUP = "empty_group"
    TOO_DEEP = "too_deep"
    TOO_MANY = "too_many"
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_OPERATOR = "unknown_operator"
    WRONG_OPERATOR = "wrong_operator"
    WRONG_VALUE = "wrong_value"
    BAD_PATTERN = "bad_pattern"


@dataclass(frozen=True, slots=True)
class Problem:
    """`path` is a place such as `all[2].value`, empty for the whole tree; `message` says what to write instead."""

    path: str
    code: Code
    message: str


class CriteriaError(ValueError):
    """A tree that `check` refuses, with all its problems."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{problem.path}: {problem.message}" for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Condition:
    """`value` as it was written; `typed` as it is compared (for patterns the text, for within_miles ZIP and miles)."""

    path: str
    spec: FieldSpec
    operator: Operator
    value: object
    typed: object


@dataclass(frozen=True, slots=True)
class Group:
    """`kind` is all, any or not; a `not` has one child, an empty `all` matches every lead."""

    path: str
    kind: str
    children: tuple["Node", ...]


type Node = Condition | Group


class _Refused(Exception):
    def __init__(self, code: Code, message: str) -> None:
        self.code, self.message = code, message


def _typed(spec: FieldSpec, value: object) -> Value:
    try:
        typed = read_value(spec, value)
    except ValueError as refused:
        raise _Refused(Code.WRONG_VALUE, str(refused)) from refused
    return typed


def _part(spec: FieldSpec, value: object) -> Value:
    return _typed(replace(spec, kind=Kind.TEXT) if spec.kind is Kind.ZIP else spec, value)


def _many(spec: FieldSpec, value: object) -> tuple[Value, ...]:
    if not isinstance(value, list | tuple) or not value:
        raise _Refused(Code.WRONG_VALUE, "Give a list with at least one value.")
    if len(value) > MOST_VALUES:
        raise _Refused(Code.WRONG_VALUE, f"Give at most {MOST_VALUES} values.")
    return tuple(_typed(spec, part) for part in value)


def _pair(spec: FieldSpec, value: object) -> tuple[Value, Value]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise _Refused(Code.WRONG_VALUE, "Give two values, the lower first.")
    low, high = _typed(spec, value[0]), _typed(spec, value[1])
    if low > high:  # type: ignore[operator]
        raise _Refused(Code.WRONG_VALUE, "Put the lower value first.")
    return low, high


def _none(_spec: FieldSpec, value: object) -> None:
    if value is not None and value is not True:
        raise _Refused(Code.WRONG_VALUE, "This operator takes no value; leave it out.")


def _pattern(_spec: FieldSpec, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise _Refused(Code.WRONG_VALUE, "Give a pattern as text.")
    if len(value) > LONGEST_PATTERN:
        raise _Refused(Code.BAD_PATTERN, f"Give a pattern of at most {LONGEST_PATTERN} characters.")
    try:
        searcher(value)
    except (re2.error, UnicodeError) as refused:
        raise _Refused(Code.BAD_PATTERN, "Not a pattern of RE2 syntax; look-around and back-references are not offered.") from refused
    return value


def _near(_spec: FieldSpec, value: object) -> tuple[str, Decimal]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise _Refused(Code.WRONG_VALUE, 'Give a ZIP and miles, such as ["60601", 25].')
    centre, radius = value
    if not isinstance(centre, str) or not _FIVE_DIGITS.fullmatch(centre):
        raise _Refused(Code.WRONG_VALUE, 'Write the ZIP as text with five digits, such as "02134".')
    far = _typed(FieldSpec("", Kind.DECIMAL, ""), radius)
    if not isinstance(far, Decimal) or not 0 <= far <= FARTHEST_MILES:
        raise _Refused(Code.WRONG_VALUE, f"Give miles between 0 and {FARTHEST_MILES}.")
    return centre, far


_SHAPES: dict[Shape, Callable[[FieldSpec, object], object]] = {
    Shape.NONE: _none,
    Shape.ONE: _typed,
    Shape.PART: _part,
    Shape.MANY: _many,
    Shape.PAIR: _pair,
    Shape.PATTERN: _pattern,
    Shape.NEAR: _near,
}


@dataclass(slots=True)
class _Reader:
    fields: Fields
    problems: list[Problem] = field(default_factory=list)
    conditions: int = 0

    def refuse(self, path: str, code: Code, message: str) -> None:
        self.problems.append(Problem(path, code, message))

    def node(self, tree: object, path: str, depth: int) -> Node | None:
        if isinstance(tree, Mapping):
            return self.group(tree, path, depth)
        if isinstance(tree, list | tuple) and 2 <= len(tree) <= 3 and all(isinstance(part, str) for part in tree[: len(tree) - 1]):
            return self.condition(tree, path)
        self.refuse(path, Code.NOT_A_CONDITION, 'Write a condition as [field, operator, value], a group as {"all": [...]}.')
        return None

    def group(self, tree: Mapping[object, object], path: str, depth: int) -> Node | None:
        if len(tree) != 1 or (kind := next(iter(tree))) not in ("all", "any", "not"):
            self.refuse(path, Code.UNKNOWN_GROUP, 'A group has one key: "all", "any" or "not".')
            return None
        place = f"{path}.{kind}" if path else str(kind)
        if depth >= DEEPEST:
            self.refuse(place, Code.TOO_DEEP, f"Nest at most {DEEPEST} groups.")
            return None
        inner = tree[kind]
        if kind == "not":
            child = self.node(inner, place, depth + 1)
            return Group(place, "not", (child,)) if child else None
        if not isinstance(inner, list | tuple):
            self.refuse(place, Code.NOT_A_CONDITION, "Give a list of conditions and groups.")
            return None
        if not inner and kind == "any":
            self.refuse(place, Code.EMPTY_GROUP, "Add a condition, or take the group out.")
            return None
        children = [self.node(part, f"{place}[{number}]", depth + 1) for number, part in enumerate(inner)]
        return Group(place, str(kind), tuple(child for child in children if child))

    def condition(self, parts: list[object] | tuple[object, ...], path: str) -> Condition | None:
        self.conditions += 1
        if self.conditions > MOST_CONDITIONS:
            if self.conditions == MOST_CONDITIONS + 1:
                self.refuse(path, Code.TOO_MANY, f"Write at most {MOST_CONDITIONS} conditions.")
            return None
        name, sign, value = _three(parts)
        dot = f"{path}." if path else ""
        spec = self.fields.get(name)
        if spec is None:
            self.refuse(f"{dot}field", Code.UNKNOWN_FIELD, "No such field in this lead type.")
        if sign not in Operator:
            self.refuse(f"{dot}operator", Code.UNKNOWN_OPERATOR, f"No such operator. Use one of: {', '.join(Operator)}.")
        if spec is None or sign not in Operator:
            return None
        operator = Operator(sign)
        if spec.kind not in RULES[operator].makers or (operator in OF_AGE and name != AGE):
            offered = ", ".join(operators_of(spec.kind))
            self.refuse(f"{dot}operator", Code.WRONG_OPERATOR, f"{spec.label} does not take {operator}. Use one of: {offered}.")
            return None
        try:
            typed = _SHAPES[RULES[operator].shape](spec, value)
            _us_state(spec, operator, typed)
        except _Refused as refused:
            self.refuse(f"{dot}value", refused.code, refused.message)
            return None
        return Condition(path, spec, operator, value, typed)


def _three(parts: list[object] | tuple[object, ...]) -> tuple[str, str, object]:
    """Field, operator and value of a condition; `["age_lt", 60]` and `["email", "is_set"]` are its two short forms."""
    if len(parts) == 3:
        return str(parts[0]), str(parts[1]), parts[2]
    first, second = parts
    return (AGE, str(first), second) if first in OF_AGE else (str(first), str(second), None)


def _us_state(spec: FieldSpec, operator: Operator, typed: object) -> None:
    """A state is compared by its code: `Iowa` would never match anything."""
    if spec is not STANDARD["state"] or operator not in (Operator.EQ, Operator.NE, Operator.IN, Operator.NOT_IN):
        return
    for value in typed if isinstance(typed, tuple) else (typed,):
        if len(str(value)) != 2:
            raise _Refused(Code.WRONG_VALUE, "Write states by their two-letter codes, such as IA.")


def _read(tree: object, fields: Fields) -> tuple[Node, tuple[Problem, ...]]:
    everything = Group("all", "all", ())
    if tree is None or (isinstance(tree, Mapping | list | tuple) and not tree):
        return everything, ()
    reader = _Reader(fields)
    node = reader.node(tree, "", 0)
    return node or everything, tuple(reader.problems)


def check(tree: object, fields: Fields) -> tuple[Problem, ...]:
    """Every problem of a tree at once, in the order of the tree; empty when it may be saved. No tree at all matches all."""
    return _read(tree, fields)[1]


def read_criteria(tree: object, fields: Fields) -> Node:
    """The typed nodes of a tree, for whoever runs it, in memory or in SQL. Raises CriteriaError."""
    node, problems = _read(tree, fields)
    if problems:
        raise CriteriaError(problems)
    return node


def walk(node: Node) -> tuple[Condition, ...]:
    """Every condition of a tree, in its order."""
    if isinstance(node, Condition):
        return (node,)
    return tuple(condition for child in node.children for condition in walk(child))


__all__ = ["Code", "Condition", "CriteriaError", "Group", "Node", "Problem", "check", "read_criteria", "walk"]
