"""A delivery from its reserved place to the client's answer, against a real receiver and a real database."""

import json
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from distribution.demo.factories import CapWindowFactory
from distribution.models import Attempt, Delivery
from leads.models import Event, Lead
from leads.services.suppress import suppress
from tests.distribution.deliver.world import NOON, World, held
from tests.peers.receiver import Receiver

RULES = [
    {"when": {"path": "$.status", "equals": "accepted"}, "means": "accepted", "price": "$.price", "reference": "$.id"},
    {"when": {"path": "$.status", "equals": "rejected"}, "means": "rejected", "reason": "$.reason"},
    {"when": {"path": "$.status", "equals": "duplicate"}, "means": "duplicate"},
]


def fresh(delivery: Delivery) -> Delivery:
    return Delivery.objects.get(pk=delivery.pk)


def test_an_accepted_lead_is_sold_and_keeps_its_place(world: World, client: Receiver) -> None:
    method = world.buyer(client.url, rules=RULES)
    delivery = world.offer(method)
    assert world.drain() == 1
    sold = fresh(delivery)
    assert (sold.state, sold.due_at, sold.lease_until, sold.finished_at) == ("accepted", None, None, NOON)
    assert (sold.price, sold.client_reference, sold.attempts_made, sold.tracking) == (Decimal("12.50"), "buyer-77", 1, "")
    assert Lead.objects.get(pk=delivery.lead_id).outcome == "sold"
    assert held(method) == 1
    assert list(Event.objects.order_by("id").values_list("kind", flat=True)) == ["lead.sold", "delivery.accepted"]
    assert client.bodies == [{"id": str(delivery.lead_id), "fname": "Ann"}]
    assert client.log[0].key == str(delivery.pk) == client.log[0].headers["x-delivery-id"]


def test_a_refused_lead_gives_its_place_back_and_goes_on(world: World, client: Receiver) -> None:
    client.behaviour = "refuse"
    method = world.buyer(client.url, rules=RULES)
    delivery = world.offer(method)
    world.drain()
    refused = fresh(delivery)
    assert (refused.state, refused.reason, refused.message) == ("rejected", "refused", "out of area")
    lead = Lead.objects.get(pk=delivery.lead_id)
    assert (lead.outcome, lead.due_at) == ("pending", NOON)
    assert held(method) == 0


def test_x128_a_duplicate_at_the_first_attempt_is_a_refusal(world: World, client: Receiver) -> None:
    client.behaviour = "duplicate"
    delivery = world.offer(world.buyer(client.url, rules=RULES))
    world.drain()
    assert (fresh(delivery).state, fresh(delivery).reason) == ("rejected", "client_duplicate")


@pytest.mark.parametrize(
    ("behaviour", "outcome", "state"),
    [
        ("accept", "accepted", "accepted"),
        ("refuse", "accepted", "accepted"),
        ("duplicate", "rejected", "rejected"),
        ("unprocessable", "rejected", "rejected"),
        ("unauthorised", "config_error", "failed"),
        ("redirect_inside", "config_error", "failed"),
        ("busy", "not_taken", "queued"),
        ("too_many", "not_taken", "queued"),
        ("broken", "in_doubt", "queued"),
        ("big", "in_doubt", "queued"),
        ("take_then_drop", "in_doubt", "queued"),
        ("take_then_garbage", "in_doubt", "queued"),
        ("take_then_half", "in_doubt", "queued"),
    ],
)
def test_what_one_answer_does_where_the_method_has_no_rules(
    world: World, client: Receiver, behaviour: str, outcome: str, state: str
) -> None:
    client.behaviour = behaviour
    delivery = world.offer(world.buyer(client.url))
    world.drain()
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.is_stale, fresh(delivery).state) == (outcome, False, state)
    assert fresh(delivery).is_tainted == (outcome == "in_doubt")


def test_a_client_that_is_down_is_tried_after_10_30_and_120_seconds_while_the_place_is_held(world: World) -> None:
    method = world.buyer("http://127.0.0.1:1/")
    delivery = world.offer(method)
    begun = []
    for _ in range(200):
        if world.drain():
            begun.append((world.clock() - NOON).total_seconds())
            if fresh(delivery).state == "queued":
                assert held(method) == 1
        if fresh(delivery).state == "failed":
            break
        world.clock.go(1)
    assert len(begun) == 4
    waits = [later - earlier for earlier, later in pairwise(begun)]
    assert [low <= wait <= high + 1 for wait, (low, high) in zip(waits, [(8, 12), (24, 36), (96, 144)], strict=True)] == [True] * 3
    assert (fresh(delivery).reason, held(method), Lead.objects.get().due_at) == ("not_reached", 0, world.clock())


def test_too_many_requests_wait_as_long_as_the_client_asks(world: World, client: Receiver) -> None:
    client.behaviour = "too_many"
    delivery = world.offer(world.buyer(client.url))
    world.drain()
    assert fresh(delivery).due_at == NOON + timedelta(seconds=60)


def test_a_wait_past_the_time_budget_sends_the_lead_on_at_once(world: World, client: Receiver) -> None:
    client.behaviour = "too_many"
    delivery = world.offer(world.buyer(client.url), budget_seconds=59)
    world.drain()
    assert (fresh(delivery).state, fresh(delivery).reason) == ("failed", "not_now")


def test_i18_every_attempt_carries_the_same_key_and_the_same_bytes(world: World, client: Receiver) -> None:
    answers = iter(["take_then_drop", "busy", "broken", "accept"])
    client.behaviour = lambda _request: next(answers)
    method = world.buyer(client.url, auth_kind="basic", auth_user="us", secret="hunter22")
    delivery = world.offer(method)
    world.drain()
    Lead.objects.update(first_name="Changed")
    method.field_map = [["other", "zip"]]
    method.save()
    world.run()
    assert fresh(delivery).state == "accepted"
    assert len(client.log) == 4
    assert len({(request.line, request.key, request.body, request.headers["authorization"]) for request in client.log}) == 1
    assert len(set(Attempt.objects.values_list("request_sha256", flat=True))) == 1


@pytest.mark.parametrize("later", ["refuse", "duplicate", "unauthorised"])
def test_i14_a_client_that_took_the_lead_and_dropped_the_line_decides_nothing_afterwards(
    world: World, client: Receiver, later: str
) -> None:
    client.behaviour = lambda _request: "take_then_drop" if len(client.log) == 0 else later
    method = world.buyer(client.url, rules=RULES)
    delivery = world.offer(method)
    world.run()
    ended = fresh(delivery)
    assert (ended.state, ended.is_tainted, ended.reason) == ("unknown", True, "answer_after_doubt")
    lead = Lead.objects.get()
    assert (lead.outcome, lead.due_at) == ("review", None)
    assert held(method) == 1


def test_i14_an_acceptance_settles_a_doubt(world: World, client: Receiver) -> None:
    client.behaviour = lambda _request: "take_then_500" if len(client.log) == 0 else "accept"
    delivery = world.offer(world.buyer(client.url, rules=RULES))
    world.run()
    assert (fresh(delivery).state, fresh(delivery).is_tainted, len(client.log)) == ("accepted", True, 2)


def test_i14_a_doubt_that_nothing_settles_ends_with_a_person(world: World, client: Receiver) -> None:
    client.behaviour = "take_then_drop"
    delivery = world.offer(world.buyer(client.url))
    world.run()
    assert (fresh(delivery).state, fresh(delivery).reason, Lead.objects.get().outcome) == ("unknown", "in_doubt", "review")
    assert world.clock() <= NOON + timedelta(seconds=300)


def test_a_client_that_does_not_know_repeats_gets_none_after_a_doubt(world: World, client: Receiver) -> None:
    client.behaviour = "broken"
    delivery = world.offer(world.buyer(client.url, recognises_repeats=False))
    world.run()
    assert (fresh(delivery).state, len(client.log)) == ("unknown", 1)


def test_a_server_error_is_retried_without_doubt_where_the_method_says_so(world: World, client: Receiver) -> None:
    client.behaviour = "broken"
    delivery = world.offer(world.buyer(client.url, server_error_means="not_taken"))
    world.run()
    assert (fresh(delivery).state, fresh(delivery).is_tainted, len(client.log)) == ("failed", False, 4)


def test_i24_a_person_suppressed_after_routing_is_not_sent(world: World, client: Receiver) -> None:
    method = world.buyer(client.url)
    unwanted, wanted = world.offer(method), world.offer(method)
    suppress(kind="phone", value=unwanted.lead.phone, by=None, now=NOON)
    world.drain()
    assert (fresh(unwanted).state, fresh(unwanted).reason, fresh(wanted).state) == ("cancelled", "suppressed", "accepted")
    assert [request.key for request in client.log] == [str(wanted.pk)]
    assert held(method) == 1


def test_i24_an_erased_lead_is_not_sent(world: World, client: Receiver) -> None:
    delivery = world.offer(world.buyer(client.url))
    Lead.objects.filter(pk=delivery.lead_id).update(outcome="erased")
    world.drain()
    assert (fresh(delivery).state, client.log) == ("cancelled", [])
    assert Lead.objects.get().outcome == "erased"


def test_a_price_above_the_offered_one_is_taken_over(world: World, client: Receiver) -> None:
    delivery = world.offer(world.buyer(client.url, rules=RULES), price=Decimal("10.00"))
    world.drain()
    assert fresh(delivery).price == Decimal("12.50")
    assert fresh(delivery).message == "The client confirmed 12.50 instead of 10.00."


def test_a_price_above_the_offered_one_never_breaks_a_budget(world: World, client: Receiver) -> None:
    budget = CapWindowFactory.create(kind="budget_day", used=Decimal("10.00"))
    method = world.buyer(client.url, rules=RULES)
    delivery = world.offer(method, price=Decimal("10.00"), windows=[[budget.pk, "10.00"]])
    world.drain()
    assert fresh(delivery).price == Decimal("10.00")
    assert fresh(delivery).message == "The answer names 12.50; the lead was offered, and is sold, at 10.00."


def test_a_price_in_the_answer_counts_only_where_a_rule_reads_it(world: World, client: Receiver) -> None:
    delivery = world.offer(world.buyer(client.url))
    world.drain()
    assert (fresh(delivery).price, fresh(delivery).client_reference) == (Decimal("25.00"), "")


def test_i49_a_secret_stands_in_no_row(world: World, client: Receiver) -> None:
    client.acts["accept"] = client.acts["duplicate"]
    method = world.buyer(
        client.url, auth_kind="bearer", secret="CANARY-secret/22+x", headers={"X-Api-Key": "{{ secret }}"},
        field_map=[["key", "secret"], ["first", "first_name"]],
    )  # fmt: skip
    delivery = world.offer(method)
    world.drain()
    assert client.bodies == [{"key": "CANARY-secret/22+x", "first": "Ann"}]
    assert (client.log[0].headers["x-api-key"], client.log[0].headers["authorization"]) == (
        "CANARY-secret/22+x",
        "Bearer CANARY-secret/22+x",
    )
    attempt = Attempt.objects.get()
    assert (attempt.request["headers"]["X-Api-Key"], attempt.request["headers"]["Authorization"]) == ("•••", "•••")
    kept = json.dumps([fresh(delivery).payload, attempt.request, attempt.answer])
    assert "CANARY" not in kept


def test_a_template_that_cannot_be_written_is_a_configuration_error_and_the_lead_goes_on(world: World, client: Receiver) -> None:
    delivery = world.offer(world.buyer(client.url, template="{{ gone }}"))
    world.drain()
    assert (fresh(delivery).state, fresh(delivery).reason, client.log) == ("failed", "config_error", [])
    assert Attempt.objects.get().message.startswith("The template cannot be used")
    assert Lead.objects.get().due_at == NOON


def test_get_sends_the_map_in_the_address(world: World, client: Receiver) -> None:
    world.offer(world.buyer(client.url + "?v=2", verb="GET", field_map=[["f name", "first_name"], ["k", "", "fixed:a&b"]]))
    world.drain()
    assert client.log[0].line == "GET /leads?v=2&f+name=Ann&k=a%26b HTTP/1.1"


def test_a_held_delivery_waits_for_its_opening(world: World, client: Receiver) -> None:
    delivery = world.offer(world.buyer(client.url), due_at=NOON + timedelta(hours=2), hold_until=NOON + timedelta(hours=2))
    assert world.drain() == 0
    world.clock.go(7200)
    assert world.drain() == 1
    assert (fresh(delivery).state, fresh(delivery).first_attempt_at) == ("accepted", NOON + timedelta(hours=2))


def test_an_answer_with_bytes_that_a_database_refuses_is_kept(world: World, client: Receiver) -> None:
    from tests.peers.receiver import answer, says

    client.acts["accept"] = says(answer(body=b"a\x00b\xff" + "é".encode() * 5000))
    world.offer(world.buyer(client.url))
    world.drain()
    kept = Attempt.objects.get().answer
    assert kept.startswith("a�b�é")
    assert len(kept.encode()) in (4095, 4096)


def test_nothing_is_logged_of_a_person(world: World, client: Receiver, caplog: Any, capsys: Any) -> None:
    world.offer(world.buyer(client.url), world.lead(first_name="CANARY", email="canary@people.example"))
    world.drain()
    out = capsys.readouterr()
    assert "canary" not in (caplog.text + out.out + out.err).lower()
    assert client.bodies[0]["fname"] == "CANARY"
