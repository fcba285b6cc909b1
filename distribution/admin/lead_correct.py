"""A lead's values put right on a page of their own; and a rejected lead judged anew as it is."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST

from distribution.admin.lead_form import LeadValuesForm
from distribution.services.correct import correct
from leads.clock import database_now
from leads.enums import LeadOutcome, LeadStatus
from leads.menu import page
from leads.models import Lead
from leads.services.correct import Judgement, NothingChanged, NotThere, StillWrong, judge_anew, values_of
from leads.services.lead_types import spec_of
from leads.services.receive import CampaignShut

RIGHT = "leads.correct_lead"
JUDGES = "leads.judge_lead"
"""Whoever has it also corrects leads that intake did not accept, and lets them in."""
SHUT = "{campaign} is {status}, and only an active campaign takes leads. Make it active first; nothing was changed."
ELSEWHERE = "Somebody corrected this lead meanwhile. Here is how it is now; nothing of yours was kept."
SAID = {
    LeadStatus.ACCEPTED: (messages.SUCCESS, "{lead} is accepted and goes its routes."),
    LeadStatus.DUPLICATE: (messages.WARNING, "{lead} is a duplicate of a lead that is already here. It goes nowhere."),
    LeadStatus.SUPPRESSED: (messages.WARNING, "{lead} is of a person who must not be called or sold. It goes nowhere."),
    LeadStatus.REJECTED: (messages.ERROR, "{lead} is still rejected: {why}"),
}


class CorrectionForm(LeadValuesForm):
    """Every field as it is now. `seen` is how often the lead had been corrected when the page was made."""

    more: ClassVar[Mapping[str, str]] = {"phone2": "Second phone", "country": "Country", "consent_url": "Consent certificate"}

    def __init__(self, lead: Lead, data: Any = None, *, seen: int) -> None:
        super().__init__(spec_of(lead.campaign.lead_type), data, values=values_of(lead))
        self.fields["seen"] = forms.IntegerField(initial=seen, widget=forms.HiddenInput, required=False)

    def changes(self) -> dict[str, Any]:
        """Return what was changed, by field; None for what was emptied."""
        return {name: self.cleaned_data[name] or None for name in self.changed_data if name != "seen"}


def may_correct(user: Any, lead: Lead) -> bool:
    """Those who answer for a lead mend it; letting in what intake refused is for who answers for all leads."""
    if lead.outcome == LeadOutcome.ERASED or not user.has_perm(RIGHT):
        return False
    return lead.status == LeadStatus.ACCEPTED or bool(user.has_perm(JUDGES))


@page(None, address="leads/correct/<uuid:pk>/", name="lead_correct", permission=RIGHT, under="leads_lead_changelist")
@require_http_methods(["GET", "HEAD", "POST"])
def correct_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    lead = _lead_of(request, pk)
    seen = lead.corrections.count()
    form = CorrectionForm(lead, request.POST or None, seen=seen)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["seen"] != seen:
            messages.warning(request, ELSEWHERE)
            form = CorrectionForm(lead, seen=seen)
        elif _is_taken(request, lead, form):
            return redirect("admin:leads_lead_change", pk)
    return _shown(request, lead, form)


def _lead_of(request: HttpRequest, pk: UUID) -> Lead:
    rows = Lead.objects.visible_to(request.user).select_related("campaign__lead_type", "campaign__source", "lead_type")
    lead = rows.filter(pk=pk).first()
    if lead is None or not may_correct(request.user, lead):
        raise Http404
    return lead


def _is_taken(request: HttpRequest, lead: Lead, form: CorrectionForm) -> bool:
    """Whether the page of the lead is shown next; else the form says why not."""
    try:
        made = correct(lead_id=lead.pk, values=form.changes(), by=request.user, now=database_now())
    except StillWrong as wrong:
        for error in wrong.errors:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        return False
    except CampaignShut as shut:
        form.add_error(None, SHUT.format(campaign=lead.campaign.name, status=shut.status))
        return False
    except NothingChanged:
        messages.info(request, "Nothing was changed: every value is as it was.")
        return True
    except NotThere:
        raise Http404 from None
    if lead.status == LeadStatus.ACCEPTED:
        messages.success(request, f"{made.spoken} is corrected.")
    else:
        _tell(request, made)
    return True


def _tell(request: HttpRequest, lead: Lead) -> None:
    level, text = SAID[LeadStatus(lead.status)]
    why = " ".join(error["message"] for error in lead.errors)
    messages.add_message(request, level, text.format(lead=lead.spoken, why=why))


def _shown(request: HttpRequest, lead: Lead, form: CorrectionForm) -> HttpResponse:
    found: dict[str, list[str]] = {}
    for error in lead.errors if not form.is_bound else []:
        found.setdefault(error["field"] or "", []).append(error["message"])
    rows = [(field, field.errors or found.get(field.name, [])) for field in form.visible_fields()]
    general = [*form.non_field_errors(), *(said for name, told in found.items() if name not in form.fields for said in told)]
    told = {"lead": lead, "form": form, "rows": rows, "general": general, "is_accepted": lead.status == LeadStatus.ACCEPTED}
    told["wrong"] = [(field, errors) for field, errors in rows if errors]
    frame = admin.site.each_context(request) | {"title": f"Correct {lead.name or lead.spoken}"}
    return TemplateResponse(request, "distribution/correct.html", frame | told, status=422 if form.is_bound else 200)


@page(None, address="leads/judge/<uuid:pk>/", name="lead_judge", permission=JUDGES, under="leads_lead_changelist")
@require_POST
def judge_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A rejected lead by the rules of now, as it was sent and corrected since."""
    lead = _lead_of(request, pk)
    told = judge_anew(lead_ids=[pk], by=request.user, now=database_now())
    if told.shut:
        messages.error(request, SHUT.format(campaign=lead.campaign.name, status=lead.campaign.status))
    elif not told.statuses:
        messages.info(request, f"{lead.spoken} is not rejected, so nothing was changed.")
    else:
        lead.refresh_from_db(fields=["status", "errors"])
        _tell(request, lead)
    return redirect("admin:leads_lead_change", pk)


def said_of(told: Judgement) -> str:
    """What became of many, in one sentence for each fate."""
    words = {
        LeadStatus.ACCEPTED: "accepted and {go} {their} routes",
        LeadStatus.DUPLICATE: "{duplicates} of others",
        LeadStatus.SUPPRESSED: "of people who must not be called or sold",
        LeadStatus.REJECTED: "still rejected",
    }
    parts = []
    for status, text in words.items():
        if count := told.statuses[status]:
            one = {"go": "goes", "their": "its", "duplicates": "a duplicate"} if count == 1 else {}
            many = {"go": "go", "their": "their", "duplicates": "duplicates"}
            parts.append(f"{count:,} {'is' if count == 1 else 'are'} {text.format(**(many | one))}")
    said = "; ".join(parts) or "None was rejected, so nothing was changed"
    return f"{said}." + (f" {told.shut:,} stay, because their campaigns take no leads now." if told.shut else "")
