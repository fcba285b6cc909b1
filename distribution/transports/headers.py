"""Headers of a webhook: the client's own, those that prove who sends, and those that mark a repeat."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from clients.enums import AuthKind
from clients.models import DeliveryMethod
from distribution.domain.problem import Problem
from distribution.transports.addresses import check_address
from distribution.transports.envelope import Envelope
from distribution.transports.template import check_template

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
LONGEST_VALUE = 2048
MOST_HEADERS = 50
OURS = frozenset(
    {
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "te", "trailer", "expect",
        "authorization", "proxy-authorization", "proxy-connection", "cookie", "accept-encoding", "content-encoding",
        "idempotency-key", "x-delivery-id", "x-ping-id", "x-ping-reference", "webhook-id", "webhook-timestamp", "webhook-signature",
    }
)  # fmt: skip
"""Written by us, by authentication or by HTTP itself; never by a setting."""
PING_KIND = "ping"
"""The kind of a payload that is a ping; `Envelope.delivery` is then the ping's number."""
SECRET_PREFIX = "whsec_"  # noqa: S105 -- how such secrets begin, not one of them


def repeat_headers(envelope: Envelope) -> dict[str, str]:
    """Return the marks by which a client knows a repeat; equal in every attempt of one delivery."""
    if envelope.payload.get("kind") == PING_KIND:
        return {"Idempotency-Key": str(envelope.delivery), "X-Ping-Id": str(envelope.delivery)}
    return {"Idempotency-Key": str(envelope.delivery), "X-Delivery-Id": str(envelope.delivery)}


def auth_headers(envelope: Envelope, body: bytes) -> dict[str, str]:
    """Return what proves to the client that it is us."""
    return AUTH[AuthKind(envelope.auth_kind)](envelope, body)


def _basic(envelope: Envelope, _: bytes) -> dict[str, str]:
    pair = f"{envelope.auth_user}:{envelope.secret}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _bearer(envelope: Envelope, _: bytes) -> dict[str, str]:
    return {"Authorization": f"Bearer {envelope.secret}"}


def _signed(envelope: Envelope, body: bytes) -> dict[str, str]:
    """Sign as Standard Webhooks 1.0 says: HMAC-SHA256 over `id.timestamp.body`."""
    stamp = int(envelope.sent_at.timestamp())
    return {
        "webhook-id": str(envelope.delivery),
        "webhook-timestamp": str(stamp),
        "webhook-signature": signature(signing_key(envelope.secret), str(envelope.delivery), stamp, body),
    }


def signature(key: bytes, message: str, stamp: int, body: bytes) -> str:
    """Return the signature of a message that is sent at `stamp`, seconds since 1970."""
    digest = hmac.new(key, f"{message}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


AUTH: dict[AuthKind, Callable[[Envelope, bytes], dict[str, str]]] = {
    AuthKind.NONE: lambda _envelope, _body: {},
    AuthKind.DIGEST: lambda _envelope, _body: {},
    AuthKind.OAUTH2: lambda _envelope, _body: {},
    AuthKind.BASIC: _basic,
    AuthKind.BEARER: _bearer,
    AuthKind.SIGNED: _signed,
}
"""Digest answers a question of the other side and OAuth fetches a token first: `webhook` does both."""


def signing_key(secret: str) -> bytes:
    """Return the bytes of a key written as `whsec_` and base64. Raises ValueError."""
    return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)


def check_headers(written: Any, *, fields: Collection[str]) -> tuple[Problem, ...]:
    """Return every problem of a method's own headers; their values may name fields as templates do."""
    if not isinstance(written, Mapping) or len(written) > MOST_HEADERS:
        return (Problem("headers", "not_an_object", f"Headers are at most {MOST_HEADERS} names with their values."),)
    return tuple(problem for name, value in written.items() for problem in _check_header(name, value, fields))


def _check_header(name: str, value: Any, fields: Collection[str]) -> Iterator[Problem]:
    place = f"headers.{name[:40]}"
    if not TOKEN.fullmatch(name):
        yield Problem(place, "bad_name", "A header's name has letters, digits and hyphens only.")
    elif name.lower() in OURS:
        yield Problem(place, "reserved", f"{name} is written by the system; use the authentication setting for credentials.")
    if not isinstance(value, str) or len(value) > LONGEST_VALUE or not value.isascii() or not value.isprintable():
        yield Problem(place, "bad_value", f"A header's value is one line of at most {LONGEST_VALUE} plain characters.")
    elif "{" in value:
        yield from check_template(value, place, fields=fields, kind="header")


def check_auth(method: DeliveryMethod) -> Iterator[Problem]:
    """Say what is missing for the chosen authentication."""
    kind, secret = AuthKind(method.auth_kind), method.secret or ""
    if kind is AuthKind.NONE:
        return
    if not secret:
        yield Problem("secret", "missing", f"Enter the {NEEDS[kind]}.")
    elif not (secret.isascii() and secret.isprintable()) and kind is AuthKind.BEARER:
        yield Problem("secret", "bad_value", "The token has characters that a header cannot carry.")
    elif kind is AuthKind.SIGNED:
        yield from _check_signing_key(secret)
    if kind in (AuthKind.BASIC, AuthKind.DIGEST) and (not method.auth_user or ":" in method.auth_user):
        yield Problem("auth_user", "missing", "Enter the user name; it has no colon.")
    if kind is AuthKind.OAUTH2:
        yield from _check_oauth(method)


NEEDS = {
    AuthKind.BASIC: "password",
    AuthKind.DIGEST: "password",
    AuthKind.BEARER: "token",
    AuthKind.OAUTH2: "client secret",
    AuthKind.SIGNED: "signing key, such as whsec_…",
}


def _check_oauth(method: DeliveryMethod) -> Iterator[Problem]:
    if not method.auth_user:
        yield Problem("auth_user", "missing", "Enter the client id.")
    if sentence := check_address(method.token_url):
        yield Problem("token_url", "bad_address", sentence)
    if not (method.token_scope.isascii() and (method.token_scope == "" or method.token_scope.isprintable())):
        yield Problem("token_scope", "bad_value", "A scope is one line of plain characters.")


def _check_signing_key(secret: str) -> Iterator[Problem]:
    try:
        length = len(signing_key(secret))
    except (binascii.Error, ValueError):
        length = 0
    if not 24 <= length <= 64:
        yield Problem("secret", "bad_key", "A signing key is whsec_ and the base64 of 24 to 64 bytes.")
