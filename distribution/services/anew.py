"""A lead that nobody got is offered anew to clients that could not be reached, or that did not take it when it was sent."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from distribution.enums import OFFERED_ANEW, DeliveryState
from distribution.locks import lock_lead
from distribution.models import Delivery
from distribution.services.route import rerun_lead
from distribution.wake import ROUTES, wake
from leads.enums import LeadOutcome
from leads.models import Lead
from leads.services.events import record


def undelivered(deliveries: Iterable[UUID] | None = None) -> Any:
    """Return the deliveries that failed and whose lead is unrouted; a refusal is an answer, and not among them."""
    rows = Delivery.objects.filter(state=DeliveryState.FAILED, lead__outcome=LeadOutcome.UNROUTED).exclude(reason=OFFERED_ANEW)
    return rows if deliveries is None else rows.filter(pk__in=list(deliveries))


def offer_anew(*, deliveries: Iterable[UUID], by: Any, now: datetime) -> int:
    """Let these clients be offered their leads once more, by a new distribution under the settings in force.

    Places in caps and shares are reserved as for a new lead. Return how many of the deliveries were still without a taker.
    """
    picked = list(undelivered(deliveries).values_list("pk", "lead"))
    by_lead: dict[UUID, list[UUID]] = {}
    for pk, lead in picked:
        by_lead.setdefault(lead, []).append(pk)
    leads = Lead.objects.filter(pk__in=by_lead).select_related("campaign").order_by("received_at", "pk")
    done = sum(_anew(lead, by_lead[lead.pk], by=by, now=now) for lead in leads)
    if done:
        wake(ROUTES)
    return done


def _anew(lead: Lead, deliveries: list[UUID], *, by: Any, now: datetime) -> int:
    with transaction.atomic():
        lock_lead(lead.pk)
        rows = list(undelivered(deliveries).order_by("number"))
        if not rows or not rerun_lead(lead=lead, by=by, now=now):
            return 0
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(reason=OFFERED_ANEW)
        for row in rows:
            record(kind="delivery.anew", at=now, lead=lead.pk, by=by, about=f"delivery:{row.spoken}", client=row.client_id)
    return len(rows)
