"""The jobs of reports done in a browser: a manager finds the rows behind a number; who may not look finds nothing."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from playwright.sync_api import Page, expect

from distribution.demo import factories as make
from distribution.services.unsold import judge_unsold
from leads.clock import database_now
from leads.models import Lead

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def opened(context: Any, live_server: Any) -> Callable[..., Page]:
    """A page as somebody sees it; a script error fails the test."""

    def made(person: Any, name: str, query: str = "", width: int = 1440, theme: Any = "light") -> Page:
        browser = Browser()
        browser.force_login(person)
        context.add_cookies([{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}])
        page: Page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        page.on("pageerror", _fail)
        page.goto(f"{live_server.url}{reverse(f'admin:report_{name}')}{query}")
        return page

    return made


def _fail(error: Any) -> None:
    raise AssertionError(f"A script failed: {error}")


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (375, "dark")])
def test_a_manager_finds_the_deliveries_behind_a_number(opened: Callable[..., Page], width: int, theme: str) -> None:
    at = database_now()
    account = make.DeliveryAccountFactory.create(client__name="Larkspur & Dunmore Mutual Benefit Association of the Upper Midwest")
    for _ in range(3):
        make.DeliveryFactory.create(account=account, accepted=True, price=Decimal("1234567.89"), created=at, finished_at=at)
    make.DeliveryFactory.create(accepted=True, created=at, finished_at=at - timedelta(days=20))
    page = opened(make.ManagerFactory.create(), "deliveries", "?period=today", width, theme)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    row = page.locator("tbody tr", has_text="Larkspur")
    expect(row).to_contain_text("$3,703,703.67")
    row.get_by_role("link", name="3", exact=True).first.click()
    expect(page.get_by_text("D-").first).to_be_visible()
    assert "report=offered" in page.url
    page.go_back()

    page.get_by_label("By", exact=True).select_option("hour")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("heading", name="By hour")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_choosing_a_day_chooses_days_and_the_keys_lead_here(opened: Callable[..., Page]) -> None:
    make.DeliveryFactory.create(accepted=True)
    page = opened(make.ManagerFactory.create(), "unsold")
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url(lambda address: "/reports/" in address and "unsold" not in address)
    page.get_by_role("link", name="Deliveries", exact=True).last.click()
    page.get_by_label("From").fill("2026-01-05")
    expect(page.get_by_label("Days", exact=True)).to_have_value("days")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("5 Jan – ").first).to_be_visible()


def test_a_manager_reads_what_would_have_sold_a_lead_and_goes_there(opened: Callable[..., Page]) -> None:
    account, lead = make.DeliveryAccountFactory.create(price=Decimal(45)), make.LeadFactory.create()
    trace = {"candidates": [[account.client_id, account.pk, "schedule_closed", {}, None, None, None, None]]}
    make.DecisionFactory.create(lead=lead, trace=trace)
    Lead.objects.filter(pk=lead.pk).update(outcome="unrouted", due_at=None)
    judge_unsold()
    page = opened(make.ManagerFactory.create(), "unsold", "?period=7")
    expect(page.get_by_role("row", name="It was closed").last).to_contain_text("$45.00")
    page.get_by_role("link", name="Open longer").click()
    page.wait_for_url(f"**/deliveryaccount/{account.pk}/change/")


def test_a_manager_of_a_branch_finds_the_floor_alone(opened: Callable[..., Page]) -> None:
    make.DeliveryFactory.create(accepted=True)
    person = make.BranchManagerFactory.create()
    page = opened(person, "deliveries")
    expect(page.get_by_text("Revenue")).to_have_count(0)
    page = opened(person, "floor")
    expect(page.get_by_role("heading", name="Nobody called on these days")).to_be_visible()
    expect(page.get_by_role("link", name="Deliveries")).to_have_count(0)
