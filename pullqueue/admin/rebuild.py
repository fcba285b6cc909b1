"""The button that rebuilds the queue."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from leads.clock import database_now
from leads.menu import page
from leads.viewer import person_of
from pullqueue.services.rebuild import request_rebuild


@page(None, address="floor/rebuild/", name="queue_rebuild", permission="pullqueue.change_pullstrategy")
@require_POST
def queue_rebuild(request: HttpRequest) -> HttpResponse:
    """Ask for a rebuild, or join the one that runs."""
    request_rebuild(by=person_of(request), now=database_now())
    messages.success(request, "The queue is being rebuilt. The old one serves until the new one replaces it in one step.")
    return redirect("admin:pullqueue_pullstrategy_changelist")
