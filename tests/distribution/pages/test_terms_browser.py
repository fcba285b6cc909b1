"""What a client, an account and the settings say of a sale: set on the page where it stands, and read on the page of a lead."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from distribution.domain.retry import Outcome
from distribution.services.versions import live_version
from tests.distribution.pages.test_lead_browser import sign_in
from tests.distribution.pages.test_selling_browser import SETTINGS
from tests.distribution.pages.world import Market

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _patience(page: Page) -> None:
    page.set_default_timeout(20_000)


def keep(page: Page) -> None:
    page.locator("[name=_continue]").first.click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()


def look_at(page: Page, live_server: Any, lead: Any) -> None:
    page.goto(f"{live_server.url}/admin/leads/lead/{lead.pk}/change/")


@pytest.mark.parametrize("tiers", [True, False], ids=["with tiers", "without"])
def test_with_tier_delivery_a_client_is_offered_the_lead_by_its_second_account(
    tiers: bool,  # noqa: FBT001
    page: Page,
    live_server: Any,
    market: Market,
    admin: Any,
) -> None:
    first = market.buyer("Acme", "40")
    second = market.buyer("Acme second", "30", client=first.client)
    lead = market.lead()
    sign_in(page, live_server, admin)
    page.goto(f"{live_server.url}/admin/clients/client/{first.client_id}/change/")
    page.get_by_label("Tier delivery").set_checked(tiers)
    keep(page)
    market.route()
    market.answer(Outcome.REJECTED, message="ZIP not served")
    if tiers:
        market.sell()
    else:
        market.route()

    look_at(page, live_server, lead)
    assert second.deliveries.count() == tiers
    if tiers:
        expect(page.get_by_role("heading", name="Why it went to Acme")).to_be_visible()
    else:
        expect(page.get_by_text("It was offered this lead already.").first).to_be_visible()


@pytest.mark.parametrize("optimized", [True, False], ids=["optimized", "highest price first"])
def test_price_optimization_sells_shared_when_that_brings_more(
    optimized: bool,  # noqa: FBT001
    page: Page,
    live_server: Any,
    db: None,
    admin: Any,
) -> None:
    market = Market.open(times=2)
    market.buyer("Sole", "50", is_exclusive=True)
    market.buyer("Ash", "30")
    market.buyer("Birch", "25")
    lead = market.lead()
    sign_in(page, live_server, admin)
    if optimized:
        page.goto(live_server.url + SETTINGS)
        page.get_by_role("switch", name="Sell to whom together pays more").check()
        page.get_by_role("button", name="Save settings").first.click()
        expect(page.get_by_text("Version 2 is live")).to_be_visible()
    assert live_version().number == 1 + optimized
    market.sell()
    if optimized:
        market.sell()

    look_at(page, live_server, lead)
    expect(page.get_by_role("heading", name="Why it went to Ash and Birch" if optimized else "Why it went to Sole")).to_be_visible()


def test_required_profit_is_set_on_the_account_and_refuses_a_lead_that_costs_too_much(
    page: Page, live_server: Any, market: Market, admin: Any
) -> None:
    choosy = market.buyer("Choosy", "40")
    market.buyer("Plain", "30")
    sign_in(page, live_server, admin)
    page.goto(f"{live_server.url}/admin/clients/deliveryaccount/{choosy.pk}/change/")
    page.get_by_text("Only if it is worth it").click()
    profit = page.get_by_label("Required profit", exact=True)
    profit.fill("21.60")  # the lead costs 18.40
    keep(page)
    lead = market.lead()
    market.sell()
    assert choosy.deliveries.count() == 1

    page.get_by_text("Only if it is worth it").click()
    profit.fill("21.61")
    keep(page)
    dear = market.lead(phone="+13125550199", email="second@mail.example")
    market.sell()
    look_at(page, live_server, dear)
    expect(page.get_by_role("heading", name="Why it went to Plain")).to_be_visible()
    expect(page.get_by_text("21.61").first).to_be_visible()
    look_at(page, live_server, lead)
    expect(page.get_by_role("heading", name="Why it went to Choosy")).to_be_visible()


@pytest.mark.parametrize("may", [True, False], ids=["it may", "it may not"])
def test_a_lead_that_nobody_else_takes_goes_over_a_cap_where_the_account_allows_it(
    may: bool,  # noqa: FBT001
    page: Page,
    live_server: Any,
    market: Market,
    admin: Any,
) -> None:
    account = market.buyer("Acme", "40", cap_total=1)
    market.lead()
    market.sell()
    sign_in(page, live_server, admin)
    page.goto(f"{live_server.url}/admin/clients/deliveryaccount/{account.pk}/change/")
    page.get_by_label("May exceed caps").set_checked(may)
    keep(page)
    second = market.lead(phone="+13125550199", email="second@mail.example")
    market.route()
    if may:
        market.answer(Outcome.ACCEPTED)

    look_at(page, live_server, second)
    if may:
        expect(page.get_by_text("over the account's cap").first).to_be_visible()
    else:
        expect(page.get_by_text("1 of 1 leads in total").first).to_be_visible()
    assert account.deliveries.count() == 1 + may
