"""The job done in a browser: from the list to the reason, a doubt settled, leads routed again; wide and narrow, light and dark."""

from typing import Any

import pytest
from django.test import Client as Browser
from playwright.sync_api import Page, expect

from distribution.domain.retry import Outcome
from tests.distribution.pages.test_review import doubt
from tests.distribution.pages.world import Market

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]

LONG = "Larkspur & Dunmore Mutual Benefit Association of the Upper Midwest and the Plains"


def sign_in(page: Page, live_server: Any, user: Any) -> None:
    browser = Browser()
    browser.force_login(user)
    page.context.add_cookies([{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}])


def sideways(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def sold_lead(market: Market) -> Any:
    market.buyer("Summit Ridge", "46.00")
    market.buyer(LONG, "42.00")
    market.buyer("Tern Harbor", "35.00")
    market.buyer("Picky", "99.00", criteria={"all": [["state", "eq", "TX"]]})
    lead = market.lead()
    market.route()
    market.answer(Outcome.REJECTED, message="ZIP not served")
    market.sell(answer='{"status": "ok"}')
    return lead


def test_two_clicks_from_home_to_why_this_client_and_not_another(page: Page, live_server: Any, market: Market, admin: Any) -> None:
    lead = sold_lead(market)
    sign_in(page, live_server, admin)
    page.goto(f"{live_server.url}/admin/")

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Leads").first.click()
    page.get_by_role("link", name=lead.name).first.click()

    expect(page.get_by_role("heading", name=f"Why it went to {LONG}")).to_be_visible()
    expect(page.get_by_text("Summit Ridge was first in order (price 46.00; decided by price) and refused: ZIP not served.")).to_be_visible()
    expect(page.get_by_text("State is IL; this account buys TX.")).to_be_visible()
    expect(page.get_by_text('{"status": "ok"}')).to_be_visible()


def test_from_a_delivery_one_click_leads_to_its_lead(page: Page, live_server: Any, market: Market, admin: Any) -> None:
    lead = sold_lead(market)
    sign_in(page, live_server, admin)
    delivery = lead.deliveries.last()
    page.goto(f"{live_server.url}/admin/distribution/delivery/{delivery.pk}/change/")

    page.get_by_role("link", name="The lead's whole story").click()
    expect(page.get_by_role("heading", name=lead.name)).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 375])
def test_no_page_scrolls_sideways(width: int, theme: Any, page: Page, live_server: Any, market: Market, admin: Any) -> None:
    lead = sold_lead(market)
    market.lead(phone="+13125550143", email="b@mail.example", last_name="A" * 80)
    doubtful = doubt(market)
    stuck = market.lead(phone="+13125550144", email="c@mail.example", state="HI")
    market.route()
    sign_in(page, live_server, admin)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)

    wide = []
    for address in (
        f"/admin/leads/lead/{lead.pk}/change/",
        f"/admin/leads/lead/{doubtful.lead_id}/change/",
        f"/admin/leads/lead/{stuck.pk}/preview/",
        f"/admin/distribution/delivery/{doubtful.pk}/change/",
        "/admin/distribution/unrouted/",
        "/admin/distribution/attention/",
    ):
        page.goto(live_server.url + address)
        if sideways(page) > 0:
            wide.append(address)
    assert wide == []


def test_a_manager_settles_a_doubt_by_keyboard(page: Page, live_server: Any, market: Market, manager: Any) -> None:
    market.buyer("Bluewater", "42.00")
    market.lead()
    delivery = doubt(market)
    sign_in(page, live_server, manager)
    page.goto(f"{live_server.url}/admin/leads/lead/{delivery.lead_id}/change/")

    page.get_by_label("How you know").focus()
    page.keyboard.type("Confirmed by phone")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Taken", exact=True)).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Why it went to Bluewater")).to_be_visible()
    expect(page.get_by_text("Confirmed by phone")).to_be_visible()
    delivery.refresh_from_db()
    assert delivery.state == "accepted"


def test_ticked_leads_are_routed_again_after_a_confirmation(page: Page, live_server: Any, market: Market, manager: Any) -> None:
    leads = [market.lead(phone=f"+1312555014{n}", email=f"{n}@mail.example", last_name=f"Sample{n}") for n in range(3)]
    market.route()
    market.buyer("Late", "12.00")
    sign_in(page, live_server, manager)
    page.goto(f"{live_server.url}/admin/distribution/unrouted/")

    again = page.get_by_role("button", name="Route the ticked again")
    expect(again).to_have_attribute("aria-disabled", "true")
    page.get_by_label(f"Tick {leads[0].spoken}").check()
    page.get_by_label(f"Tick {leads[1].spoken}").check()
    expect(page.get_by_text("2 ticked. You confirm it on the next page.")).to_be_visible()
    again.click()
    expect(page.get_by_text("Of these 2, 2 would be offered to a client now: Late 2.")).to_be_visible()
    page.get_by_role("button", name="Route 2 again").click()

    expect(page.get_by_text("2 leads go through their routes again.")).to_be_visible()
    for lead in leads:
        lead.refresh_from_db()
    assert [lead.outcome for lead in leads] == ["pending", "pending", "unrouted"]


def test_a_note_is_written_on_a_phone(page: Page, live_server: Any, market: Market, admin: Any) -> None:
    lead = market.lead()
    sign_in(page, live_server, admin)
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto(f"{live_server.url}/admin/leads/lead/{lead.pk}/change/")

    page.get_by_text("Add a note").click()
    page.get_by_label("Note", exact=True).fill("Asked to be called in the evening")
    page.get_by_role("button", name="Save the note").click()

    expect(page.get_by_text("The note is saved.")).to_be_visible()
    expect(page.get_by_text("Asked to be called in the evening")).to_be_visible()
