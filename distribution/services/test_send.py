"""Trying a delivery method: a marked test lead through the very sender that real leads take."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from clients.models import DeliveryMethod
from distribution.domain.answers import Rule
from distribution.domain.retry import Outcome
from distribution.domain.table import csv_text
from distribution.services.payload import file_payload, lead_values, own_fields, write_payload
from distribution.services.ping_payload import write_ping
from distribution.services.prepare import write_envelope
from distribution.transports.envelope import Report
from distribution.transports.loop import submit
from distribution.transports.masking import hide_place
from distribution.transports.registry import SENDERS, check_config
from distribution.transports.template import TemplateProblem
from leads.ids import uuid7
from leads.models import Campaign, Event, Lead, LeadType, Source
from leads.services.events import record

MOST_AN_HOUR = 10

SAMPLE = {
    "first_name": "Test",
    "last_name": "Lead",
    "email": "test@example.com",
    "phone": "+13105550100",
    "address": "1 Test Street",
    "city": "Beverly Hills",
    "state": "CA",
    "zip": "90210",
    "country": "US",
}


class TestRefused(Exception):
    """The test was not made; the text says why and what to do."""

    __test__ = False


@dataclass(frozen=True, slots=True)
class TestResult:
    """What was sent (masked), what came back (masked, 4 KiB), what it means, and how long it took."""

    __test__ = False

    request: Mapping[str, Any] = field(default_factory=dict)
    answer: str = ""
    status: int | None = None
    verdict: Outcome = Outcome.CONFIG_ERROR
    sentence: str = ""
    milliseconds: int = 0


def send_test(*, method: DeliveryMethod, lead: Lead | None = None, by: Any, now: datetime, ping: bool = False) -> TestResult:
    """Send a test lead, or this lead marked as a test, to the test address; accepted, the method counts as tested.

    A webhook without a test address is tried at its production address; a mail goes to its recipients with a mark in
    the subject. With `ping` a ping-post method is asked as before a sale. Raises TestRefused when the method is not fit to
    be tried, or was tried too often.
    """
    _refuse_if_unfit(method, now=now)
    if ping:
        return _send_ping(method, lead, by=by, now=now)
    delivery = uuid7()
    values = _values(method, lead, now=now) | {"delivery_id": str(delivery)}
    own = own_fields([lead.lead_type_id]).get(lead.lead_type_id, []) if lead else []
    try:
        payload = _marked(method, write_payload(method, values, own, now=now, url=method.test_url or None), str(delivery))
    except TemplateProblem as problem:
        raise TestRefused(str(problem)) from None
    began = time.monotonic()
    report = submit(SENDERS[method.kind], write_envelope(method, delivery, payload, now=now)).result()
    milliseconds = round((time.monotonic() - began) * 1000)
    if report.outcome is Outcome.ACCEPTED:
        DeliveryMethod.objects.filter(pk=method.pk).update(tested_at=now)
    record(
        kind="method.tested", at=now, by=by, about=f"method:{method.pk}", lead=lead, outcome=report.outcome.value, milliseconds=milliseconds
    )
    return _result(payload, report, milliseconds)


def _send_ping(method: DeliveryMethod, lead: Lead | None, *, by: Any, now: datetime) -> TestResult:
    """Ask as before a sale, and say what the answer would mean."""
    number = uuid7()
    try:
        payload = write_ping(method, _values(method, lead, now=now) | {"ping_id": str(number)}, url=method.ping_test_url or None)
    except TemplateProblem as problem:
        raise TestRefused(str(problem)) from None
    payload["headers"] |= {"X-Test-Lead": "1"}
    rules = tuple(Rule.from_json(rule) for rule in method.ping_rules)
    envelope = replace(write_envelope(method, number, payload, now=now), rules=rules, seconds=PING_SECONDS)
    began = time.monotonic()
    report = submit(SENDERS[method.kind], envelope).result()
    milliseconds = round((time.monotonic() - began) * 1000)
    record(
        kind="method.tested", at=now, by=by, about=f"method:{method.pk}", lead=lead, outcome=report.outcome.value, milliseconds=milliseconds
    )
    return replace(_result(payload, report, milliseconds), sentence=say_ping(report))


PING_SECONDS = 5.0
PINGED = {
    Outcome.ACCEPTED: "The client would buy",
    Outcome.REJECTED: "Refused: the lead would go past this client.",
}


def say_ping(report: Report) -> str:
    """Say what the answer to a ping would mean for a real lead."""
    if report.outcome is Outcome.ACCEPTED:
        said = f"{PINGED[report.outcome]} {f'for {report.bid}' if report.bid is not None else 'at the price of the account'}."
    else:
        said = PINGED.get(report.outcome, "No usable answer: the lead would go past this client.")
    return " ".join(part for part in (said, f"{report.rule}." if report.rule else "", report.message, remedy(report)) if part)


def _refuse_if_unfit(method: DeliveryMethod, *, now: datetime) -> None:
    if problems := check_config(method):
        raise TestRefused(" ".join(problem.message for problem in problems))
    recent = Event.objects.filter(kind="method.tested", about=f"method:{method.pk}", at__gt=now - timedelta(hours=1)).count()
    if recent >= MOST_AN_HOUR:
        raise TestRefused(f"This method was tested {recent} times within the hour. Wait a while, or look at the last answers.")


def _values(method: DeliveryMethod, lead: Lead | None, *, now: datetime) -> dict[str, Any]:
    account = method.client.accounts.select_related("lead_type").first()
    given = lead or sample_lead(account.lead_type if account else None, now=now)
    own = own_fields([given.lead_type_id]).get(given.lead_type_id, []) if given.lead_type_id else []
    known = lead_values(given, own) | {
        "client": method.client.name,
        "account": account.name if account else "",
        "price": account.price if account else 0,
    }
    return known | {"is_test": True}


def sample_lead(lead_type: LeadType | None, *, now: datetime) -> Lead:
    """Return a made-up lead that is kept nowhere; its phone is of the range that nobody has."""
    campaign = Campaign(name="Test", source=Source(name="Test"))
    return Lead(campaign=campaign, lead_type=lead_type or LeadType(name="Test"), number=0, received_at=now, is_test=True, **SAMPLE)


def _marked(method: DeliveryMethod, payload: dict[str, Any], delivery: str) -> dict[str, Any]:
    """Say on the outside, too, that this is a test: a header, the subject, or the file's name."""
    if "headers" in payload:
        return payload | {"headers": payload["headers"] | {"X-Test-Lead": "1"}}
    if "row" in payload:
        return file_payload(method, f"test-{delivery}.csv", csv_text(payload["columns"], [payload["row"]]))
    return payload | {"subject": f"[Test] {payload['subject']}"} if "subject" in payload else payload


def _result(payload: dict[str, Any], report: Report, milliseconds: int) -> TestResult:
    body = hide_place(next((str(payload[name]) for name in ("body", "content", "text", "html") if payload.get(name)), ""))
    return TestResult(
        request={**report.request, "body": body},
        answer=report.answer,
        status=report.status,
        verdict=report.outcome,
        sentence=say(report),
        milliseconds=milliseconds,
    )


VERDICTS = {
    Outcome.ACCEPTED: "Accepted: real leads would count as sold.",
    Outcome.REJECTED: "Refused: a real lead would go to the next client.",
    Outcome.NOT_SENT: "Not sent: nothing reached the client.",
    Outcome.NOT_TAKEN: "Not taken: a real lead would be tried again.",
    Outcome.CONFIG_ERROR: "Not set up as the client needs it: a real lead would go to the next client.",
    Outcome.IN_DOUBT: "In doubt: the client may have taken it. Add a response rule, or ask the client.",
}


REMEDIES = {
    401: "The client does not know us: check the authentication, the user name and the secret.",
    403: "The client does not let us in: check the authentication and the secret, or ask whether our addresses must be allowed.",
    404: "There is nothing at this address: check its path.",
    405: "The address takes another HTTP method: change POST to PUT, or the other way round, or check the path.",
    410: "The address is given up: ask the client for the new one.",
    415: "The client reads another kind of body: change JSON, form or XML, or the Content-Type among the headers.",
}
"""What to do about a status that says that the method is not set up as the client needs it."""
ANY_REMEDY = "Check the address, the authentication and what is sent, and test again."


def remedy(report: Report) -> str:
    """What to do about a configuration error; nothing where the message says it already, or for other outcomes."""
    if report.outcome is not Outcome.CONFIG_ERROR:
        return ""
    if report.status is not None and 300 <= report.status < 400:
        return f"The address leads elsewhere ({report.status}): enter the address where it leads to; redirects are not followed."
    known = REMEDIES.get(report.status or 0, "")
    return known or ("" if report.message else ANY_REMEDY)


def say(report: Report) -> str:
    """Say what the answer would mean for a real lead, by which rule, what the other side said, and what to do."""
    parts = [VERDICTS[report.outcome], f"{report.rule}." if report.rule else "", report.message, remedy(report)]
    return " ".join(part for part in parts if part)
