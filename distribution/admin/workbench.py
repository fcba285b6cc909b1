"""Below the form of a delivery method: what it would send of a real lead while it is being written, and what an answer would mean."""

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from clients.models import DeliveryMethod
from distribution.domain.retry import Outcome
from distribution.services.method_preview import preview_method, try_ping, try_rules
from distribution.transports.fields import known_fields
from leads.admin.base import ScopedAdmin
from leads.clock import database_now
from leads.models import Lead

LONGEST = 200_000
PILLS = {Outcome.ACCEPTED: ("accepted", "Would buy"), Outcome.REJECTED: ("rejected", "Refused")}
"""What a ping's answer is called, and by which tone."""
LAST_LEADS = 20


class Workbench(ScopedAdmin):
    """Three fragments that the page asks for; they write nothing and send nothing."""

    change_form_outer_after_template = "distribution/workbench.html"

    class Media:
        js = ("js/workbench.js",)

    def get_urls(self) -> list[Any]:
        return [
            path("preview/", self.admin_site.admin_view(self.preview_view), name="clients_deliverymethod_preview"),
            path("answer/", self.admin_site.admin_view(self.answer_view), name="clients_deliverymethod_answer"),
            path("ping/", self.admin_site.admin_view(self.ping_view), name="clients_deliverymethod_ping"),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any) -> HttpResponse:
        method = context.get("original")
        if self._may_write(request):
            fields = sorted(known_fields(method or DeliveryMethod()))
            leads = Lead.objects.visible_to(request.user).order_by("-received_at", "-id")
            context |= {"workbench_fields": fields, "workbench_leads": leads[:LAST_LEADS]}
        return super().render_change_form(request, context, *args, **options)

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        given = self._posted(request)
        wanted = given.get("workbench_lead", "")
        lead = self._lead(request, wanted) if wanted else None
        told = preview_method(given=given, lead=lead, now=database_now())
        missing = () if lead or not wanted else (f"There is no lead “{wanted[:40]}”. Write its number, such as L-10482.",)
        return render(request, "distribution/workbench_preview.html", {"preview": told, "lead": lead, "missing": missing})

    def answer_view(self, request: HttpRequest) -> HttpResponse:
        given = self._posted(request)
        tried = try_rules(
            rules=given.get("rules", ""),
            answer=given.get("workbench_answer", ""),
            server_error_means=given.get("server_error_means", ""),
            now=database_now(),
        )
        return render(request, "distribution/workbench_answer.html", {"tried": tried})

    def ping_view(self, request: HttpRequest) -> HttpResponse:
        given = self._posted(request)
        tried = try_ping(rules=given.get("ping_rules", ""), answer=given.get("workbench_ping", ""), now=database_now())
        pill = PILLS.get(tried.outcome, ("unknown", "No usable answer"))
        return render(request, "distribution/workbench_answer.html", {"tried": tried, "pill_of": pill})

    def _may_write(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request) or self.has_add_permission(request)

    def _posted(self, request: HttpRequest) -> dict[str, str]:
        if request.method != "POST" or not self._may_write(request):
            raise Http404
        return {name: str(value)[:LONGEST] for name, value in request.POST.items()}

    def _lead(self, request: HttpRequest, wanted: str) -> Lead | None:
        found = re.fullmatch(r"\s*(?:l-?)?(\d{1,18})\s*", wanted, re.IGNORECASE)
        leads = Lead.objects.visible_to(request.user).select_related("campaign__source")
        return leads.filter(number=int(found[1])).first() if found else None
