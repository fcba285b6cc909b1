"""A sold lead is given back: asked for by the client within its limits, granted or refused by a manager."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from distribution.demo.factories import ManagerFactory
from distribution.enums import DeliveryState
from distribution.models import Delivery, Return, ReturnState
from distribution.services.book import reverse_sale
from distribution.services.invariants import check_invariants
from distribution.services.market import forget_market
from distribution.services.returns import ReturnRefused, approve, grant, refuse, request_return
from distribution.statement import statement
from leads.enums import LeadOutcome
from leads.models import CapWindow, Event, Lead
from tests.distribution.pages.world import Market

pytestmark = pytest.mark.django_db
WHY = "The number belongs to somebody else"


@pytest.fixture
def market(db: None) -> Market:
    forget_market()
    return Market.open()


@pytest.fixture
def manager(db: None) -> Any:
    return ManagerFactory.create()


def sold(market: Market, **lead: Any) -> Delivery:
    market.lead(**lead)
    return market.sell()


def used(scope: str = "account") -> list[int]:
    return [int(window.used) for window in CapWindow.objects.filter(scope=scope, kind="day")]


def test_a_return_gives_the_place_back_and_leaves_the_sale_on_its_day(market: Market, manager: Any) -> None:
    market.buyer("Bluewater", "42.00", cap_day=1)
    delivery = sold(market)
    accepted = delivery.finished_at
    assert used() == [1]
    market.now += timedelta(days=20)

    booked = grant(delivery=delivery, by=manager, now=market.now, reason=f"  {WHY} ")

    delivery.refresh_from_db()
    assert (delivery.state, delivery.finished_at, delivery.reason) == (DeliveryState.RETURNED, accepted, "returned")
    assert (booked.price, booked.decided_at, booked.reason, booked.sold_at) == (Decimal("42.00"), market.now, WHY, accepted)
    assert used() == [0]
    assert (Lead.objects.get().outcome, Lead.objects.get().due_at) == (LeadOutcome.UNROUTED, None)
    july, august = (statement(delivery.client_id, day) for day in (accepted.date(), market.now.date()))
    assert (july.leads, july.returns, july.total) == (1, 0, Decimal("42.00"))
    assert (august.leads, august.returns, august.total) == (0, 1, Decimal("-42.00"))
    assert check_invariants(now=market.now) == []
    assert Event.objects.get(kind="return.granted").data == {
        "client": delivery.client_id, "reason": WHY, "price": "42.00", "goes_on": False,
    }  # fmt: skip


def test_re_run_the_lead_goes_past_the_client_that_gave_it_back(market: Market, manager: Any) -> None:
    market.buyer("Bluewater", "42.00")
    market.buyer("Low", "10.00")
    delivery = sold(market)

    grant(delivery=delivery, by=manager, now=market.now, reason=WHY, goes_on=True)

    assert market.sell().client.name == "Low"
    assert Lead.objects.get().outcome == LeadOutcome.SOLD
    assert list(Delivery.objects.order_by("number").values_list("client__name", "state")) == [
        ("Bluewater", "returned"),
        ("Low", "accepted"),
    ]


def test_nobody_else_wants_it_and_the_lead_stands_among_the_unrouted(market: Market, manager: Any) -> None:
    market.buyer("Bluewater", "42.00")
    grant(delivery=sold(market), by=manager, now=market.now, reason=WHY, goes_on=True)
    market.route()
    assert Lead.objects.get().outcome == LeadOutcome.UNROUTED


def test_what_another_client_holds_stays_sold(db: None, manager: Any) -> None:
    forget_market()
    market = Market.open(times=2)
    market.buyer("Bluewater", "42.00")
    market.buyer("Low", "10.00")
    first = sold(market)
    market.sell()

    grant(delivery=first, by=manager, now=market.now, reason=WHY)

    assert Lead.objects.get().outcome == LeadOutcome.SOLD


def test_a_lead_is_returned_once_and_only_when_it_was_sold(market: Market, manager: Any) -> None:
    market.buyer("Bluewater", "42.00")
    delivery = sold(market)
    grant(delivery=delivery, by=manager, now=market.now, reason=WHY)
    with pytest.raises(ReturnRefused, match="was returned already"):
        grant(delivery=delivery, by=manager, now=market.now, reason=WHY)
    assert reverse_sale(delivery=delivery, now=market.now, reason="bounced") is False

    market.lead(phone="+13125550143", email="b@mail.example")
    market.route()
    queued = Delivery.objects.get(state="queued")
    with pytest.raises(ReturnRefused, match="is not a sale"):
        grant(delivery=queued, by=manager, now=market.now, reason=WHY)
    assert Return.objects.count() == 1


def test_a_return_needs_a_reason(market: Market, manager: Any) -> None:
    market.buyer("Bluewater", "42.00")
    delivery = sold(market)
    with pytest.raises(ReturnRefused, match="Say why"):
        grant(delivery=delivery, by=manager, now=market.now, reason="  ")
    assert (Return.objects.count(), Delivery.objects.get().state) == (0, "accepted")


def five_sold(market: Market) -> list[Delivery]:
    market.buyer("Bluewater", "42.00")
    return [sold(market, phone=f"+1312555010{n}", email=f"{n}@mail.example") for n in range(5)]


def test_the_client_asks_within_a_fifth_of_its_month(market: Market, manager: Any) -> None:
    first, second, *_ = five_sold(market)
    asked = request_return(delivery=first, client=first.client_id, by=None, now=market.now, reason=WHY)
    with pytest.raises(ReturnRefused, match=r"20% of a month's leads can be returned: 1 of 5 sold that month, and 1 were asked for"):
        request_return(delivery=second, client=second.client_id, by=None, now=market.now, reason=WHY)

    assert refuse(asked=asked, by=manager, now=market.now, reason="It was reached by us") is True
    assert refuse(asked=asked, by=manager, now=market.now, reason="Twice") is False
    assert approve(asked=asked, by=manager, now=market.now) is False
    again = request_return(delivery=second, client=second.client_id, by=None, now=market.now, reason=WHY)
    assert (again.state, Delivery.objects.get(pk=first.pk).state) == (ReturnState.REQUESTED, "accepted")


def test_approved_once_the_request_is_booked(market: Market, manager: Any) -> None:
    first, *_ = five_sold(market)
    asked = request_return(delivery=first, client=first.client_id, by=None, now=market.now, reason=WHY)
    later = market.now + timedelta(days=40)

    assert [approve(asked=asked, by=manager, now=later) for _ in range(2)] == [True, False]

    asked.refresh_from_db()
    assert (asked.state, asked.decided_at, asked.decided_by, asked.reason) == (ReturnState.GRANTED, later, manager, WHY)
    assert Delivery.objects.get(pk=first.pk).state == "returned"


def test_after_ten_days_only_a_manager_can_return_it(market: Market, manager: Any) -> None:
    first, *_ = five_sold(market)
    late = first.finished_at + timedelta(days=10, seconds=1)
    with pytest.raises(ReturnRefused, match="for 10 days after it was sold"):
        request_return(delivery=first, client=first.client_id, by=None, now=late, reason=WHY)
    assert grant(delivery=first, by=manager, now=late, reason=WHY).state == ReturnState.GRANTED


def test_i41_another_client_cannot_ask_for_it(market: Market) -> None:
    first, *_ = five_sold(market)
    other = market.buyer("Other", "1.00").client
    with pytest.raises(Delivery.DoesNotExist):
        request_return(delivery=first, client=other.pk, by=None, now=market.now, reason=WHY)
    assert Return.objects.count() == 0
