"""The list of imports with the upload, and the page of one."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_safe

from leads.admin.imports import telling
from leads.clock import database_now
from leads.enums import CampaignStatus
from leads.imports.limits import MOST_BYTES, MOST_ROWS, MOST_SHEET_ROWS
from leads.imports.unreadable import Unreadable
from leads.menu import Place, page
from leads.models import Campaign, Import
from leads.services.imports import NotNow, choose, guesses, lacking, start_trial
from leads.services.uploads import DiskFull, keep_upload, told_form
from leads.viewer import person_of

RIGHT = "leads.import_lead"
ROWS_A_PAGE = 50
HERE = "leads/import/"


def shown(request: HttpRequest, template: str, status: int = 200, **told: Any) -> HttpResponse:
    frame = admin.site.each_context(request) | {"title": "Import"}
    return TemplateResponse(request, f"leads/imports/{template}.html", frame | told, status=status)


def get_import(request: HttpRequest, pk: UUID) -> Import:
    found = Import.objects.visible_to(request.user).filter(pk=pk)
    one = found.select_related("campaign__lead_type", "campaign__source", "trial", "run", "undo", "by").first()
    if one is None:
        raise Http404
    return one


@page(Place("Leads", "Import", 40), address=HERE, name="imports", permission=RIGHT)
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Upload a file; those of the last time."""
    problem, status = "", 200
    if request.method == "POST":
        try:
            return redirect("admin:import", _keep(request).pk)
        except Unreadable as refused:
            problem, status = str(refused), 422
        except DiskFull as refused:
            problem, status = str(refused), 503
    rows = Import.objects.visible_to(request.user).select_related("campaign", "trial", "run", "undo", "by")
    pages = Paginator(rows.defer("preview", "columns"), ROWS_A_PAGE).get_page(request.GET.get("page"))
    limits = {"most_rows": MOST_ROWS, "most_sheet_rows": MOST_SHEET_ROWS, "most_gb": MOST_BYTES // 1024**3, "most_bytes": MOST_BYTES}
    told = [(one, telling.stage(one)) for one in pages]
    return shown(request, "list", status, problem=problem, pages=pages, rows=told, limits=limits)


def _keep(request: HttpRequest) -> Import:
    upload = request.FILES.get("file")
    if upload is None:
        raise Unreadable(f"No file came. Choose one of at most {MOST_BYTES // 1024**3} GB.")
    return keep_upload(upload=upload, by=person_of(request), now=database_now())


@page(None, address=f"{HERE}<uuid:pk>/", name="import", permission=RIGHT, under="imports")
@require_http_methods(["GET", "HEAD", "POST"])
def one_import(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what it is and how far; a posted form says what the columns are, and begins the dry run."""
    one = get_import(request, pk)
    if request.method == "POST":
        return _try(request, one)
    where = telling.stage(one, edits="edit" in request.GET)
    if where == "choosing":
        return _choosing(request, one)
    return shown(request, "one", **_told(request, one, where))


def _told(request: HttpRequest, one: Import, where: str) -> dict[str, Any]:
    told: dict[str, Any] = {"one": one, "stage": where, "form": told_form(one), "job": telling.job_of(one)}
    told["progress"] = telling.progress(one, now=database_now())
    if where == "tried" and one.trial and one.trial.result:
        told |= {"figures": telling.counted(one.trial.result["counts"]), "reasons": telling.reasons(one, one.trial.result["codes"])}
    elif one.run is not None:
        told |= {"figures": telling.counted(one.counts), "reasons": telling.reasons(one, one.codes)}
    if where == "undone":
        leads = telling.kept(one, request.user)
        told |= {"kept": list(leads.select_related("campaign")[: telling.SHOWN_KEPT]), "kept_count": leads.count()}
    return told


def _open_campaigns() -> Any:
    return Campaign.objects.filter(status=CampaignStatus.ACTIVE, archived_at=None).select_related("lead_type", "source").order_by("name")


def _campaign(asked: str, one: Import) -> Campaign | None:
    if asked:
        return _open_campaigns().filter(pk=asked).first() if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None
    return one.campaign


def _choosing(request: HttpRequest, one: Import, wrong: list[str] | None = None, mapping: list[str] | None = None) -> HttpResponse:
    asked = (request.POST if request.method == "POST" else request.GET).get("campaign", "")
    before = one.campaign
    campaign = _campaign(asked, one)
    if mapping is None:
        is_chosen = campaign is not None and campaign == before and len(one.mapping) == len(one.columns)
        mapping = one.mapping if is_chosen else guesses(one, campaign) if campaign else []
    one.campaign = campaign
    told = {"columns": telling.columns(one, mapping), "choices": telling.choices(one), "campaigns": _open_campaigns(), "wrong": wrong or []}
    told["lacking"] = lacking(campaign, mapping) if campaign else []
    return shown(request, "one", 422 if wrong else 200, one=one, stage="choosing", form=told_form(one), **told)


def _try(request: HttpRequest, one: Import) -> HttpResponse:
    campaign = _campaign(request.POST.get("campaign", ""), one)
    mapping = [request.POST.get(f"column-{place}", "") for place in range(len(one.columns))]
    if campaign is None:
        return _choosing(request, one, ["Choose an active campaign. That says which fields a lead has and where it goes."], mapping)
    try:
        if wrong := choose(one=one, campaign=campaign, mapping=mapping):
            return _choosing(request, one, wrong, mapping)
        start_trial(one=get_import(request, one.pk), by=request.user, now=database_now())
    except NotNow as refused:
        messages.warning(request, str(refused))
    return redirect("admin:import", one.pk)


@page(None, address=f"{HERE}<uuid:pk>/progress/", name="import_progress", permission=RIGHT)
@require_safe
def import_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    one = get_import(request, pk)
    counts = {name: number for name, _, number, _ in telling.counted(one.counts)} if one.run else {}
    return JsonResponse(telling.progress(one, now=database_now()) | {"counts": counts})
