"""The client's own view, in a browser: a lead asked to be returned, and the statement one click away; on a phone, too."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from distribution.demo.factories import ClientFactory
from distribution.models import Return
from tests.distribution.deliver.test_client_view import sale, seat

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]


def test_a_client_asks_to_return_a_lead_and_looks_at_its_statement(page: Page, live_server: Any) -> None:
    client = ClientFactory.create(name="Bluewater")
    for name in ("Larkspur", "Dunmore", "Ames", "Bell", "Castellane", "Tennyford"):
        sale(client, name)
    page.context.add_cookies([{"name": "sessionid", "value": seat(client).cookies["sessionid"].value, "url": live_server.url}])
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto(f"{live_server.url}/client/")

    page.get_by_text("Return it").first.click()
    page.get_by_label("Why").first.fill("The number belongs to somebody else")
    page.get_by_role("button", name="Ask to return").first.click()
    expect(page.get_by_text("Return asked for")).to_be_visible()
    assert Return.objects.get().reason == "The number belongs to somebody else"
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    page.get_by_role("link", name="Monthly statement").click()
    expect(page.get_by_text("6 bought, 0 returned")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
