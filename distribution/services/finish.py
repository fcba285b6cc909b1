"""Writing down what an attempt came to: one short transaction, fenced by the claim, that moves delivery, lead and caps."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from clients.enums import MethodKind
from clients.models import DeliveryMethod
from distribution.crash import crash_here
from distribution.domain.retry import Case, Next, Outcome, Verdict, Why, what_follows
from distribution.enums import AttemptOutcome, DeliveryState, Tracking
from distribution.locks import hold_leads, hold_sendings
from distribution.models import Attempt, Delivery
from distribution.services import book
from distribution.services.breaker import close_breakers, closing, count_outcome
from distribution.services.methods import fallback_of
from distribution.transports.envelope import Report
from distribution.wake import wake_senders
from leads.enums import CapKind
from leads.models import CapWindow, Event
from leads.services.events import record
from leads.services.rows import Writes, insert_rows, update_rows


@dataclass(frozen=True, slots=True)
class Finished:
    """One attempt with its answer. `jitter_unit` in [0, 1) spreads the next wait."""

    delivery: Delivery
    report: Report
    started: datetime
    ended: datetime
    jitter_unit: float = 0.5
    breaker_failures: int = 5


def finish(attempt: Finished) -> bool:
    """Apply the attempt; False when a later claim owns the delivery: then only a stale attempt is written."""
    method = _method(attempt.delivery)  # before another one steps in
    with transaction.atomic():
        if attempt.report.outcome is Outcome.ACCEPTED:
            (applied,) = _apply_sales([attempt])
        else:
            hold_leads([attempt.delivery.lead_id])
            applied = _apply(attempt)
            if applied:
                count_outcome(method=method, outcome=attempt.report.outcome, now=attempt.ended, limit=attempt.breaker_failures)
        crash_here("inside_finish")
    return applied


def finish_sales(attempts: list[Finished]) -> list[bool]:
    """Apply attempts that were accepted, in one transaction: a sale takes no pool and no cap, so the order of locks holds."""
    with transaction.atomic():
        applied = _apply_sales(attempts)
        crash_here("inside_finish")
    return applied


def _apply_sales(attempts: list[Finished]) -> list[bool]:
    """Write sales down, each in one statement; the breakers of those methods close last, which one sale does in the same statement."""
    ours = hold_sendings(attempt.delivery for attempt in attempts)
    applied = [attempt.delivery.pk in ours for attempt in attempts]
    sold = [attempt for attempt, is_ours in zip(attempts, applied, strict=True) if is_ours]
    methods = [attempt.delivery.method_id for attempt in sold]
    for attempt in sold:
        writes = Writes()
        if len(sold) == 1:
            writes.also(*closing(methods))
        _sell(attempt, writes)
    if len(sold) > 1:
        close_breakers(methods)
    for attempt, is_ours in zip(attempts, applied, strict=True):
        if not is_ours:
            insert_rows([_attempt(attempt, method_id=attempt.delivery.method_id, is_stale=True)])
    return applied


def _sell(attempt: Finished, writes: Writes) -> None:
    """Write a sale down: the delivery, which this claim owns, the attempt, and all that follows."""
    delivery, now = attempt.delivery, attempt.ended
    verdict = _verdict(attempt)
    writes.insert(_attempt(attempt, method_id=delivery.method_id))
    values = _changes(delivery, verdict, attempt.report) | {
        "attempts_made": delivery.attempts_made + 1,
        "state": verdict.next.value,
        "lease_until": None,
        "due_at": None,
        "finished_at": now,
    }
    writes.update(Delivery, values, id=delivery.pk)
    _set(delivery, values)
    writes.insert(_event(delivery, now))
    book.confirm_sale(delivery=delivery, now=now, writes=writes)


def _verdict(attempt: Finished) -> Verdict:
    report = attempt.report
    return what_follows(
        report.outcome, case_of(attempt.delivery), attempt.ended, retry_after=report.retry_after, jitter_unit=attempt.jitter_unit
    )


def _apply(attempt: Finished) -> bool:
    delivery, method_id = attempt.delivery, attempt.delivery.method_id
    verdict = _verdict(attempt)
    changes = _changes(delivery, verdict, attempt.report) | {"attempts_made": delivery.attempts_made + 1}
    applied = move(delivery, verdict, changes, now=attempt.ended)
    insert_rows([_attempt(attempt, method_id=method_id, is_stale=not applied)])
    return applied


def _method(delivery: Delivery) -> Any:
    return delivery.method


def case_of(delivery: Delivery) -> Case:
    """Return the delivery as the rules of repeats see it, this attempt counted."""
    method = _method(delivery)
    return Case(
        attempts=delivery.attempts_made + 1 - delivery.attempts_before,
        is_tainted=delivery.is_tainted,
        first_attempt_at=delivery.first_attempt_at or delivery.created,
        budget_seconds=delivery.budget_seconds,
        retries=method.retries,
        recognises_repeats=method.recognises_repeats,
    )


def move(delivery: Delivery, verdict: Verdict | str, changes: dict[str, Any], *, now: datetime, state: str = DeliveryState.SENDING) -> bool:
    """Take a delivery that this claim owns to its next state, with everything that follows. The lead is locked.

    False, and nothing changed, when somebody else moved it first.
    """
    to = verdict.next.value if isinstance(verdict, Verdict) else verdict
    if to == DeliveryState.FAILED and (method := fallback_of(delivery)) is not None:
        return _go_by(method, delivery, changes, now=now, state=state)
    values = changes | {"state": to, "lease_until": None}
    if to != DeliveryState.QUEUED:
        values |= {"due_at": None, "finished_at": now}
    moved = update_rows(Delivery, values, id=delivery.pk, claim=delivery.claim, state=state)
    if not moved:
        return False
    _set(delivery, values)
    FOLLOWS[to](delivery, now)
    insert_rows([_event(delivery, now)])
    return True


def _event(delivery: Delivery, now: datetime) -> Event:
    data = {"client": delivery.client_id, "reason": delivery.reason}
    return Event(kind=EVENTS[delivery.state], at=now, lead_id=delivery.lead_id, about=f"delivery:{delivery.spoken}", data=data)


def _go_by(method: DeliveryMethod, delivery: Delivery, changes: dict[str, Any], *, now: datetime, state: str) -> bool:
    """Nothing reached the client, so the account's next method takes over: the same place, the same id, a request of its own."""
    values = changes | {
        "state": DeliveryState.QUEUED,
        "lease_until": None,
        "due_at": now,
        "method_id": method.pk,
        "file_id": None,
        "payload": None,
        "attempts_before": changes.get("attempts_made", delivery.attempts_made),
    }
    if not update_rows(Delivery, values, id=delivery.pk, claim=delivery.claim, state=state):
        return False
    about = f"delivery:{delivery.spoken}"
    record(
        kind="delivery.next_method", at=now, lead=delivery.lead_id, about=about, client=delivery.client_id, reason=values.get("reason", "")
    )
    _set(delivery, values)
    transaction.on_commit(wake_senders, robust=True)
    return True


def _set(delivery: Delivery, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(delivery, name, value)


def _changes(delivery: Delivery, verdict: Verdict, report: Report) -> dict[str, Any]:
    why = Why.CLIENT_DUPLICATE if report.is_duplicate and verdict.next is Next.REJECTED else verdict.why
    changes: dict[str, Any] = {
        "is_tainted": verdict.is_tainted,
        "reason": why.value,
        "message": report.message[:300],
        "due_at": verdict.due_at,
    }
    if report.reference:
        changes["client_reference"] = report.reference[:200]
    if verdict.next is Next.ACCEPTED:
        changes |= _confirmed_price(delivery, report)
        if _method(delivery).kind == MethodKind.EMAIL:
            changes["tracking"] = Tracking.SENT
    return changes


def _confirmed_price(delivery: Delivery, report: Report) -> dict[str, Any]:
    """Take the price that the client confirms; one above the offer only where no budget is kept, which holds a place for no more."""
    if report.price is None or report.price == delivery.price:
        return {}
    if report.price > delivery.price and _holds_budget(delivery):
        return {"message": f"The answer names {report.price}; the lead was offered, and is sold, at {delivery.price}."}
    return {"price": report.price, "message": f"The client confirmed {report.price} instead of {delivery.price}."}


def _holds_budget(delivery: Delivery) -> bool:
    """Whether the delivery holds money in a budget of its client or account."""
    held = CapWindow.objects.filter(pk__in=[window for window, _ in delivery.windows])
    return held.filter(kind__in=[CapKind.BUDGET_DAY, CapKind.BUDGET_MONTH]).exists()


def _refused(delivery: Delivery, now: datetime) -> None:
    book.give_back(delivery=delivery, turn_used=True, now=now)
    book.send_on(delivery=delivery, now=now)


def _came_to_nothing(delivery: Delivery, now: datetime) -> None:
    book.give_back(delivery=delivery, turn_used=False, now=now)
    book.send_on(delivery=delivery, now=now)


FOLLOWS: dict[str, Callable[[Delivery, datetime], None]] = {
    DeliveryState.ACCEPTED: lambda delivery, now: book.confirm_sale(delivery=delivery, now=now),
    DeliveryState.REJECTED: _refused,
    DeliveryState.FAILED: _came_to_nothing,
    DeliveryState.CANCELLED: _came_to_nothing,
    DeliveryState.UNKNOWN: lambda delivery, now: book.hold_for_review(delivery=delivery, now=now),
    DeliveryState.QUEUED: lambda _delivery, _now: None,
}
EVENTS: dict[str, str] = {
    DeliveryState.ACCEPTED: "delivery.accepted",
    DeliveryState.REJECTED: "delivery.rejected",
    DeliveryState.FAILED: "delivery.failed",
    DeliveryState.CANCELLED: "delivery.cancelled",
    DeliveryState.UNKNOWN: "delivery.unknown",
    DeliveryState.QUEUED: "delivery.attempted",
}


def _attempt(attempt: Finished, *, method_id: int | None, is_stale: bool = False) -> Attempt:
    delivery, report = attempt.delivery, attempt.report
    return Attempt(
        delivery=delivery,
        method_id=method_id,
        n=delivery.claim,
        claim=delivery.claim,
        started=attempt.started,
        ended=attempt.ended,
        outcome=AttemptOutcome(report.outcome.value),
        is_stale=is_stale,
        status=report.status,
        rule=report.rule[:200],
        message=report.message[:300],
        request=dict(report.request),
        request_sha256=report.request_sha256,
        answer=report.answer,
    )


def write_lost_attempt(delivery: Delivery, *, now: datetime) -> None:
    """Write down the attempt of a worker that never came back: with a request written it may have gone out."""
    outcome = Outcome.IN_DOUBT if delivery.payload is not None else Outcome.NOT_SENT
    report = Report(outcome, message="The worker was lost before it wrote down an answer.")
    before = delivery.claim - 1
    Attempt.objects.create(
        delivery=delivery,
        method_id=delivery.method_id,
        n=before,
        claim=before,
        started=delivery.first_attempt_at or now,
        ended=now,
        outcome=report.outcome.value,
        message=report.message,
    )


def end_without_sending(delivery: Delivery, *, why: Why, now: datetime, state: str = DeliveryState.SENDING) -> bool:
    """End a delivery that must not or cannot go out: in doubt when the client may have it, else cancelled or failed."""
    to = DeliveryState.UNKNOWN if delivery.is_tainted else ENDS.get(why, DeliveryState.FAILED)
    with transaction.atomic():
        hold_leads([delivery.lead_id])
        return move(
            delivery, to, {"reason": why.value, "message": SAID.get(why, ""), "is_tainted": delivery.is_tainted}, now=now, state=state
        )


ENDS: dict[Why, str] = {Why.SUPPRESSED: DeliveryState.CANCELLED, Why.LEASE_LOST: DeliveryState.UNKNOWN}
SAID = {
    Why.SUPPRESSED: "The person asked not to be contacted, or was erased: nothing was sent.",
    Why.CIRCUIT_OPEN: "The delivery method was paused for longer than the time budget.",
    Why.METHOD_OFF: "The delivery method was switched off for longer than the time budget.",
    Why.GIVEN_UP: "A person did not want to wait any longer.",
    Why.LEASE_LOST: "Ten workers were lost over this delivery: a person must look.",
    Why.IN_DOUBT: "The client may have taken the lead, and there is no time left to ask again.",
}
