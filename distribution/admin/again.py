"""From a delivery's page: the same request sent again, and the delivery's method tested with its lead."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from clients.enums import MethodKind
from distribution.admin.trial import place_of
from distribution.enums import DeliveryState
from distribution.models import Delivery, DeliveryCopy
from distribution.services.again import AgainRefused, refusal, send_again, send_copies_again
from distribution.services.test_send import TestRefused, send_test
from leads.clock import database_now
from leads.enums import LeadOutcome
from leads.menu import page

SETTLES = "distribution.settle_delivery"
TESTS = "clients.change_deliverymethod"
LIST = "distribution_delivery_changelist"


@page(None, address="distribution/deliveries/<uuid:delivery_id>/again/", name="delivery_again", permission=SETTLES, under=LIST)
def again_page(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Say what sending again will do, and do it when that is confirmed."""
    delivery = _delivery(request, delivery_id)
    back = reverse("admin:distribution_delivery_change", args=[delivery.pk])
    if why := refusal(delivery):
        messages.warning(request, why)
        return redirect(back)
    if request.method == "POST":
        try:
            send_again(delivery=delivery, by=request.user, now=database_now())
        except AgainRefused as problem:
            messages.warning(request, str(problem))
        else:
            messages.success(request, f"{delivery.spoken} is sent to {delivery.client} again. The answer will stand here.")
        return redirect(back)
    told = {"title": f"Send {delivery.spoken} to {delivery.client} again?", "text": _will(delivery), "button": "Send again", "back": back}
    return TemplateResponse(request, "admin/confirm.html", admin.site.each_context(request) | told)


def _will(delivery: Delivery) -> str:
    same = f"The same request goes to {delivery.client}, under the same key, so that it can tell a repeat."
    if delivery.state == DeliveryState.ACCEPTED:
        return f"{same} The sale stays as it is, whatever the answer; nothing more is charged, and nothing counts in caps or shares."
    careful = (
        "" if delivery.method and delivery.method.recognises_repeats else " Its method says that it does not: it may get the lead twice."
    )
    return f"{same}{careful} A yes makes it a sale. After anything else it stays in doubt, for a person to settle."


@page(None, address="distribution/copies/<uuid:copy_id>/again/", name="copy_again", permission=SETTLES)
def copy_again_page(request: HttpRequest, copy_id: UUID) -> HttpResponse:
    if request.method != "POST":
        raise Http404
    copy = get_object_or_404(DeliveryCopy.objects.select_related("delivery", "method"), pk=copy_id)
    _delivery(request, copy.delivery_id)
    if send_copies_again(copies=[copy.pk], by=request.user, now=database_now()):
        messages.success(request, f"The copy by {copy.method.name} is sent again. The sale stays as it is.")
    else:
        messages.warning(request, f"The copy by {copy.method.name} arrived, or is under way, so nothing was done.")
    return redirect("admin:distribution_delivery_change", copy.delivery_id)


@page(None, address="distribution/deliveries/<uuid:delivery_id>/test/", name="delivery_test", permission=TESTS, under=LIST)
def test_page(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Send this lead, marked as a test, by the delivery's method to its test address."""
    delivery = _delivery(request, delivery_id)
    method = delivery.method
    if method is None or delivery.lead.outcome == LeadOutcome.ERASED:
        messages.warning(request, f"{delivery.spoken} cannot be tested with: its {'method' if method is None else 'lead'} is gone.")
        return redirect("admin:distribution_delivery_change", delivery.pk)
    told: dict[str, Any] = {
        "title": f"Test of {method} with {delivery.lead.spoken}",
        "method": method,
        "lead": delivery.lead,
        "place": place_of(method),
        "is_production": method.kind in (MethodKind.WEBHOOK, MethodKind.PING_POST) and not method.test_url,
        "back": reverse("admin:distribution_delivery_change", args=[delivery.pk]),
    }
    if request.method == "POST":
        try:
            told["result"] = send_test(method=method, lead=delivery.lead, by=request.user, now=database_now())
        except TestRefused as problem:
            told["refused"] = str(problem)
    return TemplateResponse(request, "distribution/trial.html", admin.site.each_context(request) | told)


def _delivery(request: HttpRequest, pk: UUID) -> Delivery:
    related = ("client", "method__client", "lead__campaign__source", "lead__lead_type")
    return get_object_or_404(Delivery.objects.visible_to(request.user).select_related(*related), pk=pk)
