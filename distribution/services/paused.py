"""Deliveries that wait for a method that is paused or switched off: after their budget the lead goes on."""

from datetime import datetime

from django.db import connection

from distribution.domain.retry import Why
from distribution.enums import DeliveryState
from distribution.models import Delivery
from distribution.services.finish import end_without_sending

OVERDUE = """
    SELECT d.id, m.is_enabled AND m.archived_at IS NULL FROM distribution_delivery d JOIN clients_deliverymethod m ON m.id = d.method_id
    WHERE d.state = 'queued' AND d.due_at <= %(now)s
      AND (m.paused_until > %(now)s OR NOT m.is_enabled OR m.archived_at IS NOT NULL)
      AND coalesce(d.first_attempt_at, greatest(d.created, d.hold_until)) + make_interval(secs => d.budget_seconds) <= %(now)s
    ORDER BY d.due_at LIMIT %(limit)s
"""


def give_up_on_paused(*, now: datetime, limit: int = 100) -> int:
    """End up to `limit` of them and return how many: failed, or in doubt where the client may have the lead."""
    with connection.cursor() as cursor:
        cursor.execute(OVERDUE, {"now": now, "limit": limit})
        is_on = dict(cursor.fetchall())
    ended = 0
    for delivery in Delivery.objects.filter(pk__in=is_on).select_related("method").order_by("due_at"):
        why = Why.CIRCUIT_OPEN if is_on[delivery.pk] else Why.METHOD_OFF
        ended += end_without_sending(delivery, why=why, now=now, state=DeliveryState.QUEUED)
    return ended
