"""Leads > Export: the leads of the list, as it is filtered, as a file; and the files of the last day, each for its own owner alone."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leads.clock import database_now
from leads.menu import Place, page
from leads.models import Job
from leads.progress import progress
from leads.services.exports import FORMS, KEPT, KIND, RIGHT, SOURCES, Expired, open_export, start_export
from leads.services.imports import NotNow
from leads.services.jobs import cancel_job
from leads.viewer import person_of

HERE = "leads/export/"
SAID = {"of": "leads", "begins": "Counts the leads"}
SHOWN = 20
NOT_FILTERS = ("p", "o", "all", "e")
"""Of the list's address: its page and its order."""
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def _query(request: HttpRequest) -> str:
    asked = (request.POST if request.method == "POST" else request.GET).copy()
    for name in (*NOT_FILTERS, "csrfmiddlewaretoken", "form"):
        asked.pop(name, None)
    return asked.urlencode()


@page(Place("Leads", "Export", 50), address=HERE, name="exports", permission=RIGHT)
@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: HttpRequest) -> HttpResponse:
    """Ask for a file; see one's own."""
    query = _query(request)
    try:
        if request.method == "POST":
            return _start(request, query)
        count = SOURCES["leads"](query, request.user).order_by()[:10_001].count()
    except ValueError:
        raise Http404 from None
    now = database_now()
    jobs = [(job, _can_load(job)) for job in _own(request)[:SHOWN]]
    is_open = next((job for job, _ in jobs if job.is_open), None)
    told = {
        "query": query,
        "pairs": _pairs(query),
        "count": count,
        "jobs": jobs,
        "forms": FORMS,
        "hours": int(KEPT.total_seconds() // 3600),
    }
    told |= {"open": is_open, "progress": progress(is_open, now=now, **SAID) if is_open else None}
    return TemplateResponse(request, "leads/exports.html", admin.site.each_context(request) | {"title": "Export"} | told)


def _pairs(query: str) -> list[tuple[str, str]]:
    from django.http import QueryDict  # noqa: PLC0415 -- only here

    return [(name, value) for name, values in QueryDict(query).lists() for value in values]


def _start(request: HttpRequest, query: str) -> HttpResponse:
    try:
        start_export(query=query, form=request.POST.get("form", ""), by=request.user, now=database_now())
    except NotNow as refused:
        messages.warning(request, str(refused))
    return redirect(reverse("admin:exports") + (f"?{query}" if query else ""))


def _own(request: HttpRequest) -> Any:
    return Job.objects.filter(kind=KIND, by=person_of(request))


def _can_load(job: Job) -> bool:
    try:
        return bool(open_export(job, now=database_now()))
    except Expired:
        return False


def _get(request: HttpRequest, pk: UUID) -> Job:
    job: Job | None = _own(request).filter(pk=pk).first()
    if job is None:
        raise Http404
    return job


@page(None, address=f"{HERE}<uuid:pk>/progress/", name="export_progress", permission=RIGHT)
@require_safe
def export_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    return JsonResponse(progress(_get(request, pk), now=database_now(), **SAID))


@page(None, address=f"{HERE}<uuid:pk>/cancel/", name="export_cancel", permission=RIGHT)
@require_POST
def export_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    stopped = cancel_job(job=_get(request, pk), now=database_now())
    messages.info(request, "The export was cancelled." if stopped else "The export had ended already.")
    return redirect("admin:exports")


@page(None, address=f"{HERE}<uuid:pk>/file/", name="export_file", permission=RIGHT)
@require_safe
def export_file(request: HttpRequest, pk: UUID) -> Any:
    """Hand the file to whoever asked for it, and to nobody else."""
    job = _get(request, pk)
    try:
        path = open_export(job, now=database_now())
    except Expired:
        raise Http404 from None
    name = f"leads-{job.created:%Y-%m-%d-%H%M}.{job.parameters['form']}"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=TYPES[job.parameters["form"]])
