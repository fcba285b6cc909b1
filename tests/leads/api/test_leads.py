"""Posting a lead and asking what became of it, as a source does."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leads import sales
from leads.ids import uuid7
from leads.models import IntakeKey, Lead, Submission
from leads.sales import Sale
from tests.leads.intake_world import ANA, Sender, make_sender

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
BATCH = "/api/v1/leads/batch/"
BEN = {"first_name": "Ben", "phone": "3125550155"}


def sale(number: str = "D-7", *, accepted: bool = True, price: str = "25.00") -> Sale:
    state = "accepted" if accepted else "rejected"
    return Sale(number, state, accepted, Decimal(price), datetime(2026, 3, 2, 15, tzinfo=UTC), datetime(2026, 3, 2, 15, 1, tzinfo=UTC))


@pytest.fixture
def sold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the floor above have sold every lead twice, and once in vain."""
    told = [sale("D-7", accepted=False, price="30.00"), sale("D-8"), sale("D-9", price="10.50")]
    monkeypatch.setattr(sales._Known, "tell", lambda lead_id: told)


def test_an_accepted_lead_is_answered_201_with_its_id(client: Client, sender: Sender) -> None:
    answer = sender.lead(client)
    assert (answer.status_code, answer.json()) == (201, {"id": str(Lead.objects.get().pk), "status": "accepted"})
    assert (answer["Content-Type"], answer["Cache-Control"], int(answer["Content-Length"])) == (
        "application/json",
        "no-store",
        len(answer.content),
    )
    assert answer.cookies == {}


def test_a_duplicate_is_answered_200(client: Client, sender: Sender) -> None:
    sender.lead(client)
    answer = sender.lead(client)
    assert (answer.status_code, answer.json()) == (200, {"id": str(Lead.objects.get(status="duplicate").pk), "status": "duplicate"})


def test_a_rejected_lead_is_answered_422_with_every_problem(client: Client, sender: Sender) -> None:
    answer = sender.lead(client, {"phone": "1", "zip": "2"})
    told = answer.json()
    assert (answer.status_code, told["status"], told["id"]) == (422, "rejected", str(Lead.objects.get().pk))
    assert [(error["field"], error["code"]) for error in told["errors"]] == [("phone", "bad_phone"), ("zip", "bad_zip")]


def test_a_full_campaign_is_answered_422_and_the_lead_is_kept(client: Client) -> None:
    answer = make_sender(cap_day=0).lead(client)
    told = answer.json()
    assert (answer.status_code, told["status"], told["errors"][0]["code"]) == (422, "rejected", "campaign_full")
    assert told["id"] == str(Lead.objects.get().pk)


def test_a_test_is_told_apart_by_nothing_and_goes_nowhere(client: Client, sender: Sender) -> None:
    answer = sender.post(client, {"fields": ANA, "test": True})
    assert (answer.status_code, answer.json()["status"], Lead.objects.get().is_test) == (201, "accepted", True)


def test_what_stands_beside_the_fields_is_ignored_and_kept(client: Client, sender: Sender) -> None:
    body = {"fields": ANA, "price": "99", "campaign": 12}
    assert sender.post(client, body).status_code == 201
    assert Submission.objects.get().body == body


def test_numbers_are_kept_exactly(client: Client) -> None:
    sender = make_sender(fields=({"name": "bill", "kind": "decimal"},))
    body = '{"fields": {"phone": 3125550100, "bill": 0.1234567891, "odd": 1.5, "long": 0.12345678901234567890123}}'
    assert sender.post(client, body).status_code == 201
    assert Lead.objects.get().custom == {"bill": "0.1234567891"}
    assert Lead.objects.get().unmapped == {"odd": 1.5, "long": "0.12345678901234567890123"}


def test_form_encoded_fields_are_the_same_lead(client: Client) -> None:
    sender = make_sender(fields=({"name": "pets", "kind": "multiple", "choices": ["Cat", "Dog"]},))
    answer = client.post("/api/v1/leads/", "phone=%28312%29+555-0100&first_name=N%C3%BA&pets=cat&pets=dog", FORM, headers=sender.headers())
    lead = Lead.objects.get()
    assert (answer.status_code, lead.phone, lead.first_name, lead.custom) == (201, "+13125550100", "Nú", {"pets": ["Cat", "Dog"]})
    assert lead.submission.body == {"phone": "(312) 555-0100", "first_name": "Nú", "pets": ["cat", "dog"]}


@pytest.mark.parametrize(
    ("body", "http", "code"),
    [
        ("phone=1&phone=2", 400, "duplicate_field"),
        ("first_name=%ff", 400, "bad_encoding"),
        ("phone=3125550100&first_name=%00", 422, "bad_character"),
    ],
)
def test_forms_are_read_as_strictly(client: Client, sender: Sender, body: str, http: int, code: str) -> None:
    answer = client.post("/api/v1/leads/", body, FORM, headers=sender.headers())
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (http, code)


@pytest.mark.parametrize(("said", "is_test"), [("true", True), ("1", True), ("false", False), ("", False)])
def test_a_form_may_be_a_test(client: Client, sender: Sender, said: str, *, is_test: bool) -> None:
    client.post("/api/v1/leads/", f"phone=3125550100&test={said}", FORM, headers=sender.headers())
    assert Lead.objects.get().is_test is is_test


def test_i02_a_repeat_gets_the_first_answer_and_makes_no_second_lead(client: Client, sender: Sender) -> None:
    key = {"Idempotency-Key": "0193-abc"}
    for fields, http in ((ANA, 201), (ANA, 200), ({"phone": "1"}, 422)):
        key["Idempotency-Key"] += "x"
        first, again = sender.lead(client, fields, **key), sender.lead(client, fields, **key)
        assert (first.status_code, again.status_code, again.content) == (http, http, first.content)
        assert ("Idempotent-Replayed" in first, again["Idempotent-Replayed"]) == (False, "true")
    assert (Lead.objects.count(), IntakeKey.objects.count()) == (3, 3)


def test_i02_a_repeat_is_answered_though_the_campaign_was_paused_meanwhile(client: Client, sender: Sender) -> None:
    first = sender.lead(client, **{"Idempotency-Key": "a"})
    type(sender.campaign).objects.update(status="paused")
    assert sender.lead(client, **{"Idempotency-Key": "a"}).content == first.content
    assert sender.lead(client, **{"Idempotency-Key": "b"}).status_code == 403


def test_what_stores_nothing_uses_no_idempotency_key(client: Client, sender: Sender) -> None:
    key = {"Idempotency-Key": "a"}
    assert sender.post(client, "{", **key).status_code == 400
    assert sender.lead(client, **key).status_code == 201


@pytest.mark.parametrize(
    "other",
    [{"phone": "3125550101"}, {}, {**ANA, "first_name": "Anna"}, {**ANA, "x": None}, dict(reversed(ANA.items()))],
    ids=["another phone", "nothing", "one letter", "one more field", "another order"],
)
def test_i03_the_same_key_with_another_body_is_refused_and_changes_nothing(client: Client, sender: Sender, other: dict[str, Any]) -> None:
    key = {"Idempotency-Key": "a"}
    sender.lead(client, **key)
    before = list(IntakeKey.objects.values())
    answer = sender.lead(client, other, **key)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "key_reused")
    assert (Lead.objects.count(), list(IntakeKey.objects.values())) == (1, before)


def test_i03_a_lead_and_a_batch_are_different_bodies(client: Client, sender: Sender) -> None:
    key = {"Idempotency-Key": "a"}
    body = json.dumps({"fields": ANA, "leads": [{"fields": BEN}]})
    assert sender.post(client, body, **key).status_code == 201
    assert sender.post(client, body, BATCH, **key).status_code == 409


def test_one_post_asks_the_database_three_things(client: Client, sender: Sender) -> None:
    """Key, locks with the look-up, rows, and the claim of an idempotency key; the rest are savepoints of the test."""
    asked = []
    for headers in ({}, {"Idempotency-Key": "a"}):
        with CaptureQueriesContext(connection) as queries:
            sender.lead(client, **headers)
        asked.append(len([one for one in queries if "SAVEPOINT" not in one["sql"]]))
    assert asked == [3, 4]


def test_a_batch_has_one_result_a_lead_in_order(client: Client, sender: Sender) -> None:
    body = {"leads": [{"fields": ANA}, {"fields": {"phone": "1"}}, {"fields": ANA}, "x", {"fields": BEN, "test": True}]}
    answer = sender.post(client, body, BATCH)
    results = answer.json()["results"]
    assert (answer.status_code, [(one["code"], one["status"]) for one in results]) == (
        207,
        [(201, "accepted"), (422, "rejected"), (200, "duplicate"), (400, "error"), (201, "accepted")],
    )
    assert [one.get("id") for one in results if one.get("id")] == [
        str(pk) for pk in Lead.objects.order_by("number").values_list("pk", flat=True)
    ]
    assert list(Lead.objects.order_by("number").values_list("is_test", flat=True)) == [False, False, False, True]
    assert Submission.objects.get(lead=results[0]["id"]).body == {"fields": ANA}


def test_a_list_of_leads_is_a_batch_too(client: Client, sender: Sender) -> None:
    assert [one["code"] for one in sender.post(client, [{"fields": ANA}, {"fields": BEN}], BATCH).json()["results"]] == [201, 201]


@pytest.mark.parametrize(
    ("body", "http", "code"),
    [
        ({}, 400, "not_an_object"),
        ([], 400, "not_an_object"),
        ({"leads": {}}, 400, "not_an_object"),
        ({"leads": [{}] * 1_001}, 413, "too_large"),
    ],
)
def test_what_is_no_batch_stores_nothing(client: Client, sender: Sender, body: Any, http: int, code: str) -> None:
    answer = sender.post(client, json.dumps(body), BATCH)
    assert (answer.status_code, answer.json()["errors"][0]["code"], Lead.objects.count()) == (http, code, 0)


def test_one_lead_of_a_batch_that_is_too_large_spoils_no_other(client: Client, sender: Sender) -> None:
    results = sender.post(client, {"leads": [{"fields": {"note": "x" * 65_536}}, {"fields": ANA}]}, BATCH).json()["results"]
    assert [(one["code"], one["status"]) for one in results] == [(413, "error"), (201, "accepted")]


def test_a_batch_is_repeated_as_a_whole(client: Client, sender: Sender) -> None:
    body = {"leads": [{"fields": ANA}, "x", {"fields": {"phone": "1"}}]}
    first, again = (sender.post(client, body, BATCH, **{"Idempotency-Key": "a"}) for _ in range(2))
    assert (again.status_code, again.content, again["Idempotent-Replayed"], Lead.objects.count()) == (207, first.content, "true", 2)


def test_a_batch_without_a_single_lead_is_repeated_too(client: Client, sender: Sender) -> None:
    first, again = (sender.post(client, {"leads": ["x", 5]}, BATCH, **{"Idempotency-Key": "a"}) for _ in range(2))
    assert (first.status_code, again.content, again["Idempotent-Replayed"], IntakeKey.objects.get().answer_status) == (
        207,
        first.content,
        "true",
        207,
    )


def test_a_source_reads_what_became_of_its_lead(client: Client, sender: Sender, sold: None) -> None:
    lead = Lead.objects.get(pk=sender.lead(client).json()["id"])
    answer = client.get(f"/api/v1/leads/{lead.pk}/", headers=sender.headers())
    times = {"created": "2026-03-02T15:00:00+00:00", "finished": "2026-03-02T15:01:00+00:00"}
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "id": str(lead.pk),
            "number": lead.spoken,
            "received": lead.received_at.isoformat(),
            "test": False,
            "status": "accepted",
            "outcome": "pending",
            "errors": [],
            "duplicate_of": None,
            "deliveries": [
                {"number": "D-7", "state": "rejected", **times},
                {"number": "D-8", "state": "accepted", **times},
                {"number": "D-9", "state": "accepted", **times},
            ],
        },
    )


def test_prices_are_told_only_where_the_campaign_tells_them(client: Client, sold: None) -> None:
    sender = make_sender(tells_price=True)
    told = client.get(f"/api/v1/leads/{sender.lead(client).json()['id']}/", headers=sender.headers()).json()
    assert (told["price"], [one.get("price") for one in told["deliveries"]]) == ("35.50", [None, "25.00", "10.50"])


def test_i28_a_foreign_lead_is_as_absent_as_one_that_never_was(client: Client, sender: Sender) -> None:
    other = make_sender(name="Other")
    lead = sender.lead(client).json()["id"]
    duplicate = other.lead(client).json()["id"]
    foreign, missing = (client.get(f"/api/v1/leads/{pk}/", headers=other.headers()) for pk in (lead, uuid7()))
    assert (foreign.status_code, foreign.content, dict(foreign.headers)) == (404, missing.content, dict(missing.headers))
    assert client.get(f"/api/v1/leads/{duplicate}/", headers=other.headers()).json()["duplicate_of"] is None


def test_an_own_original_is_told(client: Client, sender: Sender) -> None:
    first, second = (sender.lead(client).json()["id"] for _ in range(2))
    assert client.get(f"/api/v1/leads/{second}/", headers=sender.headers()).json()["duplicate_of"] == first


def test_i29_a_revoked_key_is_dead_on_the_next_request(client: Client, sender: Sender) -> None:
    from leads.services.keys import revoke_key

    lead = sender.lead(client).json()["id"]
    revoke_key(key=sender.key, by=None, now=datetime.now(UTC))
    assert [client.get(f"/api/v1/leads/{lead}/", headers=sender.headers()).status_code, sender.lead(client).status_code] == [401, 401]


@pytest.mark.parametrize("wait", ["0", "1", "99"])
def test_wait_says_pending_when_nobody_routes(client: Client, sender: Sender, wait: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from leads.api import waiting

    monkeypatch.setattr(waiting, "LONGEST", 0.2)
    answer = sender.lead(client, path=f"/api/v1/leads/?wait={wait}")
    assert (answer.status_code, answer.json()["outcome"], "price" in answer.json()) == (201, "pending", False)


def test_wait_tells_outcome_and_price_where_the_campaign_does(client: Client, sold: None) -> None:
    sender = make_sender(tells_price=True, is_test=True)
    told = sender.lead(client, path="/api/v1/leads/?wait=5").json()
    assert (told["outcome"], told["price"]) == ("finished", "35.50")


def test_wait_adds_nothing_to_what_is_not_accepted(client: Client, sender: Sender) -> None:
    assert set(sender.lead(client, {"phone": "1"}, path="/api/v1/leads/?wait=5").json()) == {"id", "status", "errors"}


@pytest.mark.parametrize("wait", ["-1", "x", "", "1.5", "٣", "9999"])
def test_wait_is_a_number_of_seconds(client: Client, sender: Sender, wait: str) -> None:
    answer = sender.lead(client, path=f"/api/v1/leads/?wait={wait}")
    assert (answer.status_code, answer.json()["errors"][0]["code"], Lead.objects.count()) == (422, "bad_wait", 0)


def test_the_posting_instructions_are_those_of_the_lead_type(client: Client) -> None:
    fields = (
        {"name": "roof", "label": "Age of the roof", "kind": "integer", "is_required": True, "minimum": 0, "maximum": 99},
        {"name": "pets", "kind": "choice", "choices": ["Cat", "Dog"]},
    )
    sender = make_sender(fields=fields)
    told = client.get("/api/v1/campaigns/self/spec/", headers=sender.headers()).json()
    assert (told["campaign"], told["lead_type"], told["fields"][3]["name"], told["fields"][3]["example"]) == (
        "Spring",
        "General",
        "phone",
        "312 555 0100",
    )
    assert told["fields"][-2:] == [
        {"name": "roof", "label": "Age of the roof", "kind": "integer", "required": True, "minimum": "0", "maximum": "99", "example": "0"},
        {"name": "pets", "label": "pets", "kind": "choice", "required": False, "choices": ["Cat", "Dog"], "example": "Cat"},
    ]
    assert sender.post(client, told["example"]).json()["status"] == "accepted"


def test_every_example_of_the_instructions_is_accepted(client: Client) -> None:
    kinds = ("text", "integer", "decimal", "boolean", "date", "datetime", "choice", "multiple")
    sender = make_sender(fields=tuple({"name": f"own_{kind}", "kind": kind, "choices": ["One", "Two"]} for kind in kinds))
    told = client.get("/api/v1/campaigns/self/spec/", headers=sender.headers()).json()
    answer = sender.lead(client, {field["name"]: field["example"] for field in told["fields"]})
    assert (answer.status_code, answer.json()["status"]) == (201, "accepted")


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        (2, "1.1.1.1, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "9.9.9.9", "127.0.0.1"),
    ],
)
def test_x032_only_our_own_proxies_say_where_a_sender_is(
    client: Client, sender: Sender, settings: Any, trusted: int, forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = trusted
    sender.lead(client, ANA | {"ip": "198.51.100.1"}, **{"X-Forwarded-For": forwarded, "User-Agent": "x" * 400})
    submission = Submission.objects.get()
    assert (submission.address, submission.agent, submission.lead.ip) == (address, "x" * 300, "198.51.100.1")
