"""A lead that nobody got is offered anew to a client that failed it, never to one that refused it."""

from typing import Any

import pytest

from distribution.domain.retry import Outcome
from distribution.models import Delivery
from distribution.services.anew import offer_anew, undelivered
from leads.enums import LeadOutcome
from leads.models import CapWindow, Event, Lead
from tests.distribution.pages.world import Market

pytestmark = pytest.mark.django_db


def nobody(market: Market, outcome: Outcome, status: int) -> Delivery:
    market.buyer("Bluewater", "42.00", cap_day=5)
    market.lead()
    market.route()
    delivery = market.answer(outcome, status=status)
    market.route()
    assert Lead.objects.get().outcome == LeadOutcome.UNROUTED
    return delivery


def test_what_failed_is_offered_anew_as_a_new_delivery_that_counts_once(market: Market, admin: Any) -> None:
    failed = nobody(market, Outcome.CONFIG_ERROR, 401)
    assert [offer_anew(deliveries=[failed.pk], by=admin, now=market.now) for _ in range(2)] == [1, 0]
    sold = market.sell()
    failed.refresh_from_db()
    assert (failed.state, failed.reason, sold.client, sold.decision.run) == ("failed", "offered_anew", failed.client, 2)
    assert (Lead.objects.get().outcome, int(CapWindow.objects.get(kind="day", scope="account").used)) == (LeadOutcome.SOLD, 1)
    assert Event.objects.get(kind="delivery.anew").by == admin
    assert not undelivered().exists()


def test_a_refusal_stands_whatever_a_person_ticks(market: Market, admin: Any) -> None:
    refused = nobody(market, Outcome.REJECTED, 200)
    assert not undelivered().exists()
    assert offer_anew(deliveries=[refused.pk], by=admin, now=market.now) == 0
    assert (market.route(), Lead.objects.get().outcome) == (0, LeadOutcome.UNROUTED)


def test_sold_elsewhere_it_is_not_offered_anew(market: Market, admin: Any) -> None:
    market.buyer("Low", "10.00")
    market.buyer("Bluewater", "42.00")
    market.lead()
    market.route()
    failed = market.answer(Outcome.CONFIG_ERROR, status=401)
    assert market.sell().client.name == "Low"
    assert offer_anew(deliveries=[failed.pk], by=admin, now=market.now) == 0
