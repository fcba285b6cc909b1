"""The job done in a browser: a template written by clicks with its preview, an answer pasted, and what is wrong said at once."""

from typing import Any

import pytest
from django.test import Client as Browser
from playwright.sync_api import Page, expect

from distribution.demo.factories import AdministratorFactory, DeliveryMethodFactory, LeadFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]


def test_a_template_is_written_by_clicks_and_shown_with_a_real_lead(page: Page, live_server: Any) -> None:
    browser = Browser()
    browser.force_login(AdministratorFactory.create())
    page.context.add_cookies([{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}])
    method, lead = DeliveryMethodFactory.create(), LeadFactory.create(first_name="Ottoline")
    page.goto(f"{live_server.url}/admin/clients/deliverymethod/{method.pk}/change/")

    page.get_by_label("With the lead").fill(lead.spoken)
    page.get_by_label("Body template").click()
    page.keyboard.type('{"who": "')
    page.get_by_text("a click puts one where you last wrote").click()
    page.get_by_role("button", name="first_name", exact=True).click()
    page.keyboard.type('"}')
    expect(page.locator("[data-shown=preview]")).to_contain_text('{"who": "Ottoline"}')

    page.keyboard.type("{{ nobody }}")
    expect(page.locator("[data-shown=preview]")).to_contain_text("There is no field “nobody”.")

    page.locator("#id_rules").fill('[{"when": {"path": "$.ok", "equals": "yes"}, "means": "accepted", "reference": "$.id"}]')
    page.get_by_label("Answer", exact=True).fill('HTTP/1.1 200 OK\n\n{"ok": "yes", "id": "R-77"}')
    shown = page.locator("[data-shown=answer]")
    expect(shown).to_contain_text("Accepted when $.ok is “yes”.")
    expect(shown).to_contain_text("R-77")
    page.get_by_label("Answer", exact=True).fill('{"ok": "no"}')
    expect(shown).to_contain_text("No rule matches, so the status decides.")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_answer_to_a_ping_is_tried_where_the_method_asks_first(page: Page, live_server: Any) -> None:
    browser = Browser()
    browser.force_login(AdministratorFactory.create())
    page.context.add_cookies([{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}])
    method = DeliveryMethodFactory.create(kind="webhook")
    page.goto(f"{live_server.url}/admin/clients/deliverymethod/{method.pk}/change/")
    pasted = page.get_by_label("Answer to the ping", exact=True)
    expect(pasted).to_be_hidden()
    page.locator("[name=kind][value=ping_post]").check(force=True)
    page.locator("#id_ping_rules").fill('[{"when": {"path": "$.bid"}, "means": "accepted", "price": "$.bid"}]')
    pasted.fill('{"bid": "12.349"}')
    shown = page.locator("[data-shown=ping]")
    expect(shown).to_contain_text("A bid: the lead would be ranked by it, and sold at it if its turn comes. Accepted when $.bid is there.")
    expect(shown).to_contain_text("12.34")
    pasted.fill('{"nothing": true}')
    expect(shown).to_contain_text("No usable answer: the client would bring no bid, and the lead would go past it. No ping rule matches.")
