"""*Sales floor > Floor*: the queue, who holds what, and who is at work; and the leads behind each number."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from leads.clock import database_now
from leads.menu import Place as MenuPlace
from leads.menu import page
from leads.viewer import person_of
from pullqueue.floor.board import board
from pullqueue.floor.calling_now import calling_now
from pullqueue.floor.in_house import Asked, leads_in_house
from pullqueue.models import QueueState
from pullqueue.services.rebuild import changed_strategies

SEES, MOVES = "pullqueue.view_floor", "pullqueue.move_lead"


def shown(request: HttpRequest, template: str, title: str, status: int = 200, **told: Any) -> HttpResponse:
    frame = {"title": title, "may_move": request.user.has_perm(MOVES), "sees_all": person_of(request).sees_all_leads}
    context = admin.site.each_context(request) | frame | told
    return TemplateResponse(request, f"pullqueue/floor/{template}.html", context, status=status)


@page(MenuPlace("Sales floor", "Floor", 10), address="floor/", name="floor", permission=SEES)
@require_safe
def floor_page(request: HttpRequest) -> HttpResponse:
    now, by = database_now(), person_of(request)
    may_rebuild = request.user.has_perm("pullqueue.change_pullstrategy")
    told: dict[str, Any] = {"changed": len(changed_strategies()), "state": QueueState.current(), "may_rebuild": may_rebuild}
    return shown(request, "board", "Floor", now=now, board=board(by, now=now), **told)


@page(None, address="floor/leads/", name="floor_leads", permission=SEES, under="floor")
@require_safe
def floor_leads(request: HttpRequest) -> HttpResponse:
    """The leads of one place, of one user or of one strategy, to be moved one by one or many at once."""
    now, by = database_now(), person_of(request)
    found = leads_in_house(by, Asked.of(request.GET), now=now)
    return shown(request, "leads", "Leads in house", now=now, found=found)


@page(MenuPlace("Sales floor", "Calling now", 15), address="floor/calling/", name="floor_calling", permission=SEES)
@require_safe
def floor_calling(request: HttpRequest) -> HttpResponse:
    """The states as a map and as a table: open or closed, until when, and how many leads are there."""
    now = database_now()
    return shown(request, "calling", "Calling now", now=now, calling=calling_now(person_of(request), now=now))
