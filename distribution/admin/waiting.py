"""From a delivery's page: its next attempt made at once, or the delivery given up."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from distribution.enums import DeliveryState
from distribution.models import Delivery
from distribution.services.waiting import WaitRefused, give_up_delivery, try_at_once, why_not_given_up
from leads.clock import database_now
from leads.menu import page

SETTLES = "distribution.settle_delivery"
LIST = "distribution_delivery_changelist"


@page(None, address="distribution/deliveries/<uuid:delivery_id>/now/", name="delivery_now", permission=SETTLES, under=LIST)
def now_page(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    if request.method != "POST":
        raise Http404
    delivery = _delivery(request, delivery_id)
    try:
        try_at_once(delivery=delivery, by=request.user, now=database_now())
    except WaitRefused as problem:
        messages.warning(request, str(problem))
    else:
        messages.success(request, f"{delivery.spoken} is tried again now. The answer will stand here.")
    return redirect("admin:distribution_delivery_change", delivery.pk)


@page(None, address="distribution/deliveries/<uuid:delivery_id>/give-up/", name="delivery_give_up", permission=SETTLES, under=LIST)
def give_up_page(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Say what giving up will do, and do it when that is confirmed."""
    delivery = _delivery(request, delivery_id)
    back = reverse("admin:distribution_delivery_change", args=[delivery.pk])
    if why := why_not_given_up(delivery):
        messages.warning(request, why)
        return redirect(back)
    if request.method == "POST":
        try:
            ended = give_up_delivery(delivery=delivery, by=request.user, now=database_now())
        except WaitRefused as problem:
            messages.warning(request, str(problem))
        else:
            messages.success(request, _done(ended))
        return redirect(back)
    told: dict[str, Any] = {"title": f"Give up {delivery.spoken}?", "text": _will(delivery), "button": "Give up", "back": back}
    return TemplateResponse(request, "admin/confirm.html", admin.site.each_context(request) | told)


def _will(delivery: Delivery) -> str:
    if delivery.is_tainted:
        return (
            f"{delivery.client} is not asked again. It may have taken the lead, so the delivery ends in doubt: "
            "nobody else is offered the lead until a person says whether it did."
        )
    return (
        f"{delivery.client} is not tried again by this method. The lead goes on at once: by the account’s next method if it has one, "
        "else to the next client, and the place in caps and shares comes back."
    )


def _done(delivery: Delivery) -> str:
    if delivery.state == DeliveryState.UNKNOWN:
        return f"{delivery.spoken} is in doubt now. Say whether {delivery.client} took the lead, as soon as you know."
    if delivery.state == DeliveryState.QUEUED:
        return f"{delivery.spoken} goes by the account’s next method now."
    return f"{delivery.spoken} is given up. The lead goes on to the next client."


def _delivery(request: HttpRequest, pk: UUID) -> Delivery:
    return get_object_or_404(Delivery.objects.visible_to(request.user).select_related("client", "method"), pk=pk)
