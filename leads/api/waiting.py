"""`?wait=SECONDS`: the answer is held until the lead is routed, by a few requests at a time."""

import threading
import time
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from leads.api.problems import Problem
from leads.enums import LeadOutcome
from leads.models import Lead

LONGEST = 30.0
FIRST_LOOK, LONGEST_LOOK = 0.02, 0.25


class _Room:
    """Seats for those who wait, fewer than the server has threads, so that waiting never stops intake."""

    seats: threading.BoundedSemaphore | None = None


def seconds_of(request: HttpRequest) -> float:
    """Return how long the sender would wait; 0 without `?wait`."""
    sent = request.GET.get("wait") if request.META.get("QUERY_STRING") else None
    if sent is None:
        return 0.0
    if not sent.isascii() or not sent.isdecimal() or len(sent) > 3:
        raise Problem(422, "bad_wait", f"Send whole seconds from 0 to {LONGEST:.0f}.", field="wait")
    return min(float(sent), LONGEST)


def outcome_within(lead_id: UUID, seconds: float) -> str:
    """Return the lead's outcome as soon as it is routed, `pending` when the time is up or every seat is taken."""
    seats = _Room.seats = _Room.seats or threading.BoundedSemaphore(settings.INTAKE_WAITERS)
    until = time.monotonic() + seconds
    outcome = _outcome(lead_id)
    if outcome != LeadOutcome.PENDING or not seats.acquire(blocking=False):
        return outcome
    try:
        pause = FIRST_LOOK
        while outcome == LeadOutcome.PENDING and (left := until - time.monotonic()) > 0:
            _let_go()
            time.sleep(min(pause, left))
            pause = min(pause * 1.5, LONGEST_LOOK)
            outcome = _outcome(lead_id)
    finally:
        seats.release()
    return outcome


def _outcome(lead_id: UUID) -> str:
    return Lead.objects.values_list("outcome", flat=True).get(pk=lead_id)


def _let_go() -> None:
    """Give the connection back while nothing is asked of it."""
    if not connection.in_atomic_block:
        connection.close()
