"""*What would happen to this lead?* as a page: the whole trace of a decision that nobody made."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.html import escape

from distribution.admin.story.linking import links_to, names_of
from distribution.admin.story.runs import TONES, Scene, Sentence, candidate_told, plans_of
from distribution.domain.explain_preview import would
from distribution.domain.plans import plan_said
from distribution.domain.step import OfferOutcome
from distribution.queries import accounts_by_id
from distribution.services.preview import Preview, preview, preview_typed
from leads.enums import LeadOutcome, LeadStatus, Route
from leads.models import Campaign, Lead
from leads.services.verdicts import Verdict, verdict
from leads.viewer import viewer

AT_REST = (LeadOutcome.SOLD, LeadOutcome.FINISHED)
"""Of these the question is what would become of such a lead today; of the others, how they go on."""


def preview_page(lead: Lead, wanted: str | None, *, now: datetime) -> dict[str, Any]:
    """Decide in memory; `wanted` is `new` or `on`, else what fits the lead."""
    whole = Lead.objects.select_related("campaign__source", "campaign__sale", "lead_type").get(pk=lead.pk)
    anew = wanted == "new" if wanted in ("new", "on") else whole.outcome in AT_REST
    seen = preview(lead=whole, now=now, anew=anew)
    return {"lead": whole, "anew": anew} | told(seen, now=now)


def typed_page(campaign: Campaign, fields: Mapping[str, object], *, is_test: bool, now: datetime) -> dict[str, Any]:
    """What intake and then the engine would do with a lead that was typed and is kept nowhere."""
    found = verdict(campaign=campaign, fields=fields, is_test=is_test, now=now)
    if stays := kept_back(found):
        return {"sentences": [Sentence("", escape(stays))], "time": f"{viewer().local(now):%H:%M:%S}"}
    return told(preview_typed(lead=found.draft.lead, prints=found.draft.prints, now=now), now=now)


KEPT_BACK: dict[str, str] = {
    LeadStatus.REJECTED: "It would be rejected and offered to nobody. {why}",
    LeadStatus.SUPPRESSED: "Its person must not be called or sold: it would be kept, and offered to nobody.",
    LeadStatus.DUPLICATE: "It would be a duplicate of {original}: kept, and offered to nobody.",
}
"""By what intake would say of it."""


def kept_back(found: Verdict) -> str:
    """Why no client would be looked at; empty when they are."""
    if found.status in KEPT_BACK:
        why = " ".join(error.message for error in found.errors)
        return KEPT_BACK[found.status].format(why=why, original=f"L-{found.original.number}" if found.original else "").strip()
    if found.draft.lead.is_test:
        return "It would be a test: judged and kept, and offered to nobody."
    sells = Route.DISTRIBUTE in found.draft.lead.campaign.routes
    return "" if sells else "Its campaign does not sell leads to clients, so nobody would be offered it."


def told(seen: Preview, *, now: datetime) -> dict[str, Any]:
    """A decision in memory as sentences and as the table of its candidates."""
    lines = seen.step.candidates
    accounts = accounts_by_id(line.account for line in lines)
    clients = {account.client_id: account.client.name for account in accounts.values()}
    names, links = names_of(clients, accounts.values()), links_to(clients)
    terms = {"automation": seen.terms.automation, "secondary": seen.terms.secondary, "base_automation": seen.terms.base_automation}
    plans, default = plans_of(seen.live.version.data, terms, lines)
    prices = {account.pk: f"{account.price:,.2f}" for account in accounts.values()}
    said = would(lines, seen.step.stop, names, max_deliveries=seen.terms.max_deliveries, prices=prices, plans=plans)
    shown = [line._replace(offer=None) if line.offer is OfferOutcome.OPEN and seen.step.offer else line for line in lines]
    scene = Scene(names, links, accounts, plans=plans, now=now, is_over=False)
    tones = ["", TONES[OfferOutcome.OPEN] if seen.step.offer else "", *[""] * len(said)]
    return {
        "plan": plan_said(default),
        "version": seen.live.version.number,
        "sentences": [Sentence(tone, links.html(text)) for tone, text in zip(tones, said, strict=False)],
        "candidates": [candidate_told(line, scene) for line in shown],
        "time": f"{viewer().local(now):%H:%M:%S}",
    }
