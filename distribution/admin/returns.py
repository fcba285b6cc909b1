"""*Returns*: what clients ask to give back, what was granted, and the form by which a manager takes a sold lead back."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from distribution.models import Delivery, Return, ReturnState
from distribution.services.returns import ReturnRefused, allowance, approve, grant, refuse
from leads.clock import database_now
from leads.menu import Place, Shortcut, page, shortcut

SETTLES = "distribution.settle_return"
ROWS_A_PAGE = 50
TABS = {"pending": "Waiting", "granted": "Granted", "refused": "Refused"}
STATES = {"pending": ReturnState.REQUESTED, "granted": ReturnState.GRANTED, "refused": ReturnState.REFUSED}
EMPTY = {
    "pending": ("No return waits for you.", "What clients ask to give back stands here, with their reason, until you grant or refuse it."),
    "granted": ("Nothing was returned yet.", "A manager returns a sold lead on its delivery's page; a client asks for it in its own view."),
    "refused": ("No return was refused.", "A refused return stays a sale; the client reads why."),
}


@page(None, address="distribution/returns/", name="returns", permission=SETTLES)
def returns_page(request: HttpRequest) -> HttpResponse:
    shown = request.GET.get("show", "pending")
    if shown not in STATES:
        raise Http404
    rows = Return.objects.visible_to(request.user).filter(state=STATES[shown])
    order = ("requested_at", "id") if shown == "pending" else ("-decided_at", "-id")
    related = ("client", "delivery__lead", "delivery__account", "requested_by", "decided_by")
    pages = Paginator(rows.select_related(*related).order_by(*order), ROWS_A_PAGE).get_page(request.GET.get("page"))
    told = {
        "title": "Returns",
        "shown": shown,
        "tabs": TABS.items(),
        "pages": pages,
        "empty": EMPTY[shown],
        "waiting": Return.objects.visible_to(request.user).pending().count(),
    }
    return TemplateResponse(request, "distribution/returns/list.html", admin.site.each_context(request) | told)


@page(None, address="distribution/returns/<int:return_id>/decide/", name="return_decide", permission=SETTLES)
def decide_page(request: HttpRequest, return_id: int) -> HttpResponse:
    """Grant what a client asked for, or refuse it with a reason that the client reads."""
    _must_post(request)
    asked = get_object_or_404(Return.objects.visible_to(request.user).select_related("delivery", "client"), pk=return_id)
    verdict = request.POST.get("verdict", "")
    if verdict not in DECIDE:
        raise Http404
    try:
        done = DECIDE[verdict](request, asked)
    except ReturnRefused as problem:
        messages.error(request, "Say why you refuse it: the client reads it." if verdict == "refuse" else str(problem))
    else:
        _say(request, asked, verdict, done=done)
    return redirect("admin:returns")


def _grant(request: HttpRequest, asked: Return) -> bool:
    return approve(asked=asked, by=request.user, now=database_now(), goes_on="goes_on" in request.POST)


def _refuse(request: HttpRequest, asked: Return) -> bool:
    return refuse(asked=asked, by=request.user, now=database_now(), reason=request.POST.get("reason", ""))


DECIDE = {"grant": _grant, "refuse": _refuse}
DONE = {"grant": "is returned, and {client} is credited.", "refuse": "stays sold; {client} reads why."}


def _say(request: HttpRequest, asked: Return, verdict: str, *, done: bool) -> None:
    if done:
        messages.success(request, f"{asked.delivery.spoken} {DONE[verdict].format(client=asked.client)}")
    else:
        messages.warning(request, f"The return of {asked.delivery.spoken} was decided meanwhile, so nothing was changed.")


@page(
    None,
    address="distribution/deliveries/<uuid:delivery_id>/return/",
    name="delivery_return",
    permission=SETTLES,
    under="distribution_delivery_changelist",
)
def return_page(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Say what a return will do, and do it when that is confirmed with a reason."""
    related = ("client", "account", "lead")
    delivery = get_object_or_404(Delivery.objects.visible_to(request.user).select_related(*related), pk=delivery_id)
    told: dict[str, Any] = {"title": f"Return {delivery.spoken}", "delivery": delivery, "problem": "", "reason": ""}
    if request.method == "POST":
        told |= {"reason": request.POST.get("reason", "")[:300], "goes_on": "goes_on" in request.POST}
        try:
            grant(delivery=delivery, by=request.user, now=database_now(), reason=told["reason"], goes_on=told["goes_on"])
        except ReturnRefused as problem:
            told["problem"] = str(problem)
        else:
            on = " It goes on to the next client now." if told["goes_on"] else ""
            messages.success(request, f"{delivery.lead.spoken} is returned, and {delivery.client} is credited.{on}")
            return redirect("admin:distribution_delivery_change", delivery.pk)
    sold_at = delivery.finished_at or delivery.created
    told["allowance"] = allowance(client=delivery.client_id, sold_at=sold_at)
    told["asked"] = asked = Return.objects.pending().filter(delivery=delivery).first()
    if asked and request.method != "POST":
        told["reason"] = asked.reason
    status = 422 if told["problem"] else 200
    return TemplateResponse(request, "distribution/returns/take_back.html", admin.site.each_context(request) | told, status=status)


def _must_post(request: HttpRequest) -> None:
    if request.method != "POST":
        raise Http404


def returns_link() -> str:
    return reverse("admin:returns")


def pending_count(_request: HttpRequest) -> int:
    return Return.objects.pending().count()


shortcut(Shortcut(Place("Distribution", "Returns", 30), returns_link, SETTLES, pending_count))
