"""The body of a request: read within bounds whatever its length says, and turned into arrivals."""

from collections import Counter
from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest

from leads.api import strict_json
from leads.api.problems import Problem, too_large
from leads.domain.intake import FieldError
from leads.services.drafts import Arrival

LEAD_BYTES = 64 * 1024
BATCH_BYTES = 16 * 1024 * 1024
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
SAYS_YES = frozenset({"true", "1", "yes", "on"})
CHUNK = 64 * 1024


def read_body(request: HttpRequest, limit: int, what: str) -> bytes:
    """Return the whole body, also of a request that does not say how long it is.

    Raises:
        Problem: 413 once more than `limit` bytes came, or were announced; 415 for a compressed body.
    """
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Problem(415, "unsupported_encoding", "Send the body without compression.")
    announced = request.META.get("CONTENT_LENGTH") or ""
    if announced.isdecimal() and int(announced) > limit:
        raise too_large(what)
    stream = request if announced else request.META["wsgi.input"]  # Django's own stream ends at once without a length
    body = b""
    while len(body) <= limit and (chunk := stream.read(min(CHUNK, limit + 1 - len(body)))):
        body += chunk
    if len(body) > limit:
        raise too_large(what)
    if announced.isdecimal() and len(body) < int(announced):
        raise Problem(400, "bad_json", "The body ended early. Send it again.")
    return body


def content_type(request: HttpRequest, *allowed: str) -> str:
    """Return which of the allowed kinds the body is of; 415 for any other or another character set than UTF-8."""
    kind = (request.content_type or "").lower()
    charset = (request.content_params or {}).get("charset", "utf-8").strip("\"'").lower()
    if kind not in allowed or charset not in {"utf-8", "utf8", "us-ascii"}:
        raise Problem(415, "unsupported_media_type", f"Send {' or '.join(allowed)}, in UTF-8.")
    return kind


def lead_of_json(body: bytes) -> Arrival:
    return arrival_of(strict_json.parse(body) if body.strip() else None)


def arrival_of(sent: Any) -> Arrival:
    """Read `{"fields": {...}, "test": true}`. Other keys beside them are ignored and kept with the submission."""
    if not isinstance(sent, dict):
        raise Problem(400, "not_an_object", 'Send an object such as {"fields": {"phone": "3125550100"}}.')
    fields = sent.get("fields", {})
    if not isinstance(fields, dict):
        raise Problem(400, "not_an_object", "`fields` must be an object of names and values.", field="fields")
    is_test = sent.get("test", False)
    problems = () if isinstance(is_test, bool) else (FieldError("test", "not_a_boolean", "Send true or false, without quotes."),)
    return Arrival(fields, sent, is_test=is_test is True, problems=problems)


def lead_of_form(body: bytes, multiple: Collection[str]) -> Arrival:
    """Read form-encoded fields; `test=true` beside them marks a test. Only a multiple choice may come more than once.

    Without a `+` or `%` in it, a phone such as +13125550100 arrives with a blank in front, which is harmless.
    """
    try:
        pairs = parse_qsl(strict_json.decode(body), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as error:
        raise Problem(400, "bad_encoding", "The body is not UTF-8. Encode it so.") from error
    counts = Counter(name for name, _ in pairs)
    if any(count > 1 and name not in multiple for name, count in counts.items()):
        raise Problem(400, "duplicate_field", "The same field stands twice. Send it once.")
    fields: dict[str, Any] = {}
    for name, value in pairs:
        fields[name] = [*fields.get(name, []), value] if counts[name] > 1 else value
    raw = dict(fields)
    is_test = str(fields.pop("test", "")).lower() in SAYS_YES
    return Arrival(fields, raw, is_test=is_test)
