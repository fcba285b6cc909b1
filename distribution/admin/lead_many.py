"""What is done with many leads of the list at once, after saying to how many and what will happen."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import resolve, reverse

from distribution.admin.lead_correct import JUDGES, said_of
from distribution.services.rerun import rerun_leads
from leads.admin.base import ScopedAdmin
from leads.clock import database_now
from leads.enums import LeadOutcome, LeadStatus
from leads.models import Lead
from leads.services.correct import judge_anew
from leads.services.suppress import suppress_people
from pullqueue.services.moving import movable

MOST = 1_000
"""Leads that one click changes."""
MOST_MOVED = 500
"""Leads that the sales floor moves at once."""
MOVES = "pullqueue.move_lead"


class ManyLeads(ScopedAdmin):
    """Actions of the list. Each asks first, and names what it leaves alone."""

    actions: Any = ["assign_chosen", "rerun_chosen", "judge_chosen", "suppress_chosen"]

    def has_rerun_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("distribution.rerun_lead"))

    def has_suppress_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("leads.add_suppression"))

    @admin.action(description="Route again", permissions=["rerun"])
    def rerun_chosen(self, request: HttpRequest, queryset: QuerySet[Lead]) -> HttpResponse | None:
        chosen = self._chosen(request, queryset)
        unrouted = [lead.pk for lead in chosen if lead.outcome == LeadOutcome.UNROUTED]
        if "sure" not in request.POST:
            left = len(chosen) - len(unrouted)
            text = f"{_leads(len(unrouted))} of those chosen went to nobody and will go through the routes of their campaigns again."
            return self._ask(request, chosen, "rerun_chosen", "Route again", text + (f" {left} are not unrouted and stay." if left else ""))
        done = rerun_leads(lead_ids=unrouted, by=request.user, now=database_now())
        messages.success(request, f"{_leads(done)} will be routed again.")
        return redirect("admin:leads_lead_changelist")

    def has_judge_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(JUDGES))

    def has_assign_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MOVES))

    @admin.action(description="Assign", permissions=["assign"])
    def assign_chosen(self, request: HttpRequest, queryset: QuerySet[Lead]) -> HttpResponse | None:
        """Leads kept in house go to a user, a branch or the company, by the sales floor's own page, which says first what happens."""
        chosen = self._chosen(request, queryset)[:MOST_MOVED]
        ids = [lead.pk for lead in chosen]
        in_house = movable(request.user, ids).values_list("pk", "revision")
        told = [f"{pk}:{revision}" for pk, revision in in_house]
        here = reverse("admin:leads_lead_changelist")
        if not told:
            messages.warning(request, "None of these leads is kept in house, so none can be assigned. Clients' leads stay where they are.")
            return redirect(here)
        if left := len(chosen) - len(told):
            messages.warning(request, f"{_leads(left)} {'is' if left == 1 else 'are'} not kept in house and will stay.")
        posted = request.POST.copy()
        posted.setlist("lead", told)
        posted["back"] = here
        request.POST = posted  # type: ignore[assignment]  # what the floor's own page would have been sent
        answer: HttpResponse = resolve(reverse("admin:floor_move")).func(request)
        return answer

    @admin.action(description="Judge again", permissions=["judge"])
    def judge_chosen(self, request: HttpRequest, queryset: QuerySet[Lead]) -> HttpResponse | None:
        chosen = self._chosen(request, queryset)
        rejected = [lead.pk for lead in chosen if lead.status == LeadStatus.REJECTED]
        if "sure" not in request.POST:
            left = len(chosen) - len(rejected)
            text = f"{_leads(len(rejected))} that intake rejected will be judged by the rules that are in force now, as sent and corrected."
            text += " What is accepted goes the routes of its campaign." + (f" {left} are not rejected and stay." if left else "")
            return self._ask(request, chosen, "judge_chosen", "Judge again", text)
        told = judge_anew(lead_ids=rejected, by=request.user, now=database_now())
        messages.info(request, said_of(told))
        return redirect("admin:leads_lead_changelist")

    @admin.action(description="Never call or sell again", permissions=["suppress"])
    def suppress_chosen(self, request: HttpRequest, queryset: QuerySet[Lead]) -> HttpResponse | None:
        chosen = self._chosen(request, queryset)
        if "sure" not in request.POST:
            text = f"Phones and e-mails of {_leads(len(chosen))} go on the suppression list: their new leads are kept and go nowhere."
            return self._ask(request, chosen, "suppress_chosen", "Put them on the list", text, asks_reason=True)
        reason = request.POST.get("reason", "").replace("\x00", "").strip()[:200]
        done = suppress_people(leads=chosen, reason=reason or "From the list of leads", by=request.user, now=database_now())
        messages.success(request, f"{done:,} phone{'s' if done != 1 else ''} and e-mails are new on the suppression list.")
        return redirect("admin:leads_lead_changelist")

    def _chosen(self, request: HttpRequest, queryset: QuerySet[Lead]) -> list[Lead]:
        if request.method != "POST":
            raise PermissionDenied
        return list(queryset.order_by("-received_at", "-id")[:MOST])

    def _ask(self, request: HttpRequest, chosen: list[Lead], action: str, button: str, text: str, **told: Any) -> HttpResponse:
        frame = self.admin_site.each_context(request) | {"opts": self.opts, "title": f"{button}: {_leads(len(chosen))}"}
        context = frame | {"text": text, "button": button, "action": action, "ids": [lead.pk for lead in chosen]}
        return TemplateResponse(request, "distribution/leads_confirm.html", context | told)


def _leads(count: int) -> str:
    return "1 lead" if count == 1 else f"{count:,} leads"
