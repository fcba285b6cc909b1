"""Settings > Client Settings > Distribution as versions: the newest is live, none is ever changed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from clients.models import Client, DeliveryAccount
from distribution.domain.automation import Automation
from distribution.domain.problem import Problem
from distribution.domain.settings import NO_VALUES, Settings, Values
from distribution.domain.settings_changes import changes
from distribution.domain.settings_check import Ordering, problems
from distribution.models import CampaignSale, SettingsVersion
from leads.services.events import record

VERSION_LOCK = 7_301
"""Advisory lock of those who write versions, so that numbers have no gaps and no twins."""


class StaleSettings(Exception):
    """Somebody else saved since this draft was begun: compare, then save on top or discard."""

    def __init__(self, live: SettingsVersion) -> None:
        super().__init__(
            f"Version {live.number} was saved by {saver(live)} at {live.created:%H:%M} UTC. Compare, then save on top or discard."
        )
        self.live = live


class ImpossibleSettings(Exception):
    """Settings that contradict themselves; `problems` name field, problem and remedy."""

    def __init__(self, found: tuple[Problem, ...]) -> None:
        super().__init__(" ".join(problem.message for problem in found))
        self.problems = found


@dataclass(frozen=True, slots=True)
class Restoration:
    """What an old version would become today: who is left out because they are gone, who keeps what they have since."""

    settings: Settings
    left_out: tuple[str, ...]
    kept: tuple[str, ...]
    changes: tuple[str, ...]
    """Against the live version, in words."""


def saver(version: SettingsVersion) -> str:
    """Name who saved the version."""
    return (version.by.get_full_name() or version.by.get_username()) if version.by else "the system"


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


def campaign_orderings(settings: Settings) -> list[Ordering]:
    """The automations that campaigns in use choose for themselves; what they leave empty is the default's."""
    rows = CampaignSale.objects.filter(campaign__archived_at=None).exclude(automation="").values_list("automation", "secondary")
    return [
        Ordering("", Automation(automation), Automation(secondary) if secondary else settings.secondary) for automation, secondary in rows
    ]


def names_for(old: Settings, new: Settings) -> tuple[dict[int, str], dict[int, str]]:
    """Return the names of clients and of the accounts in groups, for saying what differs."""
    accounts = {member for settings in (old, new) for group in settings.groups for member in group.account_ids}
    rows = DeliveryAccount.objects.filter(pk__in=accounts).select_related("client") if accounts else ()
    return dict(Client.objects.values_list("pk", "name")), {row.pk: str(row) for row in rows}


def in_words(old: Settings, new: Settings) -> tuple[str, ...]:
    """Say what differs, one sentence each."""
    return changes(old, new, *names_for(old, new))


def save_version(
    *, settings: Settings, by: Any, now: datetime, note: str = "", based_on: int | None = None, restored_from: int | None = None
) -> SettingsVersion:
    """Make the settings live from the next lead on. A save that changes nothing returns the live version.

    Raises ImpossibleSettings for combinations that cannot work, StaleSettings when `based_on` is no longer live.
    """
    with transaction.atomic():
        _lock_versions()
        live = live_version()
        if based_on is not None and based_on != live.number:
            raise StaleSettings(live)
        return _save(live, settings, by=by, now=now, note=note, restored_from=restored_from)


def _save(
    live: SettingsVersion, settings: Settings, *, by: Any, now: datetime, note: str = "", restored_from: int | None = None
) -> SettingsVersion:
    if found := problems(settings, campaign_orderings(settings)):
        raise ImpossibleSettings(found)
    changed = in_words(settings_of(live), settings)
    if not changed and restored_from is None:
        return live
    version = SettingsVersion.objects.create(
        number=live.number + 1,
        created=now,
        by=by,
        note=note[:300],
        changes=[text[:500] for text in changed],
        restored_from=restored_from,
        data=settings.to_json(),
    )
    record(kind="settings.saved", at=now, by=by, about=f"settings:{version.number}", changes=list(version.changes))
    return version


def _lock_versions() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [VERSION_LOCK])


def restoration(number: int) -> Restoration:
    """Work out what restoring the version would mean now. Raises SettingsVersion.DoesNotExist."""
    version, live = SettingsVersion.objects.get(number=number), settings_of(live_version())
    old = settings_of(version)
    here = {client.pk: client for client in Client.objects.filter(archived_at=None)}
    accounts = set(DeliveryAccount.objects.filter(archived_at=None, client__archived_at=None).values_list("pk", flat=True))
    values = {client: given for client, given in old.values.items() if client in here}
    since = {
        client: given
        for client, given in live.values.items()
        if client in here and client not in old.values and given != NO_VALUES and here[client].created > version.created
    }
    groups = tuple(
        replace(
            group,
            client_ids=tuple(client for client in group.client_ids if client in here),
            account_ids=tuple(account for account in group.account_ids if account in accounts),
        )
        for group in old.groups
    )
    restored = replace(old, values=values | since, groups=groups)
    return Restoration(restored, _gone(old, restored), tuple(here[client].name for client in since), in_words(live, restored))


def _gone(old: Settings, restored: Settings) -> tuple[str, ...]:
    """Name the clients and accounts that an old version speaks of and that are no more."""
    names, accounts = names_for(old, restored)
    members = {client for group in old.groups for client in group.client_ids} | set(old.values)
    staying = {client for group in restored.groups for client in group.client_ids} | set(restored.values)
    left = [names.get(client, f"Client {client}") for client in sorted(members - staying)]
    for group, now in zip(old.groups, restored.groups, strict=True):
        left += [accounts.get(one, f"Account {one}") for one in group.account_ids if one not in now.account_ids]
    return tuple(left)


def restore_version(*, number: int, by: Any, now: datetime, note: str = "", based_on: int | None = None) -> SettingsVersion:
    """Make a new version out of an old one: clients that are gone are left out, newer ones keep their values.

    Raises what `save_version` raises.
    """
    restored = restoration(number).settings
    said = f"Restored version {number}" + (f": {note}" if note else "")
    return save_version(settings=restored, by=by, now=now, note=said, based_on=based_on, restored_from=number)


def change_values(
    *, client: Client, by: Any, now: datetime, priority: int | None, weight: Decimal | None, percentage: Decimal | None
) -> SettingsVersion:
    """Change what one client is given, on its own page: a new version like any other. Raises ImpossibleSettings."""
    with transaction.atomic():
        _lock_versions()
        live = live_version()
        settings = settings_of(live)
        values: Mapping[int, Values] = {**settings.values, client.pk: Values(priority, weight, percentage)}
        return _save(live, replace(settings, values=values), by=by, now=now)
