"""Says why a criterion turned a lead away, in the one place where such sentences are made."""

from collections.abc import Callable

from leads.domain.criteria import Failure, Operator
from leads.domain.criteria_values import written


def _pair(value: object) -> tuple[str, str]:
    low, high = value if isinstance(value, list | tuple) else (value, value)
    return written(low), written(high)


_WANTS: dict[str, Callable[[object], str]] = {
    Operator.EQ: written,
    Operator.NE: lambda value: f"anything but {written(value)}",
    Operator.IN: written,
    Operator.NOT_IN: lambda value: f"anything but {written(value)}",
    Operator.LT: lambda value: f"less than {written(value)}",
    Operator.LTE: lambda value: f"{written(value)} at most",
    Operator.GT: lambda value: f"more than {written(value)}",
    Operator.GTE: lambda value: f"{written(value)} at least",
    Operator.BETWEEN: lambda value: "{} to {}".format(*_pair(value)),
    Operator.CONTAINS: lambda value: f"what contains {written(value)}",
    Operator.NOT_CONTAINS: lambda value: f"what does not contain {written(value)}",
    Operator.STARTS_WITH: lambda value: f"what starts with {written(value)}",
    Operator.ENDS_WITH: lambda value: f"what ends with {written(value)}",
    Operator.MATCHES: lambda value: f"what matches {written(value)}",
    Operator.IS_EMPTY: lambda _value: "leads without it",
    Operator.IS_SET: lambda _value: "leads that have it",
    Operator.WITHIN_MILES: lambda value: "up to {1} miles from {0}".format(*_pair(value)),
    Operator.AGE_LT: lambda value: f"less than {written(value)}",
    Operator.AGE_GT: lambda value: f"more than {written(value)}",
}


def _is(failure: Failure) -> str:
    label = failure.label or failure.field
    if failure.operator == Operator.WITHIN_MILES:
        return f"The distance is {written(failure.actual)} miles" if failure.actual is not None else "The place is not known"
    return f"{label} is {written(failure.actual)}" if failure.actual is not None else f"{label} is missing"


def say(failure: Failure, who: str = "this account", verb: str = "buys") -> str:
    """A sentence such as "State is IL; this account buys IA, MN, ND"; `who` and `verb` name what the criterion belongs to."""
    if failure.operator not in _WANTS:
        return f"Every lead matches, and {who} {verb} none of those"
    wanted = _WANTS[failure.operator](failure.value)
    return f"{_is(failure)}; {who} {verb} {'all except ' if failure.negated else ''}{wanted}"
