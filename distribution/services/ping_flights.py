"""Sending pings: claimed in one short transaction, all of them side by side, written down as they are answered.

One process of all sends them, so that endpoints that hang take the time of one worker and not of every one.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from distribution.domain.answers import Rule
from distribution.domain.retry import Outcome
from distribution.enums import PingState
from distribution.models import Ping
from distribution.services.claim import ANY_LIMIT, live_switches
from distribution.services.flights import Flights
from distribution.services.payload import own_fields
from distribution.services.ping_payload import ping_values, write_ping
from distribution.services.pings import finish_ping
from distribution.services.prepare import write_envelope
from distribution.transports import webhook
from distribution.transports.envelope import Report
from distribution.transports.loop import Send
from distribution.transports.template import TemplateProblem
from leads.clock import database_now

PINGS_LOCK = 7_304
AT_ONCE = 256
"""Pings under way in the process that sends them."""
AT_ONCE_PER_METHOD = 32
LOOK_SECONDS = 0.05
MARGIN_SECONDS = 0.3
"""The answer must be written before the lead goes on without it."""

CLAIM = """
    WITH room AS MATERIALIZED (
        SELECT m.id, CASE WHEN m.pauses > 0 THEN 1 ELSE %(per_method)s END - (
            SELECT count(*) FROM distribution_ping b WHERE b.method_id = m.id AND b.state = 'sending' AND b.deadline > %(now)s
        ) AS places
        FROM clients_deliverymethod m
        WHERE m.kind = 'ping_post' AND m.is_enabled AND m.archived_at IS NULL AND (m.paused_until IS NULL OR m.paused_until <= %(now)s)
    ), picked AS MATERIALIZED (
        SELECT p.id FROM room CROSS JOIN LATERAL (
            SELECT id, created FROM distribution_ping WHERE method_id = room.id AND state = 'queued' AND deadline > %(now)s
            ORDER BY created, id LIMIT greatest(room.places, 0) FOR UPDATE SKIP LOCKED
        ) p ORDER BY p.created, p.id LIMIT %(limit)s
    )
    UPDATE distribution_ping p SET state = 'sending', claim = claim + 1, started = %(now)s FROM picked WHERE p.id = picked.id
    RETURNING p.id
"""


def claim_pings(*, now: datetime, limit: int) -> list[Ping]:
    """Take up to `limit` pings that wait; nobody gets them again, so that no client is asked twice."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, {"now": now, "limit": limit, "per_method": AT_ONCE_PER_METHOD})
        taken: list[UUID] = [row[0] for row in cursor.fetchall()]
    related = ("lead__campaign__source", "client", "account", "method")
    return list(Ping.objects.filter(pk__in=taken).select_related(*related).order_by("created", "pk")) if taken else []


class PingFlights(Flights[Ping]):
    """The pings that this process has under way."""

    def __init__(self, *, clock: Callable[[], datetime] = database_now, send: Send = webhook.send) -> None:
        super().__init__(clock=clock)
        self.send = send
        self.limit = 5

    def claim(self, *, now: datetime, limit: int, longest: int = ANY_LIMIT, besides: Iterable[int] = ()) -> list[Ping]:
        """All of them: what a ping may take is bounded by its own deadline."""
        return claim_pings(now=now, limit=limit)

    def run(self, *, seconds: float) -> int:
        """Claim and send for so long, or until none waits and none is under way; return how many were claimed. One process at a time."""
        if not _is_ours("pg_try_advisory_lock"):
            return 0
        try:
            self.limit = live_switches().breaker_failures
            return self._run(ends=time.monotonic() + seconds)
        finally:
            _is_ours("pg_advisory_unlock")

    def _run(self, *, ends: float) -> int:
        claimed = 0
        while time.monotonic() < ends:
            now = self.clock()
            pings = self.claim(now=now, limit=AT_ONCE - self.in_flight) if self.in_flight < AT_ONCE else []
            own = own_fields(ping.lead.lead_type_id for ping in pings) if pings else {}
            for ping in pings:
                self._ask(ping, own.get(ping.lead.lead_type_id, []), now=now)
            claimed += len(pings)
            if not pings and not self.in_flight:
                break
            self.collect(wait=0.0 if pings else LOOK_SECONDS)
        return claimed

    def take_off(self, one: Ping, *, now: datetime) -> None:
        self._ask(one, own_fields([one.lead.lead_type_id]).get(one.lead.lead_type_id, []), now=now)

    def _ask(self, ping: Ping, own: list[str], *, now: datetime) -> None:
        """Send one with what is left of its time; one that cannot be written brings no bid."""
        seconds = (ping.deadline - now).total_seconds() - MARGIN_SECONDS
        try:
            payload = write_ping(ping.method, ping_values(ping, own))
            envelope = write_envelope(ping.method, ping.pk, payload, now=now)
            rules = tuple(Rule.from_json(rule) for rule in ping.method.ping_rules)
        except (TemplateProblem, KeyError, TypeError, ValueError) as problem:
            self.land(ping, Report(Outcome.CONFIG_ERROR, message=f"The ping could not be written: {problem}"), started=now, ended=now)
            return
        self.submit(ping, self.send, replace(envelope, rules=rules, seconds=max(seconds, 0.1)), started=now)

    def land(self, one: Ping, report: Report, *, started: datetime, ended: datetime) -> None:
        finish_ping(ping=one, report=report, started=started, ended=ended, limit=self.limit)


def drain_pings(*, seconds: float, clock: Callable[[], datetime] = database_now, send: Send = webhook.send) -> int:
    """Send the pings that wait and write down their answers; each has its own deadline."""
    flights = PingFlights(clock=clock, send=send)
    claimed = flights.run(seconds=seconds)
    flights.collect_all()
    return claimed


def oldest_ping(*, now: datetime) -> datetime | None:
    """Since when the oldest ping that is still worth sending waits."""
    waiting = Ping.objects.filter(state=PingState.QUEUED, deadline__gt=now)
    running = waiting.filter(method__is_enabled=True, method__archived_at=None).exclude(method__paused_until__gt=now)
    return running.order_by("created").values_list("created", flat=True).first()


def _is_ours(function: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [PINGS_LOCK])
        return bool(cursor.fetchone()[0])
