"""Erasing a person from the page of one of their leads: told first what goes and who got it, then typed, then done for good."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from distribution.enums import DeliveryState
from distribution.models import SOLD_STATES, Delivery
from leads.clock import database_now
from leads.enums import LeadOutcome
from leads.menu import page
from leads.models import Lead
from leads.services.erase import erase_person, leads_of_person

SHOWN = 100
GOT = (*SOLD_STATES, DeliveryState.UNKNOWN)


@page(None, address="leads/erase/<uuid:pk>/", name="lead_erase", permission="leads.erase_lead", under="leads_lead_changelist")
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, pk: UUID) -> HttpResponse:
    lead = Lead.objects.visible_to(request.user).filter(pk=pk).first()
    if lead is None or lead.outcome == LeadOutcome.ERASED:
        raise Http404
    problem = ""
    if request.method == "POST":
        if request.POST.get("typed", "").strip().upper() == lead.spoken:
            return _erased(request, lead)
        problem = f"Type {lead.spoken} to confirm. Nothing was erased."
    found = leads_of_person(lead)
    told = {"lead": lead, "count": found.count(), "leads": list(found.select_related("campaign")[:SHOWN]), "clients": _clients(found)}
    frame = admin.site.each_context(request) | {"title": f"Erase {lead.spoken}", "problem": problem}
    return TemplateResponse(request, "distribution/erase.html", frame | told, status=422 if problem else 200)


def _clients(leads: Any) -> list[str]:
    """Whom somebody must tell, because they have the person's data."""
    got = Delivery.objects.filter(lead__in=leads.order_by().values("pk"), state__in=GOT)
    return sorted(set(got.order_by().values_list("client__name", flat=True)))


def _erased(request: HttpRequest, lead: Lead) -> HttpResponse:
    clients = _clients(leads_of_person(lead))
    found = erase_person(lead=lead, by=request.user, now=database_now(), suppresses="suppress" in request.POST)
    said = f"{len(found)} lead{'s were' if len(found) > 1 else ' was'} erased."
    messages.success(request, f"{said} Tell these clients, who have the person's data: {', '.join(clients)}." if clients else said)
    return redirect("admin:leads_lead_change", lead.pk)
