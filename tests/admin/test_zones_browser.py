"""A time zone is chosen by typing a part of its name, by keyboard and on a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from playwright.sync_api import Page, expect

from distribution.demo.factories import AdministratorFactory, ClientFactory, CompanyFactory, DeliveryAccountFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def opened(page: Page, live_server: Any) -> Callable[[Any], Page]:
    """The form of a row, as the administrator sees it."""
    CompanyFactory.create(time_zone="America/New_York")
    browser = Browser()
    browser.force_login(AdministratorFactory.create())
    page.context.add_cookies([{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}])

    page.set_default_timeout(15_000)

    def made(row: Any) -> Page:
        page.goto(live_server.url + reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk]))
        return page

    return made


def save(page: Page) -> None:
    page.locator("[name=_continue]").first.click()
    page.wait_for_load_state()


def test_a_zone_is_found_by_keyboard_alone_and_the_painter_follows(opened: Callable[[Any], Page]) -> None:
    account = DeliveryAccountFactory.create(method=True, schedule={"mon": ["09:00-17:00"]}, client__time_zone="America/Chicago")
    page = opened(account)
    picker = page.get_by_role("combobox", name="Time zone")
    expect(picker).to_have_text("As the client")
    picker.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".select2-results__option[role=option]").nth(1)).to_have_text("Eastern – America/New York")
    page.keyboard.type("honol")
    page.keyboard.press("Enter")

    expect(picker).to_have_text("Hawaii – Pacific/Honolulu")
    expect(page.locator(".opens")).to_contain_text("Honolulu time")
    save(page)
    account.refresh_from_db()
    assert account.time_zone == "Pacific/Honolulu"


def test_on_a_phone_a_client_s_zone_is_changed(opened: Callable[[Any], Page], page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 700})
    client = ClientFactory.create(time_zone="America/Chicago")
    opened(client)
    page.get_by_role("combobox", name="Time zone").click()
    page.keyboard.type("mountain")
    page.get_by_role("option", name="Mountain – America/Denver").click()
    save(page)
    client.refresh_from_db()
    assert client.time_zone == "America/Denver"
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_what_is_no_zone_finds_nothing_and_is_refused(opened: Callable[[Any], Page]) -> None:
    client = ClientFactory.create(time_zone="America/Chicago")
    page = opened(client)
    page.get_by_role("combobox", name="Time zone").click()
    page.keyboard.type("middle earth")
    expect(page.get_by_text("No results found")).to_be_visible()
    page.keyboard.press("Escape")
    page.evaluate("document.querySelector('[name=time_zone]').add(new Option('Mars', 'Mars/Base', true, true))")
    save(page)
    expect(page.get_by_text("'Mars/Base' is no time zone. Choose a name such as America/New_York.").first).to_be_visible()
    client.refresh_from_db()
    assert client.time_zone == "America/Chicago"
