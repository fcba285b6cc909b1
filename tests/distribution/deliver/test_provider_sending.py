"""Mails sent by a provider's own address for programs: what each of its answers means for the delivery."""

import json
from typing import Any

import pytest

from distribution.models import Attempt, Delivery
from tests.distribution.deliver.test_mail import buyer
from tests.distribution.deliver.world import World
from tests.peers.receiver import Receiver, answer, says

TOOK = answer(200, json.dumps({"id": "<m-1@provider.example>", "message": "Queued. Thank you."}).encode())


@pytest.fixture
def provider(world: World, client: Receiver, settings: Any) -> Receiver:
    """A server that stands in for Mailgun's."""
    client.acts |= {"took": says(TOOK), "forbidden": says(answer(401, b"Forbidden")), "bad": says(answer(400, b'{"message": "to is bad"}'))}
    client.behaviour = "took"
    settings.MAIL_PROVIDER = "mailgun"
    settings.ANYMAIL = {"MAILGUN_API_KEY": "key-1", "MAILGUN_API_URL": f"http://127.0.0.1:{client.port}/v3"}
    settings.MAILERS = {"default": {"BACKEND": "anymail.backends.mailgun.EmailBackend"}}
    settings.DEFAULT_FROM_EMAIL = "Leads <leads@switchyard.example>"
    settings.MAIL_BOUNCE_ADDRESS = "bounces@switchyard.example"
    return client


def sent(world: World) -> Delivery:
    html = '<p>{{ first_name }}</p><a href="https://crm.example/">Open</a>'
    delivery = world.offer(buyer(world, html_body=html, to_address="sales@client.example"))
    world.drain("email")
    delivery.refresh_from_db()
    return delivery


def test_the_provider_gets_the_mail_with_the_delivery_that_its_events_will_name(world: World, provider: Receiver) -> None:
    delivery = sent(world)
    assert (delivery.state, delivery.tracking, Attempt.objects.get().outcome) == ("accepted", "sent", "accepted")
    (request,) = provider.log
    assert request.line == "POST /v3/switchyard.example/messages HTTP/1.1"
    assert request.headers["authorization"].startswith("Basic ")
    body = request.body.decode()
    assert all(part in body for part in (str(delivery.pk), "sales", "Ann"))
    assert "/mail/open/" not in body, "the provider marks its mails itself"
    assert "crm.example" in body


@pytest.mark.parametrize(
    ("behaviour", "outcome", "status"),
    [
        ("forbidden", "config_error", 401),
        ("bad", "config_error", 400),
        ("too_many", "not_taken", 429),
        ("broken", "in_doubt", None),
        ("take_then_drop", "in_doubt", None),
    ],
)
def test_an_answer_that_is_no_yes_is_no_sale(world: World, provider: Receiver, behaviour: str, outcome: str, status: int | None) -> None:
    provider.behaviour = behaviour
    delivery = sent(world)
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.status, delivery.tracking) == (outcome, status, "")
    assert delivery.state != "accepted"
    assert "key-1" not in f"{attempt.message}{attempt.answer}{attempt.request}"


def test_the_keys_that_are_wrong_are_named_to_the_person(world: World, provider: Receiver) -> None:
    provider.behaviour = "forbidden"
    assert sent(world).message == "The mail provider answers 401; check its keys and the method."
