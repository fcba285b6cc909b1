"""The page of one lead: its whole story, and what may be done with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path

from distribution.admin.story.linking import names_of
from distribution.admin.story.page import lead_page
from distribution.admin.story.preview import preview_page
from distribution.queries import accounts_named, with_attempts
from distribution.services.route import rerun_lead
from distribution.trace import candidates_of, program_form
from distribution.wake import ROUTES, wake
from leads.admin.base import ScopedAdmin
from leads.clock import database_now
from leads.models import Lead
from leads.services.notes import EmptyNote, add_note

View = Callable[..., HttpResponse]


class LeadPage(ScopedAdmin):
    """Everything below the address of one lead. A lead that one may not see is missing, and so is what one may not do."""

    def get_urls(self) -> list[Any]:
        own = [
            path("<uuid:object_id>/trace/<int:run>.json", self._own(self.trace_view), name="lead_trace"),
            path("<uuid:object_id>/preview/", self._own(self.preview_view), name="lead_preview"),
            path("<uuid:object_id>/note/", self._own(self.note_view), name="lead_note"),
            path("<uuid:object_id>/rerun/", self._own(self.rerun_view), name="lead_rerun"),
        ]
        return own + super().get_urls()

    def _own(self, view: View) -> View:
        return self.admin_site.admin_view(view)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        lead = self.get_or_404(request, object_id)
        return self._shown(
            request, lead, "distribution/lead.html", lead_page(lead, request.user, now=database_now()) | (extra_context or {})
        )

    def _shown(self, request: HttpRequest, lead: Lead, template: str, told: dict[str, Any]) -> HttpResponse:
        name = lead.name or lead.spoken
        context = self.admin_site.each_context(request) | {"original": name, "opts": self.opts, "title": name, "subtitle": None}
        return TemplateResponse(request, template, context | told)

    def preview_view(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """What would happen to this lead now: decided in memory, nothing written, nothing sent."""
        _safe(request)
        lead = self._allowed(request, object_id, "clients.view_client")
        return self._shown(request, lead, "distribution/lead_preview.html", preview_page(lead, request.GET.get("as"), now=database_now()))

    def trace_view(self, request: HttpRequest, object_id: Any, run: int) -> HttpResponse:
        """One distribution as a program reads it."""
        _safe(request)
        lead = self._allowed(request, object_id, "clients.view_client")
        decision = lead.decisions.select_related("version").filter(run=run).first()
        if decision is None:
            raise Http404
        accounts = accounts_named([decision])
        names = names_of({one.client_id: one.client.name for one in accounts.values()}, accounts.values())
        lines = candidates_of(decision, with_attempts(lead.deliveries.all()))
        return JsonResponse({"lead": lead.spoken} | program_form(decision, lines, names), json_dumps_params={"indent": 2})

    def note_view(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        _post(request)
        lead = self._allowed(request, object_id, "leads.add_note")
        try:
            add_note(lead=lead, text=request.POST.get("text", ""), by=request.user, now=database_now())
        except EmptyNote as problem:
            return self.change_view(request, str(object_id), extra_context={"note_problem": str(problem)})
        messages.success(request, "The note is saved.")
        return redirect("admin:leads_lead_change", object_id)

    def rerun_view(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        _post(request)
        lead = self._allowed(request, object_id, "distribution.rerun_lead")
        if rerun_lead(lead=lead, by=request.user, now=database_now()):
            wake(ROUTES)
            messages.success(request, f"{lead.spoken} goes through its routes again: {', '.join(lead.campaign.routes)}.")
        else:
            messages.warning(request, f"{lead.spoken} is not unrouted any more, so nothing was changed.")
        return redirect("admin:leads_lead_change", object_id)

    def _allowed(self, request: HttpRequest, object_id: Any, permission: str) -> Lead:
        if not request.user.has_perm(permission):
            raise Http404
        lead: Lead = self.get_or_404(request, str(object_id))
        return lead


def _post(request: HttpRequest) -> None:
    if request.method != "POST":
        raise Http404


def _safe(request: HttpRequest) -> None:
    if request.method not in ("GET", "HEAD"):
        raise Http404
