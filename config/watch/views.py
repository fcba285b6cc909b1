"""/healthz, /readyz and /metrics: one word for strangers, the rest for administrators and the networks of WATCH_NETWORKS."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from config.watch.figures import as_text
from config.watch.readiness import look
from leads.api.caller import address_of


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process serves; it asks nothing of the database, so that a slow one restarts no web process."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    findings = look()
    is_well = all(one.is_well for one in findings)
    status = 200 if is_well else 503
    if not may_watch(request, database=findings[0].is_well):
        return HttpResponse("ready" if is_well else "not ready", content_type="text/plain", status=status)
    checks = {one.name: {"well": one.is_well, "text": one.text} for one in findings}
    return JsonResponse({"ready": is_well, "checks": checks}, status=status)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not may_watch(request, database=True):
        raise Http404
    try:
        return HttpResponse(as_text(), content_type=CONTENT_TYPE_PLAIN_0_0_4)
    except Error:
        return HttpResponse("The database does not answer.", content_type="text/plain", status=503)


def may_watch(request: HttpRequest, *, database: bool) -> bool:
    """Whether the caller comes from a network that watches, or is an administrator; without the database nobody is signed in."""
    try:
        address = ip_address(address_of(request))
        if any(address in ip_network(name, strict=False) for name in settings.WATCH_NETWORKS):
            return True
    except ValueError:
        pass
    return database and bool(getattr(request.user, "is_administrator", False))
