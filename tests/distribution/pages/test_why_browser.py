"""The account manager's question answered in a browser: from the account to the reason, the leads behind it, and the remedy."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.distribution.pages.test_lead_browser import sideways, sign_in
from tests.distribution.pages.test_why import busy_day, lead
from tests.distribution.pages.world import Market

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]


def test_from_the_account_to_the_leads_that_it_missed_and_what_to_change(page: Page, live_server: Any, market: Market, admin: Any) -> None:
    acme = busy_day(market)
    sign_in(page, live_server, admin)
    page.goto(f"{live_server.url}/admin/clients/deliveryaccount/{acme.pk}/change/")
    page.get_by_role("link", name="Why did it not get leads today?").click()
    expect(page.get_by_text("No Auto insurance lead came in on this day")).to_be_visible()

    page.get_by_label("Day", exact=True).fill("2026-07-16")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("What would help most: Raise the cap of leads a day.")).to_be_visible()
    page.get_by_role("link", name="Show 3 leads: The day cap was used up").click()
    expect(page.get_by_role("heading", name="3 leads: The day cap was used up")).to_be_visible()
    expect(page.get_by_role("table").nth(1).get_by_role("rowheader")).to_have_count(3)
    page.set_viewport_size({"width": 375, "height": 900})
    assert sideways(page) == 0
    page.get_by_role("link", name="Go there").click()
    expect(page.get_by_role("heading", name="Caps", exact=True)).to_be_visible()


def test_a_leads_page_leads_to_the_whole_day_of_an_account_that_was_skipped(
    page: Page, live_server: Any, market: Market, admin: Any
) -> None:
    busy_day(market)
    last = lead(market, 30)
    market.sell()
    sign_in(page, live_server, admin)
    page.goto(f"{live_server.url}/admin/leads/lead/{last.pk}/change/")
    page.get_by_role("link", name="Its whole day").first.click()
    expect(page.get_by_role("heading", name="Why did it not get leads on Thursday, 16 July 2026?")).to_be_visible()
