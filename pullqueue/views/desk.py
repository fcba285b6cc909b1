"""The rep's page."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from leads.viewer import person_of
from pullqueue.enums import Role


@require_safe
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """Say who is signed in and what stands here: nothing, until the pull queue is switched on."""
    person = person_of(request)
    if person.role != Role.REP:
        raise Http404
    return render(request, "desk.html", {"branch": person.branch})
