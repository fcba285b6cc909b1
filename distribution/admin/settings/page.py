"""The settings page: nothing takes effect before Save settings, and what cannot work is refused with its remedy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from distribution.admin.settings import groups, problems, show, spreadsheet
from distribution.admin.settings.draft import Draft, read_draft
from distribution.admin.settings.facts import Facts, read_facts
from distribution.domain import settings_check
from distribution.domain.settings import Settings
from distribution.domain.settings_merge import clashes, merge
from distribution.models import SettingsVersion
from distribution.services.versions import ImpossibleSettings, StaleSettings, in_words, live_version, save_version, saver, settings_of
from leads.clock import database_now
from leads.menu import Place, page

KEEPS = "distribution.change_settingsversion"
NAME = "distribution_settings"
ADDRESS = f"admin:{NAME}"


@dataclass(frozen=True, slots=True)
class Desk:
    """One request: the version in force, what was known of its clients, and what the person may do."""

    request: HttpRequest
    live: SettingsVersion
    settings: Settings
    facts: Facts

    @classmethod
    def of(cls, request: HttpRequest) -> "Desk":
        live = live_version()
        settings = settings_of(live)
        return cls(request, live, settings, read_facts(settings, now=database_now()))

    def show(self, draft: Draft, *, status: int = 200, **told: Any) -> HttpResponse:
        told |= {
            "subtitle": "",
            "can_change": self.request.user.has_perm(KEEPS),
            "problem_lines": problems.lines(draft.problems, draft.settings, self.facts),
            "note": self.request.POST.get("note", ""),
        }
        asked = self.request.POST if self.request.method == "POST" else self.request.GET
        shown = asked.get("shown", "")
        context = admin.site.each_context(self.request) | show.context(self.live, self.settings, draft, self.facts, shown) | told
        return TemplateResponse(self.request, "distribution/settings/page.html", context, status=status)


@page(
    Place("Settings", "Distribution", 38, "Client Settings"),
    address="settings/client-settings/distribution/",
    name=NAME,
    permission="distribution.view_settingsversion",
)
@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
def distribution_settings(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        desk = Desk.of(request)
        return desk.show(Draft(desk.settings))
    if not request.user.has_perm(KEEPS):
        raise PermissionDenied
    desk = Desk.of(request)
    base = based_on(request, desk)
    draft = read_draft(request.POST, settings_of(base), desk.facts)
    verb, _, key = request.POST.get("do", "save").partition(":")
    return _VERBS.get(verb, _change_groups)(desk, base, draft, verb, key)


def based_on(request: HttpRequest, desk: Desk) -> SettingsVersion:
    """The version that the page was made from; one that nobody knows counts as the live one."""
    number = request.POST.get("version", "")
    if not number.isascii() or not number.isdecimal() or int(number) == desk.live.number:
        return desk.live
    return SettingsVersion.objects.select_related("by").filter(number=int(number[:9])).first() or desk.live


def _save(desk: Desk, base: SettingsVersion, draft: Draft, _verb: str, _key: str) -> HttpResponse:
    if base.number != desk.live.number:
        return _stale(desk, base, draft)
    if draft.problems:
        return desk.show(judged(draft, desk.facts), status=422)
    try:
        saved = save_version(
            settings=draft.settings,
            by=desk.request.user,
            now=desk.facts.now,
            note=desk.request.POST.get("note", "").strip(),
            based_on=base.number,
        )
    except ImpossibleSettings as refused:
        at_fields = problems.at_fields(refused.problems, draft.settings, desk.facts)
        return desk.show(replace(draft, problems=at_fields), status=422)
    except StaleSettings:
        return _stale(Desk.of(desk.request), base, draft)
    if saved.number == desk.live.number:
        messages.info(desk.request, "Nothing was changed, so no version was made.")
    else:
        messages.success(desk.request, f"Version {saved.number} is live: it decides from the next lead on.")
    return redirect(ADDRESS)


def judged(draft: Draft, facts: Facts) -> Draft:
    """Add to what could not be read what cannot work, so that all is said at once."""
    found = problems.at_fields(settings_check.problems(draft.settings), draft.settings, facts)
    return replace(draft, problems=(*draft.problems, *found))


def _stale(desk: Desk, base: SettingsVersion, draft: Draft) -> HttpResponse:
    """Somebody else saved meanwhile: show the draft on top of theirs, with what they changed and what both did."""
    before = settings_of(base)
    merged = merge(before, draft.settings, desk.settings)
    names, accounts = desk.facts.names, desk.facts.account_names
    told = {
        "stale": {
            "live": desk.live,
            "who": saver(desk.live),
            "base": base.number,
            "theirs": in_words(before, desk.settings),
            "clashes": clashes(before, draft.settings, desk.settings, names, accounts),
        }
    }
    return desk.show(replace(draft, settings=merged), status=409, **told)


def _import(desk: Desk, base: SettingsVersion, draft: Draft, _verb: str, _key: str) -> HttpResponse:
    """Put the values of a file into the draft: the draft's difference is the preview."""
    file = desk.request.FILES.get("csv")
    if file is None:
        return _unsaved(desk, base, draft, import_errors=("Choose a CSV file first.",))
    content = file.read(spreadsheet.LARGEST + 1)
    imported = spreadsheet.import_values(content, draft.settings, desk.facts)
    told = {"import_errors": imported.errors} if imported.errors else {"imported": imported.changed, "file_name": file.name}
    return _unsaved(desk, base, replace(draft, settings=imported.settings), **told)


def _change_groups(desk: Desk, base: SettingsVersion, draft: Draft, verb: str, key: str) -> HttpResponse:
    change = groups.CHANGES.get(verb)
    if change is None:
        raise PermissionDenied
    return _unsaved(desk, base, replace(draft, settings=replace(draft.settings, groups=tuple(change([*draft.settings.groups], key)))))


def _unsaved(desk: Desk, base: SettingsVersion, draft: Draft, **told: Any) -> HttpResponse:
    """Show the draft again; nothing of it is live."""
    if base.number != desk.live.number:
        return _stale(desk, base, draft)
    return desk.show(draft, status=422 if told.get("import_errors") else 200, **told)


type _Verb = Callable[[Desk, SettingsVersion, Draft, str, str], HttpResponse]
_VERBS: Mapping[str, _Verb] = {"save": _save, "import": _import}
