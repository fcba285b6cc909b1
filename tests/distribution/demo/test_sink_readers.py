"""The readers behind the mail sink: some mails are opened, followed and sent back, by the addresses that stand in them."""

import smtplib
import time
from typing import Any

import pytest
from django.db import connections

from distribution.demo.sink import HERE, Sink
from distribution.demo.sink_readers import FOLLOWED_EVERY, OPENED_EVERY, RETURNED_EVERY, Readers
from distribution.models import Delivery, MailEvent
from tests.distribution.deliver.test_mail import buyer
from tests.distribution.deliver.world import World
from tests.distribution.demo.test_sink import mail, running

PAGE = '<p>{{ first_name }}</p><a href="https://crm.example/?a=1&amp;b=2">Open</a>'


@pytest.fixture
def world(transactional_db: Any, settings: Any) -> World:
    settings.PUBLISHES_WAKE_UPS = False
    settings.MAIL_BOUNCE_ADDRESS = "bounces@switchyard.example"
    return World()


@pytest.fixture
def product(live_server: Any, settings: Any) -> str:
    settings.PUBLIC_URL = live_server.url
    return str(live_server.url)


def hand_over(world: World, settings: Any, port: int, mails: int) -> None:
    options = {"host": HERE, "port": port, "timeout": 5}
    settings.MAILERS = {"default": {"BACKEND": "distribution.transports.smtp.EmailBackend", "OPTIONS": options}}
    for _ in range(mails):
        world.offer(buyer(world, html_body=PAGE, to_address="sales@client.example"))
        world.drain("email")


def wait_for(readers: Readers, answers: int) -> None:
    for _ in range(200):
        if len(readers.told) >= answers:
            return
        time.sleep(0.05)


def test_in_turn_mails_are_opened_followed_and_sent_back_through_the_real_addresses(world: World, product: str, settings: Any) -> None:
    readers = Readers(product, seconds=0.1, seen=RETURNED_EVERY - 4)
    with running(Sink(readers=readers)) as (port, _):
        hand_over(world, settings, port, 4)
        wait_for(readers, 3)
    mails = list(Delivery.objects.order_by("number"))
    heard = sorted((mails.index(event.delivery), event.kind, event.source) for event in MailEvent.objects.select_related("delivery"))
    assert (OPENED_EVERY, FOLLOWED_EVERY, RETURNED_EVERY) == (2, 4, 20)
    assert sorted(readers.told) == ["GET 200", "POST 200"]
    assert heard == [(1, "opened", "pixel"), (3, "bounced", "report")]
    connections.close_all()


def test_the_link_is_followed_to_us_and_no_further(world: World, product: str, settings: Any) -> None:
    readers = Readers(product, seconds=0.1, seen=FOLLOWED_EVERY - 1)
    with running(Sink(readers=readers)) as (port, _):
        hand_over(world, settings, port, 1)
        wait_for(readers, 2)
    assert readers.told == ["GET 200", "GET 302"]
    assert sorted(MailEvent.objects.values_list("kind", flat=True)) == ["clicked", "opened"]
    connections.close_all()


def test_a_mail_that_is_not_tracked_or_not_ours_is_let_lie(world: World, product: str, settings: Any) -> None:
    world.settings(email_tracking=False)
    readers = Readers(product, seconds=0, seen=OPENED_EVERY - 1)
    with running(Sink(readers=readers)) as (port, _):
        hand_over(world, settings, port, 1)
        strange = mail("sales@client.example")
        strange.add_alternative('<img src="https://elsewhere.example/mail/open/x.gif">', subtype="html")
        with smtplib.SMTP(HERE, port, timeout=5) as server:
            server.send_message(strange)
        time.sleep(0.2)
    assert (readers.seen, readers.told, MailEvent.objects.count()) == (OPENED_EVERY - 1, [], 0)
