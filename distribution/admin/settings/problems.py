"""What is wrong with a draft, at the fields of the page, each with a link to it."""

import re
from dataclasses import dataclass, replace

from distribution.admin.settings.facts import Facts
from distribution.domain.automation import Automation
from distribution.domain.problem import Problem
from distribution.domain.settings import Settings
from distribution.domain.settings_changes import LABELS

GROUP = re.compile(r"groups\[(\d+)\]\.(\w+)")
VALUE = re.compile(r"(?:values\.(\d+)\.(\w+))|(?:(priority|weight|percentage)-(\d+))")
NUMBERED = re.compile(r"^The (client|account) (\d+) ")
PARTS = {"client_ids": "members", "account_ids": "members", "key": "name"}
PART_LABELS = {"name": "name", "members": "members", "add": "members", "automation": "automation", "secondary": "secondary automation"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the summary: where it leads, what the field is called, and what is wrong there."""

    anchor: str
    label: str
    message: str


def at_fields(found: tuple[Problem, ...], settings: Settings, facts: Facts) -> tuple[Problem, ...]:
    """Move the problems of settings to the fields of the page, and say names where numbers stood."""
    return tuple(_at_field(problem, settings, facts) for problem in found)


def _at_field(problem: Problem, settings: Settings, facts: Facts) -> Problem:
    name = problem.field
    if match := GROUP.fullmatch(name):
        group = settings.groups[int(match[1])]
        name = f"group-{group.key}-{PARTS.get(match[2], match[2])}"
    elif match := VALUE.fullmatch(name):
        name = f"{match[2]}-{match[1]}" if match[1] else name
    message = NUMBERED.sub(lambda found: _named(found, facts), problem.message)
    return replace(problem, field=name, message=_sentence(message))


def _sentence(message: str) -> str:
    """Begin with a capital, and name automations as the page does."""
    for automation in Automation:
        message = message.replace(automation.value, automation.value.replace("_", " "))
    return message[:1].upper() + message[1:]


def _named(found: re.Match[str], facts: Facts) -> str:
    names = facts.names if found[1] == "client" else facts.account_names
    return f"{names.get(int(found[2]), found[0].strip())} "


def lines(found: tuple[Problem, ...], settings: Settings, facts: Facts) -> list[Line]:
    return [Line(problem.field, _label(problem.field, settings, facts), problem.message) for problem in found]


def _label(name: str, settings: Settings, facts: Facts) -> str:
    if name in LABELS:
        return LABELS[name]
    if match := VALUE.fullmatch(name):
        return f"{facts.names.get(int(match[4]), 'Client')}, {match[3]}"
    for group in settings.groups:
        if name.startswith(f"group-{group.key}-"):
            part = name.removeprefix(f"group-{group.key}-")
            return f"Group {group.name}, {PART_LABELS.get(part, part)}"
    return "Values"
