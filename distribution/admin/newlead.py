"""A new lead by hand: the same judge and the same door as for leads that sources post."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from distribution.admin.lead_form import LeadValuesForm
from distribution.admin.story.preview import typed_page
from leads.admin.base import ScopedAdmin
from leads.clock import database_now
from leads.domain.intake import judge
from leads.domain.lead_types import LeadTypeSpec
from leads.enums import CampaignStatus, LeadStatus
from leads.models import Campaign
from leads.services.lead_types import spec_of
from leads.services.receive import CampaignShut, receive_lead

SAID = {
    LeadStatus.ACCEPTED: (messages.SUCCESS, "{lead} is accepted."),
    LeadStatus.DUPLICATE: (messages.WARNING, "{lead} is a duplicate of a lead that is already here. It is kept, and goes nowhere."),
    LeadStatus.SUPPRESSED: (messages.WARNING, "{lead} is of a person who must not be called or sold. It is kept, and goes nowhere."),
    LeadStatus.REJECTED: (messages.ERROR, "{lead} was rejected: {why}"),
}


class NewLeadForm(LeadValuesForm):
    """What is known of a new lead, and whether it is a test."""

    def __init__(self, spec: LeadTypeSpec, data: Any = None) -> None:
        super().__init__(spec, data)
        self.fields["is_test"] = forms.BooleanField(
            label="A test", required=False, help_text="It is judged and kept, and goes nowhere", widget=forms.CheckboxInput
        )

    def posted(self) -> dict[str, object]:
        """Return what was filled in, as a source would have posted it."""
        filled = {name: value for name, value in self.cleaned_data.items() if name != "is_test"}
        return {name: value for name, value in filled.items() if value not in ("", None, [])}


class NewLeadPage(ScopedAdmin):
    """The page at the address where a model's form for a new row would be; it writes through intake, outside any transaction of ours."""

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not request.user.has_perm("leads.add_lead"):
            raise PermissionDenied
        open_campaigns = Campaign.objects.filter(status=CampaignStatus.ACTIVE, archived_at=None).select_related(
            "lead_type", "source", "sale"
        )
        chosen = request.GET.get("campaign", "")
        if not chosen:
            return self._page(request, campaigns=list(open_campaigns))
        campaign = get_object_or_404(open_campaigns, pk=chosen if chosen.isdecimal() else 0)
        spec = spec_of(campaign.lead_type)
        form = NewLeadForm(spec, request.POST or None)
        if request.method == "POST" and form.is_valid() and self._is_right(form, spec):
            return (self._try if request.POST.get("do") == "try" else self._take)(request, campaign, form)
        return self._page(request, campaign=campaign, form=form)

    def _is_right(self, form: NewLeadForm, spec: LeadTypeSpec) -> bool:
        """Say what intake would say, beside the fields, before anything is kept."""
        for error in judge(form.posted(), spec, now=database_now()).errors:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        return not form.errors

    def _take(self, request: HttpRequest, campaign: Campaign, form: NewLeadForm) -> HttpResponse:
        fields: Mapping[str, object] = form.posted()
        try:
            receipt = receive_lead(
                campaign=campaign,
                fields=fields,
                channel="form",
                now=database_now(),
                is_test=form.cleaned_data["is_test"],
                address=request.META.get("REMOTE_ADDR", ""),
                by=request.user,
            )
        except CampaignShut:
            form.add_error(None, "The campaign was paused or closed meanwhile. Nothing was kept.")
            return self._page(request, campaign=campaign, form=form)
        level, text = SAID[LeadStatus(receipt.status)]
        why = " ".join(error.message for error in receipt.errors)
        messages.add_message(request, level, text.format(lead=receipt.lead, why=why))
        return redirect(reverse("admin:leads_lead_change", args=[receipt.lead_id]))

    def _try(self, request: HttpRequest, campaign: Campaign, form: NewLeadForm) -> HttpResponse:
        """Say what would happen to it; nothing is kept and nothing is sent."""
        if not request.user.has_perm("clients.view_client"):
            raise PermissionDenied
        seen = typed_page(campaign, form.posted(), is_test=form.cleaned_data["is_test"], now=database_now())
        return self._page(request, campaign=campaign, form=form, seen=seen, **seen)

    def _page(self, request: HttpRequest, **told: Any) -> HttpResponse:
        frame = self.admin_site.each_context(request) | {"opts": self.opts, "add": True, "title": "New lead"}
        frame["may_try"] = request.user.has_perm("clients.view_client")
        return TemplateResponse(request, "distribution/new_lead.html", frame | told)
