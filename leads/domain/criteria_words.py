"""Says what criteria ask for and why one turned a lead away, in the one place where such sentences are made."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from leads.domain.criteria import STANDARD, Failure, Operator
from leads.domain.criteria_values import listed, written

FEWEST_WITH_COMMAS = 10_000
"""Below it a number stands without commas: 2015 is a year as often as an amount."""


def _number(value: object) -> str:
    """A number with commas between its thousands, also one that is kept as text; anything else as it is written."""
    said = written(value)
    try:
        number = Decimal(said)
    except InvalidOperation:
        return said
    return f"{number:,f}" if number.is_finite() and abs(number) >= FEWEST_WITH_COMMAS else said


def _plain(value: object) -> str:
    """A value whose text may be a ZIP: only what is kept as a number gets commas."""
    if isinstance(value, list | tuple):
        return listed([_plain(part) for part in value])
    return _number(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else written(value)


def _pair(value: object) -> tuple[str, str]:
    low, high = value if isinstance(value, list | tuple) else (value, value)
    return written(low), _number(high)


def _range(value: object) -> tuple[str, str]:
    low, high = value if isinstance(value, list | tuple) else (value, value)
    return _number(low), _number(high)


_WANTS: dict[str, Callable[[object], str]] = {
    Operator.EQ: _plain,
    Operator.NE: lambda value: f"anything but {_plain(value)}",
    Operator.IN: _plain,
    Operator.NOT_IN: lambda value: f"anything but {_plain(value)}",
    Operator.LT: lambda value: f"less than {_number(value)}",
    Operator.LTE: lambda value: f"{_number(value)} at most",
    Operator.GT: lambda value: f"more than {_number(value)}",
    Operator.GTE: lambda value: f"{_number(value)} at least",
    Operator.BETWEEN: lambda value: "{} to {}".format(*_range(value)),
    Operator.CONTAINS: lambda value: f"what contains {written(value)}",
    Operator.NOT_CONTAINS: lambda value: f"what does not contain {written(value)}",
    Operator.STARTS_WITH: lambda value: f"what starts with {written(value)}",
    Operator.ENDS_WITH: lambda value: f"what ends with {written(value)}",
    Operator.MATCHES: lambda value: f"what matches {written(value)}",
    Operator.IS_EMPTY: lambda _value: "leads without it",
    Operator.IS_SET: lambda _value: "leads that have it",
    Operator.WITHIN_MILES: lambda value: "up to {1} miles from {0}".format(*_pair(value)),
    Operator.AGE_LT: lambda value: f"less than {_number(value)}",
    Operator.AGE_GT: lambda value: f"more than {_number(value)}",
}
_OF_NUMBERS = {Operator.LT, Operator.LTE, Operator.GT, Operator.GTE, Operator.BETWEEN, Operator.AGE_LT, Operator.AGE_GT}


def _is(failure: Failure) -> str:
    label = failure.label or failure.field
    if failure.operator == Operator.WITHIN_MILES:
        return f"The distance is {_number(failure.actual)} miles" if failure.actual is not None else "The place is not known"
    if failure.actual is None:
        return f"{label} is missing"
    return f"{label} is {(_number if failure.operator in _OF_NUMBERS else _plain)(failure.actual)}"


def say(failure: Failure, who: str = "this account", verb: str = "buys") -> str:
    """A sentence such as "State is IL; this account buys IA, MN, ND"; `who` and `verb` name what the criterion belongs to."""
    if failure.operator not in _WANTS:
        return f"Every lead matches, and {who} {verb} none of those"
    wanted = _WANTS[failure.operator](failure.value)
    return f"{_is(failure)}; {who} {verb} {'all except ' if failure.negated else ''}{wanted}"


GROUPS = {"all": "All of these", "any": "At least one of these", "not": "Not"}


def told(tree: object, depth: int = 0) -> list[str]:
    """Criteria as they were written, a line a condition, groups by indent; empty for a tree that asks nothing.

    Reads any tree, also one that would be refused today, and knows the names of standard fields only.
    """
    before = "  " * depth
    if isinstance(tree, dict):
        if depth == 0 and set(tree) == {"all"} and isinstance(tree["all"], list):
            return [line for child in tree["all"] for line in told(child)]
        return [line for kind, children in tree.items() for line in _group(str(kind), children, depth)]
    if isinstance(tree, list | tuple) and len(tree) >= 2 and isinstance(tree[0], str):
        return [f"{before}{_condition(tree)}"]
    return [f"{before}{tree}"] if tree else []


def _group(kind: str, children: object, depth: int) -> list[str]:
    inner = children if isinstance(children, list) and not _is_condition(children) else [children]
    return [f"{'  ' * depth}{GROUPS.get(kind, kind)}:", *(line for child in inner for line in told(child, depth + 1))]


def _is_condition(value: list[object]) -> bool:
    return len(value) in {2, 3} and all(isinstance(part, str) for part in value[:2])


def _condition(parts: list[object] | tuple[object, ...]) -> str:
    name, operator = str(parts[0]), str(parts[1])
    label = STANDARD[name].label if name in STANDARD else name.replace("_", " ").capitalize()
    value = parts[2] if len(parts) > 2 else None
    wants = _WANTS.get(operator)
    return f"{label}: {wants(value) if wants else f'{operator} {written(value)}'}"
