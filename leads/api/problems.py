"""Answers that are not 2xx: one form, one place. No sentence here repeats what was sent."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

RETRY_SECONDS = 5
"""What a sender is asked to wait when the database cannot write."""


class Problem(Exception):
    """A request that is answered with an error and changes nothing."""

    def __init__(self, http: int, code: str, message: str, *, field: str | None = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.http = http
        self.error = {"field": field, "code": code, "message": message}
        self.headers = headers

    def answer(self) -> HttpResponse:
        return answer(self.http, {"status": "error", "errors": [self.error]}, self.headers)


def answer(http: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> HttpResponse:
    content = json.dumps(body).encode()
    told = {"Cache-Control": "no-store", "Content-Length": str(len(content))} | dict(headers or {})
    return HttpResponse(content, status=http, content_type="application/json", headers=told)


def bad_key() -> Problem:
    message = "The key is missing, unknown, revoked or expired. Send it as the header `Authorization: Bearer <campaign key>`."
    return Problem(401, "bad_key", message, headers={"WWW-Authenticate": "Bearer"})


def leaked_key() -> Problem:
    message = "A key must never stand in an address. Revoke it, make a new one and send that as the header `Authorization: Bearer <key>`."
    return Problem(401, "bad_key", message, headers={"WWW-Authenticate": "Bearer"})


def unavailable() -> Problem:
    message = "Nothing was stored. Send the same again in a few seconds, with the same Idempotency-Key if you have one."
    return Problem(503, "unavailable", message, headers={"Retry-After": str(RETRY_SECONDS)})


def too_many(seconds: int) -> Problem:
    message = f"Too many requests with this key. Wait {seconds} s."
    return Problem(429, "too_many_requests", message, headers={"Retry-After": str(seconds)})


def not_found() -> Problem:
    return Problem(404, "not_found", "There is nothing at this address. Mind the slash at its end.")


def not_allowed(methods: tuple[str, ...]) -> Problem:
    allowed = ", ".join(methods)
    return Problem(405, "method_not_allowed", f"This address takes {allowed}.", headers={"Allow": allowed})


def too_large(what: str) -> Problem:
    return Problem(413, "too_large", f"Send at most {what}.")
