"""What only a person may decide: whether a client took a lead that was left in doubt (I14)."""

from typing import Any

import pytest

from distribution.domain.retry import Outcome
from distribution.enums import DeliveryState
from distribution.models import Delivery
from distribution.services.review import ReasonMissing, settle_many, settle_unknown
from leads.enums import LeadOutcome
from leads.models import CapWindow, Event, Lead
from tests.distribution.pages.world import Market

pytestmark = pytest.mark.django_db


def doubt(market: Market) -> Delivery:
    market.route()
    Delivery.objects.filter(state=DeliveryState.QUEUED).update(budget_seconds=1)
    return market.answer(Outcome.IN_DOUBT, status=None, message="The line was cut")


def used(account: Any) -> dict[str, int]:
    return {window.kind: int(window.used) for window in CapWindow.objects.filter(scope="account", scope_id=account.pk)}


def test_in_doubt_the_lead_goes_to_nobody_else_however_often_routing_runs(market: Market, admin: Any) -> None:
    market.buyer("Bluewater", "42.00")
    market.buyer("Low", "10.00")
    market.lead()
    doubt(market)

    assert market.route() == 0
    assert [one.client.name for one in Delivery.objects.all()] == ["Bluewater"]


def test_not_taken_gives_the_place_back_and_sells_on(market: Market, admin: Any) -> None:
    first = market.buyer("Bluewater", "42.00", cap_day=1)
    market.buyer("Low", "10.00")
    lead = market.lead()
    delivery = doubt(market)
    assert used(first) == {"day": 1}

    assert settle_unknown(delivery=delivery, taken=False, by=admin, now=market.now, reason=" Confirmed  by phone ") is True

    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason, delivery.is_tainted) == (DeliveryState.FAILED, "settled_not_taken", False)
    assert used(first) == {"day": 0}
    sold = market.sell()
    lead.refresh_from_db()
    assert (sold.client.name, lead.outcome, lead.decisions.count()) == ("Low", LeadOutcome.SOLD, 1)
    event = Event.objects.get(kind="delivery.settled")
    assert (event.by, event.about, event.data) == (
        admin,
        f"delivery:{delivery.spoken}",
        {"client": first.client_id, "taken": False, "reason": "Confirmed by phone"},
    )


def test_taken_is_a_sale_and_nobody_else_is_offered_it(market: Market, admin: Any) -> None:
    account = market.buyer("Bluewater", "42.00", cap_day=1)
    market.buyer("Low", "10.00")
    lead = market.lead()
    delivery = doubt(market)

    assert settle_unknown(delivery=delivery, taken=True, by=admin, now=market.now, reason="They found it") is True

    delivery.refresh_from_db()
    lead.refresh_from_db()
    assert (delivery.state, lead.outcome, lead.due_at, lead.decisions.get().stop) == (
        DeliveryState.ACCEPTED,
        LeadOutcome.SOLD,
        None,
        "sold_enough",
    )
    assert used(account) == {"day": 1}
    assert market.route() == 0


def test_taken_where_more_may_buy_goes_on_to_the_next_buyer(admin: Any) -> None:
    market = Market.open(times=2)
    market.buyer("Bluewater", "42.00")
    market.buyer("Low", "10.00")
    lead = market.lead()
    settle_unknown(delivery=doubt(market), taken=True, by=admin, now=market.now, reason="They found it")

    second = market.sell()
    lead.refresh_from_db()
    assert (second.client.name, lead.outcome, lead.decisions.count(), lead.decisions.get().stop) == (
        "Low",
        LeadOutcome.SOLD,
        1,
        "sold_enough",
    )


def test_a_second_sale_in_doubt_keeps_the_first_and_sells_the_place_on(admin: Any) -> None:
    market = Market.open(times=2)
    for name, price in (("Bluewater", "42.00"), ("Middle", "20.00"), ("Low", "10.00")):
        market.buyer(name, price)
    lead = market.lead()
    market.sell()
    delivery = doubt(market)
    lead.refresh_from_db()
    assert (lead.outcome, lead.due_at) == (LeadOutcome.SOLD, None)

    settle_unknown(delivery=delivery, taken=False, by=admin, now=market.now, reason="Not in their system")
    market.sell()
    states = {one.client.name: one.state for one in Delivery.objects.all()}
    assert states == {"Bluewater": "accepted", "Middle": "failed", "Low": "accepted"}


def test_settling_twice_changes_nothing_and_says_so(market: Market, admin: Any) -> None:
    market.buyer("Bluewater", "42.00")
    market.lead()
    delivery = doubt(market)
    settle_unknown(delivery=delivery, taken=True, by=admin, now=market.now, reason="They found it")

    assert settle_unknown(delivery=delivery, taken=False, by=admin, now=market.now, reason="Or not") is False
    delivery.refresh_from_db()
    assert (delivery.state, Event.objects.filter(kind="delivery.settled").count()) == (DeliveryState.ACCEPTED, 1)


def test_without_a_reason_nothing_is_settled(market: Market, admin: Any) -> None:
    market.buyer("Bluewater", "42.00")
    market.lead()
    delivery = doubt(market)

    with pytest.raises(ReasonMissing) as problem:
        settle_unknown(delivery=delivery, taken=True, by=admin, now=market.now, reason="   ")
    delivery.refresh_from_db()
    assert (str(problem.value), delivery.state) == ("Say how you know, such as “Confirmed by phone”.", DeliveryState.UNKNOWN)


def test_an_erased_lead_is_settled_and_goes_nowhere(market: Market, admin: Any) -> None:
    market.buyer("Bluewater", "42.00")
    market.buyer("Low", "10.00")
    lead = market.lead()
    delivery = doubt(market)
    Lead.objects.filter(pk=lead.pk).update(outcome=LeadOutcome.ERASED)

    settle_unknown(delivery=delivery, taken=False, by=admin, now=market.now, reason="Asked them")
    lead.refresh_from_db()
    assert (lead.outcome, lead.due_at, market.route()) == (LeadOutcome.ERASED, None, 0)


def test_several_are_settled_alike_and_what_is_no_longer_in_doubt_is_left_alone(market: Market, admin: Any) -> None:
    market.buyer("Bluewater", "42.00")
    market.lead()
    first = doubt(market)
    market.lead(phone="+13125550143", email="b@mail.example")
    second = doubt(market)
    settle_unknown(delivery=first, taken=True, by=admin, now=market.now, reason="They found it")

    assert settle_many(deliveries=[first.pk, second.pk], taken=False, by=admin, now=market.now, reason="Outage at the client") == 1
    states = {one.pk: one.state for one in Delivery.objects.all()}
    assert states == {first.pk: "accepted", second.pk: "failed"}
