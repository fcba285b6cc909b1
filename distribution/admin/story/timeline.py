"""What happened to a lead, newest first: its events, its notes, and the beginnings that no event tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from distribution.admin.story.linking import Links
from distribution.domain.explain_offer import ping_said
from distribution.enums import PingVerdict
from distribution.models import Delivery, Ping
from distribution.queries import LeadStory
from leads.domain.criteria_fields import STANDARD as CRITERIA
from leads.events import sentence, without_clients
from leads.models import Correction, Event, Lead
from leads.viewer import viewer
from leads.words import money, phone

TONES = {
    "lead.sold": "sold",
    "lead.offered": "queued",
    "lead.rerun": "queued",
    "lead.in_doubt": "waiting",
    "lead.unrouted": "waiting",
    "delivery.settled": "waiting",
    "return.requested": "waiting",
    "return.granted": "failed",
    "delivery.failed": "failed",
    "delivery.attempted": "failed",
    "delivery.next_method": "failed",
    "delivery.reversed": "failed",
    "mail.bounced": "failed",
    "mail.complained": "failed",
    "lead.corrected": "queued",
    "lead.rejected": "failed",
    "lead.suppressed": "failed",
}
TOLD_TWICE = ("delivery.accepted", "delivery.unknown")
"""Their tale is that of `lead.sold` and `lead.in_doubt`, written in the same instant."""


@dataclass(frozen=True, slots=True)
class Entry:
    at: datetime
    day: str
    time: str
    tone: str
    html: SafeString
    caption: SafeString | str = ""
    page: str = ""
    link: str = ""
    by: str = ""
    note: str = ""


def timeline(story: LeadStory, links: Links, *, sees_clients: bool) -> list[Entry]:
    """Return the entries newest first; without `sees_clients` nobody's name or price stands in them."""
    deliveries = {f"delivery:{one.spoken}": one for one in story.deliveries}
    events = [event for event in story.events if event.kind not in TOLD_TWICE]
    entries = [_of_event(event, story, deliveries, links, sees_clients=sees_clients) for event in events]
    entries += [_of_run(decision) for decision in story.decisions]
    entries += [_of_ping(ping, links) for ping in story.pings if ping.ended]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    return [*entries, *_beginning(story.lead)]


def _of_event(event: Event, story: LeadStory, deliveries: dict[str, Delivery], links: Links, *, sees_clients: bool) -> Entry:
    if not sees_clients:
        event.data = without_clients(event.data)
    note = story.notes.get(event.data.get("note", 0))
    correction = story.corrections.get(event.data.get("correction", 0))
    text = note.text if note else ""
    return event_entry(event, story.clients, links, deliveries.get(event.about), note=text, correction=correction)


def event_entry(
    event: Event,
    clients: Mapping[int, str],
    links: Links,
    delivery: Delivery | None = None,
    *,
    note: str = "",
    correction: Correction | None = None,
) -> Entry:
    """One event as an entry; with its delivery it leads there and tells what the client said."""
    event.client_name = clients.get(event.data.get("client", 0), "")  # type: ignore[attr-defined]
    return entry(
        event.at,
        links.html(sentence(event)),
        tone=TONES.get(event.kind, ""),
        by=(event.by.get_full_name() or event.by.username) if event.by else "",
        caption=_caption(event, delivery, correction),
        page=reverse("admin:distribution_delivery_change", args=[delivery.pk]) if delivery else "",
        link=delivery.spoken if delivery else "",
        note=note,
    )


def entry(at: datetime, html: SafeString, **more: Any) -> Entry:
    local = viewer().local(at)
    return Entry(at=at, day=f"{local:%A} {local.day} {local:%B %Y}", time=f"{local:%H:%M:%S}", html=html, **({"tone": ""} | more))


def _caption(event: Event, delivery: Delivery | None, correction: Correction | None) -> str:
    if event.kind == "delivery.settled" or event.kind.startswith("return."):
        return str(event.data.get("reason", ""))
    if event.kind == "lead.corrected" and correction is not None:
        return corrected_said(correction)
    if event.kind == "delivery.rejected" and delivery is not None:
        return delivery.message
    return ""


def corrected_said(correction: Correction) -> str:
    """What stood there and what stands there now, field by field."""
    parts = []
    for name, after in sorted(correction.after.items()):
        label = CRITERIA[name].label if name in CRITERIA else name
        parts.append(f"{label}: {_shown(correction.before.get(name))} → {_shown(after)}")
    return "; ".join(parts)


def _shown(value: Any) -> str:
    if value in (None, "", []):
        return "nothing"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _of_run(decision: Any) -> Entry:
    text = f"Distribution {decision.run} began, decided by settings version {decision.version.number}."
    return entry(decision.started, format_html("{}", text), tone="queued")


def _of_ping(ping: Ping, links: Links) -> Entry:
    took = ping.ended - ping.started if ping.ended and ping.started else None
    bid = money(ping.bid) if ping.bid is not None else ""
    said = ping_said(ping.client.name, ping.verdict, bid=bid, message=ping.message, took=took)
    return entry(ping.ended or ping.created, links.html(said), tone="queued" if ping.verdict == PingVerdict.ACCEPTED else "waiting")


def _beginning(lead: Lead) -> list[Entry]:
    told = [f"Located {located}." for located in [_located(lead)] if located]
    told.append(f"Received from {lead.campaign.source.name}, campaign {lead.campaign.name}.")
    return [entry(lead.received_at, format_html("{}", text)) for text in told]


def _located(lead: Lead) -> str:
    """Where it is, by what, and on whose clocks."""
    place = ", ".join(part for part in (lead.city, lead.state) if part)
    by = " and ".join([f"ZIP {lead.zip}"] * bool(lead.zip) + [f"phone {phone(lead.phone)[:3]}"] * bool(lead.phone))
    clocks = ", ".join(zone.replace("_", " ") for zone in lead.zones)
    if not clocks:
        return ""
    return f"{f'in {place} ' if place else ''}by {by}: {clocks}" if by else f"in {place}: {clocks}"
