"""Needs attention, in a browser: two paused methods ticked at once, and what waited for them given up."""

from typing import Any

import pytest
from django.test import Client as Browser
from playwright.sync_api import Page, expect

from distribution.demo.factories import AdministratorFactory
from distribution.models import Delivery
from tests.distribution.deliver.test_pauses import paused
from tests.distribution.deliver.world import World
from tests.peers.receiver import Receiver

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]


def test_what_waits_for_two_paused_methods_is_given_up_in_one_step(page: Page, live_server: Any, world: World, client: Receiver) -> None:
    browser = Browser()
    browser.force_login(AdministratorFactory.create())
    page.context.add_cookies([{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}])
    for name in ("Acme", "Larkspur & Dunmore Mutual Benefit Association of the Upper Midwest"):
        world.offer(paused(world, client.url, name=name))
    page.goto(f"{live_server.url}/admin/distribution/attention/")
    page.get_by_label("Tick all paused methods").check()
    page.get_by_role("button", name="Give up what waits").click()
    expect(page.get_by_role("heading", name="Give up what waits for 2 paused methods?")).to_be_visible()
    page.get_by_role("button", name="Give up what waits").click()
    expect(page.get_by_text("2 deliveries wait no longer")).to_be_visible()
    assert list(Delivery.objects.values_list("state", flat=True)) == ["failed", "failed"]
