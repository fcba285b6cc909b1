"""A person's notices: all of them, read and unread, how many, and how they wish to hear of each kind."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from leads.clock import database_now
from leads.viewer import person_of
from pullqueue.models import Notice
from pullqueue.services.notices import choices_of, choose

SHOWN = 100
COUNTED = 100


@never_cache
@login_required
def notices(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    if request.method == "POST":
        if request.POST.get("do") == "choose":
            ticked = set(request.POST.getlist("ticked"))
            choose(user=person, wanted={kind: (f"app:{kind}" in ticked, f"mail:{kind}" in ticked) for kind, _, _ in choices_of(person)})
            messages.success(request, "Your choice is kept; it holds from the next notice on.")
        else:
            Notice.objects.filter(user=person, read_at=None).update(read_at=database_now())
        return redirect("notices")
    rows = list(Notice.objects.filter(user=person).select_related("lead")[:SHOWN])
    told = {"rows": rows, "unread": sum(row.read_at is None for row in rows), "choices": choices_of(person), "has_mail": bool(person.email)}
    return render(request, "account/notices.html", told)


@never_cache
def notice_count(request: HttpRequest) -> HttpResponse:
    """Say how many are unread; asked by every open page once a minute, so it asks for no more than a hundred."""
    if not request.user.is_authenticated:
        raise Http404
    return JsonResponse({"unread": Notice.objects.filter(user=request.user, read_at=None).order_by()[:COUNTED].count()})
