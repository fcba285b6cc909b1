"""The facts beside a lead's story: whose clock, who and where, where it came from, and the money."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from distribution.admin.story.linking import page_of
from distribution.enums import DeliveryState
from distribution.queries import LeadStory
from leads.domain.kept_values import from_json
from leads.enums import LeadOutcome, Route
from leads.models import Lead
from leads.services.facts import field_specs
from leads.words import money, phone

NAMES = {
    "phone": "Phone",
    "phone2": "Second phone",
    "email": "E-mail",
    "address": "Address",
    "date_of_birth": "Born",
}


LONG_NUMBER = 10_000
"""From here on numbers are written with commas."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What the clocks show where the lead may be."""

    place: str
    time: str
    day: str
    zone: str


@dataclass(frozen=True, slots=True)
class Fact:
    """`link` is a safe address of our own making or empty; a source's text never becomes one unchecked."""

    label: str
    value: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Money:
    sold_for: str
    cost: str
    margin: str
    percent: str
    is_loss: bool


def clocks(lead: Lead, *, now: datetime) -> list[Clock]:
    """Return one clock for every zone the lead plausibly is in."""
    found = []
    for name in lead.zones:
        local = now.astimezone(ZoneInfo(name))
        found.append(Clock(_place(lead, name), f"{local:%H:%M}", f"{local:%a}", f"{local:%Z}"))
    return found


def _place(lead: Lead, zone: str) -> str:
    return lead.city if lead.city and len(lead.zones) == 1 else zone.rpartition("/")[2].replace("_", " ")


def person(story: LeadStory, *, now: datetime) -> list[Fact]:
    """Who it is and where, then the lead type's own fields."""
    lead = story.lead
    facts = [
        Fact("Phone", _spoken(lead.phone), f"tel:{lead.phone}" if lead.phone else ""),
        Fact("Second phone", _spoken(lead.phone2), f"tel:{lead.phone2}" if lead.phone2 else ""),
        Fact("E-mail", lead.email, f"mailto:{lead.email}" if _is_plain(lead.email) else ""),
        Fact("Address", _address(lead)),
        Fact("Born", _born(lead, now)),
    ]
    return [fact for fact in facts if fact.value] + own_fields(story)


def own_fields(story: LeadStory) -> list[Fact]:
    values = from_json(story.lead.custom, field_specs(story.fields))
    labels = {field.name: field.label or field.name.replace("_", " ").capitalize() for field in story.fields}
    return [Fact(labels.get(name, name), said(value)) for name, value in values.items() if value not in (None, "", [])]


def said(value: Any) -> str:
    """A value as people say it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list | tuple):
        return ", ".join(said(one) for one in value)
    if isinstance(value, int | Decimal) and not -LONG_NUMBER < value < LONG_NUMBER:
        return f"{value:,}"
    return str(value)


def _spoken(number: str) -> str:
    short = phone(number)
    return short if short == number else f"+1 {short}"


def _is_plain(email: str) -> bool:
    return bool(email) and not any(letter in email for letter in " ?&<>\"'%")


def _address(lead: Lead) -> str:
    town = " ".join(part for part in (", ".join(part for part in (lead.city, lead.state) if part), lead.zip) if part)
    return ", ".join(part for part in (lead.address, town) if part)


def _born(lead: Lead, now: datetime) -> str:
    born = lead.date_of_birth
    if born is None:
        return ""
    today = now.date()
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return f"{born.day} {born:%b %Y} ({years})"


def origin(story: LeadStory, *, sees_clients: bool) -> list[Fact]:
    lead = story.lead
    facts = [
        Fact("Source", lead.campaign.source.name, page_of("admin:leads_source_change", lead.campaign.source_id) if sees_clients else ""),
        Fact("Campaign", lead.campaign.name, page_of("admin:leads_campaign_change", lead.campaign_id) if sees_clients else ""),
        Fact("Lead type", lead.lead_type.name),
        Fact("Their ID", lead.external_id),
        Fact("Consent", _consent(lead), lead.consent_url if lead.consent_url.startswith(("https://", "http://")) else ""),
        Fact("Landing page", lead.landing_url),
    ]
    if lead.status == "accepted" and not lead.is_test:
        facts.append(Fact("Route", _routes(story) if sees_clients else ", ".join(lead.campaign.routes)))
    return [fact for fact in facts if fact.value]


def _consent(lead: Lead) -> str:
    return "Certificate" if lead.consent_url else "Text kept" if lead.consent_text else ""


def _routes(story: LeadStory) -> str:
    """The plan, with the route that took the lead."""
    took = {LeadOutcome.SOLD: Route.DISTRIBUTE, LeadOutcome.PUSHED: Route.PUSH, LeadOutcome.QUEUED: Route.PULL}
    taken = took.get(LeadOutcome(story.lead.outcome)) if story.lead.outcome else None
    return ", ".join(f"{route} (took it)" if route == taken else route for route in story.lead.campaign.routes)


def ledger(story: LeadStory) -> Money:
    """What the lead brought and cost, and what is left; the cost counts once, sold or not."""
    sold = sum((one.price for one in story.deliveries if one.state == DeliveryState.ACCEPTED), Decimal(0))
    margin = sold - story.lead.cost
    percent = f"{margin * 100 / sold:.1f}%" if sold else ""
    return Money(money(sold) if sold else "–", money(story.lead.cost), money(margin), percent, margin < 0)
