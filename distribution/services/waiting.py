"""A delivery that waits for its next attempt: a person has it tried at once, or does not wait for it any longer."""

from datetime import datetime
from typing import Any

from django.db import transaction

from distribution.domain.retry import Why
from distribution.enums import DeliveryState
from distribution.locks import lock_delivery, lock_lead
from distribution.models import Delivery
from distribution.services.finish import end_without_sending
from distribution.wake import ROUTES, wake, wake_senders
from leads.services.events import record


class WaitRefused(ValueError):
    """Nothing can be done to this delivery; the text says why and what to do."""


def why_not_now(delivery: Delivery, *, now: datetime) -> str:
    """Say why it cannot be tried at once; empty when it can."""
    if why := why_not_given_up(delivery):
        return why
    if not delivery.attempts_made:
        return f"{delivery.spoken} was not tried yet: it goes out by itself as soon as it may."
    method = delivery.method
    if method is None or not method.is_enabled or method.is_archived:
        return f"The delivery method of {delivery.spoken} is switched off. Switch it on, or give the delivery up."
    if method.paused_until is not None and method.paused_until > now:
        return f"{method.name} is paused after failures. End its pause on Needs attention, or give the delivery up."
    if delivery.due_at is None or delivery.due_at <= now:
        return f"{delivery.spoken} goes out now already."
    return ""


def why_not_given_up(delivery: Delivery) -> str:
    """Say why nobody can stop waiting for it; empty when it waits."""
    if delivery.state == DeliveryState.SENDING:
        return f"{delivery.spoken} is under way: its answer decides."
    if delivery.state != DeliveryState.QUEUED:
        return f"{delivery.spoken} waits for nothing any more."
    if delivery.file_id is not None:
        return f"{delivery.spoken} stands in a file that is closed already, so it shares what becomes of the file."
    return ""


def try_at_once(*, delivery: Delivery, by: Any, now: datetime) -> None:
    """Make the next attempt due now; it counts like any other, and its time budget stays. Raises WaitRefused."""
    with transaction.atomic():
        held = _held(delivery)
        if why := why_not_now(held, now=now):
            raise WaitRefused(why)
        Delivery.objects.filter(pk=held.pk).update(due_at=now)
        _record("delivery.hurried", held, by=by, now=now)
        transaction.on_commit(wake_senders, robust=True)


def give_up_delivery(*, delivery: Delivery, by: Any, now: datetime) -> Delivery:
    """Nobody waits any longer: the lead goes on by the account's next method, or to the next client.

    What the client may have taken already ends in doubt, as ever. Return the delivery as it is then. Raises WaitRefused.
    """
    with transaction.atomic():
        held = _held(delivery)
        if why := why_not_given_up(held):
            raise WaitRefused(why)
        _record("delivery.given_up", held, by=by, now=now)
        end_without_sending(held, why=Why.GIVEN_UP, now=now, state=DeliveryState.QUEUED)
        transaction.on_commit(lambda: wake(ROUTES), robust=True)
    return held


def _held(delivery: Delivery) -> Delivery:
    """Read it anew, under the locks of lead and delivery."""
    lock_lead(delivery.lead_id)
    lock_delivery(delivery.pk)
    return Delivery.objects.select_related("method", "client").get(pk=delivery.pk)


def _record(kind: str, delivery: Delivery, *, by: Any, now: datetime) -> None:
    record(kind=kind, at=now, lead=delivery.lead_id, by=by, about=f"delivery:{delivery.spoken}", client=delivery.client_id)
