"""Leads taken back to the queue or handed to somebody else, after saying what will happen to whom."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from leads.clock import database_now
from leads.menu import page
from leads.viewer import person_of
from pullqueue.admin.floor import MOVES, shown
from pullqueue.enums import Place, Role
from pullqueue.models import Branch, Placement, User
from pullqueue.services.moving import Target, movable, move_leads

MOST_AT_ONCE = 500
TO_QUEUE, TO_USER, TO_BRANCH, TO_COMPANY, ROUTES = "queue", "user", "branch", "company", "routes"
WHERE = {
    TO_QUEUE: "Back to the queue that they belong to",
    TO_USER: "To a user, who owns them from then on",
    TO_BRANCH: "To a branch, where they stand ready",
    TO_COMPANY: "To the company, where they stand ready",
    ROUTES: "Through the routes of their campaigns again, as if they came in now",
}


class MoveForm(forms.Form):
    where = forms.ChoiceField(choices=list(WHERE.items()), widget=forms.RadioSelect, initial=TO_QUEUE)
    user = forms.ModelChoiceField(User.objects.none(), required=False, label="User")
    branch = forms.ModelChoiceField(Branch.objects.none(), required=False, label="Branch")

    def __init__(self, by: Any, data: Any = None) -> None:
        super().__init__(data)
        choices: dict[str, QuerySet[Any]] = {
            "user": User.objects.visible_to(by).filter(role=Role.REP, is_active=True).order_by("first_name", "last_name", "username"),
            "branch": Branch.objects.visible_to(by).filter(archived_at=None),
        }
        for name, rows in choices.items():
            field: Any = self.fields[name]
            field.queryset, field.empty_label = rows, "Choose"
            field.widget.attrs["class"] = "input"
        chooser: Any = self.fields["user"]
        chooser.label_from_instance = lambda user: user.get_full_name() or user.username
        if not by.sees_all_leads:
            where: Any = self.fields["where"]
            where.choices = [(key, word) for key, word in WHERE.items() if key not in (TO_COMPANY, ROUTES)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in (TO_USER, TO_BRANCH):
            if cleaned.get("where") == name and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, f"Choose the {name} whom they go to.")
        return cleaned

    @property
    def target(self) -> Target:
        where = self.cleaned_data["where"]
        return Target(
            user=self.cleaned_data["user"] if where == TO_USER else None,
            branch=self.cleaned_data["branch"] if where == TO_BRANCH else None,
            to_company=where == TO_COMPANY,
            distributes=where == ROUTES,
        )


@page(None, address="floor/move/", name="floor_move", permission=MOVES, under="floor")
@require_POST
def floor_move(request: HttpRequest) -> HttpResponse:
    """First say what will happen, then do it. A lead that changed in between stays as it is."""
    by, back = person_of(request), _back(request)
    ticked = request.POST.getlist("only") or request.POST.getlist("lead")
    if len(ticked) > MOST_AT_ONCE:
        messages.warning(request, f"{len(ticked)} leads are too many at once, so nothing was moved. Tick at most {MOST_AT_ONCE}.")
        return redirect(back)
    known = dict(filter(None, map(_read, ticked)))
    found = list(movable(by, known))
    if not found:
        messages.warning(request, "No lead was ticked that can still be moved, so nothing was done.")
        return redirect(back)
    sure = "confirmed" in request.POST
    form = MoveForm(by, request.POST if sure else None)
    if not sure or not form.is_valid():
        told: dict[str, Any] = {"form": form, "found": found, "back": back, "happens": what_happens(found)}
        return shown(request, "move", f"Move {_leads(len(found))}", status=422 if sure else 200, **told)
    same = [one for one in found if known[one.pk] == one.revision]
    done = move_leads(placements=same, target=form.target, by=by, now=database_now())
    if done:
        messages.success(request, f"{_leads(done)} moved. Whoever had {_them(done)} is told.")
    if left := len(ticked) - done:
        messages.warning(request, f"{_leads(left)} changed in the meantime and stayed. Look again, and move what still has to be moved.")
    return redirect(back)


def _read(text: str) -> tuple[UUID, int] | None:
    """A ticked lead: its id, and after a colon the revision that was looked at."""
    lead, _, revision = text.partition(":")
    try:
        return UUID(lead), int(revision) if revision.isascii() and revision.isdecimal() and len(revision) < 19 else -1
    except ValueError:
        return None


def _back(request: HttpRequest) -> str:
    asked = request.POST.get("back", "")
    return asked if url_has_allowed_host_and_scheme(asked, None) and asked.startswith("/") else reverse("admin:floor")


def what_happens(found: Sequence[Placement]) -> list[str]:
    """What moving them means, for everybody who has one."""
    said = []
    for place, word in ((Place.HELD, "holds"), (Place.OWNED, "owns"), (Place.CALLBACK, "is to call back")):
        whose = {Place.HELD: "holder", Place.OWNED: "owner", Place.CALLBACK: "callback_by"}[place]
        counted = Counter(_name(getattr(one, whose)) for one in found if one.place == place)
        said += [
            f"{name} {word} {_leads(count)} of these and loses {'it' if count == 1 else 'them'} at once." for name, count in counted.items()
        ]
    resting = sum(one.place not in (Place.HELD, Place.OWNED, Place.CALLBACK) for one in found)
    if resting:
        said.append(f"Nobody has {_leads(resting)} of these at this moment.")
    if any(one.place == Place.CALLBACK for one in found):
        said.append("Callbacks are given up: nobody is reminded of them any more.")
    return [*said, "Attempts, notes and outcomes stay with the leads. An outcome that can still be taken back is dropped."]


def _name(user: User | None) -> str:
    return (user.get_full_name() or user.username) if user else "Somebody"


def _them(count: int) -> str:
    return "it" if count == 1 else "them"


def _leads(count: int) -> str:
    return "1 lead" if count == 1 else f"{count:,} leads"
