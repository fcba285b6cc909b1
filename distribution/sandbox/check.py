"""Judges what the parts of a day say of each other, before anything is run."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import re2

from distribution.sandbox.mistake import Mistake
from distribution.sandbox.parts import Day, FieldPart, LeadTypePart
from distribution.sandbox.world import World, refuse_twice
from leads.domain.criteria_fields import STANDARD, Kind
from leads.domain.lead_types import TypeField, reader_of
from leads.enums import FieldKind

NUMBERS = (FieldKind.INTEGER, FieldKind.DECIMAL)
CHOICES = (FieldKind.CHOICE, FieldKind.MULTIPLE)
ORDER_KEYS = frozenset({"pull_count", "created", "last_attempt", "cost"})
ORDERED = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.DATE, Kind.DATETIME})
NOT_IN_PULL = frozenset({"hour", "weekday"})


def check(day: Day) -> World:
    """Return the world as the day begins. Raises Mistake."""
    for number, lead_type in enumerate(day.lead_types):
        _check_lead_type(lead_type, f"lead_types[{number}]")
    for part in ("lead_types", "campaigns", "clients", "delivery_groups", "branches", "users", "dispositions"):
        refuse_twice([one.name for one in getattr(day, part)], part)
    world = World.of(day)
    for number, client in enumerate(day.clients):
        world.refuse_wrong_client(client, f"clients[{number}]")
    world.refuse_impossible_settings()
    for number, campaign in enumerate(day.campaigns):
        world.refuse_wrong_campaign(campaign, f"campaigns[{number}]")
    _check_people(day, world)
    return world


def _check_lead_type(lead_type: LeadTypePart, place: str) -> None:
    refuse_twice([field.name for field in lead_type.fields], f"{place}.fields")
    for number, field in enumerate(lead_type.fields):
        _check_field(field, f"{place}.fields[{number}]")
    known = STANDARD.keys() | {field.name for field in lead_type.fields}
    for number, names in enumerate(lead_type.duplicate_sets):
        for count, name in enumerate(names):
            if name not in known:
                raise Mistake(f"{place}.duplicate_sets[{number}][{count}]", "No such field in this lead type.")


def _check_field(field: FieldPart, place: str) -> None:
    if field.kind in CHOICES and not field.choices:
        raise Mistake(f"{place}.choices", f"A field of the kind {field.kind} needs its choices.")
    for bound in ("minimum", "maximum"):
        if getattr(field, bound) is not None and field.kind not in (*NUMBERS, FieldKind.TEXT):
            raise Mistake(f"{place}.{bound}", "Only numbers and texts have bounds.")
    try:
        reader_of(
            TypeField(field.name, field.label, Kind(field.kind), field.required, field.choices, field.minimum, field.maximum, field.pattern)
        )
    except re2.error:
        raise Mistake(f"{place}.pattern", "Not a pattern of RE2 syntax; look-around and back-references are not offered.") from None


def _check_people(day: Day, world: World) -> None:
    """Check the parts about those who work leads; nothing of them is run yet."""
    branches, users = {one.name for one in day.branches}, {one.name for one in day.users}
    seen: set[str] = set()
    for number, branch in enumerate(day.branches):
        if branch.parent is not None and branch.parent not in seen:
            raise Mistake(f"branches[{number}].parent", "Name a branch that stands before this one.")
        seen.add(branch.name)
    for number, user in enumerate(day.users):
        if user.branch is not None and user.branch not in branches:
            raise Mistake(f"users[{number}].branch", f"No such branch. There are: {', '.join(branches) or 'none'}.")
    names = [one.name for one in (*day.push_strategies, *day.pull_strategies)]
    for part, first in (("push_strategies", 0), ("pull_strategies", len(day.push_strategies))):
        for number, strategy in enumerate(getattr(day, part)):
            place = f"{part}[{number}]"
            if strategy.name in names[: first + number]:
                raise Mistake(f"{place}.name", f"{strategy.name} is used by an earlier one. Choose another.")
            for count, recipient in enumerate(strategy.recipients):
                if recipient not in users | branches:
                    raise Mistake(f"{place}.recipients[{count}]", "No such user or branch.")
            check_strategy(strategy, world, place)


def check_strategy(strategy: Any, world: World, place: str) -> None:
    """Refuse criteria that cannot be judged, and in a pull strategy an order and conditions that it cannot keep."""
    world.refuse_wrong_criteria(strategy.criteria, None, f"{place}.criteria")
    if not hasattr(strategy, "order"):
        return
    fields = world.fields(None)
    for count, (key, _) in enumerate(strategy.order):
        if key not in ORDER_KEYS and (key not in fields or fields[key].kind not in ORDERED):
            raise Mistake(f"{place}.order[{count}][0]", f"Use {', '.join(sorted(ORDER_KEYS))} or a field that holds numbers or dates.")
    if found := _named(strategy.criteria) & NOT_IN_PULL:
        raise Mistake(
            f"{place}.criteria", f"{', '.join(sorted(found))} changes by itself all day and cannot be asked for in a pull strategy."
        )


def _named(tree: Any) -> set[str]:
    if isinstance(tree, Mapping):
        return {name for part in tree.values() for name in _named(part)}
    if isinstance(tree, list):
        own = {tree[0]} if tree and isinstance(tree[0], str) else set()
        return own | {name for part in tree for name in _named(part)}
    return set()


def plain(value: Any) -> Any:
    """Return JSON without exact numbers, as a JSON column takes it."""
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return float(value) if isinstance(value, Decimal) else value
