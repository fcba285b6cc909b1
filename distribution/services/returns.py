"""Returns: asked for by the client within limits, granted or refused by a manager; the booking is of the day it is granted."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from distribution.domain.returning import Allowance
from distribution.enums import OPEN_STATES, DeliveryState
from distribution.locks import hold_client, lock_delivery, lock_lead
from distribution.models import SOLD_STATES, Decision, Delivery, Return, ReturnState
from distribution.services import book
from leads.domain.windows import WindowKind, window
from leads.enums import LeadOutcome, Route
from leads.models import Company, Lead
from leads.services.events import record

LONGEST = 300


class ReturnRefused(ValueError):
    """The return cannot be made; the text says why and what to do."""


def allowance(*, client: int, sold_at: datetime) -> Allowance:
    """What the client may still return of the month in which a lead was sold."""
    month = window(WindowKind.MONTH, ZoneInfo(Company.current().time_zone), sold_at)
    sales = Delivery.objects.filter(
        client=client, state__in=SOLD_STATES, finished_at__gte=month.start, finished_at__lt=month.end, lead__is_test=False
    )
    asked = Return.objects.filter(client=client, sold_at__gte=month.start, sold_at__lt=month.end).exclude(state=ReturnState.REFUSED)
    return Allowance(settings.RETURN_DAYS, settings.RETURN_PERCENT, sales.count(), asked.count())


def request_return(*, delivery: Delivery, client: int, by: Any, now: datetime, reason: str) -> Return:
    """Ask, as the client that bought the lead, to give it back. Raises ReturnRefused; another client's delivery is not found.

    The client's row is held meanwhile, so that two requests at once do not both take the last place.
    """
    why = _reason(reason)
    with transaction.atomic():
        hold_client(client)
        held = Delivery.objects.select_for_update(of=("self",)).filter(pk=delivery.pk, client=client).first()
        if held is None:
            raise Delivery.DoesNotExist
        _refuse_unsold(held)
        sold_at = held.finished_at or held.created
        if refusal := allowance(client=client, sold_at=sold_at).refusal(sold_at=sold_at, now=now):
            raise ReturnRefused(refusal)
        asked = _new(held, by=by, now=now, why=why)
        asked.save()
        _record("return.requested", asked, held, by=by, now=now, reason=why)
    return asked


def grant(*, delivery: Delivery, by: Any, now: datetime, reason: str, goes_on: bool = False) -> Return:
    """Take a sold lead back at once, as a manager, whatever the limits say. Raises ReturnRefused."""
    why = _reason(reason)
    with transaction.atomic():
        lead = lock_lead(delivery.lead_id)
        held = lock_delivery(delivery.pk)
        asked = Return.objects.select_for_update().filter(delivery=held, state=ReturnState.REQUESTED).first()
        _refuse_unsold(held, asked)
        return _book(asked or _new(held, by=by, now=now, why=why), held, lead, by=by, now=now, goes_on=goes_on)


def approve(*, asked: Return, by: Any, now: datetime, goes_on: bool = False) -> bool:
    """Grant what a client asked for; False, and nothing changed, when somebody decided it already."""
    with transaction.atomic():
        lead = lock_lead(asked.delivery.lead_id)
        held = lock_delivery(asked.delivery_id)
        row = Return.objects.select_for_update().filter(pk=asked.pk, state=ReturnState.REQUESTED).first()
        if row is None or held.state != DeliveryState.ACCEPTED:
            return False
        _book(row, held, lead, by=by, now=now, goes_on=goes_on)
    return True


def refuse(*, asked: Return, by: Any, now: datetime, reason: str) -> bool:
    """Refuse what a client asked for, with a reason that it reads; False when somebody decided it already."""
    why = _reason(reason)
    with transaction.atomic():
        decided = Return.objects.filter(pk=asked.pk, state=ReturnState.REQUESTED).update(
            state=ReturnState.REFUSED, decided_at=now, decided_by=by, answer=why
        )
        if decided:
            _record("return.refused", asked, asked.delivery, by=by, now=now, reason=why)
    return bool(decided)


def _reason(text: str) -> str:
    why = " ".join(text.split())[:LONGEST]
    if not why:
        raise ReturnRefused("Say why the lead is returned, such as “The number belongs to somebody else”.")
    return why


def _refuse_unsold(delivery: Delivery, asked: Return | None = None) -> None:
    if delivery.state == DeliveryState.RETURNED:
        raise ReturnRefused(f"{delivery.spoken} was returned already.")
    if delivery.state != DeliveryState.ACCEPTED:
        raise ReturnRefused(f"{delivery.spoken} is not a sale, so there is nothing to return.")
    if asked is None and Return.objects.filter(delivery=delivery, state=ReturnState.REQUESTED).exists():
        raise ReturnRefused(f"The return of {delivery.spoken} was asked for already; it waits for a decision.")


def _new(delivery: Delivery, *, by: Any, now: datetime, why: str) -> Return:
    return Return(
        delivery=delivery,
        client_id=delivery.client_id,
        reason=why,
        price=delivery.price,
        sold_at=delivery.finished_at or delivery.created,
        requested_at=now,
        requested_by=by,
    )


def _book(asked: Return, delivery: Delivery, lead: Lead, *, by: Any, now: datetime, goes_on: bool) -> Return:
    """The booking: the place comes back in the window of the sale, the credit as far as it still counts, the price today."""
    asked.state, asked.decided_at, asked.decided_by = ReturnState.GRANTED, now, by
    asked.goes_on = goes_on and lead.outcome != LeadOutcome.ERASED
    asked.save()
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.RETURNED, reason="returned", message=asked.reason)
    book.give_back(delivery=delivery, turn_used=True, now=now)
    _record("return.granted", asked, delivery, by=by, now=now, reason=asked.reason, price=str(asked.price), goes_on=asked.goes_on)
    _send_on(lead, delivery, now=now, goes_on=asked.goes_on)
    return asked


def _send_on(lead: Lead, delivery: Delivery, *, now: datetime, goes_on: bool) -> None:
    """The lead is sold as long as another client has it; else it waits, goes on past this client, or is unrouted."""
    states = set(Delivery.objects.filter(lead=lead.pk).values_list("state", flat=True))
    is_sold, in_doubt = DeliveryState.ACCEPTED in states, DeliveryState.UNKNOWN in states
    if lead.outcome == LeadOutcome.ERASED:
        return
    row = Lead.objects.filter(pk=lead.pk)
    if goes_on and not in_doubt:
        routes = [Route.DISTRIBUTE] if is_sold else lead.campaign.routes
        outcome = LeadOutcome.SOLD if is_sold else LeadOutcome.PENDING
        row.update(outcome=outcome, due_at=now, finished_at=None, routes_left=routes, lease_until=None, tries=0, stuck_reason="")
        Decision.objects.filter(pk=delivery.decision_id).update(finished=None, stop="")
        book.wake_router()
    elif is_sold:
        return
    elif in_doubt:
        row.update(outcome=LeadOutcome.REVIEW, due_at=None, lease_until=None)
    elif lead.due_at is not None or states & set(OPEN_STATES):
        row.update(outcome=LeadOutcome.PENDING)
    else:
        row.update(outcome=LeadOutcome.UNROUTED, finished_at=now)


def _record(kind: str, asked: Return, delivery: Delivery, *, by: Any, now: datetime, **data: Any) -> None:
    record(kind=kind, at=now, lead=delivery.lead_id, by=by, about=f"delivery:{delivery.spoken}", client=asked.client_id, **data)
