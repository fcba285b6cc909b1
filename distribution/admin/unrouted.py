"""*Unrouted leads*: who has no buyer and no rep, why, and another try for one or many."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from distribution.admin.story.unrouted import Forecast, forecast, ids_of, skipped_for, unrouted_told
from distribution.domain.reasons import LABELS
from distribution.services.rerun import rerun_leads
from distribution.services.versions import live_version
from leads.clock import database_now
from leads.enums import LeadOutcome
from leads.menu import Place, Shortcut, page, shortcut
from leads.models import Campaign, Lead, LeadType
from leads.viewer import viewer

ROWS_A_PAGE = 50
MOST_AT_ONCE = 1_000
FORECAST_OF = 50
"""So many leads are decided in memory to say what a re-run would bring; each takes some milliseconds."""


class Filters(forms.Form):
    """What narrows the list down; anything unreadable is ignored."""

    campaign = forms.ModelChoiceField(Campaign.objects.none(), required=False, empty_label="All campaigns")
    lead_type = forms.ModelChoiceField(LeadType.objects.none(), required=False, empty_label="All lead types", label="Lead type")
    reason = forms.ChoiceField(
        choices=[("", "Any reason"), *((reason.value, label.capitalize()) for reason, label in LABELS.items())], required=False
    )
    since = forms.DateField(required=False, widget=forms.DateInput({"type": "date"}), label="Received from")
    until = forms.DateField(required=False, widget=forms.DateInput({"type": "date"}), label="Received to")

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["campaign"].queryset = Campaign.objects.filter(archived_at=None)  # type: ignore[attr-defined]
        self.fields["lead_type"].queryset = LeadType.objects.filter(archived_at=None)  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    def narrowed(self, leads: QuerySet[Lead]) -> QuerySet[Lead]:
        self.is_valid()
        chosen: dict[str, Any] = self.cleaned_data
        for name in ("campaign", "lead_type"):
            if chosen.get(name):
                leads = leads.filter(**{name: chosen[name]})
        if chosen.get("reason"):
            leads = skipped_for(leads, chosen["reason"])
        if chosen.get("since"):
            leads = leads.filter(received_at__gte=_midnight(chosen["since"]))
        if chosen.get("until"):
            leads = leads.filter(received_at__lt=_midnight(chosen["until"] + timedelta(days=1)))
        return leads

    @property
    def chosen(self) -> str:
        """The filters in force as a query."""
        self.is_valid()
        return urlencode({name: self.data[name] for name in self.fields if self.cleaned_data.get(name)})


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=viewer().zone)


def unrouted(user: Any) -> QuerySet[Lead]:
    return Lead.objects.visible_to(user).filter(outcome=LeadOutcome.UNROUTED)


@page(None, address="distribution/unrouted/", name="unrouted", permission="distribution.rerun_lead")
def unrouted_page(request: HttpRequest) -> HttpResponse:
    filters = Filters(request.GET)
    rows = filters.narrowed(unrouted(request.user)).select_related("campaign__source", "lead_type")
    pages = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = admin.site.each_context(request) | {
        "title": "Unrouted leads",
        "filters": filters,
        "chosen": filters.chosen,
        "pages": pages,
        "rows": unrouted_told(list(pages)),
        "total": pages.paginator.count,
    }
    return TemplateResponse(request, "distribution/unrouted.html", context)


@page(None, address="distribution/unrouted/rerun/", name="unrouted_rerun", permission="distribution.rerun_lead")
def rerun_page(request: HttpRequest) -> HttpResponse:
    """Say what the re-run would bring, then do it when that is confirmed."""
    if request.method != "POST":
        raise Http404
    picked = _picked(request)
    if not picked:
        messages.warning(request, "No lead was picked, so nothing was done.")
        return redirect("admin:unrouted")
    now = database_now()
    if "confirmed" not in request.POST:
        return _confirm(request, picked, now=now)
    opened = rerun_leads(lead_ids=picked, by=request.user, now=now)
    left = f" {len(picked) - opened} had been routed meanwhile." if opened < len(picked) else ""
    done = "1 lead goes through its routes again." if opened == 1 else f"{opened:,} leads go through their routes again."
    messages.success(request, done + left)
    return redirect("admin:unrouted")


def _picked(request: HttpRequest) -> list[UUID]:
    """The leads that are meant: those ticked, or all that the filters leave, the oldest first."""
    own = unrouted(request.user)
    if "all" in request.POST:
        narrowed = Filters(QueryDict(request.POST.get("filters", ""))).narrowed(own)
        return list(narrowed.order_by("received_at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    return list(own.filter(pk__in=ids_of(request.POST.getlist("lead")[:MOST_AT_ONCE])).values_list("pk", flat=True))


def _confirm(request: HttpRequest, picked: list[UUID], *, now: datetime) -> HttpResponse:
    sample = Lead.objects.filter(pk__in=picked[:FORECAST_OF]).select_related("campaign__source", "campaign__sale", "lead_type")
    context = admin.site.each_context(request) | {
        "title": f"Route {len(picked):,} lead{'s' if len(picked) > 1 else ''} again?",
        "picked": picked,
        "says": _says(forecast(sample, now=now), len(picked)),
        "version": live_version().number,
        "back": reverse("admin:unrouted"),
    }
    return TemplateResponse(request, "distribution/unrouted_confirm.html", context)


def _says(seen: Forecast, number: int) -> str:
    """What the forecast found, in words."""
    of = f"Of the {seen.asked} oldest" if seen.asked < number else f"Of these {seen.asked}" if seen.asked > 1 else "Now it"
    firsts = ", ".join(f"{name} {count}" for name, count in seen.firsts)
    if seen.asked == 1:
        return f"Now it would be offered to {seen.firsts[0][0]} first." if seen.finds else "Nobody would take it now."
    if not seen.finds:
        return f"{of}, none would find a client now."
    return f"{of}, {seen.finds} would be offered to a client now: {firsts}."


def unrouted_count(request: HttpRequest) -> int:
    return unrouted(request.user).count()


def unrouted_link() -> str:
    return reverse("admin:unrouted")


shortcut(Shortcut(Place("Distribution", "Unrouted leads", 20), unrouted_link, "distribution.rerun_lead", unrouted_count))
