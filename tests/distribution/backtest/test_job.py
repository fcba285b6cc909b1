"""A backtest as a job: which leads it takes, what it leaves alone, and how it is stopped."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from distribution.demo.factories import DeliveryFactory, FingerprintFactory
from distribution.domain.settings import Settings
from distribution.models import Decision, Delivery, Pool
from distribution.services import backtest
from distribution.services.backtest import drain_backtests, run_backtest, start_backtest
from distribution.tasks import bulk_backtest
from leads.clock import database_now
from leads.enums import JobState, LeadOutcome, LeadStatus
from leads.models import CapWindow, Job, Lead
from leads.services.jobs import LEASE, MOST_CLAIMS, cancel_job, claim_job, finish_job, tell_progress
from tests.distribution.backtest.conftest import first
from tests.distribution.pages.world import NOON, Market


def ask(draft: Settings, admin: Any = None, **leads: Any) -> Job:
    return start_backtest(draft=draft, what="your draft", by=admin, now=NOON, **leads)


def came(market: Market, minute: int) -> Lead:
    """Let a lead come in so many minutes after noon."""
    market.now = NOON + timedelta(minutes=minute)
    return market.lead()


def ran(draft: Settings, **leads: Any) -> dict[str, Any]:
    job = ask(draft, **leads)
    assert drain_backtests() == 1
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.DONE, "")
    return job.result or {}


def test_the_same_leads_go_through_the_live_settings_and_the_draft(market: Market) -> None:
    high, low = market.buyer("High", "30", cap_day=2), market.buyer("Low", "20")
    for minute in range(3):
        came(market, minute)

    result = ran(first(low, high))

    assert result["leads"] == 3
    assert result["live"] == {"sold": 3, "unsold": 0, "sales": 3, "revenue": "80.00"}
    assert result["draft"] == {"sold": 3, "unsold": 0, "sales": 3, "revenue": "60.00"}
    assert result["clients"] == [[high.client_id, 2, "60.00", 0, "0"], [low.client_id, 1, "20.00", 3, "60.00"]]
    assert result["moves"] == [[high.client_id, low.client_id, 2]]
    assert (result["first"], result["last"]) == (NOON.isoformat(), (NOON + timedelta(minutes=2)).isoformat())


def test_nothing_real_is_touched(market: Market) -> None:
    buyer = market.buyer("High", "30", cap_day=2)
    lead = market.lead()
    before = Lead.objects.filter(pk=lead.pk).values().get()

    ran(first(buyer))

    assert Lead.objects.filter(pk=lead.pk).values().get() == before
    assert [model.objects.count() for model in (Delivery, Decision, Pool, CapWindow)] == [0, 0, 0, 0]


def test_a_client_that_refused_a_lead_refuses_that_one_again(market: Market) -> None:
    high, low = market.buyer("High", "30"), market.buyer("Low", "20")
    refused, other = market.lead(), came(market, 1)
    DeliveryFactory.create(lead=refused, account=high, rejected=True, created=NOON)
    DeliveryFactory.create(lead=other, account=low, accepted=True, created=NOON)

    assert ran(first(high, low))["clients"] == [[high.client_id, 1, "30.00", 1, "30.00"], [low.client_id, 1, "20.00", 1, "20.00"]]


def test_a_person_known_again_is_not_sold_twice_to_one_client(market: Market) -> None:
    buyer = market.buyer("High", "30")
    buyer.client.duplicate_hours = 24
    buyer.client.save()
    leads = [came(market, minute) for minute in range(3)]
    digest = FingerprintFactory.create(lead=leads[0]).digest
    FingerprintFactory.create(lead=leads[1], digest=digest)
    FingerprintFactory.create(lead=leads[2], digest=uuid4())

    result = ran(first(buyer))

    assert result["clients"] == [[buyer.client_id, 2, "60.00", 2, "60.00"]]
    assert result["unsold"] == [["duplicate_for_client", 1, 1]]


def test_only_real_leads_that_were_to_be_sold_take_part(market: Market) -> None:
    buyer = market.buyer("High", "30")
    market.lead()
    market.lead(is_test=True, outcome=LeadOutcome.PENDING)
    market.lead(status=LeadStatus.DUPLICATE, outcome="", due_at=None, routes_left=[])
    market.lead(outcome=LeadOutcome.ERASED, due_at=None, routes_left=[])

    assert ran(first(buyer))["leads"] == 1


def test_the_last_leads_or_those_of_some_days_can_be_chosen(market: Market) -> None:
    buyer = market.buyer("High", "30")
    for hour in range(4):
        came(market, 60 * hour)

    assert ran(first(buyer), count=2)["first"] == (NOON + timedelta(hours=2)).isoformat()
    result = ran(first(buyer), since=NOON + timedelta(hours=1), until=NOON + timedelta(hours=3))
    assert [result[name] for name in ("leads", "first", "last")] == [
        2,
        (NOON + timedelta(hours=1)).isoformat(),
        (NOON + timedelta(hours=2)).isoformat(),
    ]


def test_without_leads_there_is_nothing_to_compare(market: Market) -> None:
    result = ran(Settings())
    assert (result["leads"], result["first"], result["clients"], result["unsold"]) == (0, None, [], [])


def test_the_draft_that_was_tried_is_kept_with_what_it_changes(market: Market) -> None:
    draft = first(market.buyer("High", "30"))
    job = ask(draft)
    assert backtest.draft_of(job) == draft
    assert job.parameters["changes"][0] == "Automation: price to priority"


def test_a_cancelled_backtest_stops_and_brings_nothing(market: Market) -> None:
    market.buyer("High", "30")
    market.lead()
    ask(Settings())
    job = claim_job(kind="backtest", now=database_now())
    assert job is not None
    assert cancel_job(job=job, now=NOON)

    with pytest.raises(backtest.Cancelled):
        run_backtest(job)
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.CANCELLED, None)
    assert not finish_job(job=job, result={}, now=NOON)
    assert not cancel_job(job=job, now=NOON)


def test_one_that_waits_is_cancelled_before_it_begins(market: Market) -> None:
    assert cancel_job(job=ask(Settings()), now=NOON)
    assert drain_backtests() == 0


def test_what_breaks_is_written_down(market: Market) -> None:
    job = ask(Settings())
    Job.objects.filter(pk=job.pk).update(parameters=job.parameters | {"live": 99})
    bulk_backtest()
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "DoesNotExist stopped it. Nothing was changed; run it again.")


def test_a_job_whose_worker_died_begins_again_and_the_old_worker_writes_no_more(market: Market) -> None:
    ask(Settings())
    dead = claim_job(kind="backtest", now=NOON)
    assert dead is not None
    assert claim_job(kind="backtest", now=NOON + LEASE) is None
    other = claim_job(kind="backtest", now=NOON + LEASE * 2)
    assert other is not None
    assert other.pk == dead.pk
    assert not tell_progress(job=dead, done=1, total=2, now=NOON + LEASE * 2)
    assert tell_progress(job=other, done=1, total=2, now=NOON + LEASE * 2)


def test_a_job_that_kills_its_workers_fails_in_the_end(market: Market) -> None:
    ask(Settings())
    states = [claim_job(kind="backtest", now=NOON + LEASE * 2 * turn) for turn in range(MOST_CLAIMS + 1)]
    assert [job.state for job in states if job] == [JobState.RUNNING] * MOST_CLAIMS + [JobState.FAILED]


def test_prices_are_those_of_today(market: Market) -> None:
    buyer = market.buyer("High", "30")
    lead = market.lead()
    DeliveryFactory.create(lead=lead, account=buyer, accepted=True, created=NOON, price=Decimal(12))
    assert ran(Settings())["live"]["revenue"] == "30.00"
