"""What is sold goes by every method that the account uses *always*, once more. A copy moves no money, no place and no lead.

A copy by the very method that sold is the same request again, sent by hand: under the delivery's id, with its bytes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction

from clients.enums import MethodKind
from distribution.domain.retry import Case, Next, Outcome, Why, what_follows
from distribution.enums import LOST_STATES, AttemptOutcome, DeliveryState
from distribution.models import Attempt, DeliveryCopy
from distribution.services.breaker import count_outcome
from distribution.services.claim import ANY_LIMIT, IN_FLIGHT_PER_METHOD
from distribution.services.flights import Flights
from distribution.services.mail_prepare import without_paused
from distribution.services.payload import delivery_values, own_fields, write_payload
from distribution.services.prepare import write_envelope
from distribution.transports.envelope import Report
from distribution.transports.registry import SENDERS
from distribution.transports.template import TemplateProblem
from leads.enums import LeadOutcome
from leads.services.rows import insert_rows, update_rows

log = structlog.get_logger(__name__)

BUDGET_SECONDS = 4 * 3600
"""Nobody else waits for a copy, so it may take its time."""
RETRIES = 120
MOST_LOST = 10

CLAIM = """
    WITH busy AS MATERIALIZED (
        SELECT method_id, count(*) AS n FROM distribution_deliverycopy WHERE state = 'sending' AND lease_until >= %(now)s GROUP BY method_id
    ), picked AS MATERIALIZED (
        SELECT id, state FROM (
            SELECT c.id, c.state, c.due_at, coalesce(b.n, 0) + row_number() OVER (PARTITION BY c.method_id ORDER BY c.due_at, c.id) AS nth,
                m.pauses
            FROM distribution_deliverycopy c JOIN clients_deliverymethod m ON m.id = c.method_id LEFT JOIN busy b ON b.method_id = m.id
            WHERE c.state IN ('queued', 'sending') AND c.due_at <= %(now)s AND (c.lease_until IS NULL OR c.lease_until < %(now)s)
              AND m.timeout_seconds <= %(longest)s AND NOT m.id = ANY(%(besides)s)
              AND m.is_enabled AND m.archived_at IS NULL AND (m.paused_until IS NULL OR m.paused_until <= %(now)s)
        ) ready
        WHERE nth <= CASE WHEN pauses > 0 THEN 1 ELSE %(per_method)s END
        ORDER BY due_at LIMIT %(limit)s
    )
    UPDATE distribution_deliverycopy c SET
        is_tainted = c.is_tainted OR (c.state = 'sending' AND c.payload IS NOT NULL),
        state = 'sending', claim = c.claim + 1, lease_until = %(lease)s, first_attempt_at = coalesce(c.first_attempt_at, %(now)s)
    FROM picked WHERE c.id = picked.id AND c.state = picked.state AND (c.lease_until IS NULL OR c.lease_until < %(now)s)
    RETURNING c.id
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """One attempt of a copy with its answer."""

    copy: DeliveryCopy
    report: Report
    started: datetime
    ended: datetime


class CopyFlights(Flights[DeliveryCopy]):
    """The copies that this process has under way."""

    def claim(self, *, now: datetime, limit: int, longest: int = ANY_LIMIT, besides: Iterable[int] = ()) -> list[DeliveryCopy]:
        lease = now + timedelta(seconds=settings.LEASE_SECONDS)
        per_method = getattr(settings, "DELIVERIES_IN_FLIGHT_PER_METHOD", IN_FLIGHT_PER_METHOD)
        words = {"now": now, "lease": lease, "limit": limit, "per_method": per_method, "longest": longest, "besides": list(besides)}
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, words)
            taken = [row[0] for row in cursor.fetchall()]
        return _load(taken)

    def take_off(self, one: DeliveryCopy, *, now: datetime) -> None:
        if one.claim - one.attempts_made > MOST_LOST:
            _end(one, state=DeliveryState.UNKNOWN, why=Why.LEASE_LOST, now=now)
        elif one.delivery.lead.outcome == LeadOutcome.ERASED:
            _end(one, state=DeliveryState.CANCELLED, why=Why.SUPPRESSED, now=now)
        elif problem := _write(one, now=now):
            self.land(one, Report(Outcome.CONFIG_ERROR, message=problem), started=now, ended=now)
        else:
            repeats = one.method_id == one.delivery.method_id
            envelope = write_envelope(one.method, one.delivery_id if repeats else one.pk, one.payload or {}, now=now)
            self.submit(one, SENDERS[one.method.kind], envelope, started=now)

    def land(self, one: DeliveryCopy, report: Report, *, started: datetime, ended: datetime) -> None:
        finish_copy(Sent(one, report, started, ended))


def _load(taken: list[UUID]) -> list[DeliveryCopy]:
    related = ("method", "delivery__lead__campaign__source", "delivery__client", "delivery__account")
    return list(DeliveryCopy.objects.filter(pk__in=taken).select_related(*related).order_by("due_at")) if taken else []


def _write(one: DeliveryCopy, *, now: datetime) -> str:
    """Write and keep the request before the first attempt; return what keeps it from being written."""
    if one.payload is not None:
        return ""
    lead_type = one.delivery.lead.lead_type_id
    own = own_fields([lead_type]).get(lead_type, [])
    try:
        one.payload = without_paused(write_payload(one.method, delivery_values(one.delivery, own), own, now=now))
    except TemplateProblem as problem:
        return str(problem)
    update_rows(DeliveryCopy, {"payload": one.payload}, id=one.pk, claim=one.claim)
    return ""


def finish_copy(sent: Sent) -> bool:
    """Write down what an attempt came to; False when a later claim owns the copy."""
    one, report, now = sent.copy, sent.report, sent.ended
    case = Case(
        attempts=one.attempts_made + 1,
        is_tainted=one.is_tainted,
        first_attempt_at=one.first_attempt_at or now,
        budget_seconds=BUDGET_SECONDS,
        retries=RETRIES,
        recognises_repeats=one.method.recognises_repeats,
    )
    verdict = what_follows(report.outcome, case, now, retry_after=report.retry_after)
    changes = {
        "state": verdict.next.value,
        "is_tainted": verdict.is_tainted,
        "due_at": verdict.due_at,
        "lease_until": None,
        "finished_at": None if verdict.next is Next.QUEUED else now,
        "attempts_made": one.attempts_made + 1,
        "reason": verdict.why.value,
        "message": report.message[:300],
    }
    with transaction.atomic():
        applied = bool(update_rows(DeliveryCopy, changes, id=one.pk, claim=one.claim, state=DeliveryState.SENDING))
        insert_rows([_attempt(sent, is_stale=not applied)])
        if applied:
            count_outcome(method=one.method, outcome=report.outcome, now=now, limit=5)
    return applied


def _attempt(sent: Sent, *, is_stale: bool) -> Attempt:
    one, report = sent.copy, sent.report
    return Attempt(
        delivery=one.delivery,
        method_id=one.method_id,
        copy=one,
        n=one.claim,
        claim=one.claim,
        started=sent.started,
        ended=sent.ended,
        outcome=AttemptOutcome(report.outcome.value),
        is_stale=is_stale,
        status=report.status,
        rule=report.rule[:200],
        message=report.message[:300],
        request=dict(report.request),
        request_sha256=report.request_sha256,
        answer=report.answer,
    )


def _end(one: DeliveryCopy, *, state: str, why: Why, now: datetime) -> None:
    changes: dict[str, Any] = {"state": state, "due_at": None, "lease_until": None, "finished_at": now, "reason": why.value}
    update_rows(DeliveryCopy, changes, id=one.pk, claim=one.claim)


def send_copy_again(*, copy: DeliveryCopy, now: datetime, states: Sequence[str] = LOST_STATES) -> bool:
    """Make a copy that came to nothing due once more; False when it is under way or arrived."""
    changes = {"state": DeliveryState.QUEUED, "due_at": now, "finished_at": None, "first_attempt_at": None, "reason": "", "message": ""}
    return bool(DeliveryCopy.objects.filter(pk=copy.pk, state__in=states).update(**changes))


NOT_AS_COPY: dict[str, str] = {
    MethodKind.FILE: (
        "A file holds what is sold by it, so it takes no copies. Make this method the first choice, "
        "or use an e-mail or a webhook for the copy."
    ),
    MethodKind.PORTAL: (
        "The client sees every lead it bought in its own view anyway, so no copy is needed. Remove this line, "
        "or make the view the first choice."
    ),
}
"""Kinds that no copy goes by, and what to do instead."""
