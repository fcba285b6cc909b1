"""Deliveries that wait for a method that is paused or switched off: after their budget the lead goes on."""

from datetime import datetime
from typing import Any

from django.db import connection

from clients.models import DeliveryMethod
from distribution.domain.retry import Why
from distribution.enums import DeliveryState
from distribution.models import Delivery
from distribution.services.finish import end_without_sending
from leads.services.events import record

MOST_AT_ONCE = 2_000

OVERDUE = """
    SELECT d.id, m.is_enabled AND m.archived_at IS NULL FROM distribution_delivery d JOIN clients_deliverymethod m ON m.id = d.method_id
    WHERE d.state = 'queued' AND d.due_at <= %(now)s AND d.file_id IS NULL
      AND (m.paused_until > %(now)s OR NOT m.is_enabled OR m.archived_at IS NOT NULL)
      AND (
        coalesce(d.first_attempt_at, greatest(d.created, d.hold_until)) + make_interval(secs => d.budget_seconds, hours => CASE
            WHEN m.kind <> 'file' THEN 0 WHEN m.file_every = 'hour' THEN 2 ELSE 26 END) <= %(now)s
        OR NOT d.is_tainted AND EXISTS (
            SELECT 1 FROM clients_accountmethod tried
            JOIN clients_accountmethod next ON next.account_id = tried.account_id AND next.use = 'on_failure'
                AND (tried.use = 'first' OR (next.position, next.id) > (tried.position, tried.id))
            JOIN clients_deliverymethod other ON other.id = next.method_id
            WHERE tried.account_id = d.account_id AND tried.method_id = d.method_id AND next.method_id <> d.method_id
              AND tried.use IN ('first', 'on_failure') AND other.is_enabled AND other.archived_at IS NULL
              AND (other.paused_until IS NULL OR other.paused_until <= %(now)s)
        )
      )
    ORDER BY d.due_at LIMIT %(limit)s
"""
"""Where another method of the account can step in, it does so at once; a file that is being collected has its own time."""


def give_up_on_paused(*, now: datetime, limit: int = 100) -> int:
    """End up to `limit` of them and return how many: gone on by another method, failed, or in doubt where the client may have it."""
    with connection.cursor() as cursor:
        cursor.execute(OVERDUE, {"now": now, "limit": limit})
        is_on = dict(cursor.fetchall())
    ended = 0
    for delivery in Delivery.objects.filter(pk__in=is_on).select_related("method").order_by("due_at"):
        why = Why.CIRCUIT_OPEN if is_on[delivery.pk] else Why.METHOD_OFF
        ended += end_without_sending(delivery, why=why, now=now, state=DeliveryState.QUEUED)
    return ended


def give_up_waiting(*, method: DeliveryMethod, by: Any, now: datetime, limit: int = MOST_AT_ONCE) -> int:
    """A person does not wait for a paused method any longer: what waits goes on, by another method or to the next client.

    Return how many; those that the client may have taken end in doubt, as ever. What is under way is left to its answer.
    """
    waiting = (
        Delivery.objects.filter(method=method, state=DeliveryState.QUEUED, file=None).select_related("method").order_by("due_at", "number")
    )
    ended = sum(end_without_sending(one, why=Why.CIRCUIT_OPEN, now=now, state=DeliveryState.QUEUED) for one in waiting[:limit])
    if ended:
        record(kind="method.given_up", at=now, by=by, about=f"method:{method.pk}", client=method.client_id, deliveries=ended)
    return ended
