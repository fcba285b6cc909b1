"""Needs attention, in a browser: a lead that could not be delivered is offered anew; a delivery in doubt is asked again and settled."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from distribution.domain.retry import Outcome
from distribution.enums import DeliveryState
from distribution.models import Delivery
from leads.clock import database_now
from leads.enums import LeadOutcome
from leads.models import Lead
from tests.distribution.pages.conftest import browser_of
from tests.distribution.pages.world import Market

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def attention(page: Page, live_server: Any, manager: Any) -> Page:
    """The page as a manager sees it."""
    cookie = browser_of(manager).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto(f"{live_server.url}/admin/distribution/attention/")
    return page


@pytest.fixture
def lost(transactional_db: Any) -> tuple[Market, Delivery]:
    """A lead whose only client is not set up, so that it stands among the unrouted."""
    market = Market.open()
    market.now = database_now()
    market.buyer("Bluewater", "42.00")
    market.lead()
    market.route()
    delivery = market.answer(Outcome.CONFIG_ERROR, status=401, message="The client does not let us in")
    market.route()
    assert Lead.objects.get().outcome == LeadOutcome.UNROUTED
    return market, delivery


def test_what_could_not_be_delivered_is_offered_anew_to_the_same_client_and_sold(lost: tuple[Market, Delivery], attention: Page) -> None:
    market, delivery = lost
    section = attention.get_by_role("region", name="Not delivered, and nobody else was left")
    expect(section.get_by_role("row", name=delivery.spoken)).to_contain_text("The client does not let us in")
    section.get_by_role("checkbox", name=f"Tick {delivery.spoken}").check()
    section.get_by_role("button", name="Offer anew").click()
    expect(attention.get_by_role("heading", name="Offer the leads of 1 delivery that failed anew?")).to_be_visible()
    attention.get_by_role("button", name="Offer anew").click()
    expect(attention.get_by_text("1 delivery that failed offered anew.")).to_be_visible()
    market.now = database_now()
    sold = market.sell()
    assert (sold.state, sold.pk != delivery.pk, Lead.objects.get().outcome) == (DeliveryState.ACCEPTED, True, LeadOutcome.SOLD)
    attention.goto(attention.url.partition("/admin/")[0] + "/admin/distribution/attention/")
    expect(attention.get_by_text("Nothing waits for you.")).to_be_visible()


def test_routed_past_them_it_is_not_offered_to_the_same_client_again(lost: tuple[Market, Delivery], attention: Page) -> None:
    market, delivery = lost
    attention.get_by_role("checkbox", name="Tick all that were not delivered").check()
    attention.get_by_role("button", name="Route past them").click()
    attention.get_by_role("link", name="Cancel").click()
    assert Lead.objects.get().outcome == LeadOutcome.UNROUTED
    attention.get_by_role("checkbox", name=f"Tick {delivery.spoken}").check()
    attention.get_by_role("button", name="Route past them").click()
    attention.get_by_role("button", name="Route past them").click()
    expect(attention.get_by_text("The leads of 1 delivery that failed go through their routes again.")).to_be_visible()
    market.now = database_now()
    assert market.route() == 1
    assert (Lead.objects.get().outcome, Delivery.objects.count()) == (LeadOutcome.UNROUTED, 1)


def test_two_in_doubt_are_asked_again_and_one_is_settled_with_its_reason(transactional_db: Any, attention: Page) -> None:
    market = Market.open()
    market.now = database_now()
    market.buyer("Bluewater", "42.00")
    for number in (2, 3):
        market.lead(phone=f"+1312555014{number}", email=f"{number}@mail.example")
        market.route()
        Delivery.objects.filter(state=DeliveryState.QUEUED).update(budget_seconds=1)
        market.answer(Outcome.IN_DOUBT, status=None, message="The line was cut")
    attention.reload()
    attention.get_by_role("checkbox", name="Tick all", exact=True).check()
    expect(attention.get_by_text("2 ticked. You confirm it on the next page.")).to_be_visible()
    attention.get_by_role("button", name="Send again").first.click()
    expect(attention.get_by_role("heading", name="Send 2 deliveries in doubt again?")).to_be_visible()
    attention.get_by_role("link", name="Cancel").click()
    first, second = Delivery.objects.order_by("number")
    attention.get_by_role("checkbox", name=f"Tick {first.spoken}").check()
    attention.get_by_role("button", name="Not taken: sell on").click()
    attention.locator("form button.primary").click()
    expect(attention.get_by_label("How you know")).to_be_focused()  # without a reason nothing is settled
    attention.get_by_label("How you know").fill("Confirmed by phone")
    attention.locator("form button.primary").click()
    expect(attention.get_by_text("1 of 1 settled as not taken")).to_be_visible()
    states = dict(Delivery.objects.values_list("number", "state"))
    assert states == {first.number: DeliveryState.FAILED, second.number: DeliveryState.UNKNOWN}
