"""OAuth 2.0 client credentials (RFC 6749, 4.4): a token fetched through the guarded client, and kept until shortly before it ends."""

import asyncio
import hashlib
import json
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

from distribution.transports.envelope import Envelope
from distribution.transports.outbound import Call, Interrupted, NotSent, Outbound, Reply

EARLIER = 30.0
"""Seconds before its end at which a token counts as ended."""
WITHOUT_END = 300.0
"""How long a token is kept whose end the answer does not name."""
LONGEST = 24 * 3600.0
LONGEST_TOKEN = 4096
MOST_KEPT = 1000

type Key = tuple[str, str, str, str]


class TokenRefused(Exception):
    """The token address does not give us a token with these credentials. The text is for people."""


@dataclass(frozen=True, slots=True)
class Token:
    value: str
    ends: float
    """On this process's steady clock."""


_kept: dict[Key, Token] = {}
_locks: dict[Key, asyncio.Lock] = {}


def _key(envelope: Envelope) -> Key:
    """Another secret, another scope: another token. The secret itself is no key."""
    return envelope.token_url, envelope.auth_user, envelope.token_scope, hashlib.sha256(envelope.secret.encode()).hexdigest()


async def access_token(envelope: Envelope, outbound: Outbound, *, seconds: float) -> tuple[str, bool]:
    """Return the token and whether it was kept from before. Raises TokenRefused, or NotSent when the token address gives no answer."""
    key = _key(envelope)
    async with _locks.setdefault(key, asyncio.Lock()):
        kept = _kept.get(key)
        if kept is not None and kept.ends > time.monotonic():
            return kept.value, True
        token = await _fetch(envelope, outbound, seconds=seconds)
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = token
        return token.value, False


def forget_token(envelope: Envelope) -> None:
    """The client does not take it any more."""
    _kept.pop(_key(envelope), None)


async def _fetch(envelope: Envelope, outbound: Outbound, *, seconds: float) -> Token:
    """Ask with the credentials in the header, as the standard prefers, and where that is refused in the body."""
    reply = await _ask(envelope, outbound, in_body=False, seconds=seconds)
    if reply.status in (400, 401):
        reply = await _ask(envelope, outbound, in_body=True, seconds=seconds)
    if reply.status == 429 or reply.status >= 500:
        raise NotSent(f"The token address answers {reply.status}.")
    if not 200 <= reply.status < 300:
        raise TokenRefused(f"The token address answers {reply.status}: check client id, client secret and scope of the method.")
    return _read(reply)


async def _ask(envelope: Envelope, outbound: Outbound, *, in_body: bool, seconds: float) -> Reply:
    form = {"grant_type": "client_credentials"} | ({"scope": envelope.token_scope} if envelope.token_scope else {})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if in_body:
        form |= {"client_id": envelope.auth_user, "client_secret": envelope.secret}
    else:
        pair = f"{quote_plus(envelope.auth_user)}:{quote_plus(envelope.secret)}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    try:
        return await outbound.exchange(Call("POST", envelope.token_url, headers, urlencode(form).encode(), seconds))
    except Interrupted as problem:  # the lead itself was not sent
        raise NotSent(f"The token address gave no whole answer. {problem}") from None
    except NotSent as problem:
        raise NotSent(f"The token address could not be reached. {problem}") from None


def _read(reply: Reply) -> Token:
    try:
        answer: Any = json.loads(reply.body)
    except (ValueError, RecursionError):
        answer = None
    value = answer.get("access_token") if isinstance(answer, Mapping) else None
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TOKEN or not (value.isascii() and value.isprintable()) or " " in value:
        raise TokenRefused("The token address answers without an access_token: check that the address is the right one.")
    return Token(value, time.monotonic() + _lasts(answer.get("expires_in")))


def _lasts(said: Any) -> float:
    try:
        seconds = float(said)
    except (TypeError, ValueError):
        return WITHOUT_END
    return min(max(seconds - EARLIER, 0.0), LONGEST) if seconds == seconds else WITHOUT_END  # noqa: PLR0124 -- not a number
