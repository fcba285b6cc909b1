"""A method as it is being written: what it would send of a real lead, and what an answer would mean. Nothing is sent or kept."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from clients.enums import BodyKind, HttpVerb, MethodKind, ServerErrorMeans
from clients.models import Client, DeliveryMethod
from distribution.domain.answer_rules import check_rules
from distribution.domain.answers import Judgement, Rule, judge
from distribution.domain.body import check_map
from distribution.domain.problem import Problem
from distribution.domain.retry import Outcome
from distribution.domain.table import csv_text
from distribution.services.payload import lead_values, own_fields, write_payload
from distribution.services.prepare import SERVER_ERRORS
from distribution.services.test_send import VERDICTS, sample_lead
from distribution.transports import mail
from distribution.transports.fields import known_fields
from distribution.transports.headers import TOKEN, check_headers
from distribution.transports.masking import hide_place
from distribution.transports.outbound import MOST_ANSWER
from distribution.transports.template import TemplateProblem, check_template
from distribution.transports.webhook import retry_after
from leads.ids import uuid7
from leads.models import Lead

WRITTEN = ("template", "subject", "text_body", "html_body")
HEAD = re.compile(r"(?:HTTP/[\d.]+\s+)?(\d{3})\b[^\n]*(?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class Preview:
    """The request in words, or what keeps it from being written."""

    request: str = ""
    problems: tuple[str, ...] = ()


def preview_method(*, given: Mapping[str, str], lead: Lead | None, now: datetime) -> Preview:
    """Write what the form says for this lead, or for a made-up one. `given` are the form's fields as they stand."""
    try:
        method = _draft(given)
    except ValueError as problem:
        return Preview(problems=(str(problem),))
    if found := list(_problems(method)):
        return Preview(problems=tuple(f"{one.field}: {one.message}" for one in found))
    shown = lead or sample_lead(None, now=now)
    own = own_fields([shown.lead_type_id]).get(shown.lead_type_id, []) if shown.lead_type_id else []
    known: dict[str, Any] = {"delivery_id": str(uuid7()), "client": _client_name(method), "account": "the account", "price": "25.00"}
    try:
        payload = write_payload(method, lead_values(shown, own) | known, own, now=now)
    except TemplateProblem as problem:
        return Preview(problems=(str(problem),))
    return Preview(request=hide_place(_told(payload)))


def _problems(method: DeliveryMethod) -> Iterator[Problem]:
    """What is wrong with what is sent; where it goes is looked up when the method is saved."""
    fields = known_fields(method)
    if method.kind == MethodKind.EMAIL:
        kinds = mail.TEMPLATES
        fields -= {"secret"}
    else:
        kinds = {"template": method.body_kind}
        yield from check_headers(method.headers, fields=fields)
    if method.kind != MethodKind.EMAIL or method.attaches_csv:
        yield from check_map(method.field_map, fields=fields, body_kind=method.body_kind)
    for place, kind in kinds.items():
        if getattr(method, place):
            yield from check_template(getattr(method, place), place, fields=fields, kind=kind)


def _draft(given: Mapping[str, str]) -> DeliveryMethod:
    """Return a method that is kept nowhere. Raises ValueError with a sentence for JSON that cannot be read."""
    read = {name: _json(given.get(name, ""), name, empty) for name, empty in (("headers", {}), ("field_map", []), ("rules", []))}
    client = given.get("client", "")
    method = DeliveryMethod(
        kind=given.get("kind") or MethodKind.WEBHOOK,
        url=given.get("url") or "https://client.example/leads",
        verb=given.get("verb") or HttpVerb.POST,
        body_kind=given.get("body_kind") or BodyKind.JSON,
        to_address=given.get("to_address", ""),
        attaches_csv=bool(given.get("attaches_csv")),
        **{name: given.get(name, "") for name in WRITTEN},
        **read,
    )
    if client.isascii() and client.isdigit() and len(client) < 18:
        method.client_id = int(client)
    return method


def _json(text: str, name: str, empty: Any) -> Any:
    try:
        return json.loads(text) if text.strip() else empty
    except (ValueError, RecursionError):
        raise ValueError(f"{name.replace('_', ' ').capitalize()}: this is not JSON. Check quotes, commas and brackets.") from None


def _client_name(method: DeliveryMethod) -> str:
    found = Client.objects.filter(pk=method.client_id).first() if method.client_id else None
    return found.name if found else "the client"


def _told(payload: Mapping[str, Any]) -> str:
    return TELL[payload["kind"]](payload)


def _request(payload: Mapping[str, Any]) -> str:
    headers = [f"{name}: {value}" for name, value in payload["headers"].items()]
    return "\n".join([f"{payload['verb']} {payload['url']}", *headers, *(["", payload["body"]] if payload["body"] else [])])


def _mail(payload: Mapping[str, Any]) -> str:
    parts = [f"To: {', '.join(payload['to'])}", f"Subject: {payload['subject']}", "", payload["text"]]
    parts += ["", "HTML:", payload["html"]] if payload["html"] else []
    return "\n".join([*parts, *(["", "lead.csv:", payload["csv"]] if payload["csv"] else [])])


TELL: dict[str, Callable[[Mapping[str, Any]], str]] = {
    MethodKind.WEBHOOK: _request,
    MethodKind.PING_POST: _request,
    MethodKind.EMAIL: _mail,
    MethodKind.FILE: lambda payload: csv_text(payload["columns"], [payload["row"]]),
    MethodKind.PORTAL: lambda _: "Nothing is sent: the client sees the lead in its own view.",
}


@dataclass(frozen=True, slots=True)
class Tried:
    """What an answer would mean. `read` are the things that were read from it, each as name and value."""

    outcome: Outcome = Outcome.IN_DOUBT
    sentence: str = ""
    status: int = 200
    read: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()
    judged: Judgement | None = None


def try_rules(*, rules: str, answer: str, server_error_means: str, now: datetime) -> Tried:
    """Judge a pasted answer: status line, headers and body, or the body alone, which then came with 200."""
    try:
        read = _json(rules, "rules", [])
    except ValueError as problem:
        return Tried(problems=(str(problem),))
    if found := check_rules(read):
        return Tried(problems=tuple(f"{one.field}: {one.message}" for one in found))
    if len(answer.encode(errors="replace")) > MOST_ANSWER:
        return Tried(problems=(f"The answer is longer than {MOST_ANSWER // 1024} KiB: a real one would be in doubt.",))
    status, headers, body = _parts(answer)
    means = SERVER_ERRORS.get(ServerErrorMeans(server_error_means)) if server_error_means in ServerErrorMeans else None
    judged = judge(status, body, [Rule.from_json(rule) for rule in read], server_error=means or Outcome.IN_DOUBT)
    return Tried(judged.outcome, _sentence(judged, read), status, _read(judged, headers, now), judged=judged)


def try_ping(*, rules: str, answer: str, now: datetime) -> Tried:
    """Judge what was pasted as the answer to a ping: whether it is a bid, a refusal, or no answer that can be used."""
    tried = try_rules(rules=rules, answer=answer, server_error_means="", now=now)
    if tried.problems:
        return replace(tried, problems=tuple(re.sub("^[Rr]ules", "Ping rules", one) for one in tried.problems))
    judged = tried.judged or Judgement(tried.outcome)
    read = [("Bid", f"{judged.bid:,.2f}" if judged.bid is not None else ""), ("Reference", judged.reference), ("Reason", judged.reason)]
    why = judged.rule or ("No ping rule matches" if rules.strip() not in ("", "[]") else "There are no ping rules, so the status decides")
    return replace(tried, sentence=f"{_of_ping(judged)} {why}.", read=tuple((name, value) for name, value in read if value))


def _of_ping(judged: Judgement) -> str:
    if judged.outcome is Outcome.ACCEPTED and judged.bid is None:
        return "A yes without a bid: the lead would be sold at the account's price, if its turn comes."
    return PINGS.get(judged.outcome, "No usable answer: the client would bring no bid, and the lead would go past it.")


PINGS = {
    Outcome.ACCEPTED: "A bid: the lead would be ranked by it, and sold at it if its turn comes.",
    Outcome.REJECTED: "Refused: the lead would go past this client.",
}


def _parts(answer: str) -> tuple[int, dict[str, str], str]:
    text = answer.replace("\r\n", "\n").lstrip("\n ")
    first = HEAD.match(text)
    if first is None or (not text.startswith("HTTP/") and len(first[0].split()) > 4):
        return 200, {}, text
    rest = text[first.end() :]
    head, _, body = ("", "", rest[1:]) if rest.startswith("\n") else rest.partition("\n\n")
    lines = [line.partition(":") for line in head.split("\n") if line.strip()]
    if all(colon and TOKEN.fullmatch(name.strip()) for name, colon, _ in lines):
        return int(first[1]), {name.strip().lower(): value.strip() for name, _, value in lines}, body
    return int(first[1]), {}, rest


def _sentence(judged: Judgement, rules: Sequence[Any]) -> str:
    if judged.rule:
        return f"{VERDICTS[judged.outcome]} {judged.rule}."
    why = "No rule matches, so the status decides." if rules else "There are no rules, so the status decides."
    return f"{VERDICTS[judged.outcome]} {why}"


def _read(judged: Judgement, headers: Mapping[str, str], now: datetime) -> tuple[tuple[str, str], ...]:
    found = [
        ("Price", f"{judged.price:,.2f}" if judged.price is not None else ""),
        ("Reference", judged.reference),
        ("Reason", judged.reason),
    ]
    wait = retry_after(headers.get("retry-after", ""), now)
    found.append(("Asks to wait", f"{wait:,.0f} seconds" if wait is not None and judged.outcome is Outcome.NOT_TAKEN else ""))
    return tuple((name, value) for name, value in found if value)
