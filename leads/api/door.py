"""The frame of every view of the campaigns' API: the right method, a known host, and never an answer without its form."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.core.exceptions import DisallowedHost
from django.db import DataError, InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError

from leads.api.problems import Problem, not_allowed, not_found, unavailable
from leads.services.receive import CampaignShut
from leads.services.replays import InProgress, KeyReused

log = structlog.get_logger(__name__)

type View = Callable[..., HttpResponse]


def _shut(error: CampaignShut) -> Problem:
    return Problem(403, f"campaign_{error.status}", f"The campaign is {error.status} and takes no leads.")


PROBLEMS: dict[type[Exception], Callable[[Any], Problem]] = {
    Problem: lambda error: error,
    CampaignShut: _shut,
    KeyReused: lambda _: Problem(409, "key_reused", "This Idempotency-Key came with another body before. Use a new key for a new lead."),
    InProgress: lambda _: Problem(
        409,
        "in_progress",
        "The first post with this Idempotency-Key is still being answered. Repeat it in a moment.",
        headers={"Retry-After": "1"},
    ),
    DisallowedHost: lambda _: Problem(400, "bad_host", "This server does not answer to that host name."),
    UnreadablePostError: lambda _: Problem(400, "bad_json", "The body ended early. Send it again."),
}
"""What is expected to happen."""

FAULTS: dict[type[Exception], Callable[[], Problem]] = {
    OperationalError: unavailable,
    InterfaceError: unavailable,
    InternalError: unavailable,
    DataError: lambda: Problem(422, "bad_character", "A value cannot be stored. Take special characters out."),
}
"""What the database may say: down, read-only, full, a lock that is not given in time."""


def door(*methods: str) -> Callable[[View], View]:
    """Serve the view for these methods, without sessions and pages (`config.middleware.BareApi`)."""

    def framed(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, **route: Any) -> HttpResponse:
            try:
                _greet(request, methods)
                return view(request, **route)
            except tuple(PROBLEMS) as error:
                return next(make(error) for kind, make in PROBLEMS.items() if isinstance(error, kind)).answer()
            except Exception as error:  # noqa: BLE001 -- the last resort: nothing was stored, and the sender may try again
                return _fault(error).answer()

        answered.is_bare = True  # type: ignore[attr-defined]
        return answered

    return framed


def _greet(request: HttpRequest, methods: tuple[str, ...]) -> None:
    request.get_host()
    if request.method not in methods:
        raise not_allowed(methods)


def _fault(error: Exception) -> Problem:
    """Log what ails us, without what was sent: messages of the database quote values."""
    kind = next((kind for kind in FAULTS if isinstance(error, kind)), None)
    if kind is None:
        trace = error.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
        log.error("api.fault", error=type(error).__name__, place=place)
        return unavailable()
    log.warning("api.database", error=type(error.__cause__ or error).__name__)
    return FAULTS[kind]()


@door("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
def nothing_here(request: HttpRequest, **_: Any) -> HttpResponse:
    """Answer addresses of the API that do not exist, in the API's own form."""
    raise not_found()
