"""What needs a person: deliveries in doubt or without a taker, paused methods, leads that were set aside, copies that did not arrive."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from clients.models import DeliveryMethod
from distribution.admin.story.offers import OfferTold, begun, offer_told
from distribution.domain.explain_offer import clock
from distribution.enums import LOST_STATES, OPEN_STATES, DeliveryState
from distribution.events import why
from distribution.models import Delivery, DeliveryCopy
from distribution.queries import with_attempts
from distribution.services.anew import undelivered as without_taker
from leads.models import Lead
from leads.viewer import viewer

MOST = 200
"""Rows of a kind on the page; the worst come first."""

LATELY = timedelta(days=7)
"""How far back deliveries that came to nothing are worth another try."""

COUNTS = """
    SELECT (SELECT count(*) FROM distribution_delivery WHERE state = 'unknown'),
        (SELECT count(*) FROM clients_deliverymethod WHERE paused_until IS NOT NULL AND pauses > 0 AND archived_at IS NULL),
        (SELECT count(*) FROM leads_lead WHERE due_at IS NOT NULL AND stuck_reason <> ''),
        (SELECT count(*) FROM distribution_deliverycopy WHERE state IN ('failed', 'unknown', 'rejected'))
"""


def needs_attention() -> int:
    """How many things wait for a person; one statement, because the menu shows it on every page."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS)
        return sum(cursor.fetchone())


def doubted(*, now: datetime) -> list[OfferTold]:
    """Deliveries in doubt, the longest first."""
    rows = with_attempts(Delivery.objects.filter(state=DeliveryState.UNKNOWN)).select_related("lead").order_by("finished_at", "number")
    return [offer_told(row, now=now) for row in rows[:MOST]]


@dataclass(frozen=True, slots=True)
class PauseTold:
    method: DeliveryMethod
    says: str
    is_over: bool
    """The pause is over; the next delivery tries whether the client answers."""
    waiting: int


def pauses(*, now: datetime) -> list[PauseTold]:
    """Methods that failures paused, with how many deliveries wait for each."""
    open_ones = Count("deliveries", filter=Q(deliveries__state__in=OPEN_STATES))
    rows = DeliveryMethod.objects.filter(pauses__gt=0, paused_until__isnull=False, archived_at=None)
    rows = rows.select_related("client").annotate(waiting=open_ones).order_by("paused_until", "pk")
    return [_pause(row, now=now) for row in rows[:MOST]]


def _pause(row: DeliveryMethod, *, now: datetime) -> PauseTold:
    until = row.paused_until
    is_over = until is None or until <= now
    when = clock(until, viewer().zone, now) if until else ""
    meanwhile = "Its leads go to the next client."
    if is_over:
        says = f"{row.paused_reason}. The pause ended at {when}: the next delivery goes out alone, to see whether it answers again."
    else:
        says = f"{row.paused_reason}. Paused until {when}, for the {_times(row.pauses)} time in a row. {meanwhile}"
    return PauseTold(row, says, is_over, row.waiting)  # type: ignore[attr-defined]  # annotated


def _times(number: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(number, f"{number}th")


def undelivered(user: Any, *, now: datetime) -> list[OfferTold]:
    """The last delivery of each lead that nobody got: the client was not reached or did not take it, and no other client was left."""
    lately = without_taker().filter(pk__in=Delivery.objects.visible_to(user), lead__is_test=False, created__gte=now - LATELY)
    rows = with_attempts(lately).select_related("lead").order_by("-created", "-id")[:MOST]
    last = {row.lead_id: row for row in reversed(rows)}
    return [offer_told(row, now=now) for row in reversed(last.values())]


@dataclass(frozen=True, slots=True)
class StuckTold:
    lead: Lead
    again: str


@dataclass(frozen=True, slots=True)
class CopyTold:
    copy: DeliveryCopy
    says: str
    is_repeat: bool
    """The sale's own request, sent again by hand."""


def lost_copies() -> list[CopyTold]:
    """Copies that came to nothing, the longest first."""
    rows = DeliveryCopy.objects.filter(state__in=LOST_STATES).select_related("delivery__client", "delivery__lead", "method")
    return [CopyTold(row, _copy_says(row), row.method_id == row.delivery.method_id) for row in rows.order_by("finished_at", "pk")[:MOST]]


def _copy_says(row: DeliveryCopy) -> str:
    tries = f"{row.attempts_made} attempt{'' if row.attempts_made == 1 else 's'}"
    return f"{begun(why(row.reason)) if row.reason else 'It came to nothing.'} {tries}."


def stuck(*, now: datetime) -> list[StuckTold]:
    rows = Lead.objects.filter(due_at__isnull=False).exclude(stuck_reason="").select_related("campaign").order_by("received_at", "pk")
    return [StuckTold(row, clock(row.due_at, viewer().zone, now)) for row in rows[:MOST] if row.due_at]
