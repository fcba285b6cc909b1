"""Settings > Client Settings > Distribution as versions: the newest is live, none is ever changed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from clients.models import Client
from distribution.domain.problem import Problem
from distribution.domain.settings import Settings, Values
from distribution.domain.settings_changes import changes
from distribution.domain.settings_check import problems
from distribution.models import SettingsVersion
from leads.services.events import record

VERSION_LOCK = 7_301
"""Advisory lock of those who write versions, so that numbers have no gaps and no twins."""


class StaleSettings(Exception):
    """Somebody else saved since this draft was begun: compare, then save on top or discard."""

    def __init__(self, live: SettingsVersion) -> None:
        who = live.by.get_full_name() or live.by.username if live.by else "the system"
        super().__init__(f"Version {live.number} was saved by {who} at {live.created:%H:%M} UTC. Compare, then save on top or discard.")
        self.live = live


class ImpossibleSettings(Exception):
    """Settings that contradict themselves; `problems` name field, problem and remedy."""

    def __init__(self, found: tuple[Problem, ...]) -> None:
        super().__init__(" ".join(problem.message for problem in found))
        self.problems = found


def live_version() -> SettingsVersion:
    """Return the version in force; a new installation begins with version 1, all defaults."""
    version = SettingsVersion.objects.select_related("by").first()
    return version or _first_version()


def _first_version() -> SettingsVersion:
    from leads.clock import database_now  # noqa: PLC0415 -- only here, on the very first use

    now = database_now()
    SettingsVersion.objects.bulk_create(
        [SettingsVersion(number=1, created=now, note="The beginning", data=Settings().to_json())], ignore_conflicts=True
    )
    return SettingsVersion.objects.get(number=1)


def settings_of(version: SettingsVersion) -> Settings:
    return Settings.from_json(version.data)


def save_version(
    *, settings: Settings, by: Any, now: datetime, note: str = "", based_on: int | None = None, restored_from: int | None = None
) -> SettingsVersion:
    """Make the settings live from the next lead on. A save that changes nothing returns the live version.

    Raises ImpossibleSettings for combinations that cannot work, StaleSettings when `based_on` is no longer live.
    """
    if found := problems(settings):
        raise ImpossibleSettings(found)
    with transaction.atomic():
        _lock_versions()
        live = live_version()
        if based_on is not None and based_on != live.number:
            raise StaleSettings(live)
        names = dict(Client.objects.values_list("pk", "name"))
        changed = changes(settings_of(live), settings, names)
        if not changed and restored_from is None:
            return live
        version = SettingsVersion.objects.create(
            number=live.number + 1,
            created=now,
            by=by,
            note=note,
            changes=[text[:500] for text in changed],
            restored_from=restored_from,
            data=settings.to_json(),
        )
        record(kind="settings.saved", at=now, by=by, about=f"settings:{version.number}", changes=list(version.changes))
    return version


def _lock_versions() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [VERSION_LOCK])


def restore_version(*, number: int, by: Any, now: datetime) -> SettingsVersion:
    """Make a new version out of an old one: clients that are gone are left out, newer ones keep their values."""
    old = settings_of(SettingsVersion.objects.get(number=number))
    live = settings_of(live_version())
    present = set(Client.objects.filter(archived_at=None).values_list("pk", flat=True))
    values = {client: value for client, value in old.values.items() if client in present}
    values |= {client: value for client, value in live.values.items() if client in present and client not in old.values}
    groups = tuple(replace(group, client_ids=tuple(c for c in group.client_ids if c in present)) for group in old.groups)
    restored = replace(old, values=values, groups=groups)
    return save_version(settings=restored, by=by, now=now, note=f"Restored version {number}", restored_from=number)


def change_values(
    *, client: Client, by: Any, now: datetime, priority: int | None, weight: Decimal | None, percentage: Decimal | None
) -> SettingsVersion:
    """Change what one client is given, on its own page: a new version like any other."""
    live = live_version()
    values: Mapping[int, Values] = settings_of(live).values
    changed = replace(settings_of(live), values={**values, client.pk: Values(priority, weight, percentage)})
    return save_version(settings=changed, by=by, now=now, based_on=live.number)
