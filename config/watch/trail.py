"""The audit trail: who changed what, and when, with before and after; signing in and rights included. Read by administrators alone.

Events and histories are rows that the database itself refuses to change or to delete (migrations `append_only`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from clients.models import Client, DeliveryMethod
from leads.admin.history.telling import TELLERS, differences
from leads.events import SENTENCES, sentence
from leads.menu import Place, page
from leads.models import Campaign, Event
from leads.viewer import viewer
from pullqueue.models import User

PAGE = "trail.html"
SHOWN = 100
VERBS = {"+": "made", "~": "changed", "-": "deleted"}


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    who: str
    what: str
    changes: tuple[str, ...] = ()


@page(Place("Settings", "Audit trail", 90), address="settings/trail/", name="trail", permission="leads.view_trail")
@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """Show the newest hundred lines until a day's end, of one person or of all, that hold a word."""
    word, name = request.GET.get("q", "").replace("\x00", "").strip()[:100], request.GET.get("who", "").replace("\x00", "").strip()[:150]
    day = _day(request.GET.get("until", ""))
    until = datetime.combine(day + timedelta(days=1), datetime.min.time(), viewer().zone) if day else None
    lines = sorted([*_events(word, name, until), *_histories(word, name, until)], key=lambda line: line.at, reverse=True)
    told = {
        "lines": lines[:SHOWN],
        "q": word,
        "who": name,
        "until": day.isoformat() if day else "",
        "most": SHOWN,
        "is_full": len(lines) > SHOWN,
    }
    return TemplateResponse(request, PAGE, admin.site.each_context(request) | {"title": "Audit trail"} | told)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _events(word: str, name: str, until: datetime | None) -> Iterator[Line]:
    """What is no step of a single lead; a lead's own story stands on its page."""
    rows = Event.objects.filter(lead=None).select_related("by").order_by("-at", "-id")
    if word:
        kinds = [kind for kind, say in SENTENCES.items() if word.lower() in _fixed(kind).lower()]
        people = User.objects.filter(username__icontains=word).values_list("pk", flat=True)[:20]
        rows = rows.filter(Q(kind__in=kinds) | Q(about__icontains=word) | Q(about__in=[f"user:{pk}" for pk in people]))
    rows = rows.filter(by__username=name) if name else rows
    found = list((rows.filter(at__lt=until) if until else rows)[: SHOWN + 1])
    names = _names(one.about for one in found)
    for one in found:
        whom = names.get(one.about, one.about)
        who = one.by.get_username() if one.by else "nobody signed in"
        yield Line(one.at, who, f"{whom}: {sentence(one)}" if whom and whom != who else sentence(one))


NAMED: dict[str, tuple[Any, str]] = {
    "user": (User, "username"),
    "campaign": (Campaign, "name"),
    "client": (Client, "name"),
    "method": (DeliveryMethod, "name"),
}
"""What events are about, by the word before the colon, and the field that names it."""


def _names(abouts: Iterable[str]) -> dict[str, str]:
    """Names for what events are about; one query a kind."""
    wanted: dict[str, set[int]] = {}
    for kind, _, key in (about.partition(":") for about in abouts):
        if kind in NAMED and key.isdigit():
            wanted.setdefault(kind, set()).add(int(key))
    return {
        f"{kind}:{pk}": name
        for kind, keys in wanted.items()
        for pk, name in NAMED[kind][0]._default_manager.filter(pk__in=keys).values_list("pk", NAMED[kind][1])
    }


def _fixed(kind: str) -> str:
    """The words of a kind, as far as they are the same for all its events."""
    try:
        return f"{kind} {sentence(Event(kind=kind, data={}))}"
    except (KeyError, TypeError, ValueError):
        return kind


def _histories(word: str, name: str, until: datetime | None) -> Iterator[Line]:
    """What settings were before and after: two queries for each model that keeps its history."""
    from django.apps import apps  # noqa: PLC0415 -- the registry, beside its users

    for model in apps.get_models():
        if hasattr(model, "instance_type") and hasattr(model, "history_date"):
            yield from _history(model, word, name, until)


def _history(kept: Any, word: str, name: str, until: datetime | None) -> Iterator[Line]:
    noun = str(kept.instance_type._meta.verbose_name)
    rows = kept.objects.select_related("history_user").order_by("-history_date", "-history_id")
    named = [one.name for one in kept.tracked_fields if one.name in ("name", "username")]
    if word and word.lower() not in noun.lower():
        if not named:
            return
        rows = rows.filter(**{f"{named[0]}__icontains": word})
    rows = rows.filter(history_user__username=name) if name else rows
    key = kept.instance_type._meta.pk.attname
    earlier = kept.objects.filter(**{key: OuterRef(key)}, history_id__lt=OuterRef("history_id")).order_by("-history_id")
    rows = rows.annotate(before=Subquery(earlier.values("history_id")[:1]))
    found = list((rows.filter(history_date__lt=until) if until else rows)[: SHOWN + 1])
    previous = kept.objects.in_bulk([row.before for row in found if row.before])
    fields = [one for one in kept.tracked_fields if one.name not in {kept.instance_type._meta.pk.name, "created"} and not one.is_relation]
    for row in found:
        old = previous.get(row.before)
        told = differences(old, row, fields, TELLERS) if old is not None and row.history_type == "~" else ()
        changes = tuple(one.sentence for one in told)
        title = getattr(row, named[0]) if named else str(getattr(row, key))
        by = row.history_user.get_username() if row.history_user else "the system"
        yield Line(row.history_date, by, f"{noun.capitalize()} {title} {VERBS[row.history_type]}", changes)
