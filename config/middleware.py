"""Small middlewares: the API does without sessions and pages, the admin gets the policy its theme needs, pages know who looks."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve
from django.urls.exceptions import Resolver404
from django.utils import timezone

from leads.viewer import look_as, viewer_of
from pullqueue.sessions import FACTOR_DUE, keep_session

WITHOUT_FACTOR = ("/account/second-factor/", "/sign-out/", "/static/", "/healthz")
"""What somebody reaches who must first set up a second factor."""

Handler = Callable[[HttpRequest], HttpResponse]


class BareApi:
    """Serve the campaigns' API at once: no session, no CSRF, no messages (about 0.1 ms of each post)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/api/v1/"):
            return self.get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        if not getattr(match.func, "is_bare", False):
            return self.get_response(request)
        request.resolver_match = match
        return match.func(request, *match.args, **match.kwargs)


class PagePolicy:
    """Loosen the content policy for the admin, whose theme evaluates expressions; forbid storing signed-in pages."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith("/admin/"):
            policy = dict(settings.SECURE_CSP)
            policy["script-src"] = ["'self'", "'unsafe-inline'", "'unsafe-eval'"]
            policy["style-src"] = ["'self'", "'unsafe-inline'"]
            response._csp_config = policy  # type: ignore[attr-defined]  # noqa: SLF001 -- Django's own per-response switch
        if getattr(request, "user", None) and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class Sessions:
    """End sessions that are too old, and lead those whose role needs a second factor to set one up."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if SESSION_KEY in request.session and not keep_session(request.session, now=timezone.now()):
            logout(request)
        if request.session.get(FACTOR_DUE) and not request.path_info.startswith(WITHOUT_FACTOR):
            return redirect("second_factor")
        return self.get_response(request)


class WhoLooks:
    """Show times in the signed-in person's zone and money in the company's currency."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            look_as(None)
            return self.get_response(request)
        viewer = viewer_of(request.user)
        look_as(viewer)
        with timezone.override(viewer.zone):
            return self.get_response(request)
