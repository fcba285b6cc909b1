"""Many workers at once: caps stay exact, shares stay fair, one lead has one holder. Each race has its control."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from clients.models import DeliveryAccount
from distribution.demo.factories import (
    CampaignFactory,
    CampaignSaleFactory,
    ClientFactory,
    DeliveryAccountFactory,
    DeliveryFactory,
    LeadFactory,
    SettingsVersionFactory,
)
from distribution.domain.automation import Automation
from distribution.domain.settings import Settings, Values
from distribution.enums import LIVE_STATES, DeliveryState
from distribution.models import Delivery
from distribution.services import distribute as selling
from distribution.services.book import confirm_sale
from distribution.services.invariants import check_invariants
from distribution.services.route import route_due
from leads.models import Campaign, CapWindow, Lead

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 7, 16, 17, 0, tzinfo=UTC)
WORKERS = 6


def in_parallel(work: Callable[[], None], workers: int = WORKERS) -> None:
    """Run the work in threads that start together, each on a connection of its own; re-raise what one of them raised."""
    start, raised = threading.Barrier(workers), []

    def run() -> None:
        start.wait()
        try:
            work()
        except Exception as error:  # noqa: BLE001 -- told to the test below
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raised == []


def drain() -> None:
    while route_due(now=NOON, limit=3):
        pass


def a_campaign(settings: Settings, **sale: Any) -> Campaign:
    SettingsVersionFactory.create(settings=settings)
    campaign = CampaignFactory.create()
    CampaignSaleFactory.create(campaign=campaign, **sale)
    return campaign


def accounts_of(campaign: Campaign, count: int, **account: Any) -> list[DeliveryAccount]:
    return [
        DeliveryAccountFactory.create(client=ClientFactory.create(), lead_type=campaign.lead_type, method=True, **account)
        for _ in range(count)
    ]


def leads_in(campaign: Campaign, count: int) -> list[Lead]:
    return LeadFactory.create_batch(count, campaign=campaign, received_at=NOON)


def test_i10_a_cap_is_filled_exactly_however_many_workers_run() -> None:
    campaign = a_campaign(Settings(automation=Automation.PRICE))
    accounts_of(campaign, 2, cap_day=20, price=Decimal(10))
    leads_in(campaign, 60)

    in_parallel(drain)

    assert sorted(CapWindow.objects.values_list("used", flat=True)) == [Decimal(20), Decimal(20)]
    assert Delivery.objects.filter(state__in=LIVE_STATES).count() == 40
    assert check_invariants(now=NOON) == []


def test_i10_control_without_the_conditional_update_the_cap_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = a_campaign(Settings(automation=Automation.PRICE))
    accounts_of(campaign, 1, cap_day=5, price=Decimal(10))
    leads_in(campaign, 30)
    together = threading.Barrier(WORKERS)
    reserve = selling.reserve_and

    def unconditional(also: str, uses: Any) -> Any:
        together.wait(timeout=20)
        return reserve(also, [use._replace(limit=None) for use in uses])

    monkeypatch.setattr(selling, "reserve_and", unconditional)
    in_parallel(lambda: route_due(now=NOON, limit=1))

    assert CapWindow.objects.get().used == Decimal(WORKERS) > 5


def test_i09_the_same_due_leads_are_routed_once_by_many_workers() -> None:
    campaign = a_campaign(Settings(automation=Automation.PRICE))
    accounts_of(campaign, 3, price=Decimal(10))
    leads = leads_in(campaign, 40)

    in_parallel(drain)

    assert Counter(Delivery.objects.values_list("lead", flat=True)) == Counter(lead.pk for lead in leads)


def test_i09_the_database_refuses_a_second_holder_of_a_lead() -> None:
    first = DeliveryFactory.create(accepted=True)
    for second in ({"slot": 1}, {"slot": 2, "account": first.account}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DeliveryFactory.create(lead=first.lead, decision=first.decision, **second)
    other_slot = DeliveryFactory.create(lead=first.lead, decision=first.decision, slot=2)
    assert other_slot.client != first.client


def test_shares_stay_within_the_bound_when_workers_run_at_once() -> None:
    campaign = a_campaign(Settings())
    accounts = accounts_of(campaign, 4, price=Decimal(10))
    weights = dict(zip([account.client_id for account in accounts], (500, 300, 150, 50), strict=True))
    SettingsVersionFactory.create(
        settings=Settings(
            automation=Automation.WEIGHTED,
            secondary=Automation.PRICE,
            values={client: Values(weight=Decimal(weight)) for client, weight in weights.items()},
        )
    )
    leads_in(campaign, 80)

    in_parallel(drain)

    sold: Counter[int] = Counter()
    bound = 1 - Fraction(1, 2 * len(weights) - 2)
    for n, client in enumerate(Delivery.objects.order_by("number").values_list("client", flat=True), 1):
        sold[client] += 1
        assert max(abs(Fraction(weights[c], 1000) * n - sold[c]) for c in weights) <= bound
    assert sum(sold.values()) == 80


def test_a_shared_lead_goes_to_different_clients_one_slot_each() -> None:
    campaign = a_campaign(Settings(automation=Automation.PRICE), max_deliveries=3)
    accounts_of(campaign, 5, price=Decimal(10))
    leads_in(campaign, 10)

    def sell_and_settle() -> None:
        for _ in range(40):
            route_due(now=NOON, limit=2)
            with transaction.atomic():
                delivery = Delivery.objects.select_for_update(skip_locked=True).filter(state=DeliveryState.QUEUED).first()
                if delivery is None:
                    continue
                Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.ACCEPTED, due_at=None, finished_at=NOON)
                confirm_sale(delivery=delivery, now=NOON)

    in_parallel(sell_and_settle, workers=4)

    rows = Delivery.objects.values_list("lead", "slot", "client")
    assert len(rows) == 30
    assert len({(lead, slot) for lead, slot, _ in rows}) == len({(lead, client) for lead, _, client in rows}) == 30
    assert check_invariants(now=NOON) == []
