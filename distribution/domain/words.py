"""Numbers, lists and reasons as words in a sentence."""

from collections.abc import Mapping, Sequence

from distribution.domain.reasons import Reason

WINDOWS: dict[str, str] = {"hour": "this hour", "day": "today", "week": "this week", "month": "this month", "total": "in total"}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def named(names: Mapping[int, str], number: int, kind: str) -> str:
    return names.get(number) or f"{kind} {number}"


def count(number: int) -> str:
    """`one` to `twelve`, then digits with commas."""
    return _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"


def ordinal(number: int) -> str:
    """`first` to `tenth`, then `11th`."""
    if number < len(_ORDINALS):
        return _ORDINALS[number]
    suffix = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def joined(parts: Sequence[str], most: int = 8) -> str:
    """`A, B and C`; cut after `most`."""
    shown = [*parts[:most], f"{len(parts) - most} more"] if len(parts) > most else list(parts)
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


PHRASES: dict[Reason, tuple[str, str]] = {
    Reason.CLIENT_INACTIVE: ("is not active", "are not active"),
    Reason.CLIENT_PAUSED: ("is paused", "are paused"),
    Reason.ACCOUNT_CLOSED: ("has its account closed", "have their account closed"),
    Reason.ACCOUNT_PAUSED: ("has its account paused", "have their account paused"),
    Reason.AUTOMATION_OFF: ("has automation switched off", "have automation switched off"),
    Reason.NO_DELIVERY_METHOD: ("has no delivery method", "have no delivery method"),
    Reason.NOT_IN_GROUP: ("is not in the client group", "are not in the client group"),
    Reason.SUPPRESSED: ("may not get a suppressed lead", "may not get a suppressed lead"),
    Reason.REFUSED_BEFORE: ("was offered it already", "were offered it already"),
    Reason.CRITERIA: ("buys other leads", "buy other leads"),
    Reason.DUPLICATE_FOR_CLIENT: ("bought this person before", "bought this person before"),
    Reason.SCHEDULE_CLOSED: ("is closed now", "are closed now"),
    Reason.CAP_HOUR: ("used up its hour cap", "used up their hour caps"),
    Reason.CAP_DAY: ("used up its day cap", "used up their day caps"),
    Reason.CAP_WEEK: ("used up its week cap", "used up their week caps"),
    Reason.CAP_MONTH: ("used up its month cap", "used up their month caps"),
    Reason.CAP_TOTAL: ("used up its total cap", "used up their total caps"),
    Reason.BUDGET_DAY: ("used up its day budget", "used up their day budgets"),
    Reason.BUDGET_MONTH: ("used up its month budget", "used up their month budgets"),
    Reason.QUALIFIED_SHARE: ("has its share of qualified leads", "have their share of qualified leads"),
    Reason.MARGIN: ("pays too little for the margin", "pay too little for the margin"),
    Reason.PING_REJECTED: ("refused the ping", "refused the ping"),
    Reason.PING_TIMEOUT: ("did not answer the ping", "did not answer the ping"),
    Reason.BID_TOO_LOW: ("bid too low", "bid too low"),
    Reason.WEIGHT_MISSING: ("has no weight", "have no weight"),
    Reason.PERCENTAGE_MISSING: ("has no percentage", "have no percentage"),
    Reason.PERCENTAGE_REACHED: ("reached its percentage", "reached their percentages"),
    Reason.CIRCUIT_OPEN: ("is paused after failures", "are paused after failures"),
    Reason.EXCLUSIVE_ONLY: ("buys shared leads only", "buy shared leads only"),
    Reason.ALREADY_SOLD_SHARED: ("buys exclusive leads only", "buy exclusive leads only"),
}
