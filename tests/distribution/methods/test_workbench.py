"""A method while it is being written: what it would send of a real lead, and what an answer would mean; nothing sent, nothing kept."""

import json
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import DeliveryMethod
from distribution.demo.factories import AdministratorFactory, LeadFactory, ManagerFactory
from distribution.services.method_preview import try_ping, try_rules
from leads.clock import database_now

pytestmark = pytest.mark.django_db
RULES = json.dumps(
    [
        {"when": {"status": [200], "path": "$.status", "equals": "ok"}, "means": "accepted", "price": "$.price", "reference": "$.id"},
        {"when": {"path": "$.status", "equals": "no"}, "means": "rejected", "reason": "$.why"},
    ]
)


@pytest.fixture
def staff() -> Browser:
    browser = Browser()
    browser.force_login(AdministratorFactory.create())
    return browser


def preview(browser: Browser, **given: str) -> str:
    fields = {"kind": "webhook", "verb": "POST", "body_kind": "json", "headers": "", "field_map": "", "rules": ""} | given
    return browser.post(reverse("admin:clients_deliverymethod_preview"), fields).content.decode()


def test_a_template_is_written_with_a_real_lead_and_escaped_for_its_body(staff: Browser) -> None:
    lead = LeadFactory.create(first_name='Ann "A"', last_name="Larkin")
    html = preview(staff, template='{"name": "{{ first_name }}", "key": "{{ secret }}"}', workbench_lead=f"l-{lead.number}")
    assert "{&quot;name&quot;: &quot;Ann \\&quot;A\\&quot;&quot;, &quot;key&quot;: &quot;•••&quot;}" in html
    assert f"{lead.name}, {lead.spoken}".replace('"', "&quot;") in html
    assert DeliveryMethod.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"template": "{{ nobody }}"}, "template: There is no field “nobody”. Choose one of the lead&#x27;s fields."),
        ({"template": "{% include 'x' %}"}, "template: The template cannot be used"),
        ({"template": "{% for a in (1..99999) %}{% for b in (1..99999) %}x{% endfor %}{% endfor %}"}, "The template cannot be used"),
        ({"field_map": "[["}, "Field map: this is not JSON. Check quotes, commas and brackets."),
        ({"field_map": '[["a", "nobody"]]'}, "field_map[0]: There is no field “nobody”."),
        ({"kind": "email", "text_body": "{{ secret }}"}, "text_body: There is no field “secret”."),
        ({"workbench_lead": "L-999999"}, "There is no lead “L-999999”. Write its number, such as L-10482."),
    ],
)
def test_what_cannot_be_written_is_said_with_its_place(staff: Browser, given: dict[str, str], says: str) -> None:
    assert says in preview(staff, **given)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"kind": "email", "to_address": "a@b.example", "subject": "Lead {{ last_name }}", "attaches_csv": "on"}, "Subject: Lead Lead"),
        ({"kind": "file", "field_map": '[["first", "first_name"]]'}, "first\r\nTest"),
        ({"kind": "portal"}, "Nothing is sent"),
        ({"verb": "GET", "field_map": '[["a b", "state"]]'}, "GET https://client.example/leads?a+b=CA"),
        ({"body_kind": "xml", "field_map": '[["who", "first_name"]]'}, "&lt;lead&gt;&lt;who&gt;Test&lt;/who&gt;&lt;/lead&gt;"),
    ],
)
def test_every_kind_is_shown_as_it_goes(staff: Browser, given: dict[str, str], says: str) -> None:
    assert says in preview(staff, **given)


@pytest.mark.parametrize("name", ["preview", "answer", "ping"])
def test_i28_who_may_not_write_methods_has_no_workbench(name: str) -> None:
    browser = Browser()
    browser.force_login(ManagerFactory.create())
    assert browser.post(reverse(f"admin:clients_deliverymethod_{name}"), {"kind": "webhook"}).status_code == 404


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"status": "ok", "price": "12.5", "id": "R-7"}',
            ("accepted", 200, (("Price", "12.50"), ("Reference", "R-7"))),
        ),
        ('{"status": "no", "why": "out of area"}', ("rejected", 200, (("Reason", "out of area"),))),
        ('HTTP/1.1 200 OK\n\n{"status": "ok", "id": "R-8"}', ("accepted", 200, (("Reference", "R-8"),))),
        ('HTTP/1.1 200 OK\n{"status": "ok"}', ("accepted", 200, ())),
        ("200\n\n{}", ("in_doubt", 200, ())),
        ("HTTP/1.1 429 Too Many\nRetry-After: 60\n\n", ("not_taken", 429, (("Asks to wait", "60 seconds"),))),
        ("302 Found\nLocation: https://elsewhere.example\n\n", ("config_error", 302, ())),
    ],
)
def test_a_pasted_answer_is_judged_as_a_real_one(answer: str, expected: tuple[Any, ...]) -> None:
    tried = try_rules(rules=RULES, answer=answer, server_error_means="in_doubt", now=database_now())
    assert (tried.outcome.value, tried.status, tried.read) == expected


def test_the_tester_says_which_rule_decided_and_what_is_wrong_with_rules(staff: Browser) -> None:
    page = reverse("admin:clients_deliverymethod_answer")
    html = staff.post(page, {"rules": RULES, "workbench_answer": '{"status": "ok"}'}).content.decode()
    assert "Accepted: real leads would count as sold. Accepted when the status is 200 and $.status is “ok”." in html
    html = staff.post(page, {"rules": RULES, "workbench_answer": "HTTP/1.1 500 X\n\n", "server_error_means": "not_taken"}).content.decode()
    assert "Not taken: a real lead would be tried again. No rule matches, so the status decides." in html
    html = staff.post(page, {"rules": '[{"when": {"path": "//["}, "means": "ok"}]', "workbench_answer": "x"}).content.decode()
    assert "rules[0].means: Choose what it means" in html


BIDS = json.dumps(
    [
        {"when": {"path": "$.bid"}, "means": "accepted", "price": "$.bid", "reference": "$.id"},
        {"when": {"path": "$.take", "equals": "yes"}, "means": "accepted"},
        {"when": {"status": [200]}, "means": "rejected", "reason": "$.why"},
    ]
)


@pytest.mark.parametrize(
    ("answer", "outcome", "says", "read"),
    [
        ('{"bid": "31.559", "id": "R-9"}', "accepted", "A bid: the lead would be ranked by it", (("Bid", "31.55"), ("Reference", "R-9"))),
        ('{"take": "yes"}', "accepted", "A yes without a bid: the lead would be sold at the account's price", ()),
        ('{"why": "out of area"}', "rejected", "Refused: the lead would go past this client.", (("Reason", "out of area"),)),
        ('HTTP/1.1 204 No Content\n\n', "in_doubt", "No usable answer: the client would bring no bid", ()),
        ("HTTP/1.1 500 X\n\n", "in_doubt", "No usable answer: the client would bring no bid", ()),
        ('{"bid": "-5"}', "accepted", "A yes without a bid", ()),
    ],
)  # fmt: skip
def test_a_pings_answer_is_a_bid_a_refusal_or_nothing(answer: str, outcome: str, says: str, read: tuple[Any, ...]) -> None:
    tried = try_ping(rules=BIDS, answer=answer, now=database_now())
    assert (tried.outcome.value, tried.read, tried.sentence.startswith(says)) == (outcome, read, True)


def test_ping_rules_that_cannot_work_are_said_with_their_place(staff: Browser) -> None:
    page = reverse("admin:clients_deliverymethod_ping")
    for rules, says in (
        ("[[", "Ping rules: this is not JSON."),
        ('[{"when": {"path": "$.bid"}, "means": "ok"}]', "Ping rules[0].means: Choose"),
    ):
        assert says in staff.post(page, {"ping_rules": rules, "workbench_ping": "{}"}).content.decode()
    assert "Would buy" in staff.post(page, {"ping_rules": BIDS, "workbench_ping": '{"bid": 3}'}).content.decode()
