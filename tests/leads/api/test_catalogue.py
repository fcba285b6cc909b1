"""The catalogue of abuse and bad input, part A: each row by its id, with what must be answered.

Every row also asserts the form of the answer, that nothing but 2xx and 422 stores anything, and that nothing ends in a 5xx.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from leads.models import Event, IntakeKey, Lead, Suppression
from leads.services.keys import create_key, revoke_key
from leads.services.suppress import suppress
from tests.leads.intake_world import ANA, NOW, Sender, make_sender

pytestmark = pytest.mark.django_db
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
PATH = "/api/v1/leads/"

ABSENT = {
    "X014": "two lengths in one request are settled by the server, before us: test_real_server.py",
    "X027": "no campaign can ask for an age yet",
    "X028": "amounts are the judge's: tests/leads/domain/test_intake.py",
    "X029": "no campaign can require consent yet; its text is a field like any other",
    "X031": "LeadiD re-use is not counted yet",
    "X039": "the campaign is the key's own; a `campaign` in the body is ignored (X019)",
    "X043": "the product posts, it does not take ping-post pairs",
    "X047": "slow senders are the server's: test_real_server.py",
    "X049": "no honeypot: there is no form for the public",
}


def fields(**values: Any) -> bytes:
    return json.dumps({"fields": values}).encode()


UNREADABLE: list[tuple[str, bytes, int, str]] = [
    *(("X001", body, 400, "not_an_object") for body in (b"", b"  ", b"null", b"[]", b'"x"', b"1", b'{"fields": []}', b'{"fields": null}')),
    *(("X002", body, 400, "bad_json") for body in (b'{"fields": {', b'{"fields": {},}', b'{"fields": {}} {}', b"{'fields': {}}", b"x")),
    ("X003", b"[" * 100_000, 413, "too_large"),
    ("X003", b"[" * 60_000, 400, "too_deep"),
    ("X003", b'{"fields": {"a": ' + b"[" * 7 + b"]" * 7 + b"}}", 400, "too_deep"),
    ("X004", b'{"fields": {"a": ' + b"9" * 5_000 + b"}}", 400, "bad_json"),
    *(("X005", b'{"fields": {"a": %s}}' % one, 400, "bad_json") for one in (b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999")),
    ("X006", b'{"fields": {"phone": 1, "phone": 2}}', 400, "duplicate_field"),
    ("X006", b'{"fields": {}, "fields": {}}', 400, "duplicate_field"),
    ("X009", b'{"fields": {"first_name": "\xff"}}', 400, "bad_encoding"),
    ("X009", '{"fields": {}}'.encode("utf-16"), 400, "bad_encoding"),
    ("X009", '{"fields": {"first_name": "Núñez"}}'.encode("latin-1"), 400, "bad_encoding"),
    ("X013", b'{"fields": {"a": "' + b"x" * 64 * 1024 + b'"}}', 413, "too_large"),
    ("X013", b'{"fields": {"a": "' + b"x" * 10 * 1024 * 1024 + b'"}}', 413, "too_large"),
]


@pytest.mark.parametrize(("row", "body", "http", "code"), UNREADABLE, ids=[f"{row[0]}-{n}" for n, row in enumerate(UNREADABLE)])
def test_what_cannot_be_read_stores_nothing(client: Client, sender: Sender, row: str, body: bytes, http: int, code: str) -> None:
    answer = client.generic("POST", PATH, body, CONTENT_TYPE=JSON, CONTENT_LENGTH=str(len(body)), headers=sender.headers())
    told = answer.json()
    assert (answer.status_code, told["status"], told["errors"][0]["code"]) == (http, "error", code)
    assert set(told["errors"][0]) == {"field", "code", "message"}
    assert Lead.objects.count() == 0


REJECTED: list[tuple[str, bytes, str | None, str]] = [
    ("X007", b'{"fields": {"first_name": "A\\u0000"}}', "first_name", "bad_character"),
    ("X007", b'{"fields": {"note": "A\\u0000"}}', "note", "bad_character"),
    ("X007", b'{"fields": {"no\\u0000te": "A"}}', None, "bad_character"),
    ("X008", b'{"fields": {"first_name": "\\ud800"}}', "first_name", "bad_character"),
    ("X008", b'{"fields": {"a": {"b": ["\\ud800"]}}}', "a", "bad_character"),
    ("X011", fields(first_name="é" * 201), "first_name", "too_long"),
    ("X011", fields(first_name="e" + "\u0301" * 1_000), "first_name", "too_long"),
    ("X018", fields(**{f"f{n}": 1 for n in range(201)}), None, "too_many_fields"),
    ("X018", fields(**{"n" * 10_000: 1}), None, "bad_name"),
    *(("X020", fields(phone=one), "phone", "bad_phone") for one in ("call me", "123", "911", "0000000000", "312 555 0100, 312 555 0101")),
    ("X022", fields(email="a@b"), "email", "bad_email"),
    ("X023", fields(email="victim@x.example, other@y.example"), "email", "bad_email"),
    ("X024", fields(zip="1234"), "zip", "bad_zip"),
    ("X026", fields(date_of_birth="02/30/1990"), "date_of_birth", "bad_date"),
    ("X030", fields(consent_url="https://cert.trustedform.com.evil.example/x"), "consent_url", "bad_consent_url"),
    ("X036", fields(first_name="Ana\r\nBcc: x@y.example"), "first_name", "bad_character"),
    ("empty", b"{}", None, "empty"),
    ("empty", b'{"fields": {}}', None, "empty"),
    ("test", b'{"fields": {"phone": "3125550100"}, "test": "true"}', "test", "not_a_boolean"),
]


@pytest.mark.parametrize(("row", "body", "field", "code"), REJECTED, ids=[f"{row[0]}-{n}" for n, row in enumerate(REJECTED)])
def test_a_bad_field_is_stored_as_rejected_with_its_reason(
    client: Client, sender: Sender, row: str, body: bytes, field: str | None, code: str
) -> None:
    answer = client.post(PATH, body, content_type=JSON, headers=sender.headers())
    told = answer.json()
    assert (answer.status_code, told["status"]) == (422, "rejected")
    assert (field, code) in [(error["field"], error["code"]) for error in told["errors"]]
    lead = Lead.objects.get()
    assert (str(lead.pk), lead.status, lead.errors) == (told["id"], "rejected", told["errors"])


KEPT: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("X010", {"first_name": "a\u202eb\u200bc"}, {"first_name": "a\u202eb\u200bc"}, {}),
    ("X011", {"first_name": "😀 محمد 山田", "last_name": "e\u0301"}, {"first_name": "😀 محمد 山田", "last_name": "é"}, {}),
    *(("X012", {"first_name": name}, {"first_name": name}, {}) for name in ("Null", "undefined", "0", "O'Brien", "Núñez-d'Arc", "X")),
    ("X018", {"__proto__": 1, "constructor": "c", "_connector": "OR", "pk": 5, "id": 7, "phone": "3125550100"}, {"phone": "+13125550100"},
     {"__proto__": 1, "constructor": "c", "_connector": "OR", "pk": 5, "id": 7}),
    ("X019", {"status": "sold", "client_id": 1, "price": "9", "is_test": True, "created": "x", "cost": 0, "phone": "3125550100"},
     {"status": "accepted", "is_test": False, "phone": "+13125550100"},
     {"status": "sold", "client_id": 1, "price": "9", "is_test": True, "created": "x", "cost": 0}),
    ("X021", {"phone": "3125550100", "zip": "90210"}, {"state": "CA", "states": ["CA", "IL"], "status": "accepted"}, {}),
    ("X024", {"zip": " 90210-1234 "}, {"zip": "90210"}, {}),
    ("X025", {"state": "texas"}, {"state": "TX"}, {}),
    ("X032", {"ip": "127.0.0.1"}, {"ip": "127.0.0.1"}, {}),
    ("X033", {"first_name": "<script>{{7*7}}{% debug %}"}, {"first_name": "<script>{{7*7}}{% debug %}"}, {}),
    ("X034", {"last_name": "=HYPERLINK(1)"}, {"last_name": "=HYPERLINK(1)"}, {}),
    ("X035", {"last_name": "'; DROP TABLE lead;-- %_\\"}, {"last_name": "'; DROP TABLE lead;-- %_\\"}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("row", "sent", "columns", "unmapped"), KEPT, ids=[f"{row[0]}-{n}" for n, row in enumerate(KEPT)])
def test_what_is_odd_but_harmless_is_kept_as_it_is(
    client: Client, sender: Sender, row: str, sent: dict[str, Any], columns: dict[str, Any], unmapped: dict[str, Any]
) -> None:
    answer = sender.lead(client, sent)
    assert (answer.status_code, answer.json()["status"]) == (201, "accepted")
    lead = Lead.objects.get()
    assert {name: getattr(lead, name) for name in columns} == columns
    assert lead.unmapped == unmapped


def test_x009_a_byte_order_mark_is_no_fault(client: Client, sender: Sender) -> None:
    body = b"\xef\xbb\xbf" + json.dumps({"fields": ANA}).encode()
    assert client.post(PATH, body, content_type=JSON, headers=sender.headers()).status_code == 201


def test_x013_a_lead_of_exactly_64_kib_is_read(client: Client, sender: Sender) -> None:
    frame = json.dumps({"fields": ANA | {"note": ""}}).encode()
    for size, http in ((64 * 1024, 201), (64 * 1024 + 1, 413)):
        body = frame[:-3] + b"x" * (size - len(frame)) + frame[-3:]
        assert (len(body), client.post(PATH, body, content_type=JSON, headers=sender.headers()).status_code) == (size, http)


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate"])
def test_x015_no_compressed_body_is_unpacked(client: Client, sender: Sender, encoding: str) -> None:
    answer = client.post(PATH, b"\x1f\x8b", content_type=JSON, headers=sender.headers(**{"Content-Encoding": encoding}))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (415, "unsupported_encoding")


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/xml",
        "text/xml",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
        FORM + "; charset=utf-16",
    ],
)
def test_x016_x017_other_kinds_of_body_are_refused_unread(client: Client, sender: Sender, kind: str) -> None:
    xml = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    answer = client.generic("POST", PATH, xml, content_type=kind, headers=sender.headers())
    assert (answer.status_code, answer.json()["errors"][0]["code"], Lead.objects.count()) == (415, "unsupported_media_type", 0)


def revoked(sender: Sender) -> str:
    revoke_key(key=sender.key, by=None, now=NOW)
    return f"Bearer {sender.plain}"


def expired(sender: Sender) -> str:
    return "Bearer " + create_key(campaign=sender.campaign, by=None, name="old", now=NOW, expires_at=NOW - timedelta(days=300))[1]


STRANGERS: dict[str, Callable[[Sender], str | None]] = {
    "missing": lambda _: None,
    "empty": lambda _: "",
    "no key": lambda _: "Bearer",
    "wrong scheme": lambda sender: f"Basic {sender.plain}",
    "no scheme": lambda sender: sender.plain,
    "spaces": lambda sender: f"Bearer  {sender.plain} ",
    "unknown": lambda _: "Bearer sw_live_" + "x" * 43,
    "right prefix": lambda sender: f"Bearer {sender.plain[:-1]}",
    "other case": lambda sender: f"Bearer {sender.plain.swapcase()}",
    "very long": lambda _: "Bearer " + "x" * 5_000,
    "not ASCII": lambda _: "Bearer ключ",
    "revoked": revoked,
    "expired": expired,
}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_x037_only_a_living_key_opens(client: Client, sender: Sender, stranger: str) -> None:
    said = STRANGERS[stranger](sender)
    headers = {} if said is None else {"Authorization": said}
    answers = [
        client.post(PATH, fields(**ANA), content_type=JSON, headers=headers),
        client.get("/api/v1/campaigns/self/spec/", headers=headers),
    ]
    assert [(one.status_code, one.json()["errors"][0]["code"]) for one in answers] == [(401, "bad_key")] * 2
    assert (answers[0]["WWW-Authenticate"], Lead.objects.count()) == ("Bearer", 0)


@pytest.mark.parametrize("name", ["key", "api_key", "token", "ACCESS_TOKEN", "whatever"])
def test_x037_a_key_in_the_address_is_refused_and_its_owner_told(client: Client, sender: Sender, name: str) -> None:
    for _ in range(2):
        answer = client.post(f"{PATH}?{name}={sender.plain}", fields(**ANA), content_type=JSON, headers=sender.headers())
        assert (answer.status_code, answer.json()["errors"][0]["code"], Lead.objects.count()) == (401, "bad_key", 0)
    leaks = Event.objects.filter(kind="key.leaked")
    assert list(leaks.values_list("about", flat=True)) == [f"campaign:{sender.campaign.pk}"]
    assert sender.plain not in str(leaks.values())


@pytest.mark.parametrize("status", ["paused", "closed"])
def test_x037_a_key_of_a_paused_or_closed_campaign(client: Client, status: str) -> None:
    answer = make_sender(status=status).lead(client)
    assert (answer.status_code, answer.json()["errors"][0]["code"], Lead.objects.count()) == (403, f"campaign_{status}", 0)


def test_x038_guessing_is_slowed_down_and_the_owner_is_not(client: Client, sender: Sender) -> None:
    guesses = [
        client.post(PATH, b"{}", content_type=JSON, headers={"Authorization": f"Bearer {sender.plain[:12]}{n}"}).status_code
        for n in range(30)
    ]
    assert guesses == [401] * 20 + [429] * 10
    assert sender.lead(client).status_code == 201


def test_x040_idempotency_keys_that_are_none(client: Client, sender: Sender) -> None:
    for key in ("", "x" * 300, "a\x00b", "a\x7fb"):
        answer = sender.lead(client, **{"Idempotency-Key": key})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "bad_idempotency_key")
    assert (Lead.objects.count(), IntakeKey.objects.count()) == (0, 0)


def test_x040_an_emoji_is_a_fine_key_and_two_campaigns_have_their_own(client: Client, sender: Sender) -> None:
    key = {"Idempotency-Key": "🦊".encode().decode("latin-1")}
    other = make_sender(name="Other")
    first, again, elsewhere = sender.lead(client, **key), sender.lead(client, **key), other.lead(client, {"phone": "3125550144"}, **key)
    assert (first.status_code, again.json(), elsewhere.status_code) == (201, first.json(), 201)
    assert (set(IntakeKey.objects.values_list("key", flat=True)), Lead.objects.count()) == ({"🦊"}, 2)


def test_x041_after_a_day_a_key_is_new_and_the_duplicate_is_caught(client: Client, sender: Sender) -> None:
    key = {"Idempotency-Key": "one"}
    first = sender.lead(client, **key)
    for hours, status in ((23.9, "accepted"), (24.1, "duplicate")):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE leads_intakekey SET created = clock_timestamp() - %s * interval '1 hour'", [hours])
        answer = sender.lead(client, **key)
        assert (answer.json()["status"], answer.json() == first.json()) == (status, status == "accepted")
    assert (Lead.objects.count(), IntakeKey.objects.count()) == (2, 1)


def test_x042_the_same_lead_from_two_sources(client: Client, sender: Sender) -> None:
    answers = [sender.lead(client), make_sender(name="Other").lead(client)]
    assert [(one.status_code, one.json()["status"]) for one in answers] == [(201, "accepted"), (200, "duplicate")]


def test_x044_one_key_too_often_and_another_not_at_all(client: Client, sender: Sender, settings: Any) -> None:
    settings.INTAKE_RATE, settings.INTAKE_BURST = 0.1, 3
    answers = [sender.lead(client) for _ in range(5)]
    assert [one.status_code for one in answers] == [201, 200, 200, 429, 429]
    told = answers[-1].json()
    assert (told["status"], told["errors"][0]["code"], 1 <= int(answers[-1]["Retry-After"]) <= 10) == ("error", "too_many_requests", True)
    assert make_sender(name="Other").lead(client, {"phone": "3125550144"}).status_code == 201


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "HEAD"])
def test_x045_other_methods_are_not_taken(client: Client, sender: Sender, method: str) -> None:
    answer = client.generic(method, PATH, fields(**ANA), content_type=JSON, headers=sender.headers(**{"X-HTTP-Method-Override": "POST"}))
    assert (answer.status_code, answer["Allow"], "Access-Control-Allow-Origin" in answer, Lead.objects.count()) == (405, "POST", False, 0)


@pytest.mark.parametrize(
    "path", ["/api/v1//leads/", "/api/v1/leads", "/api/v1/leads/../../admin/", "/api/v1/leads/%2e%2e/", "/api/v1/x" * 2_000]
)
def test_x046_other_addresses_are_not_found_in_the_same_form(client: Client, sender: Sender, path: str) -> None:
    answer = client.post(path, fields(**ANA), content_type=JSON, headers=sender.headers())
    assert (answer.status_code, answer.json()["errors"][0]["code"], Lead.objects.count()) == (404, "not_found", 0)


def test_x046_another_host_is_not_served(client: Client, sender: Sender) -> None:
    answer = sender.lead(client, Host="evil.example")
    assert (answer.status_code, answer.json()["errors"][0]["code"], Lead.objects.count()) == (400, "bad_host", 0)


def test_x048_a_test_number_is_a_test_where_the_campaign_says_so(client: Client) -> None:
    make_sender(treats_555_as_test=True).lead(client)
    make_sender(name="Other").lead(client, {"phone": "3125550133"})
    assert list(Lead.objects.order_by("number").values_list("is_test", "outcome", "cost")) == [(True, "finished", 0), (False, "pending", 5)]


def test_x050_a_suppressed_person_is_answered_and_never_routed(client: Client, sender: Sender) -> None:
    suppress(kind="phone", value="3125550100", by=None, now=NOW)
    Suppression.objects.update(shown="")
    answer = sender.lead(client)
    assert (answer.status_code, answer.json()["status"], Lead.objects.get().outcome) == (200, "suppressed", "")


def test_every_row_of_part_a_is_here_or_says_where_it_is() -> None:
    here = Path(__file__).read_text()
    rows = {f"X{n:03d}" for n in range(1, 51)}
    told = here[here.index("UNREADABLE") :].upper()
    assert {row for row in rows if row not in told} == set(ABSENT)
