"""`manage.py seed --clear`: takes the samples out, with every lead, delivery and event that came of them.

What is a sample is written in the event `demo.seeded`. Tables are emptied as a whole, which is only right while nothing in
them was made by hand: a client, campaign, source or lead type of somebody's own stops the clearing, unless everything is to
go. People whom somebody added stay.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

from clients.models import Client, ConfigRevision
from distribution.services.market import forget_market
from leads.models import Campaign, Event, LeadType, Source
from leads.services.events import record
from pullqueue.models import Branch, Disposition, FloorSettings, NoCallDate, QueueState, StateHours, User

FLOORS = ("leads", "clients", "pullqueue", "distribution")
KEPT: tuple[type[models.Model], ...] = (
    ConfigRevision,
    User,
    Branch,
    Disposition,
    FloorSettings,
    NoCallDate,
    QueueState,
    StateHours,
)
"""Tables that are not emptied as a whole: people, and what comes with the product."""
MARKED: dict[str, type[models.Model]] = {"clients": Client, "campaigns": Campaign, "lead_types": LeadType, "sources": Source}
SPOKEN_NUMBERS = ("lead_number", "delivery_number")


class NotSeeded(Exception):
    """There is nothing that `seed` made, or something that it did not make."""


@dataclass(slots=True)
class Removed:
    """How many of what were removed, and how many people stay."""

    counts: dict[str, int] = field(default_factory=dict)
    people_kept: int = 0

    def say(self) -> str:
        parts = [f"{number:,} {what if number != 1 else singular(what)}" for what, number in self.counts.items() if number]
        stay = f" {self.people_kept} people added by hand stay." if self.people_kept else ""
        return f"Removed {', '.join(parts)}.{stay} manage.py create_admin begins a real installation."


def singular(what: str) -> str:
    """The word for one: "delivery" of "deliveries", "client" of "clients"."""
    if what == "people":
        return "person"
    return f"{what[:-3]}y" if what.endswith("ies") else what.removesuffix("s")


def clear(*, everything: bool, now: datetime) -> Removed:
    """Remove the samples. Raises NotSeeded; nothing is removed then."""
    with transaction.atomic():
        marks = seeded_marks()
        if not everything:
            refuse_strangers(marks)
        removed = Removed(counts=dict(count(business_models())))
        empty_tables(business_models())
        removed.counts["people"], removed.people_kept = remove_people(marks)
        removed.counts["branches"] = remove_branches(marks)
        record(kind="demo.cleared", at=now, leads=removed.counts.get("leads", 0))
    with suppress(FileNotFoundError):
        Path(settings.DEMO_KEYS_FILE).unlink()
    forget_market()
    return removed


def seeded_marks() -> dict[str, Any]:
    """Return what the last seeding wrote down. Raises NotSeeded when there was none, or when it was cleared since."""
    last = Event.objects.filter(kind__in=["demo.seeded", "demo.cleared"]).order_by("-id").first()
    if last is None or last.kind != "demo.seeded":
        raise NotSeeded("This installation holds no samples of manage.py seed; nothing was removed.")
    return dict(last.data)


def refuse_strangers(marks: dict[str, Any]) -> None:
    found = {name: model._default_manager.exclude(pk__in=marks.get(name, [])).count() for name, model in MARKED.items()}
    if any(found.values()):
        words = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in found.items() if number)
        raise NotSeeded(
            f"Made by hand and not by manage.py seed: {words}. Nothing was removed, because samples and real work share their tables. "
            "manage.py seed --clear --everything removes both."
        )


def business_models() -> list[type[models.Model]]:
    """Return the models whose tables are emptied, with those that keep histories and many-to-many rows."""
    found = [model for floor in FLOORS for model in apps.get_app_config(floor).get_models(include_auto_created=True)]
    return [model for model in found if model not in KEPT and not _is_of_people(model)]


def _is_of_people(model: type[models.Model]) -> bool:
    """Whether it is a through table of users (groups, permissions)."""
    return model._meta.auto_created is User


def count(counted: Iterable[type[models.Model]]) -> Iterable[tuple[str, int]]:
    for model in counted:
        if not (model._meta.auto_created or model.__name__.startswith("Historical")):
            yield str(model._meta.verbose_name_plural), model._default_manager.count()


def empty_tables(emptied: Iterable[type[models.Model]]) -> None:
    """Empty them in one statement, the append-only ones too, and let numbers begin anew."""
    quote = connection.ops.quote_name
    tables = ", ".join(quote(model._meta.db_table) for model in emptied)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY")
        for name in SPOKEN_NUMBERS:
            cursor.execute(f"ALTER SEQUENCE {quote(name)} RESTART")


def remove_people(marks: dict[str, Any]) -> tuple[int, int]:
    """Remove the sample people; return how many went and how many stay."""
    samples = User.objects.filter(pk__in=[int(key) for key in marks.get("people", {})])
    gone = samples.count()
    samples.delete()
    User.objects.filter(branch__in=marks.get("branches", [])).update(branch=None)
    return gone, User.objects.count()


def remove_branches(marks: dict[str, Any]) -> int:
    """Remove the sample branches; one that was made by hand below them stands by itself from now on."""
    samples = Branch.objects.filter(pk__in=marks.get("branches", []))
    Branch.objects.filter(parent__in=samples).update(parent=None)
    gone, _ = samples.delete()
    return gone
