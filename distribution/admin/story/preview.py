"""*What would happen to this lead?* as a page: the whole trace of a decision that nobody made."""

from datetime import datetime
from typing import Any

from distribution.admin.story.linking import links_to, names_of
from distribution.admin.story.runs import TONES, Scene, Sentence, candidate_told, plans_of
from distribution.domain.explain_preview import would
from distribution.domain.plans import plan_said
from distribution.domain.step import OfferOutcome
from distribution.queries import accounts_by_id
from distribution.services.preview import preview
from leads.enums import LeadOutcome
from leads.models import Lead
from leads.viewer import viewer

AT_REST = (LeadOutcome.SOLD, LeadOutcome.FINISHED)
"""Of these the question is what would become of such a lead today; of the others, how they go on."""


def preview_page(lead: Lead, wanted: str | None, *, now: datetime) -> dict[str, Any]:
    """Decide in memory; `wanted` is `new` or `on`, else what fits the lead."""
    whole = Lead.objects.select_related("campaign__source", "campaign__sale", "lead_type").get(pk=lead.pk)
    anew = wanted == "new" if wanted in ("new", "on") else whole.outcome in AT_REST
    seen = preview(lead=whole, now=now, anew=anew)
    lines = seen.step.candidates
    accounts = accounts_by_id(line.account for line in lines)
    clients = {account.client_id: account.client.name for account in accounts.values()}
    names, links = names_of(clients, accounts.values()), links_to(clients)
    terms = {"automation": seen.terms.automation, "secondary": seen.terms.secondary, "base_automation": seen.terms.base_automation}
    plans, default = plans_of(seen.live.version.data, terms, lines)
    prices = {account.pk: f"{account.price:,.2f}" for account in accounts.values()}
    told = would(lines, seen.step.stop, names, max_deliveries=seen.terms.max_deliveries, prices=prices, plans=plans)
    shown = [line._replace(offer=None) if line.offer is OfferOutcome.OPEN and seen.step.offer else line for line in lines]
    scene = Scene(names, links, accounts, plans=plans, now=now, is_over=False)
    tones = ["", TONES[OfferOutcome.OPEN] if seen.step.offer else "", *[""] * len(told)]
    return {
        "lead": whole,
        "anew": anew,
        "plan": plan_said(default),
        "version": seen.live.version.number,
        "sentences": [Sentence(tone, links.html(text)) for tone, text in zip(tones, told, strict=False)],
        "candidates": [candidate_told(line, scene) for line in shown],
        "time": f"{viewer().local(now):%H:%M:%S}",
    }
