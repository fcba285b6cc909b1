"""A lead's way through its routes: who is offered it, what is reserved, and what the trace says."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from clients.enums import ClientStatus
from clients.models import Client, DeliveryAccount
from distribution.demo.factories import (
    CampaignFactory,
    CampaignSaleFactory,
    ClientFactory,
    DeliveryAccountFactory,
    LeadFactory,
    SettingsVersionFactory,
)
from distribution.domain.automation import Automation
from distribution.domain.settings import Settings
from distribution.enums import DeliveryState
from distribution.models import Delivery
from distribution.services.book import confirm_sale, give_back, hold_for_review, reverse_sale, send_on
from distribution.services.route import rerun_lead, route_due
from leads.enums import LeadOutcome
from leads.models import Campaign, CapWindow, Event, Lead

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 7, 16, 17, 0, tzinfo=UTC)  # a Thursday, noon in Chicago


@pytest.fixture
def campaign() -> Campaign:
    SettingsVersionFactory.create(settings=Settings(automation=Automation.PRICE))
    campaign = CampaignFactory.create()
    CampaignSaleFactory.create(campaign=campaign)
    return campaign


def buyer(campaign: Campaign, name: str, price: str, **account: Any) -> DeliveryAccount:
    client = account.pop("client", None) or ClientFactory.create(name=name)
    return DeliveryAccountFactory.create(client=client, lead_type=campaign.lead_type, price=Decimal(price), method=True, **account)


def lead_in(campaign: Campaign) -> Lead:
    return LeadFactory.create(campaign=campaign, received_at=NOON)


def settle(delivery: Delivery, state: DeliveryState) -> Delivery:
    Delivery.objects.filter(pk=delivery.pk).update(state=state, due_at=None, finished_at=NOON)
    return Delivery.objects.get(pk=delivery.pk)


def test_highest_price_is_offered_first_and_the_trace_tells_of_everybody(campaign: Campaign) -> None:
    low, high = buyer(campaign, "Low", "10"), buyer(campaign, "High", "30")
    paused = buyer(campaign, "Paused", "99", client=ClientFactory.create(name="Paused", status=ClientStatus.PAUSED))
    lead = lead_in(campaign)

    assert route_due(now=NOON) == 1

    delivery = Delivery.objects.get()
    assert (delivery.lead, delivery.account, delivery.price, delivery.state) == (lead, high, Decimal(30), DeliveryState.QUEUED)
    candidates = lead.decisions.get().trace["candidates"]
    assert [(row[1], row[2], row[4]) for row in candidates] == [(high.pk, None, 1), (low.pk, None, 2), (paused.pk, "client_paused", None)]
    lead.refresh_from_db()
    assert (lead.outcome, lead.due_at, lead.lease_until) == (LeadOutcome.PENDING, None, None)


def test_a_sale_ends_the_lead_and_a_refusal_sends_it_to_the_next(campaign: Campaign) -> None:
    low, high = buyer(campaign, "Low", "10"), buyer(campaign, "High", "30")
    lead = lead_in(campaign)
    route_due(now=NOON)
    refused = settle(Delivery.objects.get(), DeliveryState.REJECTED)
    give_back(delivery=refused, turn_used=True, now=NOON)
    send_on(delivery=refused, now=NOON)

    assert route_due(now=NOON) == 1
    second = Delivery.objects.exclude(pk=refused.pk).get()
    assert (refused.account, second.account, second.rank) == (high, low, 2)
    confirm_sale(delivery=settle(second, DeliveryState.ACCEPTED), now=NOON)

    lead.refresh_from_db()
    assert (lead.outcome, lead.due_at, lead.finished_at) == (LeadOutcome.SOLD, None, NOON)
    assert lead.decisions.get().stop == "sold_enough"
    assert route_due(now=NOON) == 0


def test_a_lead_that_nobody_buys_stands_among_the_unrouted_with_every_route_s_reason(campaign: Campaign) -> None:
    buyer(campaign, "Choosy", "10", criteria={"all": [["state", "eq", "TX"]]})
    lead = lead_in(campaign)
    route_due(now=NOON)

    lead.refresh_from_db()
    assert (lead.outcome, lead.finished_at, Delivery.objects.count()) == (LeadOutcome.UNROUTED, NOON, 0)
    told = Event.objects.get(lead=lead, kind="lead.unrouted").data["routes"]
    assert told == {"distribute": "nobody_left", "push": "no_strategies", "pull": "no_strategies"}


def test_rerun_finds_the_client_that_came_since(campaign: Campaign) -> None:
    lead = lead_in(campaign)
    route_due(now=NOON)
    account = buyer(campaign, "Late", "10")
    lead.refresh_from_db()

    assert rerun_lead(lead=lead, by=None, now=NOON) is True
    assert route_due(now=NOON) == 1
    assert (Delivery.objects.get().account, lead.decisions.count()) == (account, 2)
    assert rerun_lead(lead=lead, by=None, now=NOON) is False


def test_a_place_in_every_cap_is_reserved_and_given_back(campaign: Campaign) -> None:
    client = ClientFactory.create(cap_day=5, budget_month=Decimal(1000))
    buyer(campaign, "Capped", "30", client=client, cap_hour=2)
    lead_in(campaign)
    route_due(now=NOON)

    held = {(window.scope, window.kind): window.used for window in CapWindow.objects.all()}
    assert held == {("client", "day"): Decimal(1), ("client", "budget_month"): Decimal(30), ("account", "hour"): Decimal(1)}
    give_back(delivery=settle(Delivery.objects.get(), DeliveryState.FAILED), turn_used=False, now=NOON)
    assert set(CapWindow.objects.values_list("used", flat=True)) == {Decimal(0)}


def test_a_full_cap_is_the_reason_and_tells_the_limit_and_the_count(campaign: Campaign) -> None:
    account = buyer(campaign, "Full", "30", cap_day=1)
    lead_in(campaign)
    route_due(now=NOON)
    second = lead_in(campaign)
    route_due(now=NOON)

    (row,) = second.decisions.get().trace["candidates"]
    assert row[:3] == [account.client_id, account.pk, "cap_day"]
    assert (row[3]["limit"], row[3]["used"], row[3]["whose"]) == ("1", "1", "account")
    assert Delivery.objects.count() == 1


def test_two_buyers_of_a_shared_lead_and_then_no_third(campaign: Campaign) -> None:
    campaign.sale.max_deliveries = 2
    campaign.sale.save()
    for name, price in (("A", "10"), ("B", "20"), ("C", "30")):
        buyer(campaign, name, price)
    lead = lead_in(campaign)
    for _ in range(2):
        route_due(now=NOON)
        confirm_sale(delivery=settle(Delivery.objects.get(state=DeliveryState.QUEUED), DeliveryState.ACCEPTED), now=NOON)
    assert route_due(now=NOON) == 0

    assert list(Delivery.objects.order_by("slot").values_list("slot", "price")) == [(1, Decimal(30)), (2, Decimal(20))]
    lead.refresh_from_db()
    assert (lead.outcome, lead.routes_left) == (LeadOutcome.SOLD, [])


def test_a_lead_sold_once_of_two_stays_sold_when_nobody_else_buys(campaign: Campaign) -> None:
    campaign.sale.max_deliveries = 2
    campaign.sale.save()
    buyer(campaign, "Only", "10")
    lead = lead_in(campaign)
    route_due(now=NOON)
    confirm_sale(delivery=settle(Delivery.objects.get(), DeliveryState.ACCEPTED), now=NOON)
    route_due(now=NOON)

    lead.refresh_from_db()
    assert (lead.outcome, lead.due_at, lead.decisions.get().stop) == (LeadOutcome.SOLD, None, "nobody_left")


def shared_by_a_sleeper(campaign: Campaign) -> tuple[Lead, list[DeliveryAccount]]:
    """A lead for two, of which the best buyer sleeps until one o'clock and keeps its place."""
    campaign.sale.max_deliveries = 2
    campaign.sale.save()
    sleeper = buyer(campaign, "Sleeper", "30", schedule={"thu": ["13:00-17:00"]}, off_hours="hold")
    return lead_in(campaign), [sleeper, buyer(campaign, "Awake", "20"), buyer(campaign, "Late", "10")]


def test_a_held_place_lets_the_others_buy_now(campaign: Campaign) -> None:
    lead, (sleeper, awake, _) = shared_by_a_sleeper(campaign)
    while route_due(now=NOON):
        pass
    held, now = Delivery.objects.order_by("number")
    assert (held.account, held.due_at, now.account, now.due_at) == (sleeper, NOON + timedelta(hours=1), awake, NOON)
    confirm_sale(delivery=settle(now, DeliveryState.ACCEPTED), now=NOON)
    route_due(now=NOON)
    lead.refresh_from_db()
    assert (lead.outcome, lead.due_at, lead.finished_at, Delivery.objects.count()) == (LeadOutcome.SOLD, None, None, 2)

    confirm_sale(delivery=settle(held, DeliveryState.ACCEPTED), now=NOON)
    route_due(now=NOON)
    lead.refresh_from_db()
    assert (lead.outcome, lead.due_at, lead.finished_at, lead.decisions.get().stop) == (LeadOutcome.SOLD, None, NOON, "sold_enough")


def test_a_held_place_that_is_refused_later_goes_to_the_next_client(campaign: Campaign) -> None:
    lead, (_, _, late) = shared_by_a_sleeper(campaign)
    while route_due(now=NOON):
        pass
    held, now = Delivery.objects.order_by("number")
    confirm_sale(delivery=settle(now, DeliveryState.ACCEPTED), now=NOON)
    route_due(now=NOON)
    send_on(delivery=settle(held, DeliveryState.REJECTED), now=NOON)
    route_due(now=NOON)

    assert Delivery.objects.order_by("number").last().account == late  # type: ignore[union-attr]
    lead.refresh_from_db()
    assert (lead.outcome, lead.decisions.count()) == (LeadOutcome.SOLD, 1)


def test_a_lead_that_was_through_goes_on_when_its_held_place_is_refused_and_never_stands_unrouted(campaign: Campaign) -> None:
    lead, (_, awake, late) = shared_by_a_sleeper(campaign)
    late.client.status = ClientStatus.PAUSED
    late.client.save()
    while route_due(now=NOON):
        pass
    held, now = Delivery.objects.order_by("number")
    confirm_sale(delivery=settle(now, DeliveryState.ACCEPTED), now=NOON)
    Lead.objects.filter(pk=lead.pk).update(routes_left=[], finished_at=NOON, due_at=None)
    send_on(delivery=settle(held, DeliveryState.REJECTED), now=NOON)
    route_due(now=NOON)

    lead.refresh_from_db()
    assert (lead.outcome, lead.finished_at, lead.decisions.get().stop) == (LeadOutcome.SOLD, NOON, "nobody_left")
    assert now.account == awake


def test_a_lead_whose_only_place_is_held_waits_and_is_not_unrouted(campaign: Campaign) -> None:
    campaign.sale.max_deliveries = 2
    campaign.sale.save()
    buyer(campaign, "Sleeper", "30", schedule={"thu": ["13:00-17:00"]}, off_hours="hold")
    lead = lead_in(campaign)
    while route_due(now=NOON):
        pass
    lead.refresh_from_db()
    assert (lead.outcome, lead.due_at, lead.decisions.get().finished) == (LeadOutcome.PENDING, None, None)


def test_a_delivery_in_doubt_holds_the_lead_and_its_places(campaign: Campaign) -> None:
    buyer(campaign, "Doubtful", "30", cap_day=5)
    buyer(campaign, "Next", "10")
    lead = lead_in(campaign)
    route_due(now=NOON)
    hold_for_review(delivery=settle(Delivery.objects.get(), DeliveryState.UNKNOWN), now=NOON)

    assert route_due(now=NOON) == 0
    lead.refresh_from_db()
    assert (lead.outcome, lead.decisions.get().stop) == (LeadOutcome.REVIEW, "in_doubt")
    assert CapWindow.objects.get().used == Decimal(1)


def test_a_bounce_reverses_the_sale_once_and_sends_the_lead_on(campaign: Campaign) -> None:
    bounced, following = buyer(campaign, "Bounced", "30", cap_day=5), buyer(campaign, "Next", "10")
    lead = lead_in(campaign)
    route_due(now=NOON)
    sold = settle(Delivery.objects.get(), DeliveryState.ACCEPTED)
    confirm_sale(delivery=sold, now=NOON)

    assert reverse_sale(delivery=sold, now=NOON, reason="bounced") is True
    assert reverse_sale(delivery=sold, now=NOON, reason="bounced") is False
    assert CapWindow.objects.get().used == Decimal(0)
    route_due(now=NOON)
    assert list(Delivery.objects.order_by("number").values_list("account", flat=True)) == [bounced.pk, following.pk]
    lead.refresh_from_db()
    assert lead.outcome == LeadOutcome.PENDING


def test_a_lead_that_raises_is_set_aside_and_the_others_go_on(campaign: Campaign) -> None:
    buyer(campaign, "Buyer", "10")
    broken, sound = lead_in(campaign), lead_in(campaign)
    Lead.objects.filter(pk=broken.pk).update(zones=["No/Where"])

    assert route_due(now=NOON) == 2
    broken.refresh_from_db()
    sound.refresh_from_db()
    assert Delivery.objects.get().lead == sound
    assert broken.stuck_reason == "Routing failed 1 times: ZoneInfoNotFoundError"
    assert broken.due_at is not None
    assert broken.due_at > NOON


def test_a_paused_client_gets_nothing_from_the_next_lead_on(campaign: Campaign) -> None:
    account = buyer(campaign, "Buyer", "10")
    lead_in(campaign)
    route_due(now=NOON)
    client = Client.objects.get(pk=account.client_id)
    client.status = ClientStatus.PAUSED
    client.save()
    lead_in(campaign)
    route_due(now=NOON)

    assert Delivery.objects.count() == 1


def test_a_lead_counts_once_in_a_share_of_qualified_leads_however_often_it_is_offered(campaign: Campaign) -> None:
    first = buyer(campaign, "First", "30")
    sharing = buyer(campaign, "Sharing", "10", qualified_percent=Decimal(50), qualified_window="day")
    for _ in range(2):
        lead_in(campaign)
        route_due(now=NOON)
        refused = settle(Delivery.objects.get(account=first, state=DeliveryState.QUEUED), DeliveryState.REJECTED)
        give_back(delivery=refused, turn_used=True, now=NOON)
        send_on(delivery=refused, now=NOON)
        route_due(now=NOON)

    assert CapWindow.objects.get(scope="account", kind="qualified_day").used == Decimal(2)
    assert Delivery.objects.filter(account=sharing).count() == 1  # half of two; the first alone would have been all of one


def test_the_share_of_qualified_leads_is_the_reason_when_it_is_used_up(campaign: Campaign) -> None:
    sharing = buyer(campaign, "Sharing", "10", qualified_percent=Decimal(50), qualified_window="day")
    lead = lead_in(campaign)
    route_due(now=NOON)

    (row,) = lead.decisions.get().trace["candidates"]
    assert row[:3] == [sharing.client_id, sharing.pk, "qualified_share"]
    assert Delivery.objects.count() == 0
