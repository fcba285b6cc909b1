"""Who asks: the campaign key of the header, looked up each time, and the address of the connection."""

import hmac
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest

from leads.api.problems import Problem, bad_key, leaked_key, too_many
from leads.api.rate import limiter
from leads.queries import KeyHolder, key_holder
from leads.services.keys import PREFIX, digest_of, report_leak
from leads.services.replays import Idempotency

KEY_NAMES = frozenset({"key", "api_key", "apikey", "token", "access_token", "authorization", "bearer"})
LONGEST_KEY = 200
LONGEST_IDEMPOTENCY_KEY = 255
WRONG_KEYS_PER_SECOND, WRONG_KEYS_BURST = 1.0, 20
"""Of one address; real keys from the same address are not slowed down."""


class Caller(NamedTuple):
    """A holder of a valid key, and where the connection comes from."""

    holder: KeyHolder
    address: str
    agent: str


def caller_of(request: HttpRequest) -> Caller:
    """Return who asks.

    Raises:
        Problem: 401 `bad_key`, 429 `too_many_requests`.
    """
    address = address_of(request)
    _refuse_key_in_address(request)
    scheme, _, plain = request.headers.get("Authorization", "").partition(" ")
    digest = digest_of(plain)
    holder = None
    if scheme.lower() == "bearer" and 0 < len(plain) <= LONGEST_KEY:
        if wait := limiter().wait_seconds(digest.hex()[:32], per_second=settings.INTAKE_RATE, burst=settings.INTAKE_BURST):
            raise too_many(wait)
        holder = key_holder(digest)
    if holder is None or not _is_valid(holder, digest):
        if wait := limiter().wait_seconds(f"wrong:{address}", per_second=WRONG_KEYS_PER_SECOND, burst=WRONG_KEYS_BURST):
            raise too_many(wait)
        raise bad_key()
    return Caller(holder, address, request.headers.get("User-Agent", "").replace("\x00", "")[:300])


def _is_valid(holder: KeyHolder, digest: bytes) -> bool:
    key = holder.key
    alive = key.revoked_at is None and (key.expires_at is None or key.expires_at > holder.now)
    return hmac.compare_digest(bytes(key.digest), digest) and alive


def _refuse_key_in_address(request: HttpRequest) -> None:
    if not request.META.get("QUERY_STRING"):
        return
    sent = [(name.lower(), str(value)) for name, values in request.GET.lists() for value in values]
    leaked = [value for name, value in sent if name in KEY_NAMES or value.startswith(PREFIX)]
    if not leaked:
        return
    for plain in leaked:
        holder = key_holder(digest_of(plain[:LONGEST_KEY]))
        if holder is not None:
            report_leak(key=holder.key, now=holder.now)
    raise leaked_key()


def address_of(request: HttpRequest) -> str:
    """Return the address of the connection, or the one that our own proxies saw: the last hops of X-Forwarded-For only."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    trusted = settings.TRUSTED_PROXIES
    seen = hops[-trusted] if trusted and len(hops) >= trusted else request.META.get("REMOTE_ADDR", "")
    return seen.replace("\x00", "")[:45]


def idempotency_of(request: HttpRequest, digest: bytes) -> Idempotency | None:
    """Return the sender's idempotency key, if it sent one.

    Raises:
        Problem: 422 `bad_idempotency_key` for an empty one, one that is too long, or one with control characters.
    """
    sent = request.headers.get("Idempotency-Key")
    if sent is None:
        return None
    try:
        key = sent.encode("latin-1").decode()  # as WSGI hands headers over
    except UnicodeError:
        key = sent
    if not 0 < len(key) <= LONGEST_IDEMPOTENCY_KEY or any(ord(char) < 32 or 127 <= ord(char) < 160 for char in key):
        message = f"Send 1 to {LONGEST_IDEMPOTENCY_KEY} printable characters, such as a UUID."
        raise Problem(422, "bad_idempotency_key", message, field="Idempotency-Key")
    return Idempotency(key, digest)
