"""A tree of criteria as one condition on leads in PostgreSQL, which says of every lead what the compiler in memory says of it.

Each condition is a CASE of missing, holds and else, so that it is never NULL and a `not` means the same in both worlds.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from functools import reduce
from math import cos, radians
from typing import Any, cast

from django.db.models import BooleanField, Case, F, FloatField, Q, TextField, Value, When
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt
from django.db.models.lookups import Exact

from leads.criteria_columns import Bounds, Column, column, sql
from leads.domain.criteria_check import Condition, Fields, Group, Node, read_criteria
from leads.domain.criteria_fields import Kind
from leads.domain.criteria_operators import FOLDED, PASSES_MISSING, RULES, Operator, Shape, searcher
from leads.domain.places import EARTH_RADIUS_MILES, Point, miles
from leads.models import Lead
from leads.models.lead import LeadQuerySet
from leads.places import point_of_zip

EVERY = Q(pk__isnull=False)
NONE = Q(pk__in=[])
"""A bare Q() would vanish under `or` and `not`."""
HALF_A_HUNDREDTH = Decimal("0.005")
FULL = 'COLLATE "pg_unicode_fast"'
"""Folds case as Python does: fully, whatever the language."""
CHOSEN = f") AS one (choice) WHERE casefold(one.choice {FULL}) = ANY ("


def to_q(tree: object, fields: Fields, now: datetime, *, among: LeadQuerySet | None = None) -> Q:
    """The leads that match at `now`; no tree at all matches every lead. Raises CriteriaError.

    Use it on `among` or a part of it (all leads when not given): patterns, clocks and places are worked out in Python, once
    for each value that these leads have, because the database knows neither RE2 nor our table of ZIPs. Case is folded by the
    database, which knows 27 letters of Unicode 16 that Python 3.13 does not.
    """
    node = read_criteria(tree, fields)
    return _node(node, Bounds(Lead.objects.all() if among is None else among, now))


def _node(node: Node, bounds: Bounds) -> Q:
    return _GROUPS[node.kind](node, bounds) if isinstance(node, Group) else _leaf(node, bounds)


def _all(group: Group, bounds: Bounds) -> Q:
    return reduce(Q.__and__, (_node(child, bounds) for child in group.children), EVERY)


def _any(group: Group, bounds: Bounds) -> Q:
    return reduce(Q.__or__, (_node(child, bounds) for child in group.children), NONE)


def _not(group: Group, bounds: Bounds) -> Q:
    return ~_node(group.children[0], bounds)


_GROUPS: dict[str, Callable[[Group, Bounds], Q]] = {"all": _all, "any": _any, "not": _not}


def _leaf(node: Condition, bounds: Bounds) -> Q:
    rule = RULES[node.operator]
    if rule.shape is Shape.NEAR:
        return _within(node, bounds)
    target = column(node.spec, bounds)
    verdict = Case(
        When(Q(target.missing), then=Value(node.operator in PASSES_MISSING)),
        When(Q(_TESTS[node.operator](target, node, bounds)), then=Value(not rule.negates)),
        default=Value(rule.negates),
        output_field=BooleanField(),
    )
    return Q(Exact(verdict, Value(True)))


def _than(sign: str) -> "Test":
    def test(target: Column, node: Condition, _bounds: Bounds) -> Any:
        return _compared(target, node, sign, node.typed)

    return test


def _compared(target: Column, node: Condition, sign: str, typed: object) -> Any:
    """ZIPs stand in order as Python orders text: by code point."""
    value = sql('({} COLLATE "C")', target.value, output=TextField()) if node.spec.kind is Kind.ZIP else target.value
    return sql("({})", value, Value(target.given(typed)), joiner=f" {sign} ")


def _between(target: Column, node: Condition, _bounds: Bounds) -> Any:
    low, high = cast("tuple[object, object]", node.typed)
    return Q(_compared(target, node, ">=", low)) & Q(_compared(target, node, "<=", high))


def _member(target: Column, node: Condition, _bounds: Bounds) -> Any:
    """Equality too, which is membership of one."""
    typed = node.typed if isinstance(node.typed, tuple) else (node.typed,)
    values = Value([target.given(one) for one in typed])
    if node.spec.kind is Kind.MULTIPLE:
        return sql("EXISTS (SELECT FROM jsonb_array_elements_text({}))", target.value, values, joiner=CHOSEN)
    return sql("({}))", _folded(target) if node.spec.kind in FOLDED else target.value, values, joiner=" = ANY (")


def _folded(target: Column) -> Any:
    return sql(f"casefold(({{}}) {FULL})", target.value, output=TextField())


def _contains(target: Column, node: Condition, bounds: Bounds) -> Any:
    if node.spec.kind is Kind.MULTIPLE:
        return _member(target, node, bounds)
    return sql("(strpos({}) > 0)", _folded(target), Value(node.typed))


def _starts(target: Column, node: Condition, _bounds: Bounds) -> Any:
    return sql("starts_with({})", _folded(target), Value(node.typed))


def _ends(target: Column, node: Condition, _bounds: Bounds) -> Any:
    wanted = str(node.typed)
    return Exact(sql("right({})", _folded(target), Value(len(wanted)), output=TextField()), Value(wanted))


def _matches(target: Column, node: Condition, bounds: Bounds) -> Any:
    found = searcher(str(node.typed))
    return sql("({}))", target.value, Value([one for one in bounds.distinct(target.value) if one and found(one)]), joiner=" = ANY (")


def _is_set(_target: Column, _node: Condition, _bounds: Bounds) -> Any:
    return EVERY


type Test = Callable[[Column, Condition, Bounds], Any]
_TESTS: dict[Operator, Test] = {
    Operator.EQ: _member,
    Operator.NE: _member,
    Operator.IN: _member,
    Operator.NOT_IN: _member,
    Operator.LT: _than("<"),
    Operator.LTE: _than("<="),
    Operator.GT: _than(">"),
    Operator.GTE: _than(">="),
    Operator.BETWEEN: _between,
    Operator.CONTAINS: _contains,
    Operator.NOT_CONTAINS: _contains,
    Operator.STARTS_WITH: _starts,
    Operator.ENDS_WITH: _ends,
    Operator.MATCHES: _matches,
    Operator.IS_EMPTY: _is_set,
    Operator.IS_SET: _is_set,
    Operator.AGE_LT: _than("<"),
    Operator.AGE_GT: _than(">"),
}


def _within(node: Condition, bounds: Bounds) -> Q:
    zip_code, limit = cast("tuple[str, Decimal]", node.typed)
    centre = point_of_zip(zip_code)
    if centre is None:
        return NONE
    placed = Q(latitude__isnull=False, longitude__isnull=False)
    zips = [one for one in bounds.distinct(F("zip")) if one and _reaches(centre, one, limit)]
    verdict = Case(
        When(placed & Q(sql("({})", _miles(centre), Value(_under(limit)), joiner=" < ")), then=Value(True)),
        When(~placed & Q(zip__in=zips), then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    return Q(Exact(verdict, Value(True)))


def _reaches(centre: Point, zip_code: str, limit: Decimal) -> bool:
    point = point_of_zip(zip_code)
    return point is not None and Decimal(str(miles(centre, point))) <= limit


def _under(limit: Decimal) -> float:
    """Distances are rounded to 0.01 before they are compared, so all below the next half hundredth are within."""
    return float(limit.quantize(Decimal("0.01"), ROUND_FLOOR) + HALF_A_HUNDREDTH)


def _miles(centre: Point) -> Any:
    """The haversine formula of `leads.domain.places.miles`, unrounded."""
    number = FloatField()
    north, east = radians(centre[0]), F("longitude") - Value(centre[1], output_field=number)
    lift = Power(Sin((Radians(F("latitude")) - Value(north, output_field=number)) / Value(2.0)), 2.0)
    turn = Power(Sin(Radians(east) / Value(2.0)), 2.0)
    chord = Sqrt(lift + Value(cos(north)) * Cos(Radians(F("latitude"))) * turn)
    return Value(2 * EARTH_RADIUS_MILES) * ASin(Least(Value(1.0), chord))
