"""The rest of the settings in a browser: a backtest, groups and how often a lead is sold, criteria, hours with caps, a sandbox day."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from distribution.demo.factories import ClientGroupFactory
from distribution.domain.automation import Automation
from distribution.domain.settings import Group, Settings
from distribution.models import CampaignSale
from distribution.sandbox import job as days
from distribution.services.backtest import drain_backtests
from distribution.services.versions import live_version, save_version
from leads.clock import database_now
from leads.models import Job
from tests.distribution.pages.test_lead_browser import sign_in
from tests.distribution.pages.world import Market

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]

SETTINGS = "/admin/settings/client-settings/distribution/"


@pytest.fixture(autouse=True)
def _patience(page: Page) -> None:
    page.set_default_timeout(15_000)


def leads_of(market: Market, *states: str) -> list[Any]:
    return [market.lead(phone=f"+1312555{n:04d}", email=f"n{n}@mail.example", state=state) for n, state in enumerate(states, start=1)]


def test_a_draft_is_tried_on_past_leads_before_it_is_saved(page: Page, live_server: Any, market: Market, admin: Any) -> None:
    high, low = market.buyer("Summit Ridge", "30"), market.buyer("Larkspur", "20")
    leads_of(market, "IL", "IL")
    sign_in(page, live_server, admin)
    page.goto(live_server.url + SETTINGS)
    page.get_by_role("radiogroup", name="Default automation").get_by_label("Priority").check()
    page.get_by_label("Priority of Larkspur", exact=True).fill("1")
    page.get_by_role("button", name="Backtest before saving").click()
    expect(page.get_by_text("Waits for a worker.")).to_be_visible()
    assert drain_backtests() == 1

    expect(page.get_by_text("The draft earns $20.00 less on these leads (33.33%).")).to_be_visible()
    assert [low.deliveries.count(), high.deliveries.count(), live_version().number] == [0, 0, 1]


def test_a_draft_that_cannot_work_is_not_tried(page: Page, live_server: Any, market: Market, admin: Any) -> None:
    market.buyer("Summit Ridge", "30")
    sign_in(page, live_server, admin)
    page.goto(live_server.url + SETTINGS)
    page.get_by_role("radiogroup", name="Default automation").get_by_label("Weighted").check()
    page.get_by_role("button", name="Backtest before saving").click()

    expect(page.get_by_role("alert")).to_contain_text("Give at least one client a weight.")
    assert not Job.objects.exists()


def test_a_campaign_sells_twice_within_a_group_and_the_leads_page_says_who_was_left_out(
    page: Page, live_server: Any, market: Market, admin: Any
) -> None:
    dear, fair, cheap, outside = (
        market.buyer(name, price) for name, price in (("Dear", "50"), ("Fair", "40"), ("Cheap", "20"), ("Out", "90"))
    )
    partners = ClientGroupFactory.create(name="Partners", clients=[one.client for one in (dear, fair, cheap)])
    first = Settings(
        automation=Automation.PRICE, groups=(Group("first", "First in line", Automation.PRICE, client_ids=(cheap.client_id,)),)
    )
    save_version(settings=first, by=admin, now=database_now())
    sign_in(page, live_server, admin)
    page.goto(f"{live_server.url}/admin/leads/campaign/{market.campaign.pk}/change/")
    page.get_by_label("Max deliveries").first.fill("2")
    page.get_by_label("Client group").first.select_option(label="Partners")
    page.locator("[name=_continue]").first.click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert CampaignSale.objects.values_list("max_deliveries", "client_group").get() == (2, partners.pk)

    (lead,) = leads_of(market, "IL")
    market.sell()
    market.sell()
    page.goto(f"{live_server.url}/admin/leads/lead/{lead.pk}/change/")
    assert [one.client.name for one in lead.deliveries.order_by("slot")] == ["Cheap", "Dear"]
    expect(page.get_by_role("heading", name="Why it went to Cheap and Dear")).to_be_visible()
    expect(page.get_by_text("is not in the client group").first).to_be_visible()
    assert outside.deliveries.count() == 0


def test_a_lead_that_nobody_may_buy_is_refused_on_the_campaigns_form(page: Page, live_server: Any, market: Market, admin: Any) -> None:
    sign_in(page, live_server, admin)
    page.goto(f"{live_server.url}/admin/leads/campaign/{market.campaign.pk}/change/")
    page.get_by_label("Max deliveries").first.fill("21")
    page.locator("[name=_continue]").first.click()
    expect(page.get_by_text("A lead is sold to 1 to 20 clients.").first).to_be_visible()
    assert CampaignSale.objects.get().max_deliveries == 1


def test_criteria_are_built_by_rows_and_count_the_last_leads_while_they_are(
    page: Page, live_server: Any, market: Market, admin: Any
) -> None:
    account = market.buyer("Acme", "42")
    leads_of(market, "IL", "IL", "WI", "IA", "TX")
    sign_in(page, live_server, admin)
    page.goto(f"{live_server.url}/admin/clients/deliveryaccount/{account.pk}/change/")
    page.get_by_role("button", name="+ Condition").first.click()
    row = page.locator(".cond").first
    row.get_by_role("combobox").nth(0).select_option(label="State")
    row.get_by_role("combobox").nth(1).select_option(label="is one of")
    row.get_by_label("Add a value").click()
    page.keyboard.type("IL")
    page.keyboard.press("Enter")
    expect(page.locator(".match")).to_contain_text("Matches 2 of the last 5 leads")
    page.keyboard.type("WI")
    page.keyboard.press("Enter")
    expect(page.locator(".match")).to_contain_text("Matches 3")
    page.locator("[name=_continue]").first.click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    account.refresh_from_db()
    assert account.criteria == {"all": [["state", "in", ["IL", "WI"]]]}


def test_hours_closed_dates_and_caps_on_the_accounts_page(page: Page, live_server: Any, market: Market, admin: Any) -> None:
    account = market.buyer("Acme", "42", cap_total=4)
    leads_of(market, "IL")
    market.sell()
    sign_in(page, live_server, admin)
    page.goto(f"{live_server.url}/admin/clients/deliveryaccount/{account.pk}/change/")
    expect(page.locator(".capbar").first).to_contain_text("1 of 4")
    hours = page.get_by_label("Hours as text")
    hours.fill("Mon-Fri nine to five")
    hours.press("Tab")
    expect(page.locator(".schedule-field .wrong")).not_to_be_empty()
    hours.fill("Mon 09:00-17:00")
    hours.press("Tab")
    expect(page.locator(".schedule-field .wrong")).to_be_empty()
    page.get_by_label("A closed date").fill("2027-01-04")
    page.get_by_role("button", name="+ Closed date").click()
    expect(page.locator(".opens")).to_contain_text("9:00")
    page.locator("[name=_continue]").first.click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    account.refresh_from_db()
    assert (account.schedule, [str(day) for day in account.closed_dates]) == ({"mon": ["09:00-17:00"]}, ["2027-01-04"])


def test_a_sandbox_day_is_run_read_and_downloaded(page: Page, live_server: Any, admin: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(days, "start_process", lambda: None)  # the test itself runs what waits
    sign_in(page, live_server, admin)
    page.goto(f"{live_server.url}/admin/distribution/sandbox/")
    page.get_by_role("button", name="Run the day").click()
    expect(page.get_by_text("Its process is starting.")).to_be_visible()
    assert days.drain_days() == 1

    expect(page.get_by_text("12 leads, 12 sales, 300.00 in all.")).to_be_visible()
    expect(page.get_by_role("row", name="Acme 6 ")).to_be_visible()
    with page.expect_download() as got:
        page.get_by_role("link", name="Download the result").click()
    assert json.loads(Path(got.value.path()).read_text())["totals"]["sold"] == 12


def test_a_day_with_a_mistake_is_not_run_and_keeps_its_text(page: Page, live_server: Any, admin: Any) -> None:
    sign_in(page, live_server, admin)
    page.goto(f"{live_server.url}/admin/distribution/sandbox/")
    page.get_by_label("The day, as JSON").fill('{"events": [{"at": "noon", "do": "lead"}]}')
    page.get_by_role("button", name="Run the day").click()
    expect(page.get_by_role("alert")).to_contain_text("The day was not run. events[0].at: ")
    expect(page.get_by_label("The day, as JSON")).to_have_value('{"events": [{"at": "noon", "do": "lead"}]}')
    assert not Job.objects.exists()
