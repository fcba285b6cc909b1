"""Taking an import's leads back: what nobody got yet goes as if it had never come; what was sold, pushed, pulled or worked stays.

Floors above say which of their rows go with a lead (`goes_along`); any other row that speaks of a lead keeps it here.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import connection, transaction
from django.db.models import ForeignKey, Model

from leads.clock import database_now
from leads.domain.windows import WindowKind, window
from leads.enums import CapScope, LeadOutcome
from leads.models import Company, Event, Fingerprint, Import, Job, Lead, Submission
from leads.services.import_trial import Stopped
from leads.services.jobs import get_on

BATCH = 1_000
STAYS = (LeadOutcome.SOLD, LeadOutcome.REVIEW, LeadOutcome.PUSHED, LeadOutcome.ERASED)
"""Outcomes of leads that somebody has, or that are evidence."""
OWN = (Submission, Fingerprint, Event)
ALONG: list[str] = []


def goes_along(*labels: str) -> None:
    """Say which models' rows go with a lead that is taken back, in the order in which they must go."""
    ALONG.extend(labels)


def undo_import(job: Job, one: Import) -> dict[str, int]:
    """Take back what can be; returns how many leads went and how many stay. Raises Stopped. Doing it twice is harmless."""
    total, removed, seen = one.leads.count(), 0, 0
    after = UUID(int=0)
    while True:
        with transaction.atomic(durable=True):
            ids = _held(one, after)
            if not ids:
                break
            seen += len(ids)
            if not get_on(job=job, done=seen, total=max(total, seen), now=database_now()):
                raise Stopped
            free = _free(ids)
            removed += len(free)
            _give_places_back(one, free)
            _remove(free)
        after = ids[-1]
    return {"removed": removed, "kept": one.leads.count()}


def _held(one: Import, after: UUID) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM leads_lead WHERE from_import_id = %s AND id > %s ORDER BY id LIMIT %s FOR UPDATE", [one.pk, after, BATCH]
        )
        return [pk for (pk,) in cursor.fetchall()]


def _speaking_of_leads() -> "Iterator[ForeignKey[Any, Any]]":
    for relation in Lead._meta.get_fields(include_hidden=True):
        field = getattr(relation, "field", None)
        if isinstance(field, ForeignKey) and field.model is not Lead:
            yield field


@cache
def _tables() -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """Tables and their columns that speak of leads: those whose rows go along, in order, and those that keep a lead here."""
    along: list[type[Model]] = [*(apps.get_model(label) for label in ALONG), *OWN]
    related = {field.model: str(field.column) for field in _speaking_of_leads()}
    goes = tuple((model._meta.db_table, related[model]) for model in along)
    return goes, tuple((model._meta.db_table, column) for model, column in related.items() if model not in along)


def _free(ids: Sequence[UUID]) -> list[UUID]:
    """Of these leads those that nobody got, worked or wrote about."""
    keeps = " ".join(f'AND NOT EXISTS (SELECT FROM "{table}" x WHERE x."{column}" = l.id)' for table, column in _tables()[1])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM leads_lead l WHERE id = ANY(%s) AND NOT outcome = ANY(%s) AND attempts = 0 AND pull_count = 0 {keeps}",  # noqa: S608 -- names from the models
            [list(ids), [outcome.value for outcome in STAYS]],
        )
        return [pk for (pk,) in cursor.fetchall()]


def _remove(ids: list[UUID]) -> None:
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('switchyard.erasing', 'on', true)")
        cursor.execute("UPDATE leads_lead SET duplicate_of_id = NULL WHERE duplicate_of_id = ANY(%s)", [ids])
        for table, column in _tables()[0]:
            cursor.execute(f'DELETE FROM "{table}" WHERE "{column}" = ANY(%s)', [ids])  # noqa: S608 -- names from the models
        cursor.execute("DELETE FROM leads_lead WHERE id = ANY(%s)", [ids])
        cursor.execute("SELECT set_config('switchyard.erasing', 'off', true)")


def _give_places_back(one: Import, ids: list[UUID]) -> None:
    """Leads that go do not count in the campaign's caps any more."""
    accepted = Lead.objects.filter(pk__in=ids, status="accepted", is_test=False).values_list("received_at", flat=True)
    zone, places = ZoneInfo(Company.current().time_zone), Counter[tuple[str, datetime]]()
    for at, number in Counter(accepted).items():
        for counted in WindowKind:
            places[counted.value, window(counted, zone, at).start] += number
    with connection.cursor() as cursor:
        for (kind, start), number in sorted(places.items()):
            cursor.execute(
                "UPDATE leads_capwindow SET used = greatest(used - %s, 0) WHERE scope = %s AND scope_id = %s AND kind = %s AND start = %s",
                [number, CapScope.CAMPAIGN, one.campaign_id, kind, start],
            )
