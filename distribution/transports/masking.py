"""Keeping what was sent and what came back, without the client's secret."""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from urllib.parse import quote, quote_plus

from distribution.transports.template import ESCAPES

MASK = "•••"
PLACE = "SwitchyardPutsTheSecretHere"
"""What stands for the secret in everything that is kept; plain letters, so that no escape changes it."""

SHOWN_HEADERS = frozenset(
    {"content-type", "accept", "accept-encoding", "user-agent", "idempotency-key", "x-delivery-id", "webhook-id", "webhook-timestamp"}
    | {"x-ping-id", "x-ping-reference"}
)
KEPT_ANSWER = 4096
SHORTEST = 4
"""A shorter secret is not searched for in answers: it would mask half the text."""


def put_secret(text: str, secret: str, *, kind: str) -> str:
    """Return what is really sent."""
    return text.replace(PLACE, ESCAPES[kind](secret))


def hide_place(text: str) -> str:
    return text.replace(PLACE, MASK)


def shown_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers as they may be kept: only those of the allow-list with their values."""
    return {name: value if name.lower() in SHOWN_HEADERS else MASK for name, value in headers.items()}


FORMS: tuple[Callable[[str], str], ...] = (
    str,
    quote,
    quote_plus,
    ESCAPES["json"],
    ESCAPES["xml"],
    lambda secret: b64encode(secret.encode()).decode(),
)


def kept_answer(text: str, *, secret: str, user: str = "", token: str = "") -> str:
    """Return the head of an answer as it may be kept: masked first and cut afterwards, without what a database refuses."""
    shown = re.sub(r"[\x00\ud800-\udfff]", "�", text)
    hidden = {form(one) for one in (secret, token) if len(one) >= SHORTEST for form in FORMS}
    hidden |= {b64encode(f"{user}:{secret}".encode()).decode()} if len(secret) >= SHORTEST else set()
    for form in sorted(hidden, key=len, reverse=True):
        shown = shown.replace(form, MASK)
    return shown.encode()[:KEPT_ANSWER].decode(errors="ignore")
