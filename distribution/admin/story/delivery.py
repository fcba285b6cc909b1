"""A delivery's page, put together."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from distribution.admin.story.linking import links_to, names_of
from distribution.admin.story.offers import beside, offer_told
from distribution.admin.story.runs import TONES, Sentence, plans_of
from distribution.admin.story.timeline import TOLD_TWICE, event_entry
from distribution.domain.explain import offer_said
from distribution.enums import OFFERED_ANEW, OPEN_STATES, DeliveryState
from distribution.models import Delivery, MailEvent
from distribution.queries import accounts_named, with_attempts
from distribution.services.again import refusal
from distribution.services.waiting import why_not_given_up, why_not_now
from distribution.trace import candidates_of
from leads.enums import LeadOutcome
from leads.models import Event
from leads.viewer import viewer

SAYS = {
    DeliveryState.ACCEPTED: "sold to {}",
    DeliveryState.REJECTED: "refused by {}",
    DeliveryState.FAILED: "not delivered to {}",
    DeliveryState.UNKNOWN: "in doubt at {}",
    DeliveryState.CANCELLED: "to {}, cancelled",
    DeliveryState.RETURNED: "returned by {}",
}


SAID_ALREADY = ("refused", "in_doubt")
"""Reasons that repeat what the sentence before them says."""


MOST_MAILS = 20
SOURCES = {"pixel": "our picture", "link": "our link", "report": "a mail server’s report", "mailbox": "a report in the mailbox"}
"""Who told of a mail, in words; else the provider’s name."""


def delivery_page(pk: Any, user: Any, *, now: datetime) -> dict[str, Any]:
    """Return everything that the template shows."""
    row = with_attempts(Delivery.objects.filter(pk=pk)).select_related("lead__lead_type").get()
    decision = row.decision
    accounts = accounts_named([decision])
    clients = {account.client_id: account.client.name for account in accounts.values()} | {row.client_id: row.client.name}
    links = links_to(clients)
    offer = offer_told(row, now=now)
    lines = [line for line in candidates_of(decision, [row]) if line.account == row.account_id and line.rank]
    plans, _ = plans_of(decision.version.data, decision.inputs.get("terms", {}), lines)
    names = names_of(clients, accounts.values())
    sentences = [
        Sentence(
            TONES[line.offer] if line.offer else "",
            links.html(offer_said(line, names, price=f"{row.price:,.2f}", said=_refusal(row), plan=plans.get(line.account))),
        )
        for line in lines
    ]
    if more := beside(row, now=now):
        sentences.append(Sentence("queued" if row.state in OPEN_STATES else "", links.html(more)))
    if row.state not in OPEN_STATES and offer.says and row.reason not in SAID_ALREADY:
        sentences.append(Sentence("", links.html(offer.says)))
    said = SAYS.get(DeliveryState(row.state), "offered to {}").format(row.client.name)
    events = list(Event.objects.filter(lead=row.lead_id, about=f"delivery:{row.spoken}").select_related("by"))
    return {
        "offer": offer,
        "doubted": [offer],
        "may_settle": user.has_perm("distribution.settle_delivery"),
        "may_repeat": not refusal(row),
        "may_hurry": not why_not_now(row, now=now),
        "may_give_up": not why_not_given_up(row),
        "may_offer_anew": row.state == DeliveryState.FAILED and row.reason != OFFERED_ANEW and row.lead.outcome == LeadOutcome.UNROUTED,
        "may_rerun": row.lead.outcome == LeadOutcome.UNROUTED and user.has_perm("distribution.rerun_lead"),
        "says": links.html(f"{row.lead.lead_type.name} lead {row.lead.spoken}, {said}."),
        "sentences": sentences,
        "mails": [
            (event, SOURCES.get(event.source, event.source))
            for event in MailEvent.objects.filter(delivery=row.pk).order_by("-id")[:MOST_MAILS]
        ],
        "entries": [event_entry(event, clients, links) for event in events if event.kind not in TOLD_TWICE],
        "lead_page": reverse("admin:leads_lead_change", args=[row.lead_id]),
        "zone": viewer().zone_name,
    }


def _refusal(row: Delivery) -> str:
    return row.message.rstrip(".") if row.state == DeliveryState.REJECTED else ""
