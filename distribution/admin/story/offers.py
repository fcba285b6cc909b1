"""Deliveries as they are told: what was sent, what came back, what it waits for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from clients.enums import MethodKind
from distribution.domain.explain_offer import Try, Waiting, tries_said, waiting_said
from distribution.domain.table import csv_text
from distribution.enums import OPEN_STATES, AttemptOutcome, DeliveryState
from distribution.events import why
from distribution.models import Attempt, Delivery, DeliveryCopy
from distribution.transports.masking import hide_place
from leads.viewer import viewer
from leads.words import pill


@dataclass(frozen=True, slots=True)
class AttemptTold:
    row: Attempt
    pill: SafeString
    time: str
    took: str
    by: str
    """The method, where it is not the one that the delivery goes by now."""
    request: str
    answer: str
    verdict: str
    """Which rule decided, in words."""
    is_open: bool


@dataclass(frozen=True, slots=True)
class OfferTold:
    row: Delivery
    page: str
    pill: SafeString
    meta: str
    waits: str
    says: str
    """What became of it in words; empty where the pill says all."""
    quote: str
    """What the client or its server said last, in quotation marks."""
    attempts: list[AttemptTold]
    copies: list[tuple[DeliveryCopy, SafeString]]
    """What went besides, by the methods that the account uses *always*."""
    is_open: bool
    is_doubted: bool


def offers_told(deliveries: Iterable[Delivery], *, now: datetime) -> list[OfferTold]:
    """Tell of every delivery; the last one is open, and in it the last attempt."""
    rows = list(deliveries)
    return [offer_told(row, now=now, is_open=row is rows[-1]) for row in rows]


def offer_told(row: Delivery, *, now: datetime, is_open: bool = True) -> OfferTold:
    attempts = list(row.attempts.all())
    return OfferTold(
        row=row,
        page=reverse("admin:distribution_delivery_change", args=[row.pk]),
        pill=pill(row.state, str(row.get_state_display())),
        meta=_meta(attempts),
        waits=waiting_for(row, now=now),
        says="" if row.state in OPEN_STATES or not row.reason else begun(why(row.reason)),
        quote=f"“{row.message.rstrip('.')}”." if row.message else "",
        attempts=[_attempt(one, row, is_last=one is attempts[-1]) for one in attempts],
        copies=[(copy, pill(copy.state, COPY_WORDS[DeliveryState(copy.state)])) for copy in row.copies.all()],
        is_open=is_open,
        is_doubted=row.state == DeliveryState.UNKNOWN,
    )


COPY_WORDS = {
    DeliveryState.QUEUED: "Waits",
    DeliveryState.SENDING: "Under way",
    DeliveryState.ACCEPTED: "Arrived",
    DeliveryState.REJECTED: "Refused",
    DeliveryState.FAILED: "Not delivered",
    DeliveryState.UNKNOWN: "In doubt",
    DeliveryState.CANCELLED: "Not sent",
}


def begun(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def waiting_for(row: Delivery, *, now: datetime) -> str:
    """What a delivery that is under way waits for; empty for one that has ended."""
    if row.state not in OPEN_STATES:
        return ""
    tries = tries_of(row)
    method = row.method
    if method is not None and method.kind == MethodKind.FILE and not tries:
        return f"Waits for the file of this {method.file_every}, which goes out when the {method.file_every} is over at the client’s place."
    waiting = Waiting(
        now=now,
        zone=viewer().zone,
        state=row.state,
        since=row.first_attempt_at or row.created,
        due_at=row.due_at,
        hold_until=row.hold_until,
        paused_until=method.paused_until if method else None,
        is_off=method is None or not method.is_enabled or method.is_archived,
        last=tries[-1] if tries else None,
    )
    return waiting_said(waiting)


def beside(row: Delivery, *, now: datetime) -> str:
    """What stands beside an offer in the sentences of a trace: what it waits for, or how its tries went."""
    return waiting_for(row, now=now) or tries_said(tries_of(row))


def tries_of(row: Delivery) -> list[Try]:
    return [Try(one.started, one.outcome, one.status) for one in row.attempts.all() if not one.is_stale]


def _meta(attempts: list[Attempt]) -> str:
    if not attempts:
        return "nothing sent yet"
    number = f"{len(attempts)} attempt{'s' if len(attempts) > 1 else ''}"
    return f"{number} · {took(attempts[0].started, attempts[-1].ended)}"


def took(start: datetime, end: datetime) -> str:
    seconds = (end - start).total_seconds()
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:,.1f} s"


def _attempt(one: Attempt, row: Delivery, *, is_last: bool) -> AttemptTold:
    words = str(one.get_outcome_display())
    came_to_nothing = one.outcome in ("not_sent", "not_taken", "in_doubt")
    if came_to_nothing and not is_last:
        words = f"{words}, tried again"
    elif one.is_stale:
        words = f"{words}, too late"
    local = viewer().local(one.started)
    return AttemptTold(
        row=one,
        pill=pill(one.outcome, words),
        time=f"{local:%H:%M:%S}.{local.microsecond // 1000:03d}",
        took=took(one.started, one.ended),
        by=one.method.name if one.method and one.method_id != row.method_id else "",
        request=request_text(one.request, row.payload),
        answer=answer_text(one),
        verdict=" ".join(part for part in (one.rule, one.message) if part and part not in one.answer),
        is_open=is_last,
    )


def request_text(kept: dict[str, Any], payload: dict[str, Any] | None) -> str:
    """The request as it went over the line, masked: what this attempt kept of it, and the body that all attempts share."""
    payload = payload or {}
    if payload.get("kind") == MethodKind.PORTAL:
        return "Nothing is sent: the client sees it in its own view."
    if not kept and not payload:
        return "Nothing was written."
    if "to" in payload:
        return mail_text(payload)
    if "row" in payload:
        return "\n".join([str(kept.get("file", "")), "", csv_text(payload["columns"], [payload["row"]])]).strip()
    first = f"{kept.get('verb') or payload.get('verb', '')} {kept.get('url') or payload.get('url', '')}".strip()
    headers = [f"{name}: {value}" for name, value in (kept.get("headers") or {}).items()]
    body = str(payload.get("body") or "")
    return hide_place("\n".join([first, *headers, *(["", body] if body else [])]))


def mail_text(payload: dict[str, Any]) -> str:
    lines = [f"To: {', '.join(payload['to'])}", f"From: {payload.get('from', '')}", f"Subject: {payload.get('subject', '')}"]
    return "\n".join([*lines, "", str(payload.get("text") or ""), *(["lead.csv:", payload["csv"]] if payload.get("csv") else [])])


def answer_text(one: Attempt) -> str:
    if one.status is None and not one.answer:
        return "" if one.outcome == AttemptOutcome.ACCEPTED and one.message else "No answer."
    first = f"{one.status}" if one.status is not None else ""
    return "\n\n".join(part for part in (first, one.answer) if part)
