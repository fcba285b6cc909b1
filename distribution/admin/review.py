"""*Needs attention*: what no machine may decide, each with why, since when, and the ways out."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from clients.models import DeliveryMethod
from distribution.admin.story.attention import doubted, lost_copies, needs_attention, pauses, stuck, undelivered
from distribution.admin.story.unrouted import ids_of
from distribution.admin.unrouted import unrouted_count
from distribution.enums import DeliveryState
from distribution.models import Delivery
from distribution.services.breaker import probe_method, resume_method
from distribution.services.paused import give_up_waiting
from distribution.services.review import ReasonMissing, settle_many, settle_unknown
from distribution.services.unstick import try_now
from distribution.wake import ROUTES, wake, wake_senders
from leads.clock import database_now
from leads.menu import Place, Shortcut, page, shortcut
from leads.models import Lead

MOST_AT_ONCE = 500
TAKEN = {"yes": True, "no": False}


@page(None, address="distribution/attention/", name="attention", permission="distribution.settle_delivery")
def attention_page(request: HttpRequest) -> HttpResponse:
    now = database_now()
    told: dict[str, Any] = {"title": "Needs attention", "doubted": doubted(now=now), "pauses": pauses(now=now), "stuck": stuck(now=now)}
    told |= {"lost": lost_copies(), "unrouted": unrouted_count(request), "undelivered": undelivered(request.user, now=now)}
    return _shown(request, "distribution/needs_attention.html", told)


@page(None, address="distribution/deliveries/<uuid:delivery_id>/settle/", name="delivery_settle", permission="distribution.settle_delivery")
def settle_page(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Settle one delivery in doubt: taken, or not taken and sold on."""
    taken = _posted_verdict(request)
    delivery = get_object_or_404(Delivery.objects.visible_to(request.user).select_related("client", "lead"), pk=delivery_id)
    try:
        done = settle_unknown(delivery=delivery, taken=taken, by=request.user, now=database_now(), reason=request.POST.get("reason", ""))
    except ReasonMissing as problem:
        messages.error(request, str(problem))
    else:
        _say_settled(request, delivery, taken=taken, done=done)
    return redirect("admin:leads_lead_change", delivery.lead_id)


def _say_settled(request: HttpRequest, delivery: Delivery, *, taken: bool, done: bool) -> None:
    if not done:
        messages.warning(request, f"{delivery.spoken} is not in doubt any more, so nothing was changed.")
    elif taken:
        messages.success(request, f"{delivery.spoken} is settled: {delivery.client} took {delivery.lead.spoken}.")
    else:
        messages.success(request, f"{delivery.spoken} is settled: {delivery.client} did not take {delivery.lead.spoken}, so it goes on.")


class Reason(forms.Form):
    reason = forms.CharField(
        label="How you know", max_length=300, widget=forms.TextInput({"class": "input", "placeholder": "Such as: confirmed by phone"})
    )


@page(None, address="distribution/attention/settle/", name="settle_many", permission="distribution.settle_delivery")
def settle_many_page(request: HttpRequest) -> HttpResponse:
    """Settle several alike, after saying what will happen."""
    taken = _posted_verdict(request)
    wanted = ids_of(request.POST.getlist("delivery")[:MOST_AT_ONCE])
    rows = list(Delivery.objects.visible_to(request.user).filter(pk__in=wanted, state=DeliveryState.UNKNOWN).select_related("client"))
    if not rows:
        messages.warning(request, "No delivery in doubt was picked, so nothing was done.")
        return redirect("admin:attention")
    form = Reason(request.POST if "confirmed" in request.POST else None)
    if form.is_bound and form.is_valid():
        ids, reason = [row.pk for row in rows], form.cleaned_data["reason"]
        done = settle_many(deliveries=ids, taken=taken, by=request.user, now=database_now(), reason=reason)
        what = "as taken" if taken else "as not taken; their leads go on to the next clients"
        messages.success(request, f"{done} of {len(rows)} settled {what}.")
        return redirect("admin:attention")
    number = "1 delivery" if len(rows) == 1 else f"{len(rows)} deliveries"
    told = {"title": f"Settle {number} as {'taken' if taken else 'not taken'}?", "rows": rows, "taken": taken, "form": form}
    return _shown(request, "distribution/settle_confirm.html", told | {"clients": sorted({row.client.name for row in rows})})


@page(None, address="distribution/methods/<int:method_id>/resume/", name="method_resume", permission="distribution.resume_method")
def resume_page(request: HttpRequest, method_id: int) -> HttpResponse:
    _must_post(request)
    method = get_object_or_404(DeliveryMethod.objects.select_related("client"), pk=method_id, archived_at=None)
    resume_method(method=method, by=request.user, now=database_now())
    wake_senders()
    messages.success(request, f"{method.client}: {method.name} is not paused any more. What waits for it goes out now.")
    return redirect("admin:attention")


@page(None, address="distribution/attention/pauses/", name="pauses", permission="distribution.resume_method")
def pauses_page(request: HttpRequest) -> HttpResponse:
    """Do the same with several paused methods, after saying what will happen and to how many."""
    _must_post(request)
    does = PAUSED.get(request.POST.get("do", ""))
    wanted = [int(pk) for pk in request.POST.getlist("method")[:MOST_AT_ONCE] if pk.isascii() and pk.isdigit() and len(pk) < 18]
    methods = list(DeliveryMethod.objects.filter(pk__in=wanted, archived_at=None, pauses__gt=0).select_related("client"))
    if does is None:
        raise Http404
    if not methods:
        messages.warning(request, "No paused method was ticked, so nothing was done.")
        return redirect("admin:attention")
    if "confirmed" not in request.POST:
        asks, button, will = ASKED[request.POST["do"]]
        number = f"{methods[0].client}: {methods[0].name}" if len(methods) == 1 else f"{len(methods)} paused methods"
        told = {"title": asks.format(number), "act": {"button": button, "will": will}, "do": request.POST["do"]}
        places = {"action": reverse("admin:pauses"), "name": "method", "back": reverse("admin:attention")}
        return _shown(request, "distribution/attention_confirm.html", told | places | {"picked": [method.pk for method in methods]})
    now = database_now()
    messages.success(request, does(methods, request.user, now))
    wake_senders()
    return redirect("admin:attention")


def _end_pauses(methods: list[DeliveryMethod], by: Any, now: datetime) -> str:
    for method in methods:
        resume_method(method=method, by=by, now=now)
    return f"{_methods(methods)} not paused any more. What waits goes out now."


def _probe(methods: list[DeliveryMethod], by: Any, now: datetime) -> str:
    asked = [method for method in methods if probe_method(method=method, by=by, now=now)]
    return f"{_methods(asked)} tried with one delivery each, as soon as one is due." if asked else "Each of them is tried already."


def _give_up(methods: list[DeliveryMethod], by: Any, now: datetime) -> str:
    ended = sum(give_up_waiting(method=method, by=by, now=now) for method in methods)
    wake(ROUTES)
    return f"{ended} deliver{'y waits' if ended == 1 else 'ies wait'} no longer: the leads go on, by another method or to the next client."


def _methods(methods: list[DeliveryMethod]) -> str:
    return f"{methods[0].client}: {methods[0].name} is" if len(methods) == 1 else f"{len(methods)} methods are"


PAUSED: dict[str, Callable[[list[DeliveryMethod], Any, datetime], str]] = {"resume": _end_pauses, "probe": _probe, "give_up": _give_up}


ASKED = {
    "resume": ("End the pause of {}?", "End the pause", "What waits goes out at once, and new leads are offered again."),
    "probe": (
        "Try one delivery by {}?",
        "Try one delivery now",
        "One waiting delivery goes out by each. Accepted, the pause ends; otherwise it goes on.",
    ),
    "give_up": (
        "Give up what waits for {}?",
        "Give up what waits",
        "Their leads go on: by another method of the account, or to the next client. What a client may have taken ends in doubt.",
    ),
}


@page(None, address="distribution/leads/<uuid:lead_id>/try-now/", name="lead_try_now", permission="distribution.rerun_lead")
def try_now_page(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    _must_post(request)
    lead = get_object_or_404(Lead.objects.visible_to(request.user), pk=lead_id)
    if try_now(lead=lead, by=request.user, now=database_now()):
        messages.success(request, f"{lead.spoken} is tried again now.")
    else:
        messages.warning(request, f"{lead.spoken} is not set aside any more, so nothing was changed.")
    return redirect("admin:attention")


def _shown(request: HttpRequest, template: str, told: dict[str, Any]) -> HttpResponse:
    return TemplateResponse(request, template, admin.site.each_context(request) | told)


def _must_post(request: HttpRequest) -> None:
    if request.method != "POST":
        raise Http404


def _posted_verdict(request: HttpRequest) -> bool:
    _must_post(request)
    said = request.POST.get("taken", "")
    if said not in TAKEN:
        raise Http404
    return TAKEN[said]


def attention_link() -> str:
    return reverse("admin:attention")


def attention_count(_request: HttpRequest) -> int:
    return needs_attention()


shortcut(Shortcut(Place("Distribution", "Needs attention", 10), attention_link, "distribution.settle_delivery", attention_count))
