"""Deciding, reserving, recording: leads a second through the whole router, each in a transaction of its own."""

import time
from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Sum

from distribution.demo.factories import CampaignFactory, CampaignSaleFactory, ClientFactory, DeliveryAccountFactory, LeadFactory
from distribution.domain.automation import Automation
from distribution.domain.settings import Settings, Values
from distribution.models import Delivery
from distribution.services.route import route_due
from distribution.services.versions import save_version
from leads.clock import database_now
from leads.models import CapWindow
from tests.bench.figures import Figure
from tests.bench.floors import inserts_a_second

ACCOUNTS = 80


def measure(*, quick: bool) -> Iterator[Figure]:
    leads = 150 if quick else 600
    campaign = CampaignFactory.create()
    CampaignSaleFactory.create(campaign=campaign)
    accounts = [
        DeliveryAccountFactory.create(
            client=ClientFactory.create(), lead_type=campaign.lead_type, method=True, price=Decimal(20), cap_day=100_000
        )
        for _ in range(ACCOUNTS)
    ]
    values = {account.client_id: Values(weight=Decimal(n + 1)) for n, account in enumerate(accounts)}
    settings = Settings(automation=Automation.WEIGHTED, secondary=Automation.PRICE, values=values)
    save_version(settings=settings, by=None, now=database_now())
    LeadFactory.create_batch(leads, campaign=campaign)
    floor = inserts_a_second(clients=1, seconds=2 if quick else 5)
    start = time.perf_counter()
    while route_due(now=database_now(), limit=50):
        pass
    rate = leads / (time.perf_counter() - start)
    held, counted = Delivery.objects.count(), CapWindow.objects.filter(kind="day").aggregate(sum=Sum("used"))["sum"]
    if held != leads or counted != leads:
        raise RuntimeError(f"{leads} leads, {held} deliveries, {counted} places: they must be equal")
    yield Figure(f"decide and record, weighted, {ACCOUNTS} accounts", rate, floor, "/s", at_least=0.01)
