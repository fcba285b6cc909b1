"""The pages that say why: *Why is this lead not being pulled?* and *Why does this user get nothing?*."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from leads.clock import database_now
from leads.menu import page
from leads.models import Lead
from leads.search import search
from leads.viewer import person_of
from pullqueue.admin.floor import SEES, shown
from pullqueue.floor.why_lead import why_lead
from pullqueue.floor.why_user import why_user
from pullqueue.models import Placement, User


def _leads(request: HttpRequest) -> QuerySet[Lead]:
    """All for who sees all, and for a branch's manager those that stand with the branch or with its people."""
    by = person_of(request)
    rows = Lead.objects.select_related("campaign__source", "lead_type")
    return rows if by.sees_all_leads else rows.filter(placement__in=Placement.objects.visible_to(by))


@page(None, address="floor/why/", name="floor_why", permission=SEES, under="floor")
@require_safe
def floor_why(request: HttpRequest) -> HttpResponse:
    """Find the lead that is asked about by its number, phone or name."""
    asked = request.GET.get("q", "").replace("\x00", "").strip()
    if not asked:
        messages.warning(request, "Write the number of a lead or a phone, such as L-1042, and ask again.")
        return redirect("admin:floor")
    by = person_of(request)
    found = list(search(_leads(request), asked, of_few=not by.sees_all_leads).order_by("-number")[:20])
    if len(found) == 1:
        return redirect("admin:floor_why_lead", found[0].pk)
    return shown(request, "why_which", "Which lead?", asked=asked, found=found)


@page(None, address="floor/lead/<uuid:pk>/why/", name="floor_why_lead", permission=SEES, under="floor")
@require_safe
def floor_why_lead(request: HttpRequest, pk: UUID) -> HttpResponse:
    lead, now = _leads(request).filter(pk=pk).first(), database_now()
    if lead is None:
        raise Http404
    return shown(request, "why_lead", "Why is this lead not being pulled?", now=now, why=why_lead(lead, now=now))


@page(None, address="floor/user/<int:pk>/why/", name="floor_why_user", permission=SEES, under="floor")
@require_safe
def floor_why_user(request: HttpRequest, pk: int) -> HttpResponse:
    user, now = User.objects.visible_to(person_of(request)).select_related("branch").filter(pk=pk).first(), database_now()
    if user is None:
        raise Http404
    return shown(request, "why_user", "Why does this user get nothing?", now=now, why=why_user(user, now=now))
