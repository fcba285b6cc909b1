"""*Sales floor > Rebuild*: what a rebuild of the queue would do, the button, and how far it is."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leads.clock import database_now
from leads.menu import Place, page
from leads.models import Job
from leads.services.jobs import cancel_job
from leads.viewer import person_of
from pullqueue.admin.floor import shown
from pullqueue.floor.rebuilding import progress, rebuilding
from pullqueue.services.rebuild import KIND, PREVIEW, request_preview, request_rebuild

SEES, KEEPS = "pullqueue.view_pullstrategy", "pullqueue.change_pullstrategy"


@page(Place("Sales floor", "Rebuild", 25), address="floor/rebuild/", name="queue_rebuild", permission=SEES)
@require_http_methods(["GET", "HEAD", "POST"])
def queue_rebuild(request: HttpRequest) -> HttpResponse:
    """Show how the queue stands; a POST asks for a rebuild, or joins the one that runs."""
    if request.method == "POST":
        return _asked(request)
    now, found = database_now(), rebuilding()
    told: dict[str, Any] = {"found": found, "may_rebuild": request.user.has_perm(KEEPS)}
    for name, job in (("running", found.running), ("looking", found.preview)):
        told[name] = progress(job, now=now) | {"job": job} if job is not None and job.is_open else None
    return shown(request, "rebuild", "Rebuild", now=now, **told)


def _asked(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm(KEEPS):
        raise PermissionDenied
    now, by = database_now(), person_of(request)
    job = request_rebuild(by=by, now=now)
    if job.created == now:
        messages.success(request, "The queue is being rebuilt. The old one serves until the new one replaces it in one step.")
    else:
        messages.info(request, "A rebuild is under way already; you have joined it.")
    return redirect("admin:queue_rebuild")


@page(None, address="floor/rebuild/preview/", name="queue_preview", permission=KEEPS, under="queue_rebuild")
@require_POST
def queue_preview(request: HttpRequest) -> HttpResponse:
    """Ask what a rebuild would do; nothing is changed by it."""
    request_preview(by=person_of(request), now=database_now())
    return redirect("admin:queue_rebuild")


def _job(pk: UUID) -> Job:
    job = Job.objects.filter(pk=pk, kind=KIND).first()
    if job is None:
        raise Http404
    return job


@page(None, address="floor/rebuild/<uuid:pk>/progress/", name="queue_progress", permission=SEES)
@require_safe
def queue_progress(_request: HttpRequest, pk: UUID) -> HttpResponse:
    return JsonResponse(progress(_job(pk), now=database_now()))


@page(None, address="floor/rebuild/<uuid:pk>/cancel/", name="queue_cancel", permission=KEEPS)
@require_POST
def queue_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = _job(pk)
    what = "preview" if job.parameters == PREVIEW else "rebuild"
    if cancel_job(job=job, now=database_now()):
        messages.success(request, f"The {what} was cancelled. The old queue serves on.")
    else:
        messages.info(request, f"The {what} had ended already.")
    return redirect("admin:queue_rebuild")
