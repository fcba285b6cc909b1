"""What a client user sees: the leads their client accepted, and nothing of anybody else."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from distribution.queries import accepted_leads_of
from leads.viewer import person_of
from pullqueue.enums import Role

ROWS_A_PAGE = 50


@require_safe
@login_required
def client_leads(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    if person.role != Role.CLIENT:
        raise Http404
    seat = getattr(person, "client_seat", None)
    rows = accepted_leads_of(seat.client_id if seat else None)
    pages = Paginator(rows, ROWS_A_PAGE)
    return render(request, "client_leads.html", {"client": seat.client if seat else None, "rows": pages.get_page(request.GET.get("page"))})
