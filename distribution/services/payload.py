"""The request of a delivery, written once before its first attempt and kept: every attempt sends the same bytes."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from django.conf import settings

from clients.enums import HttpVerb, MethodKind
from clients.models import DeliveryMethod
from distribution.domain.body import CONTENT_TYPES, WRITERS, Entry, mapped, read_map
from distribution.domain.table import csv_text
from distribution.domain.transforms import as_text
from distribution.models import Delivery, Ping
from distribution.transports import mail
from distribution.transports.masking import PLACE
from distribution.transports.template import TemplateProblem, render
from distribution.transports.webhook import add_query
from leads.models import Lead, LeadField
from leads.models.lead import STANDARD_COLUMNS

type Values = Mapping[str, Any]

PLAIN_TEXT = (
    "first_name", "last_name", "phone", "phone2", "email", "address", "city", "state", "zip", "country", "date_of_birth", "consent_text"
)  # fmt: skip
"""What a mail without a template tells of a lead, beside the lead type's own fields."""


def own_fields(lead_types: Iterable[int]) -> dict[int, list[str]]:
    """Return the names of the fields that each lead type adds, in their order."""
    names: dict[int, list[str]] = {}
    for lead_type, name in LeadField.objects.filter(lead_type__in=set(lead_types)).values_list("lead_type", "name"):
        names.setdefault(lead_type, []).append(name)
    return names


def lead_values(lead: Lead, own: Iterable[str]) -> dict[str, Any]:
    """Return what field maps and templates may say of a lead; every name is there, an empty value as nothing."""
    values = {name: getattr(lead, name) for name in STANDARD_COLUMNS}
    values |= {name: lead.custom.get(name) for name in own if name not in STANDARD_COLUMNS}  # a type may name one to require it
    return values | {
        "lead_id": str(lead.pk),
        "lead_number": lead.spoken,
        "received_at": lead.received_at,
        "campaign": lead.campaign.name,
        "source": lead.campaign.source.name,
        "is_test": lead.is_test,
        "secret": PLACE,
    }


def delivery_values(delivery: Delivery, own: Iterable[str]) -> dict[str, Any]:
    return (
        lead_values(delivery.lead, own)
        | _ping_of(delivery)
        | {
            "delivery_id": str(delivery.pk),
            "client": delivery.client.name,
            "account": delivery.account.name,
            "price": delivery.price,
        }
    )


def _ping_of(delivery: Delivery) -> dict[str, str]:
    """What a post says of the ping that it follows: our number and the client's own."""
    if delivery.method is None or delivery.method.kind != MethodKind.PING_POST:
        return {}
    ping = Ping.objects.filter(decision=delivery.decision_id, account=delivery.account_id).only("id", "reference").first()
    return {"ping_id": str(ping.pk) if ping else "", "ping_reference": ping.reference if ping else ""}


def write_payload(method: DeliveryMethod, values: Values, own: Iterable[str], *, now: datetime, url: str | None = None) -> dict[str, Any]:
    """Return the request as it will be kept, with a place for the secret. Raises TemplateProblem."""
    return WRITE[method.kind](method, values, own, now, url)


def _webhook(method: DeliveryMethod, values: Values, own: Iterable[str], _now: datetime, url: str | None) -> dict[str, Any]:
    entries = read_map(method.field_map) or _every_field(values, own)
    return webhook_request(method, entries, values, address=url or method.url, template=method.template)


def webhook_request(
    method: DeliveryMethod, entries: Iterable[Entry], values: Values, *, address: str, template: str = ""
) -> dict[str, Any]:
    """Return a request in the method's verb and form. Raises TemplateProblem."""
    pairs = mapped(entries, values)
    is_get = method.verb == HttpVerb.GET
    headers = {name: _header(text, values) for name, text in method.headers.items()}
    if not is_get and not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = CONTENT_TYPES[method.body_kind]
    return {
        "kind": method.kind,
        "verb": method.verb,
        "url": add_query(address, [(name, as_text(value)) for name, value in pairs]) if is_get else address,
        "headers": headers,
        "body_kind": method.body_kind,
        "body": "" if is_get else render(template, values, kind=method.body_kind) if template else WRITERS[method.body_kind](pairs),
    }


def _post(method: DeliveryMethod, values: Values, own: Iterable[str], now: datetime, url: str | None) -> dict[str, Any]:
    """The post is a webhook that names the ping it follows."""
    payload = _webhook(method, values, own, now, url)
    marks = {"X-Ping-Id": values.get("ping_id"), "X-Ping-Reference": values.get("ping_reference")}
    headers = {name: text for name, value in marks.items() if (text := header_text(str(value or "")))}
    return payload | {"headers": payload["headers"] | headers}


def header_text(text: str) -> str:
    """Return what a header can carry of a client's own words."""
    return "".join(letter for letter in text if letter.isascii() and letter.isprintable())


def _header(text: str, values: Values) -> str:
    written = render(text, values, kind="header") if "{" in text else text
    if not written.isascii() or not written.isprintable():
        raise TemplateProblem("A header's value would hold characters that a header cannot carry.")
    return written


def _every_field(values: Values, own: Iterable[str]) -> tuple[Entry, ...]:
    names = ("lead_id", "received_at", "ping_id", "ping_reference", *STANDARD_COLUMNS, *own)
    return tuple(Entry(name, name) for name in names if name in values)


def _email(method: DeliveryMethod, values: Values, own: Iterable[str], now: datetime, _url: str | None) -> dict[str, Any]:
    known = {name: value for name, value in values.items() if name != "secret"}
    subject = render(method.subject or "New lead from {{ campaign }}", known, kind="header")
    text = render(method.text_body, known, kind="text") if method.text_body else ""
    page = render(method.html_body, known, kind="html") if method.html_body else ""
    return {
        "kind": method.kind,
        "to": mail.recipients(method.to_address),
        "from": settings.DEFAULT_FROM_EMAIL,
        "subject": " ".join(subject.split())[:300],
        "text": text or ("" if page else _told(known, own)),
        "html": page,
        "message_id": mail.message_id(values["delivery_id"]),
        "date": format_datetime(now),
        "csv": csv_text(*_table(method, known, own, "lead_id")) if method.attaches_csv else "",
    }


def _table(method: DeliveryMethod, values: Values, own: Iterable[str], key: str) -> tuple[list[str], list[list[Any]]]:
    """Return the columns and the one row of a lead; without a field map all fields, the first of which tells a repeat."""
    entries = read_map(method.field_map) or (Entry(key, key), *(one for one in _every_field(values, own) if one.field != key))
    pairs = mapped(entries, values)
    return [name for name, _ in pairs], [[as_text(value) for _, value in pairs]]


def _file(method: DeliveryMethod, values: Values, own: Iterable[str], _now: datetime, _url: str | None) -> dict[str, Any]:
    columns, rows = _table(method, {name: value for name, value in values.items() if name != "secret"}, own, "delivery_id")
    return {"kind": method.kind, "columns": columns, "row": rows[0]}


def file_payload(method: DeliveryMethod, name: str, content: str) -> dict[str, Any]:
    """Return a file as it is sent: where to, under which name, and all of it."""
    return {
        "kind": method.kind,
        "host": method.host,
        "port": method.port,
        "folder": method.folder,
        "host_key": method.host_key.strip(),
        "name": name,
        "content": content,
    }


def _portal(method: DeliveryMethod, _values: Values, _own: Iterable[str], _now: datetime, _url: str | None) -> dict[str, Any]:
    return {"kind": method.kind}


def _told(values: Values, own: Iterable[str]) -> str:
    names = [name for name in (*PLAIN_TEXT, *own) if values.get(name) not in (None, "")]
    return "".join(f"{name.replace('_', ' ').capitalize()}: {as_text(values[name])}\n" for name in names)


WRITE: dict[str, Callable[[DeliveryMethod, Values, Iterable[str], datetime, str | None], dict[str, Any]]] = {
    MethodKind.WEBHOOK: _webhook,
    MethodKind.PING_POST: _post,
    MethodKind.EMAIL: _email,
    MethodKind.FILE: _file,
    MethodKind.PORTAL: _portal,
}
