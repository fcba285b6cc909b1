"""Answers of the staff API that are not 2xx, in the one form of the whole API."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from leads.api.problems import RETRY_SECONDS

SENTENCES = {
    "not_found": "There is nothing at this address, or nothing that your role shows.",
    "not_authenticated": "Sign in, or send the header `Authorization: Bearer <personal token>`.",
    "permission_denied": "Your role may look at this, but not change it.",
    "csrf_failed": "Signed in to the pages, changes need the header X-CSRFToken. Programs use a personal token instead.",
    "method_not_allowed": "This address takes other methods; the header Allow names them.",
    "not_acceptable": "This API answers in JSON only.",
    "parse_error": "The body is no valid JSON. Check commas, quotes and brackets.",
    "unsupported_media_type": "Send application/json.",
    "throttled": "Too many requests. Wait as long as the header Retry-After says.",
}
CODES = {"parse_error": "bad_json", "not_authenticated": "bad_token", "throttled": "too_many_requests"}


def handle(error: Exception, context: Any) -> Response | None:
    """Answer what is expected to happen; the rest is ours, and logged as such."""
    if isinstance(error, OperationalError | InterfaceError):
        told = [_told(None, "unavailable", "The database cannot answer now, or not in time. Ask again in a few seconds, or for less.")]
        return Response({"status": "error", "errors": told}, status=503, headers={"Retry-After": str(RETRY_SECONDS)})
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    answer = exception_handler(error, context)
    if answer is not None and isinstance(error, exceptions.APIException):
        answer.data = {"status": "error", "errors": list(_errors(error))}
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def _errors(error: exceptions.APIException) -> Iterator[dict[str, Any]]:
    if isinstance(error, exceptions.ValidationError) and isinstance(error.detail, dict):
        for field, found in error.detail.items():
            for one in found if isinstance(found, list) else [found]:
                yield _told(None if field == "non_field_errors" else str(field), getattr(one, "code", "invalid"), str(one))
        return
    code = str(error.get_codes())
    yield _told(None, CODES.get(code, code), SENTENCES.get(code, str(error.detail)))


def _told(field: str | None, code: str, message: str) -> dict[str, Any]:
    return {"field": field, "code": code, "message": message}


def refuse(field: str, code: str, message: str) -> exceptions.ValidationError:
    return exceptions.ValidationError({field: [exceptions.ErrorDetail(message, code)]})
