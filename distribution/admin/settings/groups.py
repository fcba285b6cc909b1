"""Delivery groups on the settings page: each with its own automation and members, scanned from the top."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from distribution.admin.settings.draft import Draft
from distribution.admin.settings.facts import Facts, group_pool
from distribution.admin.settings.rotation import Turns, turns
from distribution.admin.settings.words import short
from distribution.domain.automation import Automation
from distribution.domain.settings import Group, Settings


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group as its form shows it; `errors` by the last part of the field's name."""

    key: str
    name: str
    group: Group
    is_new: bool
    members: tuple[tuple[str, str], ...]
    """Value and name of each."""
    sold: int
    turns: Turns | None
    added: str
    errors: Mapping[str, str]

    @property
    def summary(self) -> str:
        return short(self.group.automation, self.group.secondary)

    @property
    def counted(self) -> str:
        """Say how many members there are: "4 clients, 1 account"."""
        told = [_count(len(self.group.client_ids), "client"), _count(len(self.group.account_ids), "account")]
        return ", ".join(text for text in told if text) or "nobody yet"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' if number != 1 else ''}" if number else ""


def group_rows(facts: Facts, live: Settings, draft: Draft) -> list[GroupRow]:
    known = {group.key for group in live.groups}
    return [_row(facts, live, draft, group, is_new=group.key not in known) for group in draft.settings.groups]


def _row(facts: Facts, live: Settings, draft: Draft, group: Group, *, is_new: bool) -> GroupRow:
    before = f"group-{group.key}-"
    clients = [(f"client:{pk}", facts.clients[pk].name if pk in facts.clients else f"Client {pk}, archived") for pk in group.client_ids]
    names = facts.account_names if group.account_ids else {}
    accounts = [(f"account:{pk}", names.get(pk, f"Account {pk}, archived")) for pk in group.account_ids]
    return GroupRow(
        key=group.key,
        name=draft.shown(f"{before}name", group.name),
        group=group,
        is_new=is_new,
        members=(*clients, *accounts),
        sold=facts.sold_in(group_pool(group.key)),
        turns=turns(facts, draft.settings, group) if Automation.ROUND_ROBIN in (group.automation, group.secondary) else None,
        added=draft.raw.get(f"{before}add", ""),
        errors={
            problem.field.removeprefix(before): draft.error(problem.field) for problem in draft.problems if problem.field.startswith(before)
        },
    )


def as_json(facts: Facts, settings: Settings) -> list[dict[str, Any]]:
    """The live groups, for the page to say what a draft changes."""
    clients = facts.names
    names = facts.account_names if any(group.account_ids for group in settings.groups) else {}
    return [
        {
            "key": group.key,
            "name": group.name,
            "automation": group.automation.value,
            "secondary": group.secondary.value if group.secondary else "",
            "base_automation": group.base_automation.value,
            "members": {f"client:{pk}": clients.get(pk, f"Client {pk}") for pk in group.client_ids}
            | {f"account:{pk}": names.get(pk, f"Account {pk}") for pk in group.account_ids},
        }
        for group in settings.groups
    ]


BLANK = GroupRow("__key__", "New group", Group("__key__", "New group"), True, (), 0, None, "", {})
"""What the page makes new groups of."""


def _add(groups: list[Group], _key: str) -> list[Group]:
    return [*groups, Group(secrets.token_hex(4), f"No. {len(groups) + 1}")]


def _remove(groups: list[Group], key: str) -> list[Group]:
    return [group for group in groups if group.key != key]


def _moved(groups: list[Group], key: str, by: int) -> list[Group]:
    place = next((number for number, group in enumerate(groups) if group.key == key), None)
    if place is None or not 0 <= place + by < len(groups):
        return groups
    groups[place], groups[place + by] = groups[place + by], groups[place]
    return groups


CHANGES: Mapping[str, Callable[[list[Group], str], list[Group]]] = {
    "add-group": _add,
    "remove": _remove,
    "up": lambda groups, key: _moved(groups, key, -1),
    "down": lambda groups, key: _moved(groups, key, 1),
}
"""What the buttons of the groups do to the draft, for browsers without scripts."""
