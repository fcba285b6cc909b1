"""Trying a method: the same sender, a marked lead, the test address, and no trace of a secret."""

from typing import Any

import pytest

from distribution.domain.retry import Outcome
from distribution.models import Delivery
from distribution.services.test_send import TestRefused, send_test
from leads.models import Event
from tests.distribution.deliver.test_deliver import RULES
from tests.distribution.deliver.world import NOON, World
from tests.peers.receiver import Receiver


def test_a_test_lead_goes_to_the_test_address_and_an_acceptance_counts_as_tested(world: World, client: Receiver) -> None:
    method = world.buyer(
        "http://8.8.8.8/production", test_url=client.url, rules=RULES, auth_kind="bearer", secret="CANARY-1",
        field_map=[["name", "first_name"], ["test", "is_test"], ["key", "secret"]],
    )  # fmt: skip
    result = send_test(method=method, by=None, now=NOON)
    assert (result.verdict, result.status) == (Outcome.ACCEPTED, 200)
    assert result.sentence == "Accepted: real leads would count as sold. Accepted when $.status is “accepted”."
    assert client.bodies == [{"name": "Test", "test": True, "key": "CANARY-1"}]
    assert client.log[0].headers["x-test-lead"] == "1"
    assert "CANARY" not in repr(result)
    method.refresh_from_db()
    assert (method.tested_at, Delivery.objects.count()) == (NOON, 0)
    assert list(Event.objects.values_list("kind", "about")) == [("method.tested", f"method:{method.pk}")]


def test_a_given_lead_is_sent_marked_as_a_test(world: World, client: Receiver) -> None:
    method = world.buyer(client.url, field_map=[["name", "first_name"], ["test", "is_test"]])
    send_test(method=method, lead=world.lead(first_name="Bea"), by=None, now=NOON)
    assert client.bodies == [{"name": "Bea", "test": True}]


@pytest.mark.parametrize(
    ("behaviour", "verdict"), [("refuse", Outcome.REJECTED), ("unauthorised", Outcome.CONFIG_ERROR), ("busy", Outcome.NOT_TAKEN)]
)
def test_what_is_not_accepted_does_not_count_as_tested(world: World, client: Receiver, behaviour: str, verdict: Outcome) -> None:
    client.behaviour = behaviour
    method = world.buyer(client.url, rules=RULES)
    assert send_test(method=method, by=None, now=NOON).verdict is verdict
    method.refresh_from_db()
    assert method.tested_at is None


def test_x086_a_method_is_tried_ten_times_an_hour_and_never_at_an_address_inside(world: World, client: Receiver, settings: Any) -> None:
    method = world.buyer(client.url)
    for _ in range(10):
        send_test(method=method, by=None, now=NOON)
    with pytest.raises(TestRefused, match="10 times within the hour"):
        send_test(method=method, by=None, now=NOON)
    settings.OUTBOUND_ALLOWED_NETWORKS = []
    with pytest.raises(TestRefused, match="not a public address"):
        send_test(method=world.buyer(client.url), by=None, now=NOON)
    assert len(client.log) == 10
