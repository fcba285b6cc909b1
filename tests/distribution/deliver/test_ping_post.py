"""Ping-post over real HTTP: who bids is ranked by the bid, once asked and never twice, and no personal data goes with a ping."""

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from clients.models import AccountMethod, Client, DeliveryAccount, DeliveryMethod
from distribution.domain.backtest import PastLead
from distribution.models import Delivery, Ping
from distribution.services import ping_flights
from distribution.services.backtest import past_leads
from distribution.services.market import forget_market, live_market
from distribution.services.ping_flights import drain_pings
from distribution.services.preview import preview
from distribution.services.route import route_due
from distribution.services.test_send import send_test
from distribution.transports.registry import check_config
from leads.models import Lead
from tests.distribution.deliver.world import World
from tests.peers.receiver import Receiver, answer, says

BIDS = [
    {"when": {"path": "$.bid"}, "means": "accepted", "price": "$.bid", "reference": "$.id"},
    {"when": {"status": [200]}, "means": "rejected", "reason": "$.reason"},
]


@pytest.fixture
def bidder(client: Receiver) -> Receiver:
    """A client that bids at the ping and takes the post."""
    client.acts["bid"] = says(answer(200, b'{"bid": "31.559", "id": "their-9"}'))
    client.acts["no"] = says(answer(200, b'{"reason": "Not in our area"}'))
    client.behaviour = lambda request: "bid" if b'"ping"' in request.body else "accept"
    return client


def buys(world: World, name: str, price: str, url: str, **method: Any) -> DeliveryAccount:
    """A client with one account; it is pinged where the method says so."""
    buyer = Client.objects.create(name=name)
    account = DeliveryAccount.objects.create(client=buyer, lead_type=world.lead_type, name="All", price=Decimal(price))
    AccountMethod.objects.create(account=account, method=world.method(buyer, url, **method), use="first")
    return account


def pinged(world: World, name: str, price: str, url: str, **method: Any) -> DeliveryAccount:
    asked = {"kind": "ping_post", "ping_url": url, "ping_field_map": [["zip", "zip"], ["ping", "ping_id"]], "ping_rules": BIDS}
    post = {"field_map": [["fname", "first_name"], ["ref", "ping_reference"]]}
    return buys(world, name, price, url, **(asked | post | method))


def by_price(world: World, **data: Any) -> None:
    forget_market()
    world.settings(automation="price", ping_budget_seconds=1, **data)


def go(world: World, seconds: float = 0) -> None:
    """Route and ping whatever is due, then let time pass and do it again."""
    for step in (0.0, seconds):
        world.clock.go(step)
        while route_due(now=world.clock()) or drain_pings(seconds=5, clock=world.clock):
            pass


def came_in(world: World, **values: Any) -> Lead:
    return world.lead(due_at=world.clock(), **values)


def trace(lead: Lead) -> dict[int, tuple[str | None, Any]]:
    return {row[1]: (row[2], row[3]) for row in lead.decisions.get().trace["candidates"]}


def test_the_bid_ranks_and_is_the_price_and_the_post_names_the_ping(world: World, bidder: Receiver) -> None:
    by_price(world)
    plain, bidding = buys(world, "Plain", "30", bidder.url), pinged(world, "Bidder", "10", bidder.url)
    lead = came_in(world, zip="90210", state="CA")
    go(world)

    delivery = Delivery.objects.get()
    assert (delivery.account, delivery.price) == (bidding, Decimal("31.55"))
    ping = Ping.objects.get()
    assert (ping.verdict, ping.bid, ping.reference) == ("accepted", Decimal("31.55"), "their-9")
    assert bidder.bodies == [{"zip": "90210", "ping": str(ping.pk)}], "nothing of the person"
    assert lead.decisions.get().inputs["pings"] == {str(bidding.pk): ["accepted", "31.55", ""]}
    world.drain()
    assert bidder.bodies[1] == {"fname": "Ann", "ref": "their-9"}
    assert (bidder.log[1].headers["x-ping-id"], bidder.log[1].headers["x-ping-reference"]) == (str(ping.pk), "their-9")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.decision.stop, plain.deliveries.count()) == ("accepted", "sold_enough", 0)


def test_who_refuses_or_bids_too_low_is_passed_over_with_its_reason(world: World, bidder: Receiver) -> None:
    by_price(world)
    bidder.behaviour = lambda request: "no" if b"10001" in request.body else "bid" if b'"ping"' in request.body else "accept"
    dear, plain = pinged(world, "Dear", "40", bidder.url), buys(world, "Plain", "5", bidder.url)
    low, refused = came_in(world, zip="90210"), came_in(world, zip="10001")
    go(world)

    assert trace(low)[dear.pk] == ("bid_too_low", {"bid": "31.55", "least": "40.00"})
    assert trace(refused)[dear.pk] == ("ping_rejected", {"note": "Not in our area"})
    assert set(Delivery.objects.values_list("account", flat=True)) == {plain.pk}


def test_who_hangs_costs_the_budget_and_no_more_and_holds_up_nobody_else(world: World, bidder: Receiver) -> None:
    by_price(world)
    bidder.behaviour = "take_then_hang"
    hanging, plain = pinged(world, "Hanging", "40", bidder.url), buys(world, "Plain", "5", bidder.url)
    lead = came_in(world)
    route_due(now=world.clock())
    lead.refresh_from_db()
    assert (lead.outcome, (lead.due_at - world.clock()).total_seconds()) == ("pending", 1.0)  # type: ignore[operator]
    go(world)

    assert trace(lead)[hanging.pk] == ("ping_timeout", {"note": "No whole answer within 0.7 seconds."})
    assert Delivery.objects.get().account == plain


def test_a_ping_that_no_worker_brought_home_is_a_timeout_and_is_not_asked_again(world: World, bidder: Receiver) -> None:
    by_price(world)
    lost, plain = pinged(world, "Lost", "40", bidder.url), buys(world, "Plain", "5", bidder.url)
    lead = came_in(world)
    route_due(now=world.clock())
    assert len(ping_flights.claim_pings(now=world.clock(), limit=10)) == 1, "and this worker dies"
    go(world, seconds=1)

    assert trace(lead)[lost.pk] == ("ping_timeout", {"note": "No answer within 1 second."})
    assert (bidder.log, Delivery.objects.get().account) == ([], plain)


def test_one_after_the_other_nobody_behind_the_buyer_is_asked(world: World, bidder: Receiver) -> None:
    by_price(world, parallel_processing=False)
    first, second = pinged(world, "First", "20", bidder.url), pinged(world, "Second", "10", bidder.url)
    lead = came_in(world)
    go(world)

    assert [ping.account for ping in Ping.objects.all()] == [first]
    assert trace(lead)[second.pk] == (None, None), "ranked, and marked as not reached"
    assert Delivery.objects.get().price == Decimal("31.55")


def test_pings_that_fail_in_a_row_pause_the_method_and_cost_no_more_time(world: World, bidder: Receiver) -> None:
    by_price(world, breaker_failures=2)
    bidder.behaviour = lambda request: "take_then_500" if b'"ping"' in request.body else "accept"
    broken, plain = pinged(world, "Broken", "40", bidder.url), buys(world, "Plain", "5", bidder.url)
    for _ in range(2):
        came_in(world)
        go(world)
    method = DeliveryMethod.objects.get(client=broken.client_id)
    assert method.paused_reason == "2 or more pings in a row without a usable answer"
    third = came_in(world)
    go(world)
    assert (trace(third)[broken.pk][0], Ping.objects.count(), plain.deliveries.count()) == ("circuit_open", 2, 3)


def test_personal_fields_are_refused_in_a_ping_with_the_reason(world: World, bidder: Receiver) -> None:
    account = pinged(world, "Nosy", "10", bidder.url)
    method = DeliveryMethod.objects.get(client=account.client_id)
    assert check_config(method) == ()
    method.ping_field_map, method.headers = [["tel", "phone", "digits"]], {"X-Who": "{{ email }}"}
    found = {problem.field: (problem.code, problem.message) for problem in check_config(method)}
    why = "it tells who the person is, and a ping goes to clients that may not buy the lead. Send it with the post."
    assert found == {
        "ping_field_map[0]": ("personal", f"“phone” cannot go with a ping: {why}"),
        "headers.X-Who": ("personal", f"“email” cannot stand in a header, which goes with the ping too: {why}"),
    }


def test_an_answer_stands_and_an_account_is_asked_once_in_a_distribution(world: World, bidder: Receiver) -> None:
    by_price(world)
    pinged(world, "Bidder", "10", bidder.url)
    came_in(world)
    go(world)
    ping = Ping.objects.get()
    with pytest.raises(IntegrityError, match="its answer stands"), transaction.atomic():
        Ping.objects.update(bid=Decimal(99))
    with pytest.raises(IntegrityError, match="one_ping_an_account_in_a_distribution"), transaction.atomic():
        Ping.objects.create(
            lead=ping.lead, decision=ping.decision, client=ping.client, account=ping.account, method=ping.method, created=ping.created,
            deadline=ping.deadline,
        )  # fmt: skip


def test_a_backtest_uses_the_recorded_bid(world: World, bidder: Receiver) -> None:
    by_price(world)
    account = pinged(world, "Bidder", "10", bidder.url)
    lead = came_in(world)
    go(world)
    (past,) = past_leads([lead.pk], live_market())
    assert isinstance(past, PastLead)
    assert (dict(past.bids), past.unwilling) == ({account.pk: Decimal("31.55")}, frozenset())


def test_ping_and_post_are_tested_by_the_sender_of_real_leads(world: World, bidder: Receiver) -> None:
    method = DeliveryMethod.objects.get(client=pinged(world, "Bidder", "10", bidder.url).client_id)
    asked = send_test(method=method, by=None, now=world.clock(), ping=True)
    assert asked.sentence == "The client would buy for 31.55. Accepted when $.bid is there."
    assert (bidder.bodies[0]["zip"], bidder.log[0].headers["x-test-lead"]) == ("90210", "1")
    posted = send_test(method=method, by=None, now=world.clock())
    assert (posted.sentence, bidder.bodies[1]) == ("Accepted: real leads would count as sold.", {"fname": "Test", "ref": ""})
    assert Ping.objects.count() == 0


def test_what_would_happen_asks_nobody(world: World, bidder: Receiver) -> None:
    by_price(world)
    account = pinged(world, "Bidder", "10", bidder.url)
    step = preview(lead=came_in(world), now=world.clock()).step
    assert (step.offer and (step.offer.account, step.offer.price), bidder.log) == ((account.pk, Decimal("10.00")), [])


def in_parallel(work: Callable[[], None], workers: int = 5) -> None:
    start = threading.Barrier(workers)

    def run() -> None:
        try:
            start.wait()
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def twelve_leads_to_ask_for(world: World, bidder: Receiver) -> None:
    by_price(world)
    pinged(world, "Bidder", "10", bidder.url)
    for _ in range(12):
        came_in(world)
    while route_due(now=world.clock()):
        pass


def test_a_bid_is_asked_once_however_many_workers_run(world: World, bidder: Receiver) -> None:
    twelve_leads_to_ask_for(world, bidder)
    in_parallel(lambda: claim_and_ask(world))
    assert sorted(body["ping"] for body in bidder.bodies) == sorted(str(ping.pk) for ping in Ping.objects.all())


def test_control_without_the_claim_a_bid_is_asked_by_every_worker(world: World, bidder: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    twelve_leads_to_ask_for(world, bidder)
    careless = ping_flights.CLAIM.replace("AND state = 'queued' ", "").replace(" FOR UPDATE SKIP LOCKED", "")
    monkeypatch.setattr(ping_flights, "CLAIM", careless)
    in_parallel(lambda: claim_and_ask(world))
    assert len(bidder.bodies) > 12


def claim_and_ask(world: World) -> None:
    """One worker, without the lock that lets only one of them send."""
    flights = ping_flights.PingFlights(clock=world.clock)
    for ping in flights.claim(now=world.clock(), limit=100):
        flights.take_off(ping, now=world.clock())
    flights.collect_all()
