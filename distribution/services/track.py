"""What is heard of a mail: written down once, shown, and where a bounce counts the sale is taken back.

Opens, clicks, complaints and whatever nobody vouches for are hints: they never move a delivery.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from distribution.domain.mail_tracking import STAGES, Bounce, below, counts, highest, never_arrived
from distribution.enums import DeliveryState, MailEventKind, Tracking
from distribution.locks import hold_leads, lock_delivery
from distribution.models import Delivery, MailEvent, MailPause
from distribution.services import book
from leads.services.events import record

HANDED_OVER = (DeliveryState.ACCEPTED, DeliveryState.RETURNED)
MACHINE_SECONDS = 2
"""Whoever opens a mail this soon after it was handed over is a scanner."""
CATCH_UP = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class News:
    """Something heard of a mail. `key` is the same however often it is told; `at` is None where only the hearing is known."""

    delivery: UUID
    kind: MailEventKind
    source: str
    key: tuple[str, ...]
    at: datetime | None = None
    recipient: str = ""
    is_permanent: bool = False
    is_verified: bool = True
    is_machine: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Rules:
    """What the settings that decided the delivery say of its mail."""

    tracked: bool
    hours: int


def is_tracked(deliveries: list[UUID]) -> set[UUID]:
    """Return those whose settings version tracks mails."""
    return {pk for pk, rules in _rules_of(deliveries).items() if rules.tracked}


def _rules_of(deliveries: list[UUID]) -> dict[UUID, _Rules]:
    names = ("decision__version__data__email_tracking", "decision__version__data__bounce_hours")
    rows = Delivery.objects.filter(pk__in=deliveries).values_list("pk", *names)
    return {pk: _Rules(tracked is not False, 24 if hours is None else int(hours)) for pk, tracked, hours in rows}


def note(news: News, *, now: datetime) -> bool:
    """Write it down and do what follows. False, and nothing changed, for what was told before, or of a mail that is not tracked."""
    with transaction.atomic():
        delivery = Delivery.objects.filter(pk=news.delivery).first()
        rules = _rules_of([news.delivery]).get(news.delivery)
        if delivery is None or rules is None or not (rules.tracked or news.kind is MailEventKind.COMPLAINED):
            return False
        hold_leads([delivery.lead_id])
        delivery = lock_delivery(delivery.pk)
        machine = news.is_machine or _is_machine(news, delivery, now=now)
        values = _values(news, delivery, now=now) | {"is_machine": machine}
        event, is_new = MailEvent.objects.get_or_create(key=_key(news, machine=machine), defaults=values)
        if is_new:
            FOLLOWS[news.kind](delivery, event, rules, now)
        return is_new


def _key(news: News, *, machine: bool) -> str:
    """What a machine did stands beside what a person did, so that neither hides the other."""
    return hashlib.sha256("\0".join((str(news.delivery), news.kind.value, str(machine), *news.key)).encode()).hexdigest()


def _values(news: News, delivery: Delivery, *, now: datetime) -> dict[str, Any]:
    return {
        "delivery": delivery,
        "kind": news.kind,
        "source": news.source[:20],
        "at": min(news.at or now, now),
        "received": now,
        "recipient": news.recipient[:254].casefold(),
        "is_permanent": news.is_permanent,
        "is_verified": news.is_verified,
        "detail": " ".join(news.detail.split())[:300],
    }


def _is_machine(news: News, delivery: Delivery, *, now: datetime) -> bool:
    looked = news.source in ("pixel", "link") and news.at is None  # a provider tells scanners apart itself
    return looked and (delivery.finished_at is None or now < delivery.finished_at + timedelta(seconds=MACHINE_SECONDS))


def _rise(delivery: Delivery, event: MailEvent, _rules: _Rules, now: datetime) -> None:
    if not event.is_machine:
        rise(delivery.pk, event.kind)
    _tell(delivery, event, now, machine=event.is_machine)


def rise(delivery: UUID, stage: str) -> bool:
    """Lift what is known of a mail that was handed over; False where as much or more is known."""
    rows = Delivery.objects.filter(pk=delivery, state__in=HANDED_OVER, tracking__in=below(stage))
    return bool(rows.update(tracking=stage))


def _deferred(delivery: Delivery, event: MailEvent, _rules: _Rules, now: datetime) -> None:
    _tell(delivery, event, now)


def _bounced(delivery: Delivery, event: MailEvent, rules: _Rules, now: datetime) -> None:
    bounce = _bounce(event)
    late = delivery.finished_at is not None and not counts(bounce, handed_over=delivery.finished_at, hours=rules.hours)
    why = "unverified" if not bounce.is_verified else "temporary" if not bounce.is_permanent else "late" if late else ""
    _tell(delivery, event, now, shown_only=why)
    _settle(delivery, rules, now=now)


def _complained(delivery: Delivery, event: MailEvent, _rules: _Rules, now: datetime) -> None:
    """Somebody who was sent the mail reported it: it arrived, and no more mail goes there. Nobody vouches, nothing pauses."""
    told = _recipients(delivery)
    hit = [event.recipient] if event.recipient in told else told if len(told) == 1 else []
    for address in hit if event.is_verified else []:
        MailPause.objects.get_or_create(
            address=address, lifted_at=None, defaults={"client": delivery.client, "delivery": delivery, "since": now}
        )
    _tell(delivery, event, now, shown_only="" if event.is_verified else "unverified")


FOLLOWS: dict[MailEventKind, Callable[[Delivery, MailEvent, _Rules, datetime], None]] = {
    MailEventKind.DELIVERED: _rise,
    MailEventKind.OPENED: _rise,
    MailEventKind.CLICKED: _rise,
    MailEventKind.DEFERRED: _deferred,
    MailEventKind.BOUNCED: _bounced,
    MailEventKind.COMPLAINED: _complained,
}


def _recipients(delivery: Delivery) -> list[str]:
    return [str(one).casefold() for one in (delivery.payload or {}).get("to", [])]


def _bounce(event: MailEvent) -> Bounce:
    return Bounce(event.recipient, event.received, event.is_permanent, event.is_verified)


def _settle(delivery: Delivery, rules: _Rules, *, now: datetime) -> bool:
    """Take the sale back once nobody of those it was sent to can have got it. Lead and delivery are locked."""
    if delivery.state != DeliveryState.ACCEPTED or delivery.finished_at is None or not rules.tracked:
        return False
    bounces = [_bounce(event) for event in MailEvent.objects.filter(delivery=delivery.pk, kind=MailEventKind.BOUNCED)]
    lost = never_arrived(_recipients(delivery), bounces, handed_over=delivery.finished_at, hours=rules.hours)
    return lost and book.reverse_sale(delivery=delivery, now=now, reason="bounced")


def _tell(delivery: Delivery, event: MailEvent, now: datetime, **data: Any) -> None:
    told = {name: value for name, value in data.items() if value}
    record(kind=f"mail.{event.kind}", at=now, lead=delivery.lead_id, about=f"delivery:{delivery.spoken}", client=delivery.client_id, **told)


def catch_up(*, now: datetime) -> int:
    """Apply news that came before the mail was known to be handed over; return how many deliveries moved."""
    moved = 0
    recent = MailEvent.objects.filter(received__gt=now - CATCH_UP, received__lte=F("delivery__finished_at"), is_machine=False)
    for pk in sorted(set(recent.values_list("delivery", flat=True))):
        moved += _catch_up(pk, now=now)
    return moved


def _catch_up(pk: UUID, *, now: datetime) -> bool:
    with transaction.atomic():
        hold_leads([Delivery.objects.values_list("lead_id", flat=True).get(pk=pk)])
        delivery = lock_delivery(pk)
        kinds = MailEvent.objects.filter(delivery=pk, is_machine=False).values_list("kind", flat=True)
        stage = highest(kind for kind in kinds if kind in STAGES and kind != Tracking.BOUNCED)
        rose = bool(stage) and rise(pk, stage)
        return _settle(delivery, _rules_of([pk])[pk], now=now) or rose
