"""*Send a test* of a delivery method: ask, send through the real sender, show what went and what came."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from unfold.decorators import action

from clients.enums import MethodKind
from clients.models import DeliveryMethod
from distribution.services.test_send import TestRefused, send_test
from leads.admin.base import ScopedAdmin
from leads.clock import database_now

PLACES: dict[str, Callable[[DeliveryMethod], str]] = {
    MethodKind.EMAIL: lambda method: method.to_address,
    MethodKind.FILE: lambda method: f"{method.host}/{method.folder.strip('/')}, as a file of its own",
    MethodKind.PORTAL: lambda _method: "nowhere, since the client sees sold leads in its own view",
}


def place_of(method: DeliveryMethod, *, asks: bool = False) -> str:
    """Where a test goes; `asks` is the ping of a ping-post method."""
    address = (method.ping_test_url or method.ping_url) if asks else (method.test_url or method.url)
    return PLACES.get(method.kind, lambda _: address.split("?")[0])(method)


class TrialPage(ScopedAdmin):
    """A test goes out at once and outside of any transaction, so it has an address of its own."""

    @action(description="Send a test", icon="send", permissions=["change"])
    def send_a_test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect(reverse("admin:clients_deliverymethod_trial", args=[object_id]))

    def trial(self, request: HttpRequest, object_id: int) -> HttpResponse:
        method: DeliveryMethod = self.get_or_404(request, str(object_id))
        if not self.has_change_permission(request, method):
            raise PermissionDenied
        told: dict[str, Any] = {"method": method, "back": reverse("admin:clients_deliverymethod_change", args=[method.pk])}
        asks = method.kind == MethodKind.PING_POST and "ping" in request.GET
        told |= {"asks": asks, "pings": method.kind == MethodKind.PING_POST}
        told["place"] = place_of(method, asks=asks)
        if request.method == "POST":
            try:
                told["result"] = send_test(method=method, by=request.user, now=database_now(), ping=asks)
            except TestRefused as problem:
                told["refused"] = str(problem)
        frame = self.admin_site.each_context(request) | {"opts": self.opts, "original": method, "title": f"Test of {method}"}
        return TemplateResponse(request, "distribution/trial.html", frame | told)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.trial)
        return [path("<int:object_id>/test/", view, name="clients_deliverymethod_trial"), *super().get_urls()]
