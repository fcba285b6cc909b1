"""The sales floor report: speed to lead, attempts, contacts and outcomes, against a slow count; and who sees which part of it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from statistics import median
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from distribution.demo import factories as make
from distribution.models import QueueSample
from distribution.reports.asked import Asked, Days
from distribution.reports.floor import BY, floor_report
from distribution.services.queue_samples import sample_queue
from pullqueue.models import CallAttempt, Result
from tests.distribution.reports.world import ZONE

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 10, 30, tzinfo=UTC)
DAYS = Days(date(2026, 10, 31), date(2026, 11, 2))
ADDRESS = "admin:report_floor"


@pytest.fixture
def branches() -> list[Any]:
    make.CompanyFactory.create(time_zone=ZONE.key)
    north = make.BranchFactory.create(name="North")
    return [north, make.BranchFactory.create(name="South")]


@pytest.fixture
def floor(branches: list[Any]) -> None:
    """Three reps call leads around a change of clocks and pick outcomes; one outcome is taken back, one lead is a test."""
    rng = Random(1)
    reps = [make.RepFactory.create(branch=branch) for branch in (branches[0], branches[1], branches[1])]
    strategy = make.PullStrategyFactory.create()
    dispositions = [make.DispositionFactory.create(), make.DispositionFactory.create()]
    for number in range(30):
        lead = make.LeadFactory.create(received_at=BEGIN + timedelta(seconds=rng.randrange(5 * 86_400)), is_test=number == 7)
        for _ in range(rng.choice([0, 1, 1, 3])):
            user, at = rng.choice(reps), lead.received_at + timedelta(seconds=rng.randrange(5, 900))
            hold = make.HoldFactory.create(
                lead=lead,
                user=user,
                strategy=rng.choice([strategy, None]),
                at=at,
                until=at + timedelta(hours=1),
                ended_at=at,
                end="disposition",
            )
            make.CallAttemptFactory.create(lead=lead, user=user, hold=hold, strategy=hold.strategy, at=at)
            make.ResultFactory.create(
                lead=lead,
                user=user,
                hold=hold,
                disposition=rng.choice(dispositions),
                at=at,
                due_at=at,
                state="undone" if number == 9 else "applied",
                contacted=rng.random() < 0.5,
                then=rng.choice(["recycle", "won", "lost"]),
            )


def inside(at: datetime) -> bool:
    return DAYS.first <= at.astimezone(ZONE).date() <= DAYS.last


KEYS: dict[str, Any] = {
    "user": lambda one: one.user_id,
    "strategy": lambda one: (one.hold.strategy_id if one.hold else None) or 0,
    "branch": lambda one: one.user.branch_id or 0,
    "source": lambda one: one.lead.campaign.source_id,
    "hour": lambda one: one.at.astimezone(ZONE).hour,
    "day": lambda one: one.at.astimezone(ZONE).date(),
}


@pytest.mark.parametrize("by", BY)
def test_every_number_is_that_of_a_slow_count(floor: None, by: str) -> None:
    report = floor_report(Asked(DAYS, "days", by), ZONE, None)
    related = ("lead__campaign", "user", "hold")
    calls = [one for one in CallAttempt.objects.select_related(*related) if inside(one.at) and not one.lead.is_test]
    results = [one for one in Result.objects.select_related(*related) if inside(one.at) and not one.lead.is_test and one.state != "undone"]
    groups = {KEYS[by](one) for one in calls} | {KEYS[by](one) for one in results}
    counted = sorted(
        (
            sum(KEYS[by](one) == key for one in calls),
            sum(KEYS[by](one) == key for one in results),
            sum(KEYS[by](one) == key and one.contacted for one in results),
            sum(KEYS[by](one) == key and one.then == "won" for one in results),
        )
        for key in groups
    )
    told = sorted((row.attempts, row.outcomes, row.contacts, row.won) for row in report.rows if row.attempts or row.outcomes)
    assert told == counted
    assert (report.total.attempts, report.total.outcomes) == (len(calls), len(results))
    assert sum(report.dispositions.values()) == len(results)


def test_speed_is_that_of_the_first_call_of_leads_that_came_in(floor: None) -> None:
    first: dict[Any, CallAttempt] = {}
    for one in CallAttempt.objects.select_related("lead").order_by("at", "pk"):
        first.setdefault(one.lead_id, one)
    waited = [
        (one.at - one.lead.received_at).total_seconds() for one in first.values() if inside(one.lead.received_at) and not one.lead.is_test
    ]
    total = floor_report(Asked(DAYS, "days", "user"), ZONE, None).total
    assert (total.called, total.median) == (len(waited), Decimal(str(median(waited))))
    assert (total.in_1, total.in_5) == (sum(one <= 60 for one in waited), sum(one <= 300 for one in waited))


def test_a_branchs_manager_sees_the_numbers_of_the_branch_and_no_source(floor: None, branches: list[Any]) -> None:
    browser = Browser()
    browser.force_login(make.BranchManagerFactory.create(branch=branches[0]))
    asked = {"from": "2026-10-31", "to": "2026-11-02", "by": "branch"}
    page = browser.get(reverse(ADDRESS), asked)
    assert [row.name for row in page.context["report"].rows] == ["North"]
    assert "no such grouping" in browser.get(reverse(ADDRESS), asked | {"by": "source"}).context["problems"][0]
    assert "South" not in browser.get(reverse(ADDRESS), asked | {"as": "csv"}).content.decode()
    for name in ("deliveries", "shares", "unsold"):
        assert browser.get(reverse(f"admin:report_{name}")).status_code == 404

    browser.force_login(make.ManagerFactory.create(branch=None))
    assert {row.name for row in browser.get(reverse(ADDRESS), asked).context["report"].rows} == {"North", "South"}


def test_the_queue_is_sampled_once_a_quarter_of_an_hour(branches: list[Any]) -> None:
    make.PlacementFactory.create_batch(2, place="ready")
    at = datetime(2026, 10, 31, 15, 17, 30, tzinfo=UTC)
    assert sample_queue(now=at) == 1
    assert sample_queue(now=at + timedelta(minutes=5)) == 0
    make.PlacementFactory.create(place="ready")
    assert sample_queue(now=at + timedelta(minutes=15)) == 1
    assert list(QueueSample.objects.order_by("at").values_list("at__minute", "place", "leads")) == [(15, "ready", 2), (30, "ready", 3)]
    one_day = floor_report(Asked(Days(DAYS.first, DAYS.first), "days", "user"), ZONE, None)
    assert [places["ready"] for _, places in one_day.queue] == [2, 3]
    assert [places["ready"] for _, places in floor_report(Asked(DAYS, "days", "user"), ZONE, None).queue] == [3]
    assert floor_report(Asked(DAYS, "days", "user"), ZONE, frozenset({branches[0].pk})).queue == []
