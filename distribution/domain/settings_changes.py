"""What differs between two versions of the settings, in words."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any

from distribution.domain.settings import NO_VALUES, Group, Settings, Values

LABELS: dict[str, str] = {
    "automation": "Automation",
    "secondary": "Secondary automation",
    "base_automation": "Base automation",
    "price_optimization": "Price optimization",
    "percentage_timeframe": "Percentage timeframe",
    "percentage_hard_limit": "Percentage hard limit",
    "percentage_catch_up": "Catch-up limit",
    "round_robin_on_change": "Round robin on change",
    "parallel_processing": "Client parallel processing",
    "ping_budget_seconds": "Time budget of pings in seconds",
    "client_locking": "Client locking",
    "email_tracking": "Email tracking",
    "bounce_hours": "Hours in which a bounce counts",
    "breaker_failures": "Failures in a row that pause a method",
}


def changes(old: Settings, new: Settings, names: Mapping[int, str], accounts: Mapping[int, str] | None = None) -> tuple[str, ...]:
    """One sentence for each difference; `names` are the clients' and `accounts` the accounts' by id."""
    client, account = _namer(names, "Client"), _namer(accounts or {}, "Account")
    return (
        *_options(old, new),
        *_groups(old, new, client, account),
        *_values(old, new, client),
    )


type _Namer = Callable[[int], str]


def _namer(names: Mapping[int, str], kind: str) -> _Namer:
    return lambda number: names.get(number, f"{kind} {number}")


def in_words(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, StrEnum):
        return value.value.replace("_", " ")
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _differing(old: Any, new: Any, labels: Mapping[str, str]) -> Iterator[str]:
    for name, label in labels.items():
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield f"{label}: {in_words(before)} to {in_words(after)}"


def _options(old: Settings, new: Settings) -> Iterator[str]:
    return _differing(old, new, LABELS)


def _groups(old: Settings, new: Settings, client: _Namer, account: _Namer) -> Iterator[str]:
    before, after = ({group.key: group for group in settings.groups} for settings in (old, new))
    yield from (f"Group {group.name} added" for key, group in after.items() if key not in before)
    yield from (f"Group {group.name} removed" for key, group in before.items() if key not in after)
    stayed = [key for key in after if key in before]
    for key in stayed:
        yield from _group(before[key], after[key], client, account)
    if stayed != [key for key in before if key in after]:
        yield f"Order of groups: {', '.join(group.name for group in new.groups)}"


def _group(old: Group, new: Group, client: _Namer, account: _Namer) -> Iterator[str]:
    if old.name != new.name:
        yield f"Group {old.name} renamed to {new.name}"
    labels = {name: f"Group {new.name}, {LABELS[name].lower()}" for name in ("automation", "secondary", "base_automation")}
    yield from _differing(old, new, labels)
    for before, after, name in ((old.client_ids, new.client_ids, client), (old.account_ids, new.account_ids, account)):
        yield from (f"Group {new.name}: {name(member)} added" for member in after if member not in before)
        yield from (f"Group {new.name}: {name(member)} taken out" for member in before if member not in after)


def _values(old: Settings, new: Settings, client: _Namer) -> Iterator[str]:
    for number in sorted(old.values.keys() | new.values.keys()):
        labels = {name: f"{client(number)}, {name}" for name in Values.__dataclass_fields__}
        yield from _differing(old.values.get(number, NO_VALUES), new.values.get(number, NO_VALUES), labels)
