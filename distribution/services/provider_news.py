"""Events of mail providers in our own vocabulary; the provider's signature was checked before."""

import re
from typing import Any
from uuid import UUID

from anymail.signals import EventType, RejectReason

from distribution.enums import MailEventKind
from distribution.services.track import News, note
from leads.clock import database_now

KINDS = {
    EventType.DELIVERED: MailEventKind.DELIVERED,
    EventType.OPENED: MailEventKind.OPENED,
    EventType.CLICKED: MailEventKind.CLICKED,
    EventType.DEFERRED: MailEventKind.DEFERRED,
    EventType.BOUNCED: MailEventKind.BOUNCED,
    EventType.REJECTED: MailEventKind.BOUNCED,
    EventType.FAILED: MailEventKind.BOUNCED,
    EventType.COMPLAINED: MailEventKind.COMPLAINED,
}
PERMANENT = frozenset({RejectReason.BOUNCED, RejectReason.INVALID, RejectReason.BLOCKED, RejectReason.SPAM})
REFUSED = re.compile(r"\b(?:5\.\d{1,3}\.\d{1,3}|5\d\d)\b")
DELIVERY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def take_event(*, event: Any, provider: str) -> bool:
    """Note an event of a mail of ours; False for what was told before, is of no use, or of no mail of ours."""
    kind, delivery = KINDS.get(event.event_type), delivery_of(event)
    if kind is None or delivery is None:
        return False
    said = " ".join(str(part) for part in (event.mta_response, event.description, event.reject_reason) if part)
    is_permanent = kind is MailEventKind.BOUNCED and (event.reject_reason in PERMANENT or bool(REFUSED.search(event.mta_response or "")))
    recipient = event.recipient or ""
    unique = event.event_id or f"{event.message_id}|{recipient}|{event.timestamp}"
    news = News(
        delivery, kind, provider, (provider, unique), at=event.timestamp, recipient=recipient, is_permanent=is_permanent, detail=said
    )
    return note(news, now=database_now())


def delivery_of(event: Any) -> UUID | None:
    """Return the delivery that the mail was marked with, or that its own Message-ID names."""
    marked = str((event.metadata or {}).get("delivery", "")) or str(event.message_id or "").strip("<>").partition("@")[0]
    return UUID(marked) if DELIVERY.fullmatch(marked) else None
