"""Delivery by e-mail: handing it over to the mail provider is what counts as accepted."""

import asyncio
import hashlib
import json
import smtplib
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import parseaddr
from typing import Any

from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from clients.models import DeliveryMethod
from distribution.crash import crash_here
from distribution.domain.body import check_map
from distribution.domain.problem import Problem
from distribution.domain.retry import Outcome
from distribution.transports.envelope import Envelope, Report
from distribution.transports.fields import known_fields
from distribution.transports.masking import kept_answer
from distribution.transports.outbound import Outbound
from distribution.transports.smtp import Phase, TracedMessage
from distribution.transports.template import check_template

MOST_RECIPIENTS = 20
THREADS = ThreadPoolExecutor(64, thread_name_prefix="mail")
LATER = frozenset({408, 425, 429})
TEMPLATES = {"subject": "header", "text_body": "text", "html_body": "html"}


def recipients(text: str) -> list[str]:
    """Return the addresses of a list separated by commas."""
    return [one.strip() for one in text.split(",") if one.strip()]


async def send(envelope: Envelope, _outbound: Outbound | None = None) -> Report:
    """Hand the mail over once and say what came of it."""
    try:
        message = write_message(envelope)
        message.message()
    except (ValueError, KeyError, TypeError):
        return Report(Outcome.CONFIG_ERROR, message="The mail cannot be written: check the addresses and the subject of the method.")
    kept = {name: envelope.payload[name] for name in ("to", "from", "message_id")}
    sha256 = hashlib.sha256(json.dumps(dict(envelope.payload), sort_keys=True).encode()).hexdigest()
    crash_here("before_connect")
    running = asyncio.get_running_loop().run_in_executor(THREADS, _hand_over, message)
    try:
        async with asyncio.timeout(envelope.seconds):
            outcome, status, text = await asyncio.shield(running)
    except TimeoutError:
        message.is_called_off = True
        outcome, status, text = _unfinished(message, f"The mail server took longer than {envelope.seconds:g} seconds.")
    crash_here("after_answer")
    return Report(outcome, message=text[:300], status=status, request=kept, request_sha256=sha256, answer=kept_answer(text, secret=""))


def write_message(envelope: Envelope) -> TracedMessage:
    """Return the mail as it was first written: same id, same date, same bytes in every attempt."""
    payload = envelope.payload
    headers = {"Message-ID": payload["message_id"], "Date": payload["date"], "X-Delivery-Id": str(envelope.delivery)}
    if payload.get("return_path"):
        headers["From"] = payload["from"]
    message = TracedMessage(
        subject=payload["subject"],
        body=payload["text"],
        from_email=payload.get("return_path") or payload["from"],
        to=payload["to"],
        headers=headers,
    )
    if payload["html"]:
        message.attach_alternative(payload["html"], "text/html")
    if payload.get("csv"):
        message.attach("lead.csv", payload["csv"], "text/csv")
    message.boundary = envelope.delivery.hex
    message.metadata = {"delivery": str(envelope.delivery)}  # type: ignore[attr-defined]  # providers send it back
    return message


def message_id(delivery: object) -> str:
    """Return the id by which bounces and replies name the delivery."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{delivery}@{domain}>"


def _hand_over(message: TracedMessage) -> tuple[Outcome, int | None, str]:
    if message.is_called_off:
        return Outcome.NOT_SENT, None, "Called off."
    try:
        message.send(using="default")
    except Exception as error:  # noqa: BLE001 -- whatever a provider's library raises, the phase says what is known
        return _failed(message, error)
    return Outcome.ACCEPTED, 250, "Handed over."


def _failed(message: TracedMessage, error: Exception) -> tuple[Outcome, int | None, str]:
    if message.phase is Phase.HANDED_OVER:
        return Outcome.ACCEPTED, 250, "Handed over."
    code, text = _code(error)
    if code is not None:
        return (Outcome.NOT_TAKEN if code < 500 else Outcome.REJECTED), code, text
    if isinstance(error, AnymailRecipientsRefused):
        return Outcome.REJECTED, None, "The provider refuses every recipient."
    if isinstance(error, AnymailAPIError) and error.status_code is not None and 400 <= error.status_code < 500:
        outcome = Outcome.NOT_TAKEN if error.status_code in LATER else Outcome.CONFIG_ERROR
        return outcome, error.status_code, f"The mail provider answers {error.status_code}; check its keys and the method."
    if isinstance(error, ValueError):
        return Outcome.CONFIG_ERROR, None, "The mail cannot be written: an address or the subject is not valid."
    return _unfinished(message, f"The mail server could not be used: {type(error).__name__}.")


def _unfinished(message: TracedMessage, text: str) -> tuple[Outcome, int | None, str]:
    return (Outcome.NOT_SENT if message.phase is Phase.NOTHING else Outcome.IN_DOUBT), None, text


def _code(error: Exception) -> tuple[int | None, str]:
    """Return the mail server's own code: of a refusal of all recipients the mildest one. Ours to fix is not theirs to refuse."""
    if isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPConnectError | smtplib.SMTPHeloError):
        return 421, "The mail server refuses us; check its settings."
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted((code, _text(text)) for code, text in error.recipients.values())
        return codes[0] if codes else (None, "")
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, _text(error.smtp_error)
    return None, ""


def _text(reply: Any) -> str:
    return reply.decode(errors="replace") if isinstance(reply, bytes) else str(reply)


def check_config(method: DeliveryMethod, *, fields: Collection[str] | None = None) -> tuple[Problem, ...]:
    """Return everything that would keep this method from working, each with its remedy."""
    return tuple(_problems(method, known_fields(method) if fields is None else fields))


def _problems(method: DeliveryMethod, fields: Collection[str]) -> Iterator[Problem]:
    addresses = recipients(method.to_address)
    if not 1 <= len(addresses) <= MOST_RECIPIENTS:
        yield Problem("to_address", "missing", f"Enter 1 to {MOST_RECIPIENTS} addresses, separated by commas.")
    for address in addresses:
        try:
            validate_email(address)
        except ValidationError:
            yield Problem("to_address", "bad_address", f"“{address[:80]}” is not an e-mail address.")
    if "\n" in method.subject or "\r" in method.subject:
        yield Problem("subject", "two_lines", "The subject is one line.")
    if method.attaches_csv:
        yield from check_map(method.field_map, fields=set(fields) - {"secret"}, body_kind="csv")
    for place, kind in TEMPLATES.items():
        if getattr(method, place):
            yield from check_template(getattr(method, place), place, fields=set(fields) - {"secret"}, kind=kind)
