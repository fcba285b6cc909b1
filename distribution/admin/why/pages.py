"""The page: a day, the fates of its leads counted, each count leading to exactly those leads."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from clients.models import DeliveryAccount
from distribution.admin.caps import caps_told
from distribution.admin.why import telling
from distribution.admin.why.reading import MOST, leads_seen
from distribution.admin.why.standing import standing
from distribution.domain.plans import plan_for, plan_said
from distribution.domain.why import Fate, LeadSeen, groups
from distribution.services.versions import live_version, settings_of
from leads.clock import database_now
from leads.menu import page
from leads.viewer import viewer

ROWS_A_PAGE = 50


@page(None, address="clients/deliveryaccount/<int:account>/why/", name="account_why", permission="clients.view_client")
@require_safe
def account_why(request: HttpRequest, account: int) -> HttpResponse:
    """Why an account did or did not get the leads of a day of the company."""
    row = DeliveryAccount.objects.visible_to(request.user).select_related("client", "lead_type").filter(pk=account).first()
    if row is None:
        raise Http404
    now = database_now()
    today = now.astimezone(viewer().company_zone).date()
    day, problem = _day(request.GET.get("day", ""), today)
    seen = leads_seen(row, day, viewer().company_zone)
    told = _told(row, seen[:MOST], request, day, today) | {"is_cut": len(seen) > MOST, "most": MOST, "problem": problem}
    settings = settings_of(live_version())
    plan = plan_for(settings, {}, client=row.client_id, account=row.pk)
    told |= {
        "standing": standing(row, settings, plan, now=now),
        "caps": caps_told(row, now=now),
        "client_caps": caps_told(row.client, now=now),
        "plan": plan_said(plan),
        "help": telling.help_for(told["groups"], seen[:MOST], row, plan),
    }
    return TemplateResponse(request, "distribution/why.html", admin.site.each_context(request) | told)


def _day(text: str, today: date) -> tuple[date, str]:
    """The day asked for; today, with what is wrong, when it cannot be read."""
    if not text:
        return today, ""
    try:
        return date.fromisoformat(text), ""
    except ValueError:
        return today, "The day could not be read, so this is today. Write it as 2026-11-25."


def _told(account: DeliveryAccount, seen: list[LeadSeen], request: HttpRequest, day: date, today: date) -> dict[str, Any]:
    found, names = groups(seen), telling.names_for(seen, account, viewer().currency)
    chosen = request.GET.get("reason", ""), request.GET.get("what", "")
    picked = [lead for lead in seen if (lead.code, lead.what) == chosen] if chosen[0] else []
    pages = Paginator(picked, ROWS_A_PAGE).get_page(request.GET.get("page"))
    counted = Counter(lead.code for lead in seen)
    lines = telling.lines(found, len(seen), names, {"day": f"{day:%Y-%m-%d}"}, chosen)
    return {
        "title": f"Why {account.name}",
        "account": account,
        "day": day,
        "is_today": day == today,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < today else None,
        "zone": viewer().company_zone.key.rpartition("/")[2].replace("_", " "),
        "groups": found,
        "lines": lines,
        "total": len(seen),
        "sold": counted[Fate.SOLD],
        "sold_for": telling.sold_for(seen),
        "behind": counted[Fate.BEHIND],
        "turned_down": counted[Fate.REFUSED] + counted[Fate.FAILED] + counted[Fate.BOUNCED],
        "skipped": sum(lead.offer is None and lead.line is not None and lead.line.reason is not None for lead in seen),
        "winners": [(names.client(client), client, number) for client, number in telling.winners(seen, account.client_id)],
        "chosen_line": next((line for line in lines if line.is_chosen), None),
        "pages": pages,
        "rows": [(lead, telling.example(lead, names)) for lead in pages],
    }
