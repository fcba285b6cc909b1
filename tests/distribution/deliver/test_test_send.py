"""Trying a method: the same sender, a marked lead, the test address, and no trace of a secret."""

from typing import Any

import pytest

from distribution.domain.retry import Outcome
from distribution.models import Delivery
from distribution.services.test_send import TestRefused, say, send_test
from distribution.transports.envelope import Report
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


@pytest.mark.parametrize(
    ("report", "remedy"),
    [
        (Report(Outcome.CONFIG_ERROR, status=404), "There is nothing at this address: check its path."),
        (
            Report(Outcome.CONFIG_ERROR, status=302),
            "The address leads elsewhere (302): enter the address where it leads to; redirects are not followed.",
        ),
        (Report(Outcome.CONFIG_ERROR, status=None), "Check the address, the authentication and what is sent, and test again."),
        (Report(Outcome.CONFIG_ERROR, message="There is no such folder on the server."), "There is no such folder on the server."),
    ],
)
def test_a_configuration_error_says_what_to_do(report: Report, remedy: str) -> None:
    assert say(report) == f"Not set up as the client needs it: a real lead would go to the next client. {remedy}"


def test_what_is_no_configuration_error_has_no_such_remedy() -> None:
    assert say(Report(Outcome.REJECTED, status=404)) == "Refused: a real lead would go to the next client."


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
