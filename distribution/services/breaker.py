"""The circuit breaker of a delivery method: failures in a row pause it, one probe at a time tries it again.

Counters change by UPDATE only: they are no change of settings and leave no history.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, DateTimeField, F, Q, Value, When

from clients.models import DeliveryMethod
from distribution.domain.retry import Outcome
from leads.services.events import record

PAUSES = (30, 60, 120, 300)
"""Seconds of the first, second, third and every further pause."""
CONFIG_ERRORS = 5
HEALTHY = (Outcome.ACCEPTED, Outcome.REJECTED)
"""Whoever refuses is well: the breaker is for those who cannot answer."""


def count_outcome(*, method: DeliveryMethod, outcome: Outcome, now: datetime, limit: int) -> None:
    """Count one attempt, and pause the method when the row of failures is long enough."""
    row = DeliveryMethod.objects.filter(pk=method.pk)
    if outcome in HEALTHY:
        close_breakers([method.pk])
        return
    is_config = outcome is Outcome.CONFIG_ERROR
    row.update(failures_in_a_row=F("failures_in_a_row") + 1, config_errors_in_a_row=F("config_errors_in_a_row") + 1 if is_config else 0)
    pause_if_failing(method, now=now, limit=limit)


def close_breakers(methods: Iterable[int | None]) -> None:
    """These methods answered: whatever row of failures they had is over."""
    with connection.cursor() as cursor:
        cursor.execute(*closing(methods))


def closing(methods: Iterable[int | None]) -> tuple[str, list[list[int]]]:
    """The same as a statement with its parameters."""
    return CLOSE, [sorted({pk for pk in methods if pk})]


CLOSE = """
    UPDATE clients_deliverymethod
    SET failures_in_a_row = 0, config_errors_in_a_row = 0, ping_failures_in_a_row = 0, pauses = 0, paused_until = NULL, paused_reason = '',
        alerted_at = NULL
    WHERE id = ANY(%s::bigint[]) AND (failures_in_a_row > 0 OR pauses > 0)
"""


CLOSED: dict[str, Any] = {
    "failures_in_a_row": 0,
    "config_errors_in_a_row": 0,
    "ping_failures_in_a_row": 0,
    "pauses": 0,
    "paused_until": None,
    "paused_reason": "",
    "alerted_at": None,
}


def count_ping(*, method: DeliveryMethod, is_answered: bool, now: datetime, limit: int) -> None:
    """Count one ping. Pings have a row of their own: that they are answered says nothing of posts that fail."""
    rows = DeliveryMethod.objects.filter(pk=method.pk)
    if is_answered:
        rows.filter(ping_failures_in_a_row__gt=0).update(ping_failures_in_a_row=0)
        healthy = rows.filter(pauses__gt=0, paused_until__lte=now, failures_in_a_row=0, config_errors_in_a_row=0)
        healthy.update(pauses=0, paused_until=None, paused_reason="")
        return
    rows.update(ping_failures_in_a_row=F("ping_failures_in_a_row") + 1)
    pause_if_failing(method, now=now, limit=limit)


def pause_if_failing(method: DeliveryMethod, *, now: datetime, limit: int) -> None:
    """Pause unless it is paused already: answers that were still under way make no pause longer."""
    too_many = Q(failures_in_a_row__gte=limit) | Q(ping_failures_in_a_row__gte=limit) | Q(config_errors_in_a_row__gte=CONFIG_ERRORS)
    running = Q(paused_until=None) | Q(paused_until__lte=now)
    waits = [When(pauses=n, then=Value(now + timedelta(seconds=wait))) for n, wait in enumerate(PAUSES[:-1])]
    until = Case(*waits, default=Value(now + timedelta(seconds=PAUSES[-1])), output_field=DateTimeField())
    reason = Case(
        When(config_errors_in_a_row__gte=CONFIG_ERRORS, then=Value(f"{CONFIG_ERRORS} configuration errors in a row")),
        When(failures_in_a_row__gte=limit, then=Value(f"{limit} or more failures in a row")),
        default=Value(f"{limit} or more pings in a row without a usable answer"),
    )
    opened = DeliveryMethod.objects.filter(too_many, running, pk=method.pk).update(
        paused_until=until, paused_reason=reason, pauses=F("pauses") + 1
    )
    if opened:
        paused = DeliveryMethod.objects.only("paused_until", "paused_reason", "pauses").get(pk=method.pk)
        record(
            kind="method.paused",
            at=now,
            about=f"method:{method.pk}",
            client=method.client_id,
            until=paused.paused_until.isoformat() if paused.paused_until else "",
            reason=paused.paused_reason,
            pauses=paused.pauses,
        )


def resume_method(*, method: DeliveryMethod, by: Any, now: datetime) -> None:
    """End a pause by hand: the next delivery goes out at once."""
    DeliveryMethod.objects.filter(pk=method.pk).update(**CLOSED)
    record(kind="method.resumed", at=now, by=by, about=f"method:{method.pk}", client=method.client_id)


def probe_method(*, method: DeliveryMethod, by: Any, now: datetime) -> bool:
    """Let one delivery try whether the client answers again; False when nothing is paused. A failure begins the next pause."""
    asked = DeliveryMethod.objects.filter(pk=method.pk, pauses__gt=0, paused_until__gt=now).update(paused_until=now)
    if asked:
        record(kind="method.probed", at=now, by=by, about=f"method:{method.pk}", client=method.client_id)
    return bool(asked)
