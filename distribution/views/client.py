"""What a client user sees: the leads their client bought, what became of returns, and the month's statement; nothing of anybody else."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from clients.models import Client
from distribution.models import Delivery
from distribution.queries import bought_leads_of
from distribution.services.returns import ReturnRefused, request_return
from distribution.statement import as_csv, before, following, months, statement
from leads.clock import database_now
from leads.viewer import person_of
from pullqueue.enums import Role

ROWS_A_PAGE = 50
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


def client_of(request: HttpRequest) -> Client | None:
    """Return the client of whoever asks; None for a client user who belongs to none yet. Everybody else finds nothing here."""
    person = person_of(request)
    if person.role != Role.CLIENT:
        raise Http404
    seat: Any = getattr(person, "client_seat", None)
    return seat.client if seat else None


@require_safe
@login_required
def client_leads(request: HttpRequest) -> HttpResponse:
    client = client_of(request)
    pages = Paginator(bought_leads_of(client.pk if client else None), ROWS_A_PAGE)
    return render(request, "client_leads.html", {"client": client, "rows": pages.get_page(request.GET.get("page"))})


@require_POST
@login_required
def client_return(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Ask to give a lead back; a manager decides."""
    client = client_of(request)
    delivery = Delivery.objects.filter(pk=delivery_id, client=client).first() if client else None
    if client is None or delivery is None:
        raise Http404
    try:
        request_return(
            delivery=delivery, client=client.pk, by=person_of(request), now=database_now(), reason=request.POST.get("reason", "")
        )
    except ReturnRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"The return of {delivery.spoken} is asked for. You see here what was decided.")
    return redirect("client_leads")


@require_safe
@login_required
def client_statement(request: HttpRequest) -> HttpResponse:
    client = client_of(request)
    if client is None:
        return redirect("client_leads")
    newest = next(iter(months(database_now())))
    told = statement(client.pk, _month(request.GET.get("month", ""), newest))
    if request.GET.get("as") == "csv":
        name = f"statement-{told.month:%Y-%m}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(as_csv(told), content_type="text/csv; charset=utf-8", headers=headers)
    beside = {"earlier": before(told.month), "later": following(told.month) if told.month < newest else None}
    pages = Paginator(told.lines, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "client_statement.html", {"client": client, "told": told, "rows": pages} | beside)


def _month(text: str, newest: date) -> date:
    found = MONTH.fullmatch(text)
    if text and found is None:
        raise Http404
    return date(int(found[1]), int(found[2]), 1) if found else newest
