"""A lead's page, put together."""

import json
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString

from distribution.admin.lead_correct import may_correct
from distribution.admin.story import aside
from distribution.admin.story.calling import calling_told
from distribution.admin.story.linking import Links, links_to, names_of
from distribution.admin.story.offers import offers_told
from distribution.admin.story.runs import runs_told
from distribution.admin.story.timeline import timeline
from distribution.domain.headline import Buyer, LeadNow, headline
from distribution.enums import OPEN_STATES, DeliveryState
from distribution.queries import LeadStory, lead_story
from leads.enums import LeadOutcome, LeadStatus
from leads.maps import map_of
from leads.models import Lead, Submission
from leads.viewer import viewer
from leads.words import money, pill


def lead_page(lead: Lead, user: Any, *, now: datetime) -> dict[str, Any]:
    """Return everything that the template shows to this person."""
    sees_clients = bool(user.sees_clients)
    story = lead_story(lead, sees_clients=sees_clients)
    links = links_to(story.clients)
    names = names_of(story.clients, story.accounts.values())
    offers = offers_told(story.deliveries, now=now)
    doubted = [one for one in offers if one.is_doubted]
    return {
        "lead": story.lead,
        "state": lead_pill(story.lead),
        "says": said(story, links, now=now),
        "runs": runs_told(story, names, links, now=now),
        "offers": offers,
        "doubted": doubted,
        "waiting": [one for one in offers if one.waits],
        "entries": timeline(story, links, sees_clients=sees_clients),
        "clocks": aside.clocks(story.lead, now=now),
        "calling": calling_told(story.lead, now=now),
        "map": map_of(story.lead),
        "person": aside.person(story, now=now),
        "origin": aside.origin(story, sees_clients=sees_clients),
        "money": aside.ledger(story) if user.has_perm("distribution.view_money") else None,
        "unmapped": sorted(story.lead.unmapped.items()),
        "raw": raw_submission(story.lead) if user.has_perm("leads.view_submission") else None,
        "zone": viewer().zone_name,
        "sees_clients": sees_clients,
        "may_rerun": story.lead.outcome == LeadOutcome.UNROUTED and user.has_perm("distribution.rerun_lead"),
        "may_settle": bool(doubted) and user.has_perm("distribution.settle_delivery"),
        "may_preview": sees_clients and story.lead.status == LeadStatus.ACCEPTED,
        "may_correct": may_correct(user, story.lead),
        "may_judge": story.lead.status == LeadStatus.REJECTED and user.has_perm("leads.judge_lead"),
        "may_note": user.has_perm("leads.add_note"),
    }


def lead_pill(lead: Lead) -> SafeString:
    """What became of an accepted lead, or why intake did not accept it."""
    if lead.is_test:
        return pill("test", "Test")
    if lead.status != LeadStatus.ACCEPTED:
        return pill(lead.status, str(lead.get_status_display()))
    return pill(lead.outcome, str(lead.get_outcome_display()))


def said(story: LeadStory, links: Links, *, now: datetime) -> SafeString:
    """The one sentence under the name."""
    lead, names = story.lead, story.clients
    accepted = [one for one in story.deliveries if one.state == DeliveryState.ACCEPTED]
    under_way = [one for one in story.deliveries if one.state in OPEN_STATES]
    told = LeadNow(
        now=now,
        zone=viewer().zone,
        received_at=lead.received_at,
        status=lead.status,
        outcome=lead.outcome,
        buyers=[Buyer(names[one.client_id], money(one.price), one.finished_at or one.created) for one in accepted],
        offered_to=names[under_way[-1].client_id] if under_way else "",
        offered_at=under_way[-1].created if under_way else None,
        doubted=[names[one.client_id] for one in story.deliveries if one.state == DeliveryState.UNKNOWN],
        due_at=lead.due_at,
        stuck=lead.stuck_reason.rstrip("."),
        duplicate_of=lead.duplicate_of.spoken if lead.duplicate_of else "",
        errors=len(lead.errors),
        is_test=lead.is_test,
        more_may_buy=lead.due_at is not None,
    )
    return links.html(f"{lead.lead_type.name} lead {lead.spoken}, {headline(told)}.")


def raw_submission(lead: Lead) -> str:
    """What was posted, as it came; empty when it is gone."""
    kept = Submission.objects.filter(lead=lead).first()
    return json.dumps(kept.body, indent=2, ensure_ascii=False, sort_keys=True) if kept else ""
