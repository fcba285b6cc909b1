"""Saved reports: under a name, for oneself, and by mail each morning if wished."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from distribution.admin.reports.frame import RIGHT
from distribution.models import SavedReport
from distribution.reports.tables import TABLES
from leads.menu import page
from leads.viewer import person_of

LONGEST_NAME, LONGEST_QUERY, MOST = 80, 500, 50
NOT_ASKED = ("as", "csrfmiddlewaretoken")


def saved_of(request: HttpRequest, name: str) -> dict[str, Any]:
    """What a page shows of one's saved reports: one query."""
    query = request.GET.copy()
    for left_out in NOT_ASKED:
        query.pop(left_out, None)
    rows = SavedReport.objects.filter(owner=person_of(request), page=name)
    return {"page": name, "query": query.urlencode(), "rows": list(rows)}


@page(None, address="reports/save/", name="report_save", permission=RIGHT)
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep a report under a name, change whether it is mailed, or forget it."""
    name, person = request.POST.get("page", ""), person_of(request)
    if name not in TABLES:
        raise Http404
    own = SavedReport.objects.filter(owner=person, page=name)
    query, title = QueryDict(request.POST.get("query", "")[:LONGEST_QUERY]).urlencode(), request.POST.get("name", "").strip()
    address = reverse(f"admin:report_{name}") + (f"?{query}" if query else "")
    if forgotten := request.POST.get("forget", ""):
        gone = own.filter(pk=int(forgotten)).delete()[0] if forgotten.isdigit() and len(forgotten) < 19 else 0
        messages.info(request, "The saved report is gone." if gone else "There was no such saved report.")
    elif not title or len(title) > LONGEST_NAME:
        messages.warning(request, f"Name: a saved report needs one of at most {LONGEST_NAME} letters. Write it and save again.")
    elif own.count() >= MOST and not own.filter(name=title).exists():
        messages.warning(request, f"You have {MOST} saved reports here. Forget one first.")
    else:
        is_mailed = request.POST.get("mailed") == "on"
        SavedReport.objects.update_or_create(owner=person, page=name, name=title, defaults={"query": query, "is_mailed": is_mailed})
        by_mail = (
            "" if not is_mailed else " It is mailed each morning." if person.email else " Your account has no e-mail, so none is sent."
        )
        messages.success(request, f"Saved as “{title}”.{by_mail}")
    return redirect(address)
