"""The job done in a browser, by mouse and by keyboard, wide and narrow, light and dark, and without scripts."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from playwright.sync_api import Page, expect

from clients.models import Client
from distribution.domain.automation import Automation
from distribution.domain.settings import Settings
from distribution.services.versions import change_values, settings_of
from leads.clock import database_now
from tests.distribution.settings.conftest import ADDRESS, newest

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]

WIDTHS = [(1440, "light"), (375, "dark")]


@pytest.fixture
def opened(context: Any, live_server: Any, staff: Browser, weighted: Settings) -> Callable[..., Page]:
    """The page as the administrator sees it; a script error fails the test."""
    cookie = staff.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])

    def made(width: int = 1440, theme: Any = "light") -> Page:
        page: Page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        page.on("pageerror", _fail)
        page.goto(live_server.url + reverse(ADDRESS))
        return page

    return made


def _fail(error: Any) -> None:
    raise AssertionError(f"A script failed: {error}")


def weight_of(page: Page, client: Client) -> Any:
    return page.get_by_label(f"Weight of {client.name}", exact=True)


def draft(page: Page) -> list[str]:
    """The draft's difference as it is written beside the form."""
    return [" ".join(text.split()) for text in page.locator("[data-diff] > div").all_inner_texts()]


@pytest.mark.parametrize(("width", "theme"), WIDTHS)
def test_an_administrator_changes_shares_and_reads_what_will_change(
    opened: Callable[..., Page], clients: dict[str, Client], width: int, theme: str
) -> None:
    page = opened(width, theme)
    bar = page.get_by_role("region", name="Unsaved changes")
    expect(bar).to_be_hidden()

    weight_of(page, clients["Acme"]).fill("500")
    page.get_by_role("switch", name="Client locking").check()
    expect(bar).to_contain_text("2 changes not saved")
    assert draft(page) == ["Client locking off on", "Acme, weight 300 500"]
    expect(page.locator(f"tr[data-c='{clients['Acme'].pk}'] .share b")).to_have_text("50.0%")
    assert newest().number == 2

    page.get_by_label("Note for version 3 (optional)").fill("Halves")
    bar.get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("Version 3 is live: it decides from the next lead on.")).to_be_visible()
    assert (newest().note, newest().changes) == ("Halves", ["Client locking: off to on", "Acme, weight: 300 to 500"])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_by_keyboard_alone(opened: Callable[..., Page], clients: dict[str, Client]) -> None:
    page = opened()
    weight_of(page, clients["Acme"]).focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("100")
    page.keyboard.press("Enter")  # goes on to the next client, and saves nothing
    expect(weight_of(page, clients["Bluewater"])).to_be_focused()
    page.keyboard.type("300")
    page.keyboard.press("ArrowUp")
    expect(weight_of(page, clients["Acme"])).to_be_focused()
    assert newest().number == 2

    save = page.get_by_role("region", name="Unsaved changes").get_by_role("button", name="Save settings")
    save.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Version 3 is live")).to_be_visible()
    assert newest().changes == ["Acme, weight: 300 to 100", "Bluewater, weight: 500 to 300"]


def test_spread_scale_fill_and_find(opened: Callable[..., Page], clients: dict[str, Client]) -> None:
    page = opened()
    total = page.locator("[data-total=weight]")
    expect(total).to_have_text("800")
    page.get_by_role("button", name="Scale to 1,000").click()
    expect(weight_of(page, clients["Acme"])).to_have_value("375")
    expect(total).to_have_text("1,000")

    page.get_by_role("button", name="Spread evenly").click()  # Copperleaf is in a group that goes by price
    values = [weight_of(page, clients[name]).input_value() for name in ("Acme", "Bluewater", "Copperleaf", "Ironwood")]
    assert values == ["333.334", "333.333", "200", "333.333"]
    expect(total).to_have_text("1,000")

    page.get_by_role("searchbox", name="Find clients in this table").fill("iron")
    expect(page.locator(f"tr[data-c='{clients['Acme'].pk}']")).to_be_hidden()
    page.locator("summary", has_text="Fill in").click()
    page.get_by_label("Value to fill in").fill("7")
    page.get_by_role("button", name="All shown").click()
    expect(weight_of(page, clients["Ironwood"])).to_have_value("7")
    expect(weight_of(page, clients["Acme"])).to_have_value("333.334")
    assert newest().number == 2


def test_the_options_follow_the_automation(opened: Callable[..., Page]) -> None:
    page = opened()
    expect(page.get_by_role("radiogroup", name="Timeframe")).to_be_hidden()
    expect(page.get_by_role("heading", name="Base automation")).to_be_visible()
    expect(page.get_by_role("radiogroup", name="Secondary automation").get_by_label("Weighted")).to_be_disabled()

    page.get_by_role("radiogroup", name="Default automation").get_by_label("Percentage").check()
    expect(page.get_by_role("radiogroup", name="Timeframe")).to_be_visible()
    expect(page.get_by_text("The total is 0: nothing could be shared out by percentage.")).to_be_visible()

    page.get_by_role("radiogroup", name="Default automation").get_by_label("Round robin").check()
    expect(page.get_by_role("heading", name="Base automation")).to_be_hidden()
    expect(page.get_by_text("Next in turn")).to_be_visible()


@pytest.mark.parametrize(("width", "theme"), WIDTHS)
def test_what_cannot_work_is_summed_up_and_leads_to_the_field(
    opened: Callable[..., Page], clients: dict[str, Client], width: int, theme: str
) -> None:
    page = opened(width, theme)
    weight_of(page, clients["Acme"]).fill("a lot")
    page.get_by_role("region", name="Unsaved changes").get_by_role("button", name="Save settings").click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Acme, weight: Use a number, such as 250 or 12.5.")
    summary.get_by_role("link", name="Acme, weight").click()
    expect(weight_of(page, clients["Acme"])).to_be_focused()
    expect(weight_of(page, clients["Acme"])).to_have_value("a lot")
    assert newest().number == 2


def test_leaving_with_changes_warns(opened: Callable[..., Page], clients: dict[str, Client]) -> None:
    page = opened()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    weight_of(page, clients["Acme"]).fill("1")
    expect(page.get_by_text("1 change")).to_be_visible()
    page.get_by_role("link", name="Discard").click()
    page.wait_for_timeout(200)

    assert asked == ["beforeunload"]
    expect(weight_of(page, clients["Acme"])).to_have_value("1")


@pytest.mark.parametrize(("width", "theme"), WIDTHS)
def test_groups_are_made_filled_and_ordered(opened: Callable[..., Page], clients: dict[str, Client], width: int, theme: str) -> None:
    page = opened(width, theme)
    page.get_by_role("button", name="Add a group").click()
    group = page.locator("li.delivery-group").last
    expect(group.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("Night buyers")
    group.get_by_label("Automation", exact=True).select_option("round_robin")
    group.get_by_label("Secondary").select_option("price")
    group.get_by_label("Add a client, or one account of it").fill("iron")
    group.get_by_role("button", name="Ironwood all its accounts").click()
    group.get_by_label("Add a client, or one account of it").fill("copper")
    expect(group.get_by_text("now in Founding partners: moves here")).to_be_visible()
    page.keyboard.press("Enter")
    group.get_by_role("button", name="Move New group up").focus()
    page.keyboard.press("Enter")

    expect(page.locator("li.delivery-group").first).to_contain_text("Night buyers")
    page.get_by_role("region", name="Unsaved changes").get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("Version 3 is live")).to_be_visible()
    night, founders = settings_of(newest()).groups
    assert (night.name, night.automation, night.secondary) == ("Night buyers", Automation.ROUND_ROBIN, Automation.PRICE)
    assert (night.client_ids, founders.client_ids) == ((clients["Ironwood"].pk, clients["Copperleaf"].pk), ())


def test_somebody_else_saved_and_mine_goes_on_top(opened: Callable[..., Page], clients: dict[str, Client], administrator: Any) -> None:
    page = opened()
    weight_of(page, clients["Acme"]).fill("310")
    change_values(client=clients["Bluewater"], by=administrator, now=database_now(), priority=4, weight=None, percentage=None)
    save = page.get_by_role("region", name="Unsaved changes").get_by_role("button", name="Save settings")
    save.click()

    expect(page.get_by_role("alert")).to_contain_text("version 3 was saved by Rosalind Tennyford")
    expect(page.get_by_role("alert")).to_contain_text("Bluewater, weight: 500 to none")
    assert draft(page) == ["Acme, weight 300 310"]
    save.click()
    expect(page.get_by_text("Version 4 is live")).to_be_visible()
    assert newest().changes == ["Acme, weight: 300 to 310"]


def test_an_old_version_comes_back(opened: Callable[..., Page]) -> None:
    page = opened()
    page.get_by_role("link", name="Restore version 1").click()
    expect(page.get_by_role("heading", name="What would change")).to_be_visible()
    page.get_by_role("button", name="Restore version 1").click()

    expect(page.get_by_text("Version 3 is live: what version 1 said, from the next lead on.")).to_be_visible()
    assert settings_of(newest()).automation is Automation.PRIORITY


def test_without_scripts_automation_values_and_switches_are_saved(
    browser: Any, live_server: Any, staff: Browser, weighted: Settings, clients: dict[str, Client]
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": staff.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + reverse(ADDRESS))
    page.get_by_role("radiogroup", name="Default automation").get_by_label("Price").check()
    page.get_by_role("radiogroup", name="Secondary automation").get_by_label("None").check()
    weight_of(page, clients["Acme"]).fill("320")
    page.get_by_role("switch", name="Client locking").check()
    page.get_by_role("region", name="Unsaved changes").get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("Version 3 is live").first).to_be_attached()
    context.close()

    assert newest().changes == [
        "Automation: weighted to price",
        "Secondary automation: price to none",
        "Client locking: off to on",
        "Acme, weight: 300 to 320",
    ]


def test_parallel_processing_says_what_it_costs_and_is_switched_off_with_a_longer_budget(opened: Callable[..., Page]) -> None:
    page = opened()
    switch = page.get_by_role("switch", name="Client parallel processing")
    expect(switch).to_be_checked()
    expect(page.get_by_text("each lead the time of the slowest, up to 5 seconds")).to_be_visible()
    switch.uncheck()
    page.get_by_label("Seconds that pings may take").fill("8")
    page.get_by_role("button", name="Save settings").first.click()
    expect(page.get_by_text("Version 3 is live: it decides from the next lead on.")).to_be_visible()
    saved = settings_of(newest())
    assert (saved.parallel_processing, saved.ping_budget_seconds) == (False, 8)


def test_a_budget_of_pings_beyond_half_a_minute_is_refused(opened: Callable[..., Page]) -> None:
    page = opened()
    page.get_by_label("Seconds that pings may take").fill("31")
    page.get_by_role("button", name="Save settings").first.click()
    expect(page.get_by_text("Use a whole number from 1 to 30.").first).to_be_visible()
    assert newest().number == 2


def test_email_tracking_says_what_it_costs_is_switched_off_and_stands_in_the_version(opened: Callable[..., Page]) -> None:
    page = opened()
    switch = page.get_by_role("switch", name="Email tracking")
    expect(switch).to_be_checked()
    expect(page.get_by_text("for 24 hours a sale by mail can still be taken back")).to_be_visible()
    switch.uncheck()
    page.get_by_label("Hours in which a bounce takes the sale back").fill("48")
    page.get_by_role("button", name="Save settings").first.click()
    expect(page.get_by_text("Version 3 is live: it decides from the next lead on.")).to_be_visible()
    saved = settings_of(newest())
    assert (saved.email_tracking, saved.bounce_hours) == (False, 48)
    page.goto(page.url.split("/admin/")[0] + reverse("admin:distribution_settings_version", args=[3]))
    expect(page.get_by_text("Email tracking: on to off")).to_be_visible()
    expect(page.get_by_text("Hours in which a bounce counts: 24 to 48")).to_be_visible()


def test_a_bounce_that_would_count_for_more_than_a_month_is_refused(opened: Callable[..., Page]) -> None:
    page = opened()
    page.get_by_label("Hours in which a bounce takes the sale back").fill("721")
    page.get_by_role("button", name="Save settings").first.click()
    expect(page.get_by_text("Use a whole number from 1 to 720.").first).to_be_visible()
    assert newest().number == 2
