"""`manage.py seed`: an empty installation becomes a sample one, the same for the same seed."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from clients.models import Client
from distribution.demo.keys import write_keys
from distribution.demo.past import Stage, live_through
from distribution.demo.policy import Change
from distribution.demo.staff import Passwords
from distribution.demo.world import World, build_world
from distribution.models import Heartbeat, SettingsVersion
from distribution.services.market import forget_market
from distribution.services.versions import save_version
from leads.models import Campaign, Lead, LeadType, Source
from leads.services.events import record
from pullqueue.models import Branch, User

SEEDED = "demo.seeded"
ALIVE = timedelta(seconds=30)


class NotEmpty(Exception):
    """The samples go into an empty database only, and while nothing works on it."""


def seed(
    *, stage: Stage, number: int, passwords: Passwords, buyer_url: str, now: datetime, say: Callable[[str], None] = lambda _: None
) -> World:
    """Make the sample world, and let it live through its past. Raises NotEmpty.

    `number` is the seed of all chance: the same number at the same `now` makes the same world, but for ids, keys and
    password hashes, which are never repeatable.
    """
    refuse_if_used()
    refuse_if_running(now)
    rng = Random(number)  # noqa: S311 -- repeatable on purpose
    with transaction.atomic():
        world = build_world(rng, passwords=passwords, buyer_url=buyer_url, now=now)
        begin_settings(world.changes[0], world.administrator, now=now)
        record(kind=SEEDED, at=now, by=world.administrator, stage=str(stage), seed=number, **marks(world))
    write_keys(world.campaigns.values(), by=world.administrator, now=now)
    forget_market()
    buyers = f"{len(world.clients)} clients with {len(world.accounts)} accounts"
    say(f"Made {len(world.people)} people, {len(world.campaigns)} campaigns, {buyers}.")
    live_through(world, rng, stage=stage, number=number, now=now, say=say)
    return world


def refuse_if_used() -> None:
    """Raise NotEmpty when anything stands in the database that a person or a lead brought."""
    for model in (User, Client, Campaign, Source, LeadType, Lead):
        if found := model._default_manager.count():
            words = model._meta.verbose_name if found == 1 else model._meta.verbose_name_plural
            raise NotEmpty(f"The samples go into an empty database only, and this one holds {found} {words}. Name another DATABASE_URL.")


def refuse_if_running(now: datetime) -> None:
    """Raise NotEmpty while workers drain rows: they would take the leads of the past for leads of now."""
    if alive := Heartbeat.objects.filter(last_tick__gt=now - ALIVE).first():
        raise NotEmpty(f"The product is running on this database ({alive.name}). Stop it, and seed then.")


def begin_settings(first: Change, by: User, *, now: datetime) -> None:
    """Make the first version of the settings; one that the product made by itself on first use is followed by it."""
    at = first.at(now)
    if SettingsVersion.objects.exists():
        save_version(settings=first.settings, by=by, now=at, note=first.note)
    else:
        SettingsVersion.objects.create(number=1, created=at, by=by, note=first.note, data=first.settings.to_json())


def marks(world: World) -> dict[str, Any]:
    """What tells samples from what people add later, and whether a sample person's password was ever changed."""
    return {
        "people": {str(person.pk): password_mark(person) for person in world.people},
        "branches": list(Branch.objects.values_list("pk", flat=True)),
        "clients": [client.pk for client in world.clients],
        "campaigns": [campaign.pk for campaign in world.campaigns.values()],
        "lead_types": [lead_type.pk for lead_type in world.lead_types.values()],
        "sources": list(Source.objects.values_list("pk", flat=True)),
    }


def password_mark(person: User) -> str:
    """A digest of the stored hash: equal as long as the password is the one that the seed set."""
    return hashlib.sha256(person.password.encode()).hexdigest()[:16]
