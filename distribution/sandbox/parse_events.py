"""Reads the events: each kind has keys of its own beside `at` and `do`."""

from collections.abc import Mapping
from typing import Any

from distribution.domain.strict import Reader, SettingsError, optional, read
from distribution.sandbox.parts import Event
from distribution.sandbox.parts_people import anything
from distribution.sandbox.readers import inside, moment, name


def _object(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise SettingsError(place, "Use an object.")
    return value


def _whose(value: Any, place: str) -> Any:
    """`settings` says what is changed; with an object it says at once how."""
    if isinstance(value, Mapping) or value is True or value is None or isinstance(value, str):
        return value
    raise SettingsError(place, "Use true, and say in `set` what changes.")


TARGETS = ("account", "client", "strategy", "settings", "campaign", "user")

KINDS: dict[str, tuple[dict[str, Reader], tuple[str, ...]]] = {
    "lead": ({"id": name, "campaign": name, "fields": _object}, ("id", "fields")),
    "pull": ({"user": name}, ("user",)),
    "dispose": (
        {
            "user": name,
            "lead": name,
            "disposition": name,
            "callback_at": optional(moment),
            "to_user": optional(name),
            "to_branch": optional(name),
        },
        ("user", "lead", "disposition"),
    ),
    "change": (
        {"client": name, "account": name, "strategy": name, "settings": _whose, "campaign": name, "user": name, "set": _object},
        (),
    ),
    "create_client": ({"client": _object}, ("client",)),
    "delete_client": ({"client": anything}, ("client",)),
    "rebuild": ({}, ()),
}
"""By kind: the readers of its keys, and the keys that it needs."""


def event(value: Any, place: str) -> Event:
    if not isinstance(value, Mapping):
        raise SettingsError(place, "Give an object with at, do and what the kind of event needs.")
    for needed in ("at", "do"):
        if needed not in value:
            raise SettingsError(inside(place, needed), "Needed here.")
    do = value["do"]
    if not isinstance(do, str) or do not in KINDS:
        raise SettingsError(inside(place, "do"), f"Use one of: {', '.join(KINDS)}.")
    readers, needed_keys = KINDS[do]
    words = read(value, place, {"at": moment, "do": name} | readers)
    for needed in needed_keys:
        if needed not in words:
            raise SettingsError(inside(place, needed), "Needed here.")
    return Event(place, words.pop("at"), words.pop("do"), words)
