"""The pages: the list, one backtest, how far it is, and the buttons that cancel it or save what it tried."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from distribution.admin.backtest.asking import Leads, as_uuid, backtest_job
from distribution.admin.backtest.telling import findings, progress
from distribution.admin.settings.draft import read_draft
from distribution.admin.settings.page import KEEPS, Desk, based_on, judged
from distribution.domain.settings import Settings
from distribution.domain.settings_check import problems
from distribution.models import SettingsVersion
from distribution.services.backtest import KIND, USUAL, draft_of, start_backtest
from distribution.services.versions import ImpossibleSettings, StaleSettings, live_version, save_version, settings_of
from leads.clock import database_now
from leads.enums import JobState
from leads.menu import page
from leads.models import Job
from leads.services.jobs import cancel_job

HERE = "settings/client-settings/distribution/backtest/"
LIST, ONE = "distribution_backtests", "distribution_backtest"
SEES = "distribution.view_settingsversion"
SHOWN = 20


def _page(request: HttpRequest, template: str, status: int = 200, **told: Any) -> HttpResponse:
    frame = {"title": "Distribution", "subtitle": "Backtest", "can_change": request.user.has_perm(KEEPS)}
    return TemplateResponse(request, f"distribution/{template}.html", admin.site.each_context(request) | frame | told, status=status)


@page(None, address=HERE, name=LIST, permission=SEES)
@require_http_methods(["GET", "HEAD", "POST"])
def backtests(request: HttpRequest) -> HttpResponse:
    """Those of the last time, and a new one of a version or of what an earlier one tried."""
    if request.method != "POST":
        return _choose(request, Leads())
    if not request.user.has_perm(KEEPS):
        raise PermissionDenied
    if "automation" in request.POST:
        return _try_draft(request)
    form = Leads(request.POST)
    if not form.is_valid():
        return _choose(request, form, status=422)
    draft, what = _chosen(request)
    return _start(request, draft, what, **form.chosen)


def _choose(request: HttpRequest, form: Leads, status: int = 200) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    again, number = as_uuid(asked.get("again", "")), asked.get("of", "")
    told: dict[str, Any] = {"form": form, "live": live_version(), "again": again, "of": number}
    if again or number:
        told["what"] = _chosen(request)[1]
    jobs = Job.objects.filter(kind=KIND).select_related("by").defer("result")[:SHOWN]
    return _page(request, "backtests", status=status, jobs=jobs, **told)


def _chosen(request: HttpRequest) -> tuple[Settings, str]:
    """The settings that are to be tried, and their name in a sentence."""
    asked = request.POST if request.method == "POST" else request.GET
    again = as_uuid(asked.get("again", ""))
    job = backtest_job(again) if again else None
    if job is not None:
        return draft_of(job), job.parameters["what"]
    number = asked.get("of", "")
    found = number.isascii() and number.isdecimal() and len(number) < 10
    version = SettingsVersion.objects.filter(number=int(number)).first() if found else None
    if version is None:
        raise Http404
    return settings_of(version), f"version {version.number}"


def _try_draft(request: HttpRequest) -> HttpResponse:
    """Try what stands on the settings page, unsaved; what cannot work is said there."""
    desk = Desk.of(request)
    draft = read_draft(request.POST, settings_of(based_on(request, desk)), desk.facts)
    if draft.problems or problems(draft.settings):
        return desk.show(judged(draft, desk.facts), status=422)
    return _start(request, draft.settings, "your draft", count=USUAL)


def _start(request: HttpRequest, draft: Settings, what: str, **leads: Any) -> HttpResponse:
    job = start_backtest(draft=draft, what=what, by=request.user, now=database_now(), **leads)
    return redirect(f"admin:{ONE}", job.pk)


def _job(pk: UUID) -> Job:
    job = backtest_job(pk)
    if job is None:
        raise Http404
    return job


@page(None, address=f"{HERE}<uuid:pk>/", name=ONE, permission=SEES)
@require_safe
def one_backtest(request: HttpRequest, pk: UUID) -> HttpResponse:
    job, live = _job(pk), live_version()
    told: dict[str, Any] = {"job": job, "live": live, "parameters": job.parameters, "following": live.number + 1}
    if job.state == JobState.DONE:
        told |= findings(job)
    else:
        told["progress"] = progress(job, now=database_now())
    return _page(request, "backtest", **told)


@page(None, address=f"{HERE}<uuid:pk>/progress/", name="distribution_backtest_progress", permission=SEES)
@require_safe
def backtest_progress(_request: HttpRequest, pk: UUID) -> HttpResponse:
    return JsonResponse(progress(_job(pk), now=database_now()))


@page(None, address=f"{HERE}<uuid:pk>/cancel/", name="distribution_backtest_cancel", permission=KEEPS)
@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    if cancel_job(job=_job(pk), now=database_now()):
        messages.success(request, "The backtest was cancelled. Nothing was changed.")
    else:
        messages.info(request, "The backtest had ended already.")
    return redirect(f"admin:{ONE}", pk)


@page(None, address=f"{HERE}<uuid:pk>/save/", name="distribution_backtest_save", permission=KEEPS)
@require_POST
def save(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make what was tried the live version, if nobody saved since it was tried."""
    job = _job(pk)
    try:
        saved = save_version(
            settings=draft_of(job),
            by=request.user,
            now=database_now(),
            note=request.POST.get("note", "").strip(),
            based_on=job.parameters["live"],
        )
    except (ImpossibleSettings, StaleSettings) as refused:
        messages.error(request, str(refused))
        return redirect(f"admin:{ONE}", pk)
    messages.success(request, f"Version {saved.number} is live: it decides from the next lead on.")
    return redirect("admin:distribution_settings")
