"""Delivery by e-mail against a mail server that refuses, drops and hangs at every point."""

import email
import email.policy
from typing import Any

import pytest

from clients.models import DeliveryMethod
from distribution.models import Attempt, Delivery
from distribution.transports.mail import check_config
from leads.models import Lead
from tests.distribution.deliver.world import World, held
from tests.peers.mailserver import MailServer


def buyer(world: World, **options: Any) -> DeliveryMethod:
    written = {
        "kind": "email",
        "to_address": "sales@client.example, boss@client.example",
        "subject": "Lead {{ first_name }}",
        "text_body": "Call {{ first_name }} at {{ phone }}",
        "html_body": "<p>{{ first_name }}</p>",
        **options,
    }
    return world.buyer("", **written)


def parsed(raw: bytes) -> Any:
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_a_mail_that_was_handed_over_is_a_sale(world: World, server: MailServer) -> None:
    method = buyer(world)
    delivery = world.offer(method, world.lead(first_name="Ann <b>&"))
    assert world.drain("email") == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tracking, Lead.objects.get().outcome, held(method)) == ("accepted", "sent", "sold", 1)
    mail = parsed(server.mails[0])
    assert (mail["Subject"], mail["To"]) == ("Lead Ann <b>&", "sales@client.example, boss@client.example")
    assert mail["Message-ID"] == f"<{delivery.pk}@switchyard.example>"
    assert mail.get_body(("plain",)).get_content().strip() == f"Call Ann <b>& at {delivery.lead.phone}"
    assert mail.get_body(("html",)).get_content().strip().startswith("<p>Ann &lt;b&gt;&amp;</p><img ")
    assert len(server.recipients) == 2


def test_a_mail_without_a_template_tells_what_is_known(world: World, server: MailServer) -> None:
    world.offer(buyer(world, subject="", text_body="", html_body=""), world.lead(state="CA", phone="+13105550123", email=""))
    world.drain("email")
    mail = parsed(server.mails[0])
    assert mail["Subject"] == f"New lead from {world.campaign.name}"
    assert mail.get_body(("plain",)).get_content().split() == ["First", "name:", "Ann", "Phone:", "+13105550123", "State:", "CA"]


@pytest.mark.parametrize(
    ("replies", "outcome", "state"),
    [
        ({"CONNECT": "drop"}, "not_sent", "queued"),
        ({"CONNECT": "421 busy"}, "not_taken", "queued"),
        ({"MAIL": "450 later"}, "not_taken", "queued"),
        ({"MAIL": "drop"}, "not_sent", "queued"),
        ({"RCPT": "450 greylisted"}, "not_taken", "queued"),
        ({"RCPT": "550 nobody here"}, "rejected", "rejected"),
        ({"DATA": "451 later"}, "not_taken", "queued"),
        ({"DATA": "drop"}, "in_doubt", "queued"),
        ({".": "452 full"}, "not_taken", "queued"),
        ({".": "552 too big"}, "rejected", "rejected"),
        ({".": "drop"}, "in_doubt", "queued"),
        ({"QUIT": "drop"}, "accepted", "accepted"),
        ({"QUIT": "500 what"}, "accepted", "accepted"),
    ],
)
def test_f23_what_each_answer_of_a_mail_server_means(
    world: World, server: MailServer, replies: dict[str, str], outcome: str, state: str
) -> None:
    server.replies = replies
    delivery = world.offer(buyer(world))
    world.drain("email")
    delivery.refresh_from_db()
    assert (Attempt.objects.get().outcome, delivery.state, delivery.is_tainted) == (outcome, state, outcome == "in_doubt")


def test_a_mail_server_that_is_not_there_is_not_sent(world: World, server: MailServer, settings: Any) -> None:
    settings.MAILERS["default"]["OPTIONS"]["port"] = 1
    world.offer(buyer(world))
    world.drain("email")
    assert Attempt.objects.get().outcome == "not_sent"


@pytest.mark.parametrize(("replies", "outcome"), [({"MAIL": "hang"}, "not_sent"), ({".": "hang"}, "in_doubt")])
def test_a_mail_server_that_hangs_is_left_at_the_deadline(world: World, server: MailServer, replies: dict[str, str], outcome: str) -> None:
    server.replies = replies
    world.offer(buyer(world, timeout_seconds=1))
    world.drain("email")
    assert Attempt.objects.get().outcome == outcome


def test_i18_a_repeat_after_a_doubt_is_the_same_mail_to_the_byte(world: World, server: MailServer) -> None:
    server.replies = {".": "drop"}
    delivery = world.offer(buyer(world))
    world.drain("email")
    Lead.objects.update(first_name="Changed")
    server.replies = {}
    world.run(kind="email")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.is_tainted, len(server.mails)) == ("accepted", True, 2)
    assert server.mails[0] == server.mails[1]


def test_i14_a_refusal_after_a_dropped_line_is_for_a_person(world: World, server: MailServer) -> None:
    server.replies = {".": "drop"}
    delivery = world.offer(buyer(world))
    world.drain("email")
    server.replies = {"RCPT": "550 nobody here"}
    world.run(kind="email")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason, Lead.objects.get().outcome) == ("unknown", "answer_after_doubt", "review")


def test_webhooks_and_mails_are_drained_apart(world: World, server: MailServer) -> None:
    delivery = world.offer(buyer(world))
    assert world.drain("webhook") == 0
    assert Delivery.objects.get(pk=delivery.pk).state == "queued"


@pytest.mark.parametrize("value", ["a\r\nBcc: x@evil.example", "a\nb"])
def test_x133_a_value_in_the_subject_adds_no_header(world: World, server: MailServer, value: str) -> None:
    world.offer(buyer(world), world.lead(first_name=value))
    world.drain("email")
    mail = parsed(server.mails[0])
    assert (mail["Bcc"], mail["Subject"]) == (None, "Lead " + " ".join(value.split()))
    assert all("evil" not in line for line in server.recipients)


@pytest.mark.parametrize(
    ("options", "place", "code"),
    [
        ({"to_address": ""}, "to_address", "missing"),
        ({"to_address": "a@b, x@client.example"}, "to_address", "bad_address"),
        ({"to_address": "a@client.example\nb@client.example"}, "to_address", "bad_address"),
        ({"subject": "a\r\nBcc: x"}, "subject", "two_lines"),
        ({"text_body": "{{ nobody }}"}, "text_body", "unknown_field"),
        ({"text_body": "{{ secret }}"}, "text_body", "unknown_field"),
        ({"html_body": "{% include 'x' %}"}, "html_body", "bad_template"),
    ],
)
def test_a_mail_method_that_cannot_work_is_refused_at_its_place(options: dict[str, str], place: str, code: str) -> None:
    method = DeliveryMethod(kind="email", **{"to_address": "sales@client.example", "text_body": "{{ phone }}", **options})
    assert [(problem.field, problem.code) for problem in check_config(method, fields={"phone", "secret"})] == [(place, code)]
