"""Criteria by rows and a painted week, in a browser, under the admin's policy."""

from typing import Any

import pytest
from django.test import Client as Browser
from playwright.sync_api import Page, expect

from distribution.demo.factories import AdministratorFactory, CompanyFactory, DeliveryAccountFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]


def test_criteria_are_built_and_hours_painted(page: Page, live_server: Any) -> None:
    CompanyFactory.create(time_zone="America/Chicago")
    browser = Browser()
    browser.force_login(AdministratorFactory.create())
    account = DeliveryAccountFactory.create(criteria={"all": [["state", "in", ["IA", "IL"]], {"not": ["attempts", "gte", 2]}]}, schedule={})
    page.context.add_cookies([{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}])
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(f"{live_server.url}/admin/clients/deliveryaccount/{account.pk}/change/")
    expect(page.locator(".match")).to_contain_text("none has come in yet")
    expect(page.locator(".cond")).to_have_count(2)
    expect(page.locator(".opens")).to_contain_text("Never open")
    cells = page.locator(".painter button")
    cells.nth(9).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_label("Hours as text")).to_have_value("Mon 09:00-11:00")
    assert page.locator("textarea[name=schedule]").input_value() == '{"mon":["09:00-11:00"]}'
    page.get_by_role("button", name="+ Condition").last.click()
    expect(page.locator(".cond .wrong")).to_have_text("Give a list with at least one value.")
    assert faults == []


def test_what_is_painted_and_built_is_saved_and_comes_back(page: Page, live_server: Any) -> None:
    CompanyFactory.create(time_zone="America/Chicago")
    browser = Browser()
    browser.force_login(AdministratorFactory.create())
    tree = {"all": [["state", "in", ["IA", "IL"]], {"not": ["attempts", "gte", 2]}]}
    account = DeliveryAccountFactory.create(criteria=tree, schedule=None, method=True)
    page.context.add_cookies([{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}])
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto(f"{live_server.url}/admin/clients/deliveryaccount/{account.pk}/change/")
    expect(page.locator(".cond")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    hours = page.get_by_label("Hours as text")
    hours.fill("Mon-Fri 09:00-17:00")
    hours.press("Tab")
    page.locator("[name=_continue]").first.click()
    page.wait_for_load_state()
    account.refresh_from_db()
    assert account.criteria == tree
    assert account.schedule == {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    expect(page.get_by_label("Hours as text")).to_have_value("Mon-Fri 09:00-17:00")
