"""Returns at the same moment: the limit is never passed and a sale is taken back once. The first race has its control."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from distribution.demo.factories import ManagerFactory
from distribution.models import Delivery, Return, ReturnState
from distribution.services import returns
from distribution.services.invariants import check_invariants
from distribution.services.market import forget_market
from distribution.services.returns import ReturnRefused, approve, grant, request_return
from leads.models import CapWindow, Event
from tests.distribution.pages.world import Market
from tests.distribution.services.test_races import in_parallel

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "The number belongs to somebody else"


@pytest.fixture
def market(transactional_db: None) -> Market:
    forget_market()
    market = Market.open()
    market.buyer("Bluewater", "42.00", cap_day=10)
    for n in range(5):
        market.lead(phone=f"+1312555{n:04d}", email=f"n{n}@mail.example", first_name=f"Ann{n}")
        market.sell()
    return market


def together(calls: list[Callable[[], Any]]) -> list[str]:
    """Do each in a thread of its own, all at once; return what was refused."""
    todo, refused = iter(calls), []

    def one() -> None:
        with lock:
            call = next(todo)
        try:
            call()
        except ReturnRefused as problem:
            refused.append(str(problem))

    lock = threading.Lock()
    in_parallel(one, workers=len(calls))
    return refused


def ask(market: Market, delivery: Delivery) -> Callable[[], Any]:
    return lambda: request_return(delivery=delivery, client=delivery.client_id, by=None, now=market.now, reason=WHY)


def sales() -> Iterator[Delivery]:
    return iter(Delivery.objects.order_by("number"))


def test_five_ask_for_the_one_place_of_the_month_and_one_gets_it(market: Market) -> None:
    refused = together([ask(market, delivery) for delivery in sales()])
    assert (Return.objects.count(), len(refused)) == (1, 4)
    assert {text.partition(":")[0] for text in refused} == {"20% of a month's leads can be returned"}


def test_control_without_holding_the_client_the_limit_is_passed(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    counted, count = threading.Barrier(5), returns.allowance

    def counts_at_once(**about: Any) -> Any:
        found = count(**about)
        counted.wait(timeout=20)
        return found

    monkeypatch.setattr(returns, "hold_client", lambda _client: None)
    monkeypatch.setattr(returns, "allowance", counts_at_once)
    assert together([ask(market, delivery) for delivery in sales()]) == []
    assert Return.objects.count() == 5


def test_the_same_lead_is_asked_for_once(market: Market) -> None:
    first = next(sales())
    refused = together([ask(market, first)] * 4)
    assert Return.objects.count() == 1
    assert set(refused) == {f"The return of {first.spoken} was asked for already; it waits for a decision."}


def test_granted_from_two_pages_at_once_it_is_booked_once(market: Market) -> None:
    first, by = next(sales()), ManagerFactory.create()
    asked = ask(market, first)()
    approvals: list[bool] = []

    def approves() -> None:
        approvals.append(approve(asked=asked, by=by, now=market.now, goes_on=True))

    refused = together([approves, approves, lambda: grant(delivery=first, by=by, now=market.now, reason=WHY)])
    assert (approvals.count(True) + (not refused), Return.objects.get().state) == (1, ReturnState.GRANTED)
    assert (int(CapWindow.objects.get(scope="account", kind="day").used), Event.objects.filter(kind="return.granted").count()) == (4, 1)
    assert check_invariants(now=market.now) == []
