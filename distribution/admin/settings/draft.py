"""The posted page as settings: what was typed, what it means, and what cannot be read, all of it at once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from distribution.admin.settings.facts import Facts
from distribution.domain.automation import Automation, Base, OnChange, Timeframe
from distribution.domain.problem import Problem
from distribution.domain.settings import NO_VALUES, Group, Settings, Values
from distribution.domain.strict import SettingsError, choice, decimal

MOST = 10**9
LONGEST = 40
"""Characters that a number may have; powers of ten are not typed here."""
THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
KEY = re.compile(r"[a-z0-9-]{1,40}")
MEMBER = re.compile(r"(client|account):(\d{1,15})")


@dataclass(frozen=True, slots=True)
class Draft:
    """Settings not saved yet. `raw` is what stands in fields that could not be read; `problems` say why, by name of the field."""

    settings: Settings
    raw: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def shown(self, name: str, value: Any) -> str:
        """Return what stands in a field."""
        return self.raw[name] if name in self.raw else plain(value)

    def error(self, name: str) -> str:
        return " ".join(problem.message for problem in self.problems if problem.field == name)


def plain(value: Any) -> str:
    """Write a number without zeros behind it, None as nothing."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


def number(text: str) -> Decimal | None:
    """Read a number as people type it; nothing is None. Raises SettingsError."""
    text = text.strip().replace("−", "-")
    if THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if len(text) > LONGEST or "e" in text.casefold():
        raise SettingsError("", "Use a number, such as 250 or 12.5.")
    return decimal(text, "") if text else None


def whole_number(text: str) -> int | None:
    """Read a whole number up to a billion, negative ones too; nothing is None. Raises SettingsError."""
    found = number(text)
    if found is None:
        return None
    if found != found.to_integral_value() or abs(found) > MOST:
        raise SettingsError("", "Use a whole number, such as 0 or 10.")
    return int(found)


READERS: Mapping[str, Callable[[str], Any]] = {"priority": whole_number, "weight": number, "percentage": number}
"""How each value of a client is read."""

_secondary = choice(Automation)
_OPTIONS: Mapping[str, Callable[[str], Any]] = {
    "automation": lambda text: choice(Automation)(text, ""),
    "secondary": lambda text: _secondary(text, "") if text else None,
    "base_automation": lambda text: choice(Base)(text, ""),
    "percentage_timeframe": lambda text: choice(Timeframe)(text, ""),
    "percentage_catch_up": number,
    "round_robin_on_change": lambda text: choice(OnChange)(text, ""),
    "ping_budget_seconds": lambda text: _needed(whole_number(text), 30),
    "breaker_failures": lambda text: _needed(whole_number(text)),
    "bounce_hours": lambda text: _needed(whole_number(text), 720),
}
_SWITCHES = ("price_optimization", "percentage_hard_limit", "parallel_processing", "client_locking", "email_tracking")


def _needed(value: int | None, most: int = 1000) -> int:
    if value is None:
        raise SettingsError("", f"Use a whole number from 1 to {most}.")
    return value


class Reading:
    """Goes through the posted fields and keeps what cannot be read beside what can."""

    def __init__(self, posted: QueryDict, base: Settings, facts: Facts) -> None:
        self.posted, self.base, self.facts = posted, base, facts
        self.raw: dict[str, str] = {}
        self.problems: list[Problem] = []

    def read(self) -> Draft:
        options = {name: self._field(name, reader, getattr(self.base, name)) for name, reader in _OPTIONS.items()}
        switches: dict[str, Any] = {name: name in self.posted for name in _SWITCHES}
        settings = replace(self.base, **options, **switches, values=self._values(), groups=self._groups())
        return Draft(settings, self.raw, tuple(self.problems))

    def _field(self, name: str, reader: Callable[[str], Any], before: Any) -> Any:
        """A field that the page left out keeps what it was."""
        text = self.posted.get(name)
        if text is None:
            return before
        try:
            return reader(text)
        except SettingsError as problem:
            self.raw[name] = text
            self.problems.append(Problem(name, "unreadable", problem.message))
            return before

    def _values(self) -> dict[int, Values]:
        values = dict(self.base.values)
        for name in self.posted:
            kind, _, client = name.partition("-")
            if kind not in READERS or not client.isdecimal() or int(client) not in self.facts.clients:
                continue
            given = values.get(int(client), NO_VALUES)
            read = self._field(name, READERS[kind], getattr(given, kind))
            values[int(client)] = replace(given, **{kind: read})
        return {client: given for client, given in values.items() if given != NO_VALUES}

    def _groups(self) -> tuple[Group, ...]:
        if "groups" not in self.posted:
            return self.base.groups
        return tuple(self._group(key) for key in dict.fromkeys(self.posted.getlist("group")) if KEY.fullmatch(key))

    def _group(self, key: str) -> Group:
        before = next((group for group in self.base.groups if group.key == key), Group(key, key))
        members = [*self.posted.getlist(f"group-{key}-members"), *self._added(key)]
        found = [match.groups() for member in dict.fromkeys(members) if (match := MEMBER.fullmatch(member))]
        return Group(
            key=key,
            name=self._name(key),
            automation=self._field(f"group-{key}-automation", _OPTIONS["automation"], before.automation),
            secondary=self._field(f"group-{key}-secondary", _OPTIONS["secondary"], before.secondary),
            base_automation=self._field(f"group-{key}-base_automation", _OPTIONS["base_automation"], before.base_automation),
            client_ids=tuple(int(pk) for kind, pk in found if kind == "client" and int(pk) in self.facts.clients),
            account_ids=tuple(int(pk) for kind, pk in found if kind == "account" and int(pk) in self.facts.accounts),
        )

    def _name(self, key: str) -> str:
        name = self.posted.get(f"group-{key}-name", "").strip()
        if not name:
            self.problems.append(Problem(f"group-{key}-name", "unnamed", "Give the group a name."))
        elif len(name) > 80:
            self.problems.append(Problem(f"group-{key}-name", "too_long", "Use a name of 80 characters at most."))
        return name[:200] or "Unnamed"

    def _added(self, key: str) -> list[str]:
        """Who was typed by name instead of chosen from the list."""
        field_name = f"group-{key}-add"
        name = self.posted.get(field_name, "").strip()
        if not name:
            return []
        known = {text.casefold(): f"account:{pk}" for pk, text in self.facts.account_names.items()}
        known |= {text.casefold(): f"client:{pk}" for pk, text in self.facts.names.items()}
        if name.casefold() in known:
            return [known[name.casefold()]]
        self.raw[field_name] = name
        self.problems.append(
            Problem(field_name, "unknown", f"No client or account is called “{name}”. Type the whole name, or choose one.")
        )
        return []


def read_draft(posted: QueryDict, base: Settings, facts: Facts) -> Draft:
    """Read the posted page on top of the version it was made from."""
    return Reading(posted, base, facts).read()
