"""Delivery by webhook: one HTTP request, whose answer the method's rules judge."""

import hashlib
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode, urlsplit, urlunsplit

from clients.enums import AuthKind, BodyKind, HttpVerb
from clients.models import DeliveryMethod
from distribution.domain.answer_rules import check_rules
from distribution.domain.answers import Judgement, judge
from distribution.domain.body import check_map
from distribution.domain.problem import Problem
from distribution.domain.retry import Outcome
from distribution.transports.addresses import check_address
from distribution.transports.envelope import Envelope, Report
from distribution.transports.fields import known_fields
from distribution.transports.headers import auth_headers, check_auth, check_headers, repeat_headers
from distribution.transports.masking import hide_place, kept_answer, put_secret, shown_headers
from distribution.transports.oauth import TokenRefused, access_token, forget_token
from distribution.transports.outbound import Call, Interrupted, NotSent, Outbound, Reply
from distribution.transports.template import check_template

LONGEST_EXCHANGE = 120
MOST_RETRIES = 20


async def send(envelope: Envelope, outbound: Outbound) -> Report:
    """Send the delivery once and say what came of it. Never raises for what the other side does."""
    try:
        call = write_call(envelope)
    except (ValueError, KeyError):
        return Report(Outcome.CONFIG_ERROR, message="The request cannot be written: check the secret and the headers of the method.")
    kept = {
        "verb": call.verb,
        "url": hide_place(str(envelope.payload["url"])),
        "headers": shown_headers(call.headers),
    }
    token = ""
    sha256 = hashlib.sha256(str(envelope.payload.get("body") or envelope.payload["url"]).encode()).hexdigest()
    try:
        reply, token = await SENDS.get(AuthKind(envelope.auth_kind), _plain)(envelope, call, outbound)
    except TokenRefused as problem:
        return Report(Outcome.CONFIG_ERROR, message=str(problem), request=kept, request_sha256=sha256)
    except NotSent as problem:
        return Report(Outcome.NOT_SENT, message=str(problem), request=kept, request_sha256=sha256)
    except Interrupted as problem:
        return Report(Outcome.IN_DOUBT, message=str(problem), status=problem.status, request=kept, request_sha256=sha256)
    return _report(envelope, reply, kept, sha256, token=token)


async def _plain(_envelope: Envelope, call: Call, outbound: Outbound) -> tuple[Reply, str]:
    return await outbound.exchange(call), ""


async def _digest(envelope: Envelope, call: Call, outbound: Outbound) -> tuple[Reply, str]:
    """The first request is answered by a question, 401, and sent again with the answer; all in one time limit."""
    return await outbound.exchange(replace(call, digest=(envelope.auth_user, envelope.secret))), ""


async def _oauth(envelope: Envelope, call: Call, outbound: Outbound) -> tuple[Reply, str]:
    """Send with the token that is kept; one that the client does not take any more is fetched anew, once."""
    ends = time.monotonic() + envelope.seconds
    for is_last in (False, True):
        token, was_kept = await access_token(envelope, outbound, seconds=max(ends - time.monotonic(), 0.1))
        headers = {**call.headers, "Authorization": f"Bearer {token}"}
        reply = await outbound.exchange(replace(call, headers=headers, seconds=max(ends - time.monotonic(), 0.1)))
        if reply.status != UNAUTHORIZED or is_last:
            break
        forget_token(envelope)
        if not was_kept:
            break
    return reply, token


UNAUTHORIZED = 401
SENDS: dict[AuthKind, Callable[[Envelope, Call, Outbound], Awaitable[tuple[Reply, str]]]] = {
    AuthKind.DIGEST: _digest,
    AuthKind.OAUTH2: _oauth,
}


def write_call(envelope: Envelope) -> Call:
    """Return what is really sent: the payload as it was first written, with the secret in its places."""
    payload, secret = envelope.payload, envelope.secret
    body = put_secret(str(payload.get("body") or ""), secret, kind=payload["body_kind"]).encode()
    headers = {name: put_secret(value, secret, kind="header") for name, value in payload["headers"].items()}
    has_body = payload["verb"] != HttpVerb.GET
    return Call(
        verb=payload["verb"],
        url=put_secret(payload["url"], secret, kind="form"),
        headers=headers | repeat_headers(envelope) | auth_headers(envelope, body if has_body else b""),
        body=body if has_body else None,
        seconds=envelope.seconds,
    )


def _report(envelope: Envelope, reply: Reply, kept: Mapping[str, object], sha256: str, *, token: str) -> Report:
    text = reply.body.decode(_charset(reply.headers.get("content-type", "")), errors="replace")
    found: Judgement = judge(reply.status, text, envelope.rules, server_error=envelope.server_error)
    return Report(
        outcome=found.outcome,
        message=found.reason,
        status=reply.status,
        rule=found.rule,
        is_duplicate=found.is_duplicate,
        price=found.price,
        bid=found.bid,
        reference=found.reference,
        retry_after=retry_after(reply.headers.get("retry-after", ""), envelope.sent_at),
        request=dict(kept),
        request_sha256=sha256,
        answer=kept_answer(text, secret=envelope.secret, user=envelope.auth_user, token=token),
    )


def _charset(content_type: str) -> str:
    name = content_type.lower().partition("charset=")[2].strip(" \"';")
    return name if name in ("iso-8859-1", "latin-1", "windows-1252", "utf-16", "us-ascii") else "utf-8-sig"


def retry_after(value: str, now: datetime) -> float | None:
    """Return the seconds that a client asks to wait, from either form of the header; None for anything else."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        return (parsedate_to_datetime(text) - now).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None


def add_query(url: str, pairs: list[tuple[str, str]]) -> str:
    """Return the address with the pairs behind the query it has."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query="&".join(part for part in (parts.query, urlencode(pairs)) if part), fragment=""))


def check_config(method: DeliveryMethod, *, fields: Collection[str] | None = None) -> tuple[Problem, ...]:
    """Return everything that would keep this method from working, each with its remedy."""
    return tuple(_problems(method, known_fields(method) if fields is None else fields))


def _problems(method: DeliveryMethod, fields: Collection[str]) -> Iterator[Problem]:
    for place in ("url", "test_url"):
        text = getattr(method, place)
        if (text or place == "url") and (sentence := check_address(text)):
            yield Problem(place, "bad_address", sentence)
    if method.verb == HttpVerb.GET and method.template:
        yield Problem("template", "no_body", "GET has no body: it sends the field map in the address. Use a field map, or POST.")
    yield from check_headers(method.headers, fields=fields)
    yield from check_auth(method)
    yield from check_map(method.field_map, fields=fields, body_kind=BodyKind.FORM if method.verb == HttpVerb.GET else method.body_kind)
    if method.template:
        yield from check_template(method.template, "template", fields=fields, kind=method.body_kind)
    yield from check_rules(method.rules)
    if not 1 <= method.timeout_seconds <= LONGEST_EXCHANGE:
        yield Problem("timeout_seconds", "out_of_range", f"The time limit is 1 to {LONGEST_EXCHANGE} seconds.")
    if not 0 <= method.retries <= MOST_RETRIES:
        yield Problem("retries", "out_of_range", f"0 to {MOST_RETRIES} retries.")
