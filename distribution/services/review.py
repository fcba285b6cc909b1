"""A person settles what no machine may: whether a client took a lead that was left in doubt."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from distribution.enums import DeliveryState
from distribution.locks import lock_delivery, lock_lead
from distribution.models import Decision, Delivery
from distribution.services import book
from leads.enums import LeadOutcome, Route
from leads.models import Lead
from leads.services.events import record

LONGEST_REASON = 300


class ReasonMissing(ValueError):
    """Whoever settles says why."""


def settle_unknown(*, delivery: Delivery, taken: bool, by: Any, now: datetime, reason: str) -> bool:
    """Say that the client took the lead, or that it did not: then the lead goes on to the next client.

    False, and nothing changed, when the delivery is not in doubt any more. Raises ReasonMissing.
    """
    why = " ".join(reason.split())[:LONGEST_REASON]
    if not why:
        raise ReasonMissing("Say how you know, such as “Confirmed by phone”.")
    with transaction.atomic():
        lead = lock_lead(delivery.lead_id)
        held = lock_delivery(delivery.pk)
        if held.state != DeliveryState.UNKNOWN:
            return False
        about, client = f"delivery:{held.spoken}", held.client_id
        record(kind="delivery.settled", at=now, lead=lead.pk, by=by, about=about, client=client, taken=taken, reason=why)
        SETTLE[taken](held, lead, now)
    return True


def settle_many(*, deliveries: Iterable[UUID], taken: bool, by: Any, now: datetime, reason: str) -> int:
    """Settle several alike, each in a transaction of its own; return how many were still in doubt."""
    rows = Delivery.objects.filter(pk__in=list(deliveries), state=DeliveryState.UNKNOWN).order_by("number")
    return sum(settle_unknown(delivery=one, taken=taken, by=by, now=now, reason=reason) for one in rows)


def _taken(delivery: Delivery, _lead: Lead, now: datetime) -> None:
    """It is a sale, as if the client had answered so; where more may buy, the lead goes on to the next buyer."""
    _move(delivery, state=DeliveryState.ACCEPTED, reason="settled_taken", finished_at=now)
    book.confirm_sale(delivery=delivery, now=now)
    if not delivery.closes_scan:
        Decision.objects.filter(pk=delivery.decision_id).update(finished=None, stop="")


def _not_taken(delivery: Delivery, lead: Lead, now: datetime) -> None:
    """Its places come back, and the lead goes on past this client; a second delivery in doubt still holds it."""
    _move(delivery, state=DeliveryState.FAILED, reason="settled_not_taken", finished_at=now, is_tainted=False)
    book.give_back(delivery=delivery, turn_used=False, now=now)
    others = Delivery.objects.filter(lead=lead.pk, state=DeliveryState.UNKNOWN).exists()
    if others or lead.outcome == LeadOutcome.ERASED:
        return
    is_sold = Delivery.objects.filter(lead=lead.pk, state=DeliveryState.ACCEPTED).exists()
    Lead.objects.filter(pk=lead.pk).update(
        outcome=LeadOutcome.SOLD if is_sold else LeadOutcome.PENDING,
        routes_left=[Route.DISTRIBUTE] if is_sold else lead.routes_left or lead.campaign.routes,
        due_at=now,
        finished_at=None,
        lease_until=None,
        tries=0,
    )
    Decision.objects.filter(pk=delivery.decision_id).update(finished=None, stop="")
    book.wake_router()


def _move(delivery: Delivery, **values: Any) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(**values)
    for name, value in values.items():
        setattr(delivery, name, value)


SETTLE = {True: _taken, False: _not_taken}
