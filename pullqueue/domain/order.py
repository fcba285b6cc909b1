"""The order inside a pull strategy: up to three keys, each a number that stands ascending in the queue."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import inf
from typing import Any

from leads.domain.criteria_fields import FieldSpec, Kind

MOST_KEYS = 3
DIRECTIONS = ("asc", "desc")
DEFAULT = (("pull_count", "asc"), ("created", "desc"))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NEVER = datetime.min.replace(tzinfo=UTC)

CREATED, LAST_ATTEMPT = "created", "last_attempt"
RENAMED = {CREATED: "added"}
"""Keys whose name in criteria is another one."""
NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.DATE, Kind.DATETIME})
MOVING = frozenset({"age", "age_years", "hour"})
"""Fields that change with the clock: `created` and `date_of_birth` say the same and stand still."""

type Keys = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class OrderProblem:
    """What is wrong with which part of an order, such as `[0][1]`."""

    path: str
    message: str


def sortable(fields: Mapping[str, FieldSpec]) -> dict[str, str]:
    """The keys that an order may name, with their labels."""
    own = {name: spec.label for name, spec in fields.items() if spec.kind in NUMBERS and name not in MOVING and name != "added"}
    return {"pull_count": "Pull count", CREATED: "Date added", LAST_ATTEMPT: "Last attempt", **own}


def order_problems(order: object, fields: Mapping[str, FieldSpec]) -> Iterator[OrderProblem]:
    """Everything that keeps an order from being used."""
    if not isinstance(order, Sequence) or isinstance(order, str) or len(order) > MOST_KEYS:
        yield OrderProblem("", f'Give up to {MOST_KEYS} keys with their directions, such as [["created", "desc"]].')
        return
    known = sortable(fields)
    for number, part in enumerate(order):
        if not isinstance(part, Sequence) or isinstance(part, str) or len(part) != 2:
            yield OrderProblem(f"[{number}]", 'Give a key and its direction, such as ["created", "desc"].')
        elif part[0] not in known:
            yield OrderProblem(f"[{number}][0]", f"No key to order by. There are: {', '.join(known)}.")
        elif part[1] not in DIRECTIONS:
            yield OrderProblem(f"[{number}][1]", "Use asc or desc.")


def keys_of(order: Sequence[Sequence[str]], facts: Mapping[str, Any], last_attempt: datetime | None) -> Keys:
    """The keys of a lead, ascending: those of a descending order are negated, and who has no value stands last.

    A lead that was never attempted counts as attempted before all others.
    """
    numbers = [_key(name, direction, facts, last_attempt) for name, direction in order[:MOST_KEYS]]
    numbers += [0.0] * (MOST_KEYS - len(numbers))
    return numbers[0], numbers[1], numbers[2]


def _key(name: str, direction: str, facts: Mapping[str, Any], last_attempt: datetime | None) -> float:
    value = last_attempt or NEVER if name == LAST_ATTEMPT else facts.get(RENAMED.get(name, name))
    number = as_number(value)
    if number is None:
        return inf
    return (-number if direction == "desc" else number) + 0.0  # never -0.0


def as_number(value: Any) -> float | None:
    """A date in days and an instant in microseconds since 1970, a number as it is; None for what is none."""
    if isinstance(value, datetime):
        return float((value - EPOCH) // MICROSECOND)
    if isinstance(value, date):
        return float((value - EPOCH.date()).days)
    return float(value) if isinstance(value, int | float | Decimal) else None
