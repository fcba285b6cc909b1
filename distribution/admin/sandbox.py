"""*Distribution > Sandbox*: a made-up day through the real code, on tables of its own; the result as a table."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from distribution.domain.explain import Names, skipped_said
from distribution.domain.step import Candidate
from distribution.sandbox.examples import EXAMPLES, text_of
from distribution.sandbox.job import KIND, MOST_BYTES, MOST_EVENTS, TooMany, ask
from distribution.sandbox.mistake import Mistake
from leads.clock import database_now
from leads.enums import JobState
from leads.menu import Place, page
from leads.models import Job
from leads.services.jobs import cancel_job

KEEPS = "distribution.change_settingsversion"
"""Only administrators: a day takes a processor for its time."""
SHOWN = 20


def _shown(request: HttpRequest, template: str, status: int = 200, **told: Any) -> HttpResponse:
    return TemplateResponse(
        request, f"distribution/{template}.html", admin.site.each_context(request) | {"title": "Sandbox"} | told, status=status
    )


@page(Place("Distribution", "Sandbox", 40), address="distribution/sandbox/", name="sandbox", permission=KEEPS)
@require_http_methods(["GET", "HEAD", "POST"])
def sandbox(request: HttpRequest) -> HttpResponse:
    """Write or upload a day and run it; those of the last time."""
    name = request.GET.get("example", "shares")
    text, mistake = text_of(name if name in EXAMPLES else "shares"), None
    if request.method == "POST":
        text, title = request.POST.get("day", ""), "a day written here"
        try:
            if upload := request.FILES.get("file"):
                title, text = str(upload.name), _read(upload)
            return redirect("admin:sandbox_day", ask(text=text, title=title[:80], by=request.user, now=database_now()).pk)
        except Mistake as found:
            mistake = found
        except TooMany as found:
            messages.warning(request, str(found))
    jobs = Job.objects.filter(kind=KIND).select_related("by").defer("result")[:SHOWN]
    examples = [(key, what) for key, (what, _) in EXAMPLES.items()]
    return _shown(
        request, "sandbox", 422 if mistake else 200, text=text, mistake=mistake, jobs=jobs, examples=examples, example=name,
        most_events=MOST_EVENTS, most_kb=MOST_BYTES // 1024,
    )  # fmt: skip


def _read(upload: Any) -> str:
    if upload.size > MOST_BYTES:
        raise Mistake("", f"The file has more than {MOST_BYTES // 1024} KB. Run larger ones with manage.py sandbox.")
    try:
        return str(upload.read().decode())
    except UnicodeDecodeError:
        raise Mistake("", "The file is not a text in UTF-8. Save it as UTF-8 and upload it again.") from None


def _job(pk: UUID) -> Job:
    job = Job.objects.filter(pk=pk, kind=KIND).select_related("by").first()
    if job is None:
        raise Http404
    return job


@page(None, address="distribution/sandbox/<uuid:pk>/", name="sandbox_day", permission=KEEPS)
@require_safe
def sandbox_day(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = _job(pk)
    result = job.result if job.state == JobState.DONE and job.result else {}
    events = [_event(one) for one in result.get("events", [])]
    return _shown(request, "sandbox_day", job=job, said=_progress(job)["said"], events=events, totals=result.get("totals"))


@page(None, address="distribution/sandbox/<uuid:pk>/progress/", name="sandbox_progress", permission=KEEPS)
@require_safe
def sandbox_progress(_request: HttpRequest, pk: UUID) -> HttpResponse:
    return JsonResponse(_progress(_job(pk)))


def _progress(job: Job) -> dict[str, Any]:
    said = f"Runs {job.parameters['events']:,} events since {job.done} s." if job.state == JobState.RUNNING else "Its process is starting."
    return {"open": job.is_open, "done": job.done, "total": job.total, "said": said}


@page(None, address="distribution/sandbox/<uuid:pk>/result.json", name="sandbox_result", permission=KEEPS)
@require_safe
def sandbox_result(_request: HttpRequest, pk: UUID) -> HttpResponse:
    job = _job(pk)
    if job.state != JobState.DONE:
        raise Http404
    headers = {"Content-Disposition": 'attachment; filename="sandbox-result.json"'}
    return JsonResponse(job.result, json_dumps_params={"indent": 1, "ensure_ascii": False}, headers=headers)


@page(None, address="distribution/sandbox/<uuid:pk>/cancel/", name="sandbox_cancel", permission=KEEPS)
@require_POST
def sandbox_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    stopped = cancel_job(job=_job(pk), now=database_now())
    messages.info(request, "The day was cancelled." if stopped else "The day had ended already.")
    return redirect("admin:sandbox_day", pk)


def _event(one: dict[str, Any]) -> dict[str, Any]:
    """One event of the result with its candidates in sentences."""
    became = one.get("outcome") or one.get("status") or one.get("error") or one.get("reason") or "done"
    sold = ", ".join(f"{sale['client']} for {sale['price']}" for sale in one.get("sold", []))
    return {
        "n": one["n"],
        "do": one["do"].replace("_", " "),
        "about": one.get("lead") or one.get("user") or "",
        "became": str(became).replace("_", " "),
        "sold": sold,
        "candidates": [_candidate(each) for each in one.get("candidates", [])],
    }


def _candidate(each: dict[str, Any]) -> tuple[str, str, str]:
    who = f"{each['client']} › {each['account']}"
    if each.get("reason"):
        detail = dict(each["detail"]) if each.get("detail") else None
        names = Names({0: str((detail or {}).get("waiting_for", "another client"))})
        if detail and "waiting_for" in detail:
            detail["waiting_for"] = 0
        line = Candidate.of([0, 0, each["reason"], detail, None, None, None, None])
        return who, skipped_said(line, names), each["reason"]
    keys = ", ".join(str(value) for value in (each.get("keys") or {}).values() if value is not None)
    offer = each.get("offer") or "not reached"
    return who, f"Rank {each.get('rank') or '–'}{f' ({keys})' if keys else ''}: {offer}.", offer
