"""A return as its people do it: the client asks in its view, the manager grants it in the menu; over the limit nothing is asked."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from distribution.demo.factories import ClientUserFactory, ManagerFactory, SettingsVersionFactory
from distribution.domain.automation import Automation
from distribution.domain.settings import Settings, Values
from distribution.models import Delivery, Pool, Return, ReturnState
from distribution.services.market import forget_market
from leads.clock import database_now
from leads.domain.shares import PoolState
from leads.models import CapWindow
from tests.distribution.pages.test_lead_browser import sign_in
from tests.distribution.pages.world import Market

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]
WHY = "The number belongs to somebody else"


@pytest.fixture
def market(transactional_db: None) -> Market:
    """Two clients that share ten leads of this hour by half, the first one's day full with its five."""
    forget_market()
    market = Market.open()
    market.now = database_now() - timedelta(minutes=2)
    clients = [market.buyer("Bluewater", "42.00", cap_day=5).client, market.buyer("Low", "10.00").client]
    values = {client.pk: Values(weight=Decimal(50)) for client in clients}
    SettingsVersionFactory.create(settings=Settings(automation=Automation.WEIGHTED, values=values))
    for n in range(10):
        market.lead(phone=f"+1312555{n:04d}", email=f"n{n}@mail.example", first_name=f"Ann{n}")
        market.sell()
    return market


def sales(name: str) -> list[Delivery]:
    return list(Delivery.objects.filter(client__name=name, state="accepted").order_by("number"))


def owed(client: int) -> Fraction:
    return PoolState.from_json(Pool.objects.get(key="default").state).credits.credit(client)


def sold_of_the_day() -> int:
    return sum(int(window.used) for window in CapWindow.objects.filter(scope="account", kind="day"))


def asks(page: Page, live_server: Any, delivery: Delivery) -> None:
    row = page.get_by_role("row").filter(has_text=delivery.spoken)
    row.get_by_text("Return it").click()
    row.get_by_label("Why").fill(WHY)
    row.get_by_role("button", name="Ask to return").click()


def test_a_client_asks_a_manager_grants_and_all_of_the_sale_is_taken_back(page: Page, live_server: Any, market: Market) -> None:
    mine = sales("Bluewater")[-1]
    assert (len(sales("Bluewater")), sold_of_the_day()) == (5, 5)
    before = owed(mine.client_id)
    sign_in(page, live_server, ClientUserFactory.create(client=mine.client).user)
    page.goto(f"{live_server.url}/client/")
    asks(page, live_server, mine)
    expect(page.get_by_text(f"The return of {mine.spoken} is asked for.")).to_be_visible()
    assert (Delivery.objects.get(pk=mine.pk).state, sold_of_the_day()) == ("accepted", 5), "asking alone takes nothing back"

    sign_in(page, live_server, ManagerFactory.create())
    page.goto(f"{live_server.url}/admin/distribution/returns/")
    expect(page.get_by_text(WHY)).to_be_visible()
    page.get_by_label("Offer it to the next client").check()
    page.get_by_role("button", name="Grant").click()
    expect(page.get_by_text(f"{mine.spoken} is returned, and Bluewater is credited.")).to_be_visible()
    assert sold_of_the_day() == 4
    assert owed(mine.client_id) - before == Fraction(1, 2), "its half of a lead is owed to it again"

    market.now = database_now()
    assert market.sell().client.name == "Low", "it goes on past the client that gave it back"
    page.goto(live_server.url + reverse("admin:client_statement", args=[mine.client_id]))
    expect(page.locator("tfoot")).to_contain_text("$168.00")


def test_over_its_limit_nothing_is_asked_and_the_client_reads_why(page: Page, live_server: Any, market: Market) -> None:
    first, second, *_ = sales("Bluewater")
    sign_in(page, live_server, ClientUserFactory.create(client=first.client).user)
    page.goto(f"{live_server.url}/client/")
    asks(page, live_server, first)
    asks(page, live_server, second)
    expect(page.get_by_role("status")).to_have_text(
        "20% of a month's leads can be returned: 1 of 5 sold that month, and 1 were asked for. Ask the seller about this one."
    )
    assert list(Return.objects.values_list("delivery", "state")) == [(first.pk, ReturnState.REQUESTED)]
    assert sold_of_the_day() == 5


def test_refused_the_sale_stands_and_the_client_reads_why(page: Page, live_server: Any, market: Market) -> None:
    mine = sales("Bluewater")[0]
    seat = ClientUserFactory.create(client=mine.client).user
    sign_in(page, live_server, seat)
    page.goto(f"{live_server.url}/client/")
    asks(page, live_server, mine)
    sign_in(page, live_server, ManagerFactory.create())
    page.goto(f"{live_server.url}/admin/distribution/returns/")
    page.get_by_label("Why you refuse it").fill("We reached the person on Monday")
    page.get_by_role("button", name="Refuse").click()
    expect(page.get_by_text(f"{mine.spoken} stays sold; Bluewater reads why.")).to_be_visible()
    sign_in(page, live_server, seat)
    page.goto(f"{live_server.url}/client/")
    expect(page.get_by_text("Return refused: We reached the person on Monday")).to_be_visible()
    assert (Delivery.objects.get(pk=mine.pk).state, sold_of_the_day()) == ("accepted", 5)
