"""A person has a request sent once more: to the same client, under the same key, with the same bytes. Nothing is sold a second time."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from clients.enums import MethodKind
from distribution.enums import LOST_STATES, DeliveryState
from distribution.locks import lock_delivery, lock_lead
from distribution.models import Decision, Delivery, DeliveryCopy
from distribution.services.copies import send_copy_again
from distribution.wake import OTHERS, wake, wake_senders
from leads.enums import LeadOutcome
from leads.services.events import record

REPEATABLE = frozenset({MethodKind.WEBHOOK, MethodKind.PING_POST, MethodKind.EMAIL})
"""A file goes as a whole, and in the client's own view the lead stands anyway."""


class AgainRefused(ValueError):
    """It cannot be sent again; the text says why and what to do."""


def refusal(delivery: Delivery) -> str:
    """Say why this delivery cannot be sent again; empty when it can."""
    if delivery.state not in (DeliveryState.UNKNOWN, DeliveryState.ACCEPTED):
        return f"{delivery.spoken} is neither sold nor in doubt, so it is not sent again. Route the lead again instead."
    if delivery.method is None or delivery.method.kind not in REPEATABLE:
        return f"{delivery.spoken} goes neither by webhook nor by e-mail, so there is nothing to repeat."
    if not delivery.method.is_enabled or delivery.method.is_archived:
        return f"The method {delivery.method.name} is switched off. Switch it on, then send again."
    if delivery.payload is None or delivery.lead.outcome == LeadOutcome.ERASED:
        return f"The request of {delivery.spoken} is not kept any more, so it cannot be repeated."
    return ""


def send_again(*, delivery: Delivery, by: Any, now: datetime) -> None:
    """Repeat what went out. In doubt, the answer settles it as any repeat would; sold, it stays sold whatever is answered.

    Raises AgainRefused.
    """
    with transaction.atomic():
        lock_lead(delivery.lead_id)
        lock_delivery(delivery.pk)
        held = Delivery.objects.select_related("method", "lead").get(pk=delivery.pk)
        if why := refusal(held):
            raise AgainRefused(why)
        AGAIN[DeliveryState(held.state)](held, now)
        about = f"delivery:{held.spoken}"
        record(kind="delivery.sent_again", at=now, lead=held.lead_id, by=by, about=about, client=held.client_id)
        transaction.on_commit(wake_senders, robust=True)


def send_many_again(*, deliveries: Iterable[UUID], by: Any, now: datetime) -> int:
    """Send several in doubt again, each in a transaction of its own; return how many went."""
    sent = 0
    for one in Delivery.objects.filter(pk__in=list(deliveries), state=DeliveryState.UNKNOWN).order_by("number"):
        try:
            send_again(delivery=one, by=by, now=now)
        except AgainRefused:
            continue
        sent += 1
    return sent


def _ask(delivery: Delivery, now: datetime) -> None:
    """It is tried anew with a time budget of its own. The doubt stays: only a yes or a person ends it."""
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.QUEUED,
        is_tainted=True,
        due_at=now,
        finished_at=None,
        first_attempt_at=None,
        attempts_before=delivery.attempts_made,
    )
    Decision.objects.filter(pk=delivery.decision_id).update(finished=None, stop="")


def _repeat(delivery: Delivery, now: datetime) -> None:
    """The same request once more, kept as a copy by the method itself."""
    copy, is_new = DeliveryCopy.objects.get_or_create(
        delivery=delivery, method=delivery.method, defaults={"payload": delivery.payload, "due_at": now, "created": now}
    )
    if is_new or send_copy_again(copy=copy, now=now, states=(*LOST_STATES, DeliveryState.ACCEPTED, DeliveryState.CANCELLED)):
        return
    raise AgainRefused(f"{delivery.spoken} is being sent again already.")


AGAIN: dict[DeliveryState, Callable[[Delivery, datetime], None]] = {DeliveryState.UNKNOWN: _ask, DeliveryState.ACCEPTED: _repeat}


def send_copies_again(*, copies: Iterable[UUID], by: Any, now: datetime) -> int:
    """Make copies that came to nothing due once more; return how many of them still were so."""
    return _copies(copies, by=by, kind="copy.sent_again", does=lambda copy: send_copy_again(copy=copy, now=now), now=now)


def give_up_copies(*, copies: Iterable[UUID], by: Any, now: datetime) -> int:
    """Nobody waits for these copies any longer. The sale stays as it is."""
    cancelled = {"state": DeliveryState.CANCELLED}
    rows = DeliveryCopy.objects.filter(state__in=LOST_STATES)
    return _copies(copies, by=by, kind="copy.given_up", does=lambda copy: bool(rows.filter(pk=copy.pk).update(**cancelled)), now=now)


def _copies(copies: Iterable[UUID], *, by: Any, kind: str, does: Callable[[DeliveryCopy], bool], now: datetime) -> int:
    done = 0
    for copy in DeliveryCopy.objects.filter(pk__in=list(copies)).select_related("delivery", "method").order_by("created", "pk"):
        with transaction.atomic():
            if not does(copy):
                continue
            about, name = f"delivery:{copy.delivery.spoken}", copy.method.name
            record(kind=kind, at=now, lead=copy.delivery.lead_id, by=by, about=about, client=copy.delivery.client_id, method=name)
        done += 1
    if done:
        wake(OTHERS)
    return done
