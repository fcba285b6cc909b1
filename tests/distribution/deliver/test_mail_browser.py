"""A manager reads on the delivery and on the lead what is heard of a mail, and lets mail go to a reported address again."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from playwright.sync_api import Page, expect

from distribution.demo.factories import AdministratorFactory
from distribution.models import Delivery, MailPause
from distribution.services.track import MailEventKind, News, note
from leads.clock import database_now
from tests.distribution.deliver.test_bounces import TO, complaint, hand_over, report
from tests.distribution.deliver.world import NOON, World
from tests.peers.mailserver import MailServer

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(context: Any, live_server: Any, world: World, settings: Any) -> Page:
    settings.MAIL_BOUNCE_ADDRESS = "bounces@switchyard.example"
    settings.PUBLIC_URL = live_server.url
    browser = Browser()
    browser.force_login(AdministratorFactory.create())
    context.add_cookies([{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}])
    made: Page = context.new_page()
    made.set_default_timeout(10_000)
    return made


def show(page: Page, live_server: Any, delivery: Delivery) -> None:
    page.goto(live_server.url + reverse("admin:distribution_delivery_change", args=[delivery.pk]))


def test_a_mail_that_a_person_opens_is_seen_on_its_delivery_and_its_lead(
    page: Page, live_server: Any, world: World, server: MailServer
) -> None:
    delivery = hand_over(world)
    pixel = re.search(rb'<img src="([^"]+)"', server.mails[-1].replace(b"=\r\n", b"").replace(b"=3D", b"="))
    assert pixel is not None
    page.goto(unescape(pixel[1].decode()))
    show(page, live_server, delivery)
    expect(page.get_by_role("heading", name="What is heard of the mail")).to_be_visible()
    expect(page.get_by_text("Told by our picture.")).to_be_visible()
    page.get_by_role("link", name="The lead's whole story").click()
    expect(page.get_by_text(re.compile("The mail to Acme .* was opened"))).to_be_visible()


def test_of_a_mail_that_nobody_opened_nothing_is_told(page: Page, live_server: Any, world: World, server: MailServer) -> None:
    show(page, live_server, hand_over(world))
    expect(page.get_by_role("definition").filter(has_text="Handed over")).to_be_visible()
    expect(page.get_by_role("heading", name="What is heard of the mail")).to_be_hidden()


def test_a_bounce_takes_the_sale_back_and_says_so(page: Page, live_server: Any, world: World, server: MailServer) -> None:
    delivery = hand_over(world)
    note(News(delivery.pk, MailEventKind.OPENED, "pixel", (), at=NOON), now=NOON)
    Delivery.objects.filter(pk=delivery.pk).update(finished_at=database_now())
    answer = page.request.post(f"{live_server.url}/mail/bounce/", data=report(delivery), headers={"Content-Type": "message/rfc822"})
    assert answer.status == 200
    show(page, live_server, delivery)
    expect(page.get_by_text("The mail came back, so that it never reached the client.").first).to_be_visible()
    expect(page.get_by_text("Told by a mail server’s report.")).to_be_visible()


def test_a_reported_address_is_let_go_again(page: Page, live_server: Any, world: World, server: MailServer) -> None:
    delivery = hand_over(world)
    page.request.post(f"{live_server.url}/mail/bounce/", data=complaint(delivery), headers={"Content-Type": "message/rfc822"})
    page.goto(live_server.url + reverse("admin:distribution_mailpause_changelist"))
    page.get_by_role("link", name=TO).click()
    page.get_by_role("link", name="Let mail go again").or_(page.get_by_role("button", name="Let mail go again")).first.click()
    page.locator("button[type=submit]", has_text="Let mail go again").click()
    expect(page.get_by_text(f"Mail to {TO} goes out again.").first).to_be_visible()
    assert MailPause.objects.standing().count() == 0
