"""Reports about mails as mail servers write them: not delivered, late, delivered (RFC 3464), reported as spam (RFC 5965)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses, parseaddr
from typing import Any
from uuid import UUID

import re2
from django.conf import settings

from distribution.enums import MailEventKind
from distribution.transports.mail_marks import returned

MOST_OCTETS = 512 * 1024
MOST_RECIPIENTS = 50
CAME_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
ACTIONS = {
    "failed": MailEventKind.BOUNCED,
    "delayed": MailEventKind.DEFERRED,
    "delivered": MailEventKind.DELIVERED,
    "relayed": MailEventKind.DELIVERED,
}
STATUS = re2.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b|\b([245])\d\d\b")


@dataclass(frozen=True, slots=True)
class Told:
    """What a report says of one recipient."""

    kind: MailEventKind
    recipient: str = ""
    is_permanent: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A report with the delivery it is about. `is_verified`: it came to the signed return address of that very mail."""

    delivery: UUID | None
    is_verified: bool
    told: tuple[Told, ...]


def read_report(raw: bytes) -> Report:
    """Return what a mail to our return address reports; nothing told for a mail that is no report."""
    message = message_from_bytes(raw[:MOST_OCTETS], policy=compat32)
    told = tuple(_told(message))
    signed = next((found for address in _addresses(message) if (found := returned(address))), None)
    return Report(signed or _named(raw), signed is not None, told)


def _addresses(message: Message) -> Iterator[str]:
    for name in CAME_TO:
        yield from (address for _, address in getaddresses([str(one) for one in message.get_all(name, [])]))
    for part in _parts(message, "message/feedback-report"):
        yield from (parseaddr(str(one))[1] for fields in _blocks(part) for one in fields.get_all("Original-Mail-From", []))


def _parts(message: Message, kind: str) -> Iterator[Message]:
    return (part for part in message.walk() if part.get_content_type() == kind)


def _blocks(part: Message) -> list[Message]:
    payload: Any = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _told(message: Message) -> Iterator[Told]:
    for part in _parts(message, "message/delivery-status"):
        for block in _blocks(part)[: MOST_RECIPIENTS + 1]:
            action = ACTIONS.get(str(block.get("Action", "")).strip().casefold())
            if action:
                yield _of_recipient(block, action)
    for part in _parts(message, "message/feedback-report"):
        for block in _blocks(part):
            yield from _of_complaint(block)


def _of_recipient(block: Message, kind: MailEventKind) -> Told:
    recipient = _address(block.get("Original-Recipient") or block.get("Final-Recipient") or "")
    status, said = str(block.get("Status", "")).strip(), str(block.get("Diagnostic-Code", "")).strip()
    found = STATUS.search(status) or STATUS.search(said)
    worst = (found.group(1) or found.group(2)) if found else ""
    permanent = kind is MailEventKind.BOUNCED and worst == "5"
    return Told(kind, recipient, permanent, " ".join(part for part in (status, said) if part))


def _of_complaint(block: Message) -> Iterator[Told]:
    if str(block.get("Feedback-Type", "")).strip().casefold() == "not-spam":
        return
    recipients: Iterable[str] = [_address(str(one)) for one in block.get_all("Original-Rcpt-To", [])] or [""]
    for recipient in list(recipients)[:MOST_RECIPIENTS]:
        yield Told(MailEventKind.COMPLAINED, recipient, detail=str(block.get("Feedback-Type", "abuse")))


def _address(field: Any) -> str:
    """Return the address of a field such as `rfc822; sales@client.example`."""
    return parseaddr(str(field).rpartition(";")[2].strip())[1].casefold()


def _named(raw: bytes) -> UUID | None:
    """Return the delivery whose Message-ID stands in the report; nobody vouches for that."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    found = re2.search(
        rf"<([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})@{re2.escape(domain)}>", raw[:MOST_OCTETS].decode("latin-1")
    )
    return UUID(found.group(1)) if found else None
