"""Two people changed the settings at once: what the second one changed, put on top of what the first one saved."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from distribution.domain.settings import NO_VALUES, Group, Settings, Values
from distribution.domain.settings_changes import changes

_MEMBERS = ("client_ids", "account_ids")


def merge(base: Settings, mine: Settings, theirs: Settings) -> Settings:
    """`theirs` with everything that `mine` changed since `base`. Where both changed the same thing, mine stands."""
    options = {field.name: _picked(field.name, base, mine, theirs) for field in fields(Settings) if field.name not in ("groups", "values")}
    clients = sorted(base.values.keys() | mine.values.keys() | theirs.values.keys())
    values = {client: _values(client, base, mine, theirs) for client in clients}
    kept = {client: given for client, given in values.items() if given != NO_VALUES}
    return replace(theirs, **options, values=kept, groups=_groups(base.groups, mine.groups, theirs.groups))


def clashes(
    base: Settings, mine: Settings, theirs: Settings, names: Mapping[int, str], accounts: Mapping[int, str] | None = None
) -> tuple[str, ...]:
    """What both changed to something different, one sentence each: from theirs to mine."""
    touched = {_subject(sentence) for sentence in changes(base, theirs, names, accounts)}
    on_top = changes(theirs, merge(base, mine, theirs), names, accounts)
    return tuple(sentence for sentence in on_top if _subject(sentence) in touched)


def _subject(sentence: str) -> str:
    return sentence.rpartition(": ")[0] or sentence


def _picked(name: str, base: Any, mine: Any, theirs: Any) -> Any:
    changed = getattr(mine, name)
    return changed if changed != getattr(base, name) else getattr(theirs, name)


def _values(client: int, base: Settings, mine: Settings, theirs: Settings) -> Values:
    given = [settings.values.get(client, NO_VALUES) for settings in (base, mine, theirs)]
    return Values(**{field.name: _picked(field.name, *given) for field in fields(Values)})


def _groups(base: tuple[Group, ...], mine: tuple[Group, ...], theirs: tuple[Group, ...]) -> tuple[Group, ...]:
    before, own, other = ({group.key: group for group in groups} for groups in (base, mine, theirs))
    own_order = [key for key in own if key in before]
    first, second = (theirs, mine) if own_order == [key for key in before if key in own] else (mine, theirs)
    order = dict.fromkeys([group.key for group in (*first, *second)])
    return tuple(_group(key, before, own, other) for key in order if _stays(key, before, own, other))


def _stays(key: str, before: Mapping[str, Group], own: Mapping[str, Group], other: Mapping[str, Group]) -> bool:
    """A group that one of the two removed is gone, unless it was theirs to remove and mine to change."""
    if key in own:
        return key in other or own[key] != before.get(key)
    return key not in before


def _group(key: str, before: Mapping[str, Group], own: Mapping[str, Group], other: Mapping[str, Group]) -> Group:
    if not (key in before and key in own and key in other):
        return own.get(key) or other[key]
    three = before[key], own[key], other[key]
    members: dict[str, Any] = {name: _members(*(getattr(group, name) for group in three)) for name in _MEMBERS}
    options = {field.name: _picked(field.name, *three) for field in fields(Group) if field.name not in _MEMBERS}
    return Group(**options, **members)


def _members(base: tuple[int, ...], mine: tuple[int, ...], theirs: tuple[int, ...]) -> tuple[int, ...]:
    """Theirs, without whom I took out and with whom I added."""
    taken_out = set(base) - set(mine)
    added = [member for member in mine if member not in base and member not in theirs]
    return (*(member for member in theirs if member not in taken_out), *added)
