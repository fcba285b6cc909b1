"""The buttons of an import: begin it, pause, resume, cancel, take it back, throw the file away."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from leads.admin.imports.pages import HERE, RIGHT, get_import
from leads.clock import database_now
from leads.menu import page
from leads.models import Import
from leads.services.imports import NotNow, discard, start_run, start_undo, steer

SAID = {
    "pause": "The import rests. What is taken in stays; resume it when you like.",
    "resume": "The import goes on.",
    "cancel": "It was cancelled. What was taken in until then stays.",
}


def _begin(request: HttpRequest, one: Import) -> None:
    start_run(one=one, by=request.user, now=database_now())


def _undo(request: HttpRequest, one: Import) -> None:
    if request.POST.get("sure") != "yes":
        raise NotNow("Tick that you want it, then press the button again.")
    start_undo(one=one, by=request.user, now=database_now())


def _discard(request: HttpRequest, one: Import) -> None:
    discard(one=one, now=database_now())
    messages.success(request, f"{one.name} was thrown away. Nothing of it was taken in.")


def _steer(step: str, request: HttpRequest, one: Import) -> None:
    if not steer(one=one, step=step, by=request.user, now=database_now()):
        raise NotNow("It was not that far any more, so nothing was changed.")
    messages.success(request, SAID[step])


STEPS: dict[str, Callable[[HttpRequest, Import], None]] = {
    "begin": _begin,
    "undo": _undo,
    "discard": _discard,
    **{step: partial(_steer, step) for step in SAID},
}


@page(None, address=f"{HERE}<uuid:pk>/<slug:step>/", name="import_step", permission=RIGHT)
@require_POST
def import_step(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    one = get_import(request, pk)
    if step not in STEPS:
        raise Http404
    try:
        STEPS[step](request, one)
    except NotNow as refused:
        messages.warning(request, str(refused))
    return redirect("admin:imports") if step == "discard" and not Import.objects.filter(pk=pk).exists() else redirect("admin:import", pk)
