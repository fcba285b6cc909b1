"""A person's data leave on request, everywhere at once. What stays is evidence that a lead came and went, and names nobody."""

from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from leads.enums import LeadOutcome, SuppressionKind
from leads.models import Import, Lead, Suppression, SuppressionChange
from leads.personal import LEAD_BLANKS, REGISTRY
from leads.services.events import record
from leads.services.exports import drop_exports
from leads.services.imports import drop_file
from leads.services.suppress import suppress, suppression_digest


def leads_of_person(lead: Lead) -> QuerySet[Lead]:
    """The lead and every other one of the same phone or e-mail."""
    same = Q(pk=lead.pk)
    phones = [phone for phone in (lead.phone, lead.phone2) if phone]
    if phones:
        same |= Q(phone__in=phones) | Q(phone2__in=phones)
    if lead.email:
        same |= Q(email=lead.email)
    return Lead.objects.filter(same).exclude(outcome=LeadOutcome.ERASED).order_by("id")


def erase_person(*, lead: Lead, by: Any, now: datetime, suppresses: bool = True) -> list[Lead]:
    """Blank everything personal of this person's leads, for good, and return those leads as they were.

    With `suppresses` the person stays known to the suppression list, by a keyed hash alone. Deliveries that were not sent yet
    are cancelled when their turn comes. Written exports go, and files of imports that may hold the person.
    """
    with transaction.atomic(durable=True):
        found = list(leads_of_person(lead).select_for_update())
        ids = [one.pk for one in found]
        _blank(ids, found, now=now)
        _forget_suppressed(found, by=by, now=now, suppresses=suppresses)
        for one in found:
            proof = sha256(one.consent_text.encode()).hexdigest() if one.consent_text else ""
            record(kind="lead.erased", at=now, lead=one.pk, by=by, consent_sha256=proof, has_certificate=bool(one.consent_url))
    drop_exports()
    for held in Import.objects.exclude(file="").filter(pk__in={one.from_import_id for one in found if one.from_import_id}):
        drop_file(held)
    return found


def _blank(ids: list[UUID], found: list[Lead], *, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('switchyard.erasing', 'on', true)")
    for place in REGISTRY:
        rows = apps.get_model(place.model)._default_manager.filter(**{f"{place.lead}__in": ids})
        if place.goes:
            rows.delete()
        elif place.blanks:
            rows.update(**place.blanks)
    Lead.objects.filter(pk__in=ids).update(
        **LEAD_BLANKS, outcome=LeadOutcome.ERASED, due_at=None, lease_until=None, routes_left=[], stuck_reason="", finished_at=now
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('switchyard.erasing', 'off', true)")


def _forget_suppressed(found: list[Lead], *, by: Any, now: datetime, suppresses: bool) -> None:
    """On the suppression list nothing stays of the person but the hash."""
    people = {(SuppressionKind.PHONE, phone) for one in found for phone in (one.phone, one.phone2) if phone}
    people |= {(SuppressionKind.EMAIL, one.email) for one in found if one.email}
    for kind, value in sorted(people) if suppresses else ():
        suppress(kind=kind, value=value, by=by, now=now, reason="Erased at the person's request")
    digests = [suppression_digest(kind, value) for kind, value in people]
    Suppression.objects.filter(digest__in=digests).update(shown="")
    SuppressionChange.objects.filter(digest__in=digests).update(hint="")
