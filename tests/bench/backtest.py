"""A draft tried on past leads by the real service: from the request to the result in the job, with what it reads."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from distribution.demo.factories import (
    CampaignFactory,
    CampaignSaleFactory,
    ClientFactory,
    CompanyFactory,
    DeliveryAccountFactory,
    LeadFactory,
)
from distribution.domain.automation import Automation
from distribution.domain.settings import Settings, Values
from distribution.services.backtest import drain_backtests, start_backtest
from distribution.services.versions import save_version
from leads.clock import database_now
from leads.models import Campaign, Company, Fingerprint, Lead
from tests.bench.figures import Figure

LEADS = 10_000
ACCOUNTS = 80
SECONDS = 20
STATES = ("CA", "TX", "NY", "FL", "IL")
HOURS = {day: ["08:00-20:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
AGO = timedelta(days=60)
"""Its leads came then, so that those of other benches are not among them."""
SPACE = UUID("018f0000-0000-7000-8000-000000000000")


def measure(*, quick: bool) -> Iterator[Figure]:
    count = LEADS // 10 if quick else LEADS
    if not Company.objects.exists():
        CompanyFactory.create()
    campaign = CampaignFactory.create()
    CampaignSaleFactory.create(campaign=campaign)
    values = sellers(campaign)
    begin = database_now() - AGO
    end = past(campaign, count, begin)
    save_version(settings=Settings(Automation.PRICE, Automation.ROUND_ROBIN, values=values), by=None, now=database_now())
    draft = Settings(Automation.WEIGHTED, Automation.PRICE, values=values)
    start = time.perf_counter()
    job = start_backtest(draft=draft, what="the bench", by=None, now=database_now(), count=count, since=begin, until=end)
    if drain_backtests() != 1:
        raise RuntimeError("the backtest was not run")
    took = time.perf_counter() - start
    job.refresh_from_db()
    if job.state != "done" or job.result["leads"] != count or job.result["draft"]["sold"] < count // 4:
        raise RuntimeError(f"the backtest went otherwise than it should: {job.state} {job.error} {job.result}"[:500])
    goal = SECONDS * count / LEADS
    yield Figure(f"backtest, {count:,} leads, {ACCOUNTS} accounts", took, goal, "s", at_most=1)
    yield Figure("backtest, of that our own processor time", job.result["processor_seconds"], goal, "s", at_most=1)


def sellers(campaign: Campaign) -> dict[int, Values]:
    """Accounts with criteria, hours and caps, as clients have them, and the values of their clients."""
    values = {}
    for n in range(ACCOUNTS):
        account = DeliveryAccountFactory.create(
            client=ClientFactory.create(),
            lead_type=campaign.lead_type,
            method=True,
            price=Decimal(10 + n % 30),
            criteria={"all": [["state", "in", [state for place, state in enumerate(STATES) if (n + place) % 3]], ["cost", "lte", 20]]},
            schedule=HOURS if n % 2 else None,
            cap_day=60,
            cap_hour=20,
        )
        values[account.client_id] = Values(priority=n % 7, weight=Decimal(1 + n % 9))
    return values


def past(campaign: Campaign, count: int, begin: datetime) -> datetime:
    """Leads of ten days, each known by two fingerprints; return when the last had come."""
    step = timedelta(days=10) / count
    leads = [LeadFactory.build(campaign=campaign, sold=True, received_at=begin + n * step, state=STATES[n % 5]) for n in range(count)]
    Lead.objects.bulk_create(leads, batch_size=1_000)
    prints = [
        Fingerprint(lead=lead, digest=uuid5(SPACE, f"{kind}{n}"), received_at=lead.received_at, is_accepted=True)
        for n, lead in enumerate(leads)
        for kind in ("phone", "email")
    ]
    Fingerprint.objects.bulk_create(prints, batch_size=2_000)
    return begin + count * step
