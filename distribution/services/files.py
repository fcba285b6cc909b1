"""Files of leads: closed when their hour or day is over, sent under a lease, and what became of one stands on all its deliveries.

The row is the queue. A file's name and bytes are settled before its first attempt; every step may be done twice.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Min, Q

from clients.enums import MethodKind
from clients.models import DeliveryMethod
from distribution.crash import crash_here
from distribution.domain.retry import Case, Next, Outcome, Why, what_follows
from distribution.domain.table import csv_text
from distribution.enums import OPEN_STATES, AttemptOutcome, DeliveryState
from distribution.locks import hold_leads
from distribution.models import Attempt, Delivery, DeliveryFile
from distribution.services.breaker import count_outcome
from distribution.services.claim import ANY_LIMIT
from distribution.services.finish import end_without_sending, move
from distribution.services.flights import Flights
from distribution.services.payload import delivery_values, file_payload, own_fields, write_payload
from distribution.services.prepare import is_unwanted, write_envelope
from distribution.transports.envelope import Report
from distribution.transports.registry import SENDERS
from distribution.transports.template import TemplateProblem
from leads.domain.windows import Window, WindowKind, window
from leads.ids import uuid7
from leads.services.rows import insert_rows, update_rows

log = structlog.get_logger(__name__)

BUDGET_SECONDS = 3600
"""From its first attempt; afterwards its leads go on to the next clients, or to a person."""
MOST_LINES = 5_000
MOST_LOST = 10

DUE = """
    SELECT f.id FROM distribution_deliveryfile f JOIN clients_deliverymethod m ON m.id = f.method_id
    WHERE f.state IN ('queued', 'sending') AND f.due_at <= %(now)s AND (f.lease_until IS NULL OR f.lease_until < %(now)s)
      AND m.timeout_seconds <= %(longest)s AND NOT m.id = ANY(%(besides)s)
      AND m.is_enabled AND m.archived_at IS NULL AND (m.paused_until IS NULL OR m.paused_until <= %(now)s)
    ORDER BY f.due_at LIMIT %(limit)s FOR UPDATE OF f SKIP LOCKED
"""
TAKE_FILES = """
    UPDATE distribution_deliveryfile SET
        is_tainted = is_tainted OR state = 'sending', state = 'sending', claim = claim + 1, lease_until = %(lease)s,
        first_attempt_at = coalesce(first_attempt_at, %(now)s)
    WHERE id = ANY(%(files)s)
"""
TAKE_ROWS = """
    UPDATE distribution_delivery d SET
        state = 'sending', claim = d.claim + 1, lease_until = %(lease)s, is_tainted = f.is_tainted,
        first_attempt_at = coalesce(d.first_attempt_at, %(now)s)
    FROM distribution_deliveryfile f WHERE f.id = d.file_id AND f.id = ANY(%(files)s) AND d.state IN ('queued', 'sending')
"""
KEEP = """
    UPDATE distribution_delivery d SET payload = v.payload, file_id = %s
    FROM unnest(%s::uuid[], %s::jsonb[]) AS v (id, payload)
    WHERE d.id = v.id AND d.method_id = %s AND d.state = 'queued' AND d.file_id IS NULL
    RETURNING d.id
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """One attempt of a file with its answer."""

    file: DeliveryFile
    report: Report
    started: datetime
    ended: datetime


class FileFlights(Flights[DeliveryFile]):
    """The files that this process has under way."""

    def claim(self, *, now: datetime, limit: int, longest: int = ANY_LIMIT, besides: Iterable[int] = ()) -> list[DeliveryFile]:
        settle_files(now=now)
        close_files(now=now)
        lease = now + timedelta(seconds=settings.LEASE_SECONDS)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(DUE, {"now": now, "limit": limit, "longest": longest, "besides": list(besides)})
            taken = [row[0] for row in cursor.fetchall()]
            if taken:
                cursor.execute(TAKE_FILES, {"now": now, "lease": lease, "files": taken})
                cursor.execute(TAKE_ROWS, {"now": now, "lease": lease, "files": taken})
        return list(DeliveryFile.objects.filter(pk__in=taken).select_related("method").order_by("due_at")) if taken else []

    def take_off(self, one: DeliveryFile, *, now: datetime) -> None:
        crash_here("after_claim")
        content = content_of(one)
        if one.claim - one.attempts_made > MOST_LOST:
            self.land(
                one, Report(Outcome.IN_DOUBT, message="Ten workers were lost over this file: a person must look."), started=now, ended=now
            )
        elif sha256(content.encode()).hexdigest() != one.sha256:
            outcome = Outcome.IN_DOUBT if one.is_tainted else Outcome.CONFIG_ERROR
            self.land(
                one, Report(outcome, message="Its leads were changed since it was closed, so it is not sent."), started=now, ended=now
            )
        else:
            envelope = write_envelope(one.method, one.pk, file_payload(one.method, one.name, content), now=now)
            self.submit(one, SENDERS[MethodKind.FILE], envelope, started=now)

    def land(self, one: DeliveryFile, report: Report, *, started: datetime, ended: datetime) -> None:
        crash_here("before_finish")
        if finish_file(Sent(one, report, started, ended)):
            settle_file(one, now=ended)
        crash_here("after_finish")


def period_of(method: DeliveryMethod, at: datetime) -> Window:
    """The hour or day in the client's zone in which leads are collected at this instant."""
    return window(WindowKind(method.file_every), ZoneInfo(method.client.time_zone), at)


def _collecting() -> list[DeliveryMethod]:
    """Methods with deliveries that are in no file yet, each with `since`: when the first of them fell due."""
    waiting = Q(deliveries__state=DeliveryState.QUEUED, deliveries__file=None)
    rows = DeliveryMethod.objects.filter(kind=MethodKind.FILE, is_enabled=True, archived_at=None).select_related("client")
    return list(rows.annotate(since=Min("deliveries__due_at", filter=waiting)).filter(since__isnull=False).order_by("pk"))


def close_files(*, now: datetime) -> int:
    """Make the file of each hour or day that is over; return how many."""
    return sum(_close(method, now=now) for method in _collecting() if method.since < period_of(method, now).start)  # type: ignore[attr-defined]


def _close(method: DeliveryMethod, *, now: datetime) -> bool:
    ends = period_of(method, now).start
    over = period_of(method, ends - timedelta(microseconds=1))
    if DeliveryFile.objects.filter(method=method, starts=over.start).exists():
        return False  # what came late goes with the next one
    related = ("lead__campaign__source", "client", "account")
    waiting = Delivery.objects.filter(method=method, state=DeliveryState.QUEUED, file=None, due_at__lt=ends).select_related(*related)
    rows = dict(_written(method, list(waiting.order_by("number")[:MOST_LINES]), now=now))
    if not rows:
        return False
    with transaction.atomic():
        file = DeliveryFile(
            pk=uuid7(), method=method, name=name_of(method, over), starts=over.start, ends=over.end, due_at=now, created=now, sha256="",
            columns=next(iter(rows.values()))["columns"],
        )  # fmt: skip
        file.save(force_insert=True)
        with connection.cursor() as cursor:
            kept: list[Any] = [file.pk, list(rows), [json.dumps(row) for row in rows.values()], method.pk]
            cursor.execute(KEEP, kept)
            taken = {row[0] for row in cursor.fetchall()}
        content = csv_text(file.columns, [row["row"] for pk, row in rows.items() if pk in taken])
        DeliveryFile.objects.filter(pk=file.pk).update(lines=len(taken), sha256=sha256(content.encode()).hexdigest())
        if not taken:
            transaction.set_rollback(True)
    return bool(taken)


def _written(method: DeliveryMethod, deliveries: list[Delivery], *, now: datetime) -> Iterable[tuple[Any, dict[str, Any]]]:
    """Yield the deliveries' rows; those that must not or cannot go out are ended by themselves."""
    own = own_fields(delivery.lead.lead_type_id for delivery in deliveries) if deliveries else {}
    everything = sorted({name for names in own.values() for name in names})
    for delivery in deliveries:
        delivery.method = method
        if is_unwanted(delivery):
            end_without_sending(delivery, why=Why.SUPPRESSED, now=now, state=DeliveryState.QUEUED)
            continue
        try:
            yield delivery.pk, write_payload(method, delivery_values(delivery, everything), everything, now=now)
        except (TemplateProblem, ValueError, TypeError) as problem:
            log.warning("delivery.unwritable", delivery=str(delivery.pk), error=type(problem).__name__)
            end_without_sending(delivery, why=Why.CONFIG_ERROR, now=now, state=DeliveryState.QUEUED)


def name_of(method: DeliveryMethod, over: Window) -> str:
    """`leads-2026-11-25-14.csv`, in the client's time; the repeated hour of autumn is told apart by its offset."""
    local = over.start.astimezone(ZoneInfo(method.client.time_zone))
    if over.kind is WindowKind.DAY:
        return f"leads-{method.pk}-{local:%Y-%m-%d}.csv"
    return f"leads-{method.pk}-{local:%Y-%m-%d-%H}{'-again' if local.fold else ''}.csv"


def content_of(file: DeliveryFile) -> str:
    """Return the whole CSV, the same each time: its rows were written when it was closed."""
    payloads = Delivery.objects.filter(file=file).order_by("number").values_list("payload", flat=True)
    return csv_text(file.columns, [(payload or {}).get("row", []) for payload in payloads])


def finish_file(sent: Sent) -> bool:
    """Write down what an attempt came to, on the file and as an attempt of each delivery; False when a later claim owns it."""
    one, report, now = sent.file, sent.report, sent.ended
    case = Case(
        attempts=one.attempts_made + 1,
        is_tainted=one.is_tainted,
        first_attempt_at=one.first_attempt_at or now,
        budget_seconds=BUDGET_SECONDS,
        retries=one.method.retries,
        recognises_repeats=one.method.recognises_repeats and one.claim - one.attempts_made <= MOST_LOST,
    )
    verdict = what_follows(report.outcome, case, now, retry_after=report.retry_after)
    is_over = verdict.next is not Next.QUEUED
    changes = {
        "state": verdict.next.value,
        "is_tainted": verdict.is_tainted,
        "due_at": verdict.due_at,
        "lease_until": None,
        "finished_at": now if is_over else None,
        "attempts_made": one.attempts_made + 1,
        "reason": verdict.why.value,
        "message": report.message[:300],
    }
    with transaction.atomic():
        applied = bool(update_rows(DeliveryFile, changes, id=one.pk, claim=one.claim, state=DeliveryState.SENDING))
        insert_rows([_attempt(row, sent, is_stale=not applied) for row in Delivery.objects.filter(file=one.pk).only("id", "claim")])
        if applied:
            for name, value in changes.items():
                setattr(one, name, value)
            shared: dict[str, Any] = {"lease_until": None, "is_tainted": verdict.is_tainted, "attempts_made": one.attempts_made}
            waits = {"state": DeliveryState.QUEUED, "due_at": verdict.due_at, "reason": verdict.why.value, "message": changes["message"]}
            Delivery.objects.filter(file=one.pk, state=DeliveryState.SENDING).update(**shared, **({} if is_over else waits))
            count_outcome(method=one.method, outcome=report.outcome, now=now, limit=5)
        crash_here("inside_finish")
    return applied


def _attempt(row: Delivery, sent: Sent, *, is_stale: bool) -> Attempt:
    report = sent.report
    return Attempt(
        delivery_id=row.pk,
        method_id=sent.file.method_id,
        n=row.claim,
        claim=row.claim,
        started=sent.started,
        ended=sent.ended,
        outcome=AttemptOutcome(report.outcome.value),
        is_stale=is_stale,
        message=report.message[:300],
        request=dict(report.request),
        request_sha256=report.request_sha256,
    )


def settle_files(*, now: datetime) -> int:
    """Bring to their deliveries the outcomes of files that a lost worker left behind."""
    return sum(
        settle_file(one, now=now) for one in DeliveryFile.objects.filter(is_settled=False, due_at=None).select_related("method")[:20]
    )


def settle_file(file: DeliveryFile, *, now: datetime) -> bool:
    """Take each delivery to what became of its file, each in a transaction of its own."""
    if file.due_at is not None:
        return False
    rows = Delivery.objects.filter(file=file, state=DeliveryState.SENDING).select_related("method", "client", "account", "lead__campaign")
    for delivery in rows.order_by("number"):
        changes = {"is_tainted": file.is_tainted, "reason": file.reason, "message": file.message}
        if file.state == DeliveryState.ACCEPTED:
            changes["client_reference"] = file.name
        with transaction.atomic():
            hold_leads([delivery.lead_id])
            move(delivery, file.state, changes, now=now)
    DeliveryFile.objects.filter(pk=file.pk).update(is_settled=True)
    return True


def oldest_file(*, now: datetime) -> datetime | None:
    """Since when something is to be done about files: one to close, to send, or to settle."""
    closing = [period_of(one, one.since).end for one in _collecting() if one.since < period_of(one, now).start]  # type: ignore[attr-defined]
    running = Q(method__paused_until=None) | Q(method__paused_until__lte=now)
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    due = DeliveryFile.objects.filter(
        running, free, state__in=OPEN_STATES, due_at__lte=now, method__is_enabled=True, method__archived_at=None
    )
    since = due.order_by("due_at").values_list("due_at", flat=True).first()
    left = DeliveryFile.objects.filter(is_settled=False, due_at=None).order_by("finished_at").values_list("finished_at", flat=True).first()
    return min([one for one in (*closing, since, left) if one is not None], default=None)
