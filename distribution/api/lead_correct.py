"""Correcting a lead and judging it again by the API: what the page does, with the same rights."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from distribution.api.fields import AnyObject
from distribution.api.problems import refuse
from distribution.services.correct import correct
from leads.clock import database_now
from leads.domain.intake import MOST_FIELDS
from leads.domain.normalise_text import is_storable
from leads.enums import LeadStatus
from leads.models import Lead
from leads.services.correct import NothingChanged, StillWrong, judge_anew
from leads.services.imports import known_fields
from leads.services.lead_types import spec_of
from leads.services.receive import CampaignShut

SENTENCES = {
    "campaign_paused": "The lead's campaign is paused, and only an active one takes leads. Make it active first; nothing was changed.",
    "campaign_closed": "The lead's campaign is closed, and only an active one takes leads. Make it active first; nothing was changed.",
    "not_rejected": "Only a lead that is rejected is judged again; nothing was changed.",
}


class CorrectionOfLead(serializers.Serializer):
    fields = AnyObject(help_text="New values by field, as a source would post them; null takes a value away")  # type: ignore[assignment]


def conflict(code: str) -> Response:
    return Response({"status": "error", "errors": [{"field": None, "code": code, "message": SENTENCES[code]}]}, status=409)


def _values(sent: Any, lead: Lead) -> Mapping[str, Any]:
    """Raises a refusal that names the field, problem and remedy."""
    fields = sent.get("fields") if isinstance(sent, dict) else None
    if not isinstance(fields, dict) or not fields or len(fields) > MOST_FIELDS:
        raise refuse("fields", "not_an_object", 'Send the new values by field, such as {"fields": {"phone": "3125550100"}}.')
    known = known_fields(spec_of(lead.lead_type))
    for name, value in fields.items():
        if name not in known:
            raise refuse(name if is_storable(name) else "fields", "unknown_field", "The lead type has no such field. Leave it out.")
        if not is_storable(value) or isinstance(value, dict):
            raise refuse(name, "bad_character", "Send a text, a number, true, false, a list of texts or null.")
    return fields


def correct_by(lead: Lead, sent: Any, *, by: Any) -> Response | Lead:
    """Correct it and return it as it is then, or the answer that says why not."""
    try:
        return correct(lead_id=lead.pk, values=_values(sent, lead), by=by, now=database_now())
    except NothingChanged:
        return lead
    except StillWrong as wrong:
        errors = [{"field": one.field, "code": one.code, "message": one.message} for one in wrong.errors]
        return Response({"status": "error", "errors": errors}, status=422)
    except CampaignShut as shut:
        return conflict(f"campaign_{shut.status}")


def judge_by(lead: Lead, *, by: Any) -> Response | Lead:
    """Judge it again; one that is not rejected is left alone."""
    if lead.status != LeadStatus.REJECTED:
        return conflict("not_rejected")
    told = judge_anew(lead_ids=[lead.pk], by=by, now=database_now())
    return conflict("campaign_closed" if lead.campaign.is_archived else f"campaign_{lead.campaign.status}") if told.shut else lead
