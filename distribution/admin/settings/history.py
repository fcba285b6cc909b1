"""Versions of the settings: the list, one version, the difference of two, and bringing an old one back."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_safe

from distribution.admin.settings import words
from distribution.admin.settings.draft import plain
from distribution.admin.settings.facts import Facts, read_facts
from distribution.admin.settings.page import ADDRESS, KEEPS
from distribution.admin.settings.problems import at_fields, lines
from distribution.admin.settings.table import KINDS
from distribution.domain.settings import Settings
from distribution.domain.settings_changes import LABELS
from distribution.domain.settings_changes import in_words as value_in_words
from distribution.models import SettingsVersion
from distribution.services.versions import (
    ImpossibleSettings,
    StaleSettings,
    in_words,
    live_version,
    restoration,
    restore_version,
    settings_of,
)
from leads.clock import database_now
from leads.menu import page

HERE = "settings/client-settings/distribution/versions/"
SEES = "distribution.view_settingsversion"
ROWS_A_PAGE = 50


def _page(request: HttpRequest, name: str, subtitle: str, status: int = 200, **told: Any) -> HttpResponse:
    frame = admin.site.each_context(request) | {"title": "Distribution", "subtitle": subtitle, "can_change": request.user.has_perm(KEEPS)}
    return TemplateResponse(request, f"distribution/settings/{name}.html", frame | told, status=status)


def _version(number: int) -> SettingsVersion:
    version = SettingsVersion.objects.select_related("by").filter(number=number).first() if number < 2**31 else None
    if version is None:
        raise Http404
    return version


@page(None, address=HERE, name="distribution_settings_versions", permission=SEES)
@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    """Who saved what, newest first; two can be chosen to be compared."""
    live = live_version()
    pages = Paginator(SettingsVersion.objects.select_related("by").defer("data"), ROWS_A_PAGE)
    return _page(request, "versions", "Versions", live=live, rows=pages.get_page(request.GET.get("page")))


@page(None, address=f"{HERE}<int:number>/", name="distribution_settings_version", permission=SEES)
@require_safe
def one_version(request: HttpRequest, number: int) -> HttpResponse:
    """Everything that one version says."""
    version, live = _version(number), live_version()
    settings = settings_of(version)
    facts = read_facts(settings, now=database_now())
    told: dict[str, Any] = {
        "version": version,
        "live": live,
        "earlier": number - 1 if number > 1 else None,
        "options": [(label, value_in_words(getattr(settings, name))) for name, label in LABELS.items()],
        "groups": _groups(settings, facts),
        "values": _values(settings, facts),
    }
    return _page(request, "version", f"Version {number}", **told)


def _groups(settings: Settings, facts: Facts) -> list[tuple[str, str, list[str]]]:
    told = []
    for group in settings.groups:
        members = [facts.names.get(pk, f"Client {pk}, archived") for pk in group.client_ids]
        members += [facts.account_names.get(pk, f"Account {pk}, archived") for pk in group.account_ids]
        told.append((group.name, words.short(group.automation, group.secondary), members))
    return told


def _values(settings: Settings, facts: Facts) -> list[tuple[str, list[str]]]:
    rows = [
        (facts.names.get(client, f"Client {client}, archived"), [plain(getattr(given, kind)) for kind in KINDS])
        for client, given in settings.values.items()
    ]
    return sorted(rows, key=lambda row: row[0].casefold())


@page(None, address=f"{HERE}compare/", name="distribution_settings_compare", permission=SEES)
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """What the second version says differently from the first."""
    asked = [request.GET.get(name, "") for name in ("from", "to")]
    if not all(text.isascii() and text.isdecimal() and len(text) < 10 for text in asked):
        messages.info(request, "Choose two versions to compare.")
        return redirect("admin:distribution_settings_versions")
    first, second = (_version(int(text)) for text in asked)
    told: dict[str, Any] = {
        "first": first,
        "second": second,
        "live": live_version(),
        "changes": in_words(settings_of(first), settings_of(second)),
    }
    return _page(request, "compare", f"Version {first.number} and {second.number}", **told)


@page(None, address=f"{HERE}<int:number>/restore/", name="distribution_settings_restore", permission=SEES)
@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest, number: int) -> HttpResponse:
    """Say who is left out and who keeps what, then what would change; a confirmation makes it a new version."""
    if not request.user.has_perm(KEEPS):
        raise PermissionDenied
    version, live = _version(number), live_version()
    if request.method != "POST":
        return _plan(request, version, live)
    now = database_now()
    based_on = request.POST.get("version", "")
    try:
        saved = restore_version(
            number=number,
            by=request.user,
            now=now,
            note=request.POST.get("note", "").strip(),
            based_on=int(based_on) if based_on.isascii() and based_on.isdecimal() else live.number,
        )
    except StaleSettings as stale:
        messages.warning(request, f"{stale} What would change is shown anew.")
        return redirect("admin:distribution_settings_restore", number)
    except ImpossibleSettings as refused:
        settings = restoration(number).settings
        facts = read_facts(settings, now=now)
        refused_lines = lines(at_fields(refused.problems, settings, facts), settings, facts)
        return _plan(request, version, live, status=422, problem_lines=refused_lines)
    messages.success(request, f"Version {saved.number} is live: what version {number} said, from the next lead on.")
    return redirect(ADDRESS)


def _plan(request: HttpRequest, version: SettingsVersion, live: SettingsVersion, status: int = 200, **told: Any) -> HttpResponse:
    planned = restoration(version.number)
    return _page(request, "restore", f"Restore version {version.number}", status, version=version, live=live, plan=planned, **told)
