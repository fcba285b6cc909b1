"""Reads with more than one caller."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Prefetch, QuerySet

from clients.models import Client, DeliveryAccount
from distribution.models import SOLD_STATES, Attempt, Decision, Delivery, DeliveryCopy, Ping, Return
from leads.models import Correction, Event, Lead, LeadField, Note


def bought_leads_of(client_id: int | None) -> QuerySet[Delivery]:
    """Return what one client bought, newest first, each with its lead and its returns; nothing for no client, and no test leads."""
    if client_id is None:
        return Delivery.objects.none()
    bought: dict[str, Any] = {"client_id": client_id, "state__in": SOLD_STATES, "lead__is_test": False}
    returns = Prefetch("returns", queryset=Return.objects.order_by("-requested_at", "-id"))
    return Delivery.objects.filter(**bought).select_related("lead").prefetch_related(returns).order_by("-created", "-id")


@dataclass(frozen=True, slots=True)
class LeadStory:
    """Everything that a lead's page tells, as rows. Without `sees_clients` nothing of clients is read at all."""

    lead: Lead
    events: list[Event]
    notes: dict[int, Note]
    fields: list[LeadField]
    corrections: dict[int, Correction] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    """Newest first, each with its version."""
    deliveries: list[Delivery] = field(default_factory=list)
    """In the order made, each with client, account, method and its attempts."""
    accounts: dict[int, DeliveryAccount] = field(default_factory=dict)
    """Every account that a trace names, with its client."""
    clients: dict[int, str] = field(default_factory=dict)
    pings: list[Ping] = field(default_factory=list)
    """In the order asked."""


def lead_story(lead: Lead, *, sees_clients: bool) -> LeadStory:
    """Read a lead's whole story in a fixed number of queries."""
    whole = Lead.objects.select_related("campaign__source", "campaign__sale", "lead_type", "duplicate_of").get(pk=lead.pk)
    events = list(whole.events.select_related("by"))
    is_corrected = any(event.kind == "lead.corrected" for event in events)
    story = LeadStory(
        lead=whole,
        events=events,
        corrections={one.pk: one for one in whole.corrections.all()} if is_corrected else {},
        notes={note.pk: note for note in whole.notes.all()},
        fields=list(whole.lead_type.fields.all()),
    )
    return _with_clients(story) if sees_clients else story


def _with_clients(story: LeadStory) -> LeadStory:
    decisions = list(story.lead.decisions.select_related("version__by").order_by("-run"))
    deliveries = list(with_attempts(story.lead.deliveries.all()).order_by("created", "number"))
    accounts = accounts_named(decisions)
    clients = {account.client_id: account.client.name for account in accounts.values()}
    clients |= {one.client_id: one.client.name for one in deliveries}
    pings = list(story.lead.pings.select_related("client").defer("request", "answer"))
    clients |= {one.client_id: one.client.name for one in pings}
    if missing := {event.data["client"] for event in story.events if "client" in event.data} - clients.keys():
        clients |= dict(Client.objects.filter(pk__in=missing).values_list("pk", "name"))
    return replace(story, decisions=decisions, deliveries=deliveries, accounts=accounts, clients=clients, pings=pings)


def with_attempts(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Return deliveries with all that is told of each."""
    attempts = Prefetch("attempts", queryset=Attempt.objects.filter(copy=None).select_related("method").order_by("id"))
    copies = Prefetch("copies", queryset=DeliveryCopy.objects.select_related("method"))
    return deliveries.select_related("client", "account", "method", "decision__version", "file").prefetch_related(attempts, copies)


def accounts_named(decisions: Iterable[Decision]) -> dict[int, DeliveryAccount]:
    """Return every account that the traces name, with its client, by id."""
    wanted = {row[1] for decision in decisions for row in decision.trace.get("candidates", [])}
    return accounts_by_id(wanted)


def accounts_by_id(wanted: Iterable[int]) -> dict[int, DeliveryAccount]:
    rows = DeliveryAccount.objects.filter(pk__in=set(wanted)).select_related("client")
    return {account.pk: account for account in rows.only("name", "price", "time_zone", "client__name", "client__time_zone")}
