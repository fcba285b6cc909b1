"""*What would happen to this lead?*, for a lead that is there and for one that is typed, and the checklist of an account, in a browser."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from distribution.models import Decision, Delivery
from leads.models import Fingerprint, Lead, Submission
from tests.distribution.pages.test_lead_browser import sideways, sign_in
from tests.distribution.pages.world import Market

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _patience(page: Page) -> None:
    page.set_default_timeout(15_000)


def typed(page: Page, live_server: Any, market: Market, **fields: str) -> None:
    page.goto(f"{live_server.url}/admin/leads/lead/add/?campaign={market.campaign.pk}")
    for label, value in fields.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(value)
    page.get_by_role("button", name="What would happen to it?").click()


def counts() -> list[int]:
    return [model.objects.count() for model in (Lead, Submission, Fingerprint, Decision, Delivery)]


def test_what_would_happen_to_a_lead_that_is_there(page: Page, live_server: Any, market: Market, admin: Any) -> None:
    market.buyer("Summit Ridge", "46.00")
    market.buyer("Tern Harbor", "35.00")
    market.buyer("Picky", "99.00", criteria={"all": [["state", "eq", "TX"]]})
    lead = market.lead()
    sign_in(page, live_server, admin)
    page.goto(f"{live_server.url}/admin/leads/lead/{lead.pk}/change/")
    before = counts()
    page.get_by_role("link", name="What would happen now?").click()

    expect(page.get_by_text("Summit Ridge would be offered it first for $46.00")).to_be_visible()
    expect(page.get_by_text("After a refusal it would go on to Tern Harbor, in this order.")).to_be_visible()
    expect(page.get_by_text("State is IL; this account buys TX.")).to_be_visible()
    assert counts() == before


def test_of_a_lead_that_nobody_could_buy_it_says_so(page: Page, live_server: Any, market: Market, admin: Any) -> None:
    market.buyer("Picky", "99.00", criteria={"all": [["state", "eq", "TX"]]})
    lead = market.lead()
    sign_in(page, live_server, admin)
    page.goto(f"{live_server.url}/admin/leads/lead/{lead.pk}/preview/")
    expect(page.get_by_text("Nobody could take it, so it would go to its next route.")).to_be_visible()


def test_what_would_happen_to_a_lead_that_is_typed_and_kept_nowhere(page: Page, live_server: Any, market: Market, admin: Any) -> None:
    market.buyer("Summit Ridge", "46.00")
    market.buyer("Picky", "99.00", criteria={"all": [["state", "eq", "TX"]]})
    sign_in(page, live_server, admin)
    typed(page, live_server, market, First_name="Ada", Phone="312 555 2001", ZIP="60601")

    expect(page.get_by_text("Nothing was kept and nothing was sent.")).to_be_visible()
    expect(page.get_by_text("Summit Ridge would be offered it first for $46.00")).to_be_visible()
    expect(page.get_by_text("State is IL; this account buys TX.")).to_be_visible()
    page.set_viewport_size({"width": 375, "height": 900})
    assert sideways(page) == 0
    assert counts() == [0, 0, 0, 0, 0]

    page.get_by_label("ZIP", exact=True).fill("75201")
    page.get_by_role("button", name="What would happen to it?").click()
    expect(page.get_by_text("Picky would be offered it first for $99.00")).to_be_visible()
    page.get_by_role("button", name="Take this lead").click()
    expect(page.get_by_text("is accepted.")).to_be_visible()
    assert Lead.objects.get().state == "TX"


def test_a_typed_lead_that_intake_would_keep_back_says_why(page: Page, live_server: Any, market: Market, admin: Any) -> None:
    sold_to = market.buyer("Summit Ridge", "46.00")
    sign_in(page, live_server, admin)
    typed(page, live_server, market, First_name="Ada", Phone="12")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was kept yet.")
    assert counts() == [0, 0, 0, 0, 0]

    page.get_by_label("Phone", exact=True).fill("312 555 2001")
    page.get_by_role("button", name="Take this lead").click()
    expect(page.get_by_text("is accepted.")).to_be_visible()
    first, before = Lead.objects.get(), counts()
    typed(page, live_server, market, First_name="Ada", Phone="312 555 2001")
    expect(page.get_by_text(f"It would be a duplicate of {first.spoken}: kept, and offered to nobody.")).to_be_visible()
    assert (counts(), sold_to.deliveries.count()) == (before, 0)


def test_the_checklist_leads_to_each_thing_that_is_missing(page: Page, live_server: Any, market: Market, admin: Any) -> None:
    account = market.buyer("Summit Ridge", "46.00")
    account.uses.all().delete()
    account.client.status = "paused"
    account.client.save()
    sign_in(page, live_server, admin)
    at = f"{live_server.url}/admin/clients/deliveryaccount/{account.pk}/change/"
    page.goto(at)
    checks = page.locator(".checklist")
    expect(checks.get_by_role("link")).to_have_text(
        ["Client is active", "Delivery method is enabled", "Delivery method is tested", "Schedule is set", "Criteria are set"]
    )
    checks.get_by_role("link", name="Delivery method is enabled").click()
    expect(page.get_by_role("heading", name="How its leads are delivered")).to_be_in_viewport()
    checks.get_by_role("link", name="Client is active").click()
    page.get_by_label("Status").first.select_option("active")
    page.locator("[name=_continue]").first.click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    page.goto(at)
    expect(checks.get_by_role("link", name="Client is active")).to_have_count(0)


def test_a_checklist_with_nothing_missing_leads_nowhere(page: Page, live_server: Any, market: Market, admin: Any) -> None:
    account = market.buyer("Summit Ridge", "46.00", criteria={"all": [["state", "eq", "IL"]]}, schedule={"mon": ["09:00-17:00"]})
    account.methods.update(tested_at=market.now)
    sign_in(page, live_server, admin)
    page.goto(f"{live_server.url}/admin/clients/deliveryaccount/{account.pk}/change/")
    expect(page.locator(".checklist")).to_contain_text("7 of 7 done")
    expect(page.locator(".checklist").get_by_role("link")).to_have_count(0)
