"""What mail providers report, verified by their signature or the secret we gave them; one of them is chosen by a setting."""

import json
from typing import Any

from anymail.urls import urlpatterns as provider_addresses
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

VIEWS: dict[str, Any] = {str(one.name): one.callback for one in provider_addresses}
SIGNED_PARTS_ONLY = frozenset({"mailgun"})
"""Their signature covers a token and not what is told, so that a token counts once."""
TOKEN_SECONDS = 7 * 24 * 3600


def view_of(provider: str) -> Any:
    """Return the view of a provider's events; None for one that nobody knows."""
    return VIEWS.get(f"{provider}_tracking_webhook") or VIEWS.get(f"{provider}_webhook")


def is_verifiable(view: Any) -> bool:
    """Whether a stranger's events would be refused: by a signature, or by a secret of ours in the address."""
    return bool(settings.ANYMAIL.get("WEBHOOK_SECRET")) or not getattr(view.view_class, "warn_if_no_basic_auth", True)


@csrf_exempt
@require_http_methods(["POST", "HEAD"])
def mail_provider(request: HttpRequest, provider: str) -> HttpResponse:
    """Take events of the provider that is chosen; of any other one there is nothing here."""
    view = view_of(provider) if provider and provider == settings.MAIL_PROVIDER else None
    if view is None:
        raise Http404
    if not is_verifiable(view):
        return _said("Set WEBHOOK_SECRET in ANYMAIL first: nothing would tell the provider from anybody else.", 403)
    token = _token(request) if provider in SIGNED_PARTS_ONLY else ""
    if token and cache.get(f"mail-token:{token}"):
        return _said("Known already.", 200)
    try:
        answer: HttpResponse = view(request)
    except ImproperlyConfigured:
        return _said("The provider's keys are missing in ANYMAIL.", 403)
    if token and answer.status_code == 200:
        cache.set(f"mail-token:{token}", 1, TOKEN_SECONDS)
    return answer


def _token(request: HttpRequest) -> str:
    if request.content_type != "application/json":
        return request.POST.get("token", "")[:200]
    try:
        return str(json.loads(request.body)["signature"]["token"])[:200]
    except (ValueError, KeyError, TypeError):
        return ""


def _said(text: str, status: int) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain")
