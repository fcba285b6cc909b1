"""After a restore everything stands still until an administrator has looked at what is in doubt and says that it goes on."""

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from distribution.services.backup import in_doubt
from leads.admin.base import BoundedPaginator
from leads.clock import database_now
from leads.menu import Place, page
from leads.models import Lead, Standstill
from leads.services.standstill import go_on

PAGE = "standstill.html"
TYPED = "go on"


@page(Place("Settings", "Standstill", 95), address="settings/standstill/", name="standstill", permission="leads.lift_standstill")
@require_http_methods(["GET", "HEAD", "POST"])
def standstill(request: HttpRequest) -> HttpResponse:
    problem = ""
    if request.method == "POST":
        if request.POST.get("typed", "").strip().lower() == TYPED:
            lifted = go_on(by=request.user, now=database_now())
            messages.success(request, "It goes on: what waits is routed and sent." if lifted else "It went on already.")
            return redirect("admin:standstill")
        problem = f"Type “{TYPED}” to confirm. Nothing was sent."
    held = Standstill.present()
    told: dict[str, Any] = {
        "held": held,
        "problem": problem,
        "past": Standstill.objects.exclude(lifted_at=None).select_related("lifted_by")[:10],
    }
    if held:
        paginator: Paginator = BoundedPaginator(in_doubt(), 50)
        told |= {"pages": paginator.get_page(request.GET.get("page")), "doubts": paginator.count}
        told |= {"waiting": min(Lead.objects.due(database_now())[:10_001].count(), 10_000)}
    frame = admin.site.each_context(request) | {"title": "Standstill"} | told
    return TemplateResponse(request, PAGE, frame, status=422 if problem else 200)
