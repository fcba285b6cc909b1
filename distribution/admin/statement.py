"""The client statement of a month: as a page, on paper, as CSV and as XLSX."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from clients.models import Client
from distribution.statement import Statement, as_csv, as_xlsx, before, following, months, statement
from leads.clock import database_now
from leads.menu import page

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
ROWS_A_PAGE = 100
FILES: Mapping[str, tuple[str, Callable[[Statement], str | bytes]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}


@page(
    None,
    address="distribution/clients/<int:client_id>/statement/",
    name="client_statement",
    permission="distribution.view_money",
    under="clients_client_changelist",
)
@require_safe
def statement_page(request: HttpRequest, client_id: int) -> HttpResponse:
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=client_id)
    chosen = [*months(database_now())]
    told = statement(client.pk, month_asked(request, chosen[0]))
    if kind := request.GET.get("as", ""):
        return as_file(told, client.name, kind)
    prints = "print" in request.GET
    pages = Paginator(told.lines, max(len(told.lines), 1) if prints else ROWS_A_PAGE).get_page(request.GET.get("page"))
    frame = admin.site.each_context(request) | {"title": f"Statement of {client.name}, {told.month:%B %Y}"}
    shown = {"client": client, "told": told, "pages": pages, "months": chosen, "prints": prints}
    beside = {"earlier": before(told.month), "later": following(told.month) if told.month < chosen[0] else None}
    return TemplateResponse(request, "distribution/returns/statement.html", frame | shown | beside)


def month_asked(request: HttpRequest, default: date) -> date:
    """Read `?month=2026-11`; what is no month is not found."""
    asked = request.GET.get("month")
    if not asked:
        return default
    found = MONTH.fullmatch(asked)
    if found is None:
        raise Http404
    return date(int(found[1]), int(found[2]), 1)


def as_file(told: Statement, client: str, kind: str) -> HttpResponse:
    """Return the statement as a file to keep."""
    if kind not in FILES:
        raise Http404
    content_type, write = FILES[kind]
    name = f"statement-{slugify(client) or 'client'}-{told.month:%Y-%m}.{kind}"
    return HttpResponse(write(told), content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
