"""Taking due deliveries under a lease: one short transaction, in batches, one process at a time.

The claims of all processes follow one another under an advisory lock, so that what they count is exact: at most so
many in flight to a method, one probe to a method that was paused, one delivery to a client while clients are locked.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from clients.enums import MethodKind
from distribution.models import Delivery, SettingsVersion
from leads.services.standstill import stands_still

CLAIM_LOCK = 7_303
IN_FLIGHT_PER_METHOD = 4
ANY_LIMIT = 1_000
"""Seconds; over every time limit that a method can have."""
ALONG: dict[str, tuple[str, ...]] = {MethodKind.WEBHOOK: (MethodKind.PING_POST,)}
"""Kinds that are sent along with another one, by the same sender: the post of a ping-post is a webhook."""

CLAIM = """
    WITH busy AS MATERIALIZED (
        SELECT method_id, client_id FROM distribution_delivery WHERE state = 'sending' AND lease_until >= %(now)s
    ), room AS MATERIALIZED (
        SELECT m.id, CASE WHEN m.pauses > 0 THEN 1 ELSE %(per_method)s END
            - (SELECT count(*) FROM busy b WHERE b.method_id = m.id) AS places
        FROM clients_deliverymethod m
        WHERE m.kind = ANY(%(kinds)s) AND m.is_enabled AND m.archived_at IS NULL AND (m.paused_until IS NULL OR m.paused_until <= %(now)s)
          AND m.timeout_seconds <= %(longest)s AND NOT m.id = ANY(%(besides)s)
          AND NOT (%(locking)s AND EXISTS (SELECT 1 FROM busy b WHERE b.client_id = m.client_id))
    ), ready AS MATERIALIZED (
        SELECT d.id, d.client_id, d.due_at FROM room CROSS JOIN LATERAL (
            SELECT id, client_id, due_at FROM distribution_delivery
            WHERE method_id = room.id AND state IN ('queued', 'sending') AND due_at <= %(now)s
              AND (lease_until IS NULL OR lease_until < %(now)s)
            ORDER BY due_at, id LIMIT greatest(room.places, 0) FOR UPDATE SKIP LOCKED
        ) d
    ), picked AS MATERIALIZED (
        SELECT id FROM (SELECT id, due_at, row_number() OVER (PARTITION BY client_id ORDER BY due_at, id) AS nth FROM ready) r
        WHERE NOT %(locking)s OR nth = 1
        ORDER BY due_at, id LIMIT %(limit)s
    ), before AS MATERIALIZED (
        SELECT d.id, d.state = 'sending' AS was_sending FROM distribution_delivery d JOIN picked USING (id)
    )
    UPDATE distribution_delivery d SET
        state = 'sending',
        is_tainted = d.is_tainted OR (d.state = 'sending' AND d.payload IS NOT NULL),
        claim = d.claim + 1,
        lease_until = %(lease)s,
        first_attempt_at = coalesce(d.first_attempt_at, %(now)s),
        budget_seconds = d.budget_seconds + CASE
            WHEN %(locking)s AND d.state = 'queued' AND d.first_attempt_at IS NOT NULL THEN extract(epoch FROM %(now)s - d.due_at)::int
            ELSE 0 END
    FROM before WHERE d.id = before.id
    RETURNING d.id, before.was_sending
"""
"""The wait for a client's lock is not counted in the budget; a lost worker taints only what may have been sent."""


class Switches(NamedTuple):
    """What the settings in force say about deliveries."""

    client_locking: bool = False
    breaker_failures: int = 5


class Claimed(NamedTuple):
    """A delivery in our hands until its lease runs out. `was_lost` when a worker before us never brought a result."""

    delivery: Delivery
    was_lost: bool


def live_switches() -> Switches:
    """Read the two switches of the settings in force without reading all of them."""
    found = SettingsVersion.objects.values_list("data__client_locking", "data__breaker_failures").first()
    locking, failures = found or (None, None)
    return Switches(client_locking=bool(locking), breaker_failures=int(failures or 5))


def claim_deliveries(
    *, kind: str, now: datetime, limit: int, locking: bool, longest: int = ANY_LIMIT, besides: Iterable[int] = ()
) -> list[Claimed] | None:
    """Take up to `limit` due deliveries; nobody else gets them before the lease runs out. None: another process is claiming.

    Methods whose time limit is over `longest` seconds, and those named in `besides`, are left to others.
    """
    with transaction.atomic():
        if not _lock_claims():
            return None
        if stands_still():
            return []
        taken = _take(kind=kind, now=now, limit=limit, locking=locking, longest=longest, besides=list(besides))
        deliveries = _load(taken)
    return [Claimed(delivery, taken[delivery.pk]) for delivery in deliveries]


def _lock_claims() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [CLAIM_LOCK])
        return bool(cursor.fetchone()[0])


def _take(*, kind: str, now: datetime, limit: int, locking: bool, longest: int, besides: list[int]) -> dict[UUID, bool]:
    per_method = getattr(settings, "DELIVERIES_IN_FLIGHT_PER_METHOD", IN_FLIGHT_PER_METHOD)
    lease = now + timedelta(seconds=settings.LEASE_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(
            CLAIM,
            {
                "now": now,
                "lease": lease,
                "kinds": [kind, *ALONG.get(kind, ())],
                "limit": limit,
                "locking": locking,
                "per_method": per_method,
                "longest": longest,
                "besides": besides,
            },
        )
        return dict(cursor.fetchall())


def _load(taken: dict[UUID, bool]) -> list[Delivery]:
    related = ("lead__campaign__source", "client", "account", "method")
    return list(Delivery.objects.filter(pk__in=taken).select_related(*related).order_by("due_at", "pk")) if taken else []
