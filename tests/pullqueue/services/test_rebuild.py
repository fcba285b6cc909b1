"""A rebuild says of every lead what judging it alone says, keeps what people hold, and can be asked for, joined and cancelled."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from distribution.demo.factories import (
    AdministratorFactory,
    LeadFactory,
    LeadFieldFactory,
    LeadTypeFactory,
    PullStrategyFactory,
    RepFactory,
)
from leads.enums import FieldKind
from leads.models import Job, Lead
from leads.services.jobs import cancel_job
from pullqueue.locks import lock_lead
from pullqueue.models import Placement, QueueEntry, QueueState
from pullqueue.services.enqueue import enqueue_lead
from pullqueue.services.rebuild import Cancelled, drain_rebuilds, preview_rebuild, rebuild_now, request_rebuild
from pullqueue.services.transfer import transfer_lead

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 18, tzinfo=UTC)
CRITERIA: list[Any] = [
    None,
    {"all": [["state", "eq", "IL"]]},
    {"all": [["age_lt", 90]]},
    {"any": [["age_gt", 90], ["cost", "gte", 5]]},
    {"all": [["roof_age", "between", [5, 15]]]},
    {"not": {"all": [["pull_count", "eq", 0]]}},
    {"all": [["age_years", "gte", 40]]},
]
ORDERS = [
    [["pull_count", "asc"], ["created", "desc"]],
    [["roof_age", "desc"], ["last_attempt", "asc"], ["cost", "asc"]],
    [["date_of_birth", "desc"], ["last_attempt", "desc"]],
]


@pytest.fixture
def leads() -> list[Lead]:
    lead_type = LeadTypeFactory.create()
    LeadFieldFactory.create(lead_type=lead_type, name="roof_age", kind=FieldKind.INTEGER)
    for number, criteria in enumerate(CRITERIA):
        PullStrategyFactory.create(criteria=criteria, order=ORDERS[number % len(ORDERS)], delay_minutes=number % 2 * 10)
    made = []
    for number in range(24):
        custom = {"roof_age": number} if number % 3 else {}
        lead = LeadFactory.create(
            received_at=NOON - timedelta(minutes=number * 7), state="IL" if number % 2 else "TX", cost=number % 7, custom=custom,
            pull_count=number % 2, date_of_birth=date(1986, 3, 1 + number % 4) if number % 5 else None,
        )  # fmt: skip
        Lead.objects.filter(pk=lead.pk).update(due_at=None, outcome="queued", lead_type=lead_type)
        with transaction.atomic():
            enqueue_lead(lead=lock_lead(lead.pk), now=NOON)
        Placement.objects.filter(pk=lead.pk, pk__in=[lead.pk] if number % 4 else []).update(last_attempt_at=NOON - timedelta(hours=number))
        made.append(lead)
    return made


SHOWN = ("strategy", "lead", "number", "segment", "key1", "key2", "key3", "is_match", "is_ready", "last_holder")


def entries() -> set[Any]:
    return set(QueueEntry.objects.filter(is_match=True, generation=QueueState.current().generation).values_list(*SHOWN))


def judged_one_by_one(leads: list[Lead]) -> set[Any]:
    for lead in leads:
        with transaction.atomic():
            enqueue_lead(lead=lock_lead(lead.pk), now=NOON)
    return entries()


def test_all_at_once_and_one_by_one_say_the_same(leads: list[Lead]) -> None:
    expected = judged_one_by_one(leads)
    QueueEntry.objects.all().delete()
    counts = rebuild_now(now=NOON)
    assert (entries(), QueueState.current().generation) == (expected, 2)
    assert (len(expected) > 60, counts["strategies"]) == (True, len(CRITERIA))
    assert set(QueueEntry.objects.values_list("generation", flat=True)) == {2}


def test_the_preview_tells_what_each_strategy_gains_and_loses(leads: list[Lead]) -> None:
    judged_one_by_one(leads)
    assert {(one.gains, one.loses) for one in preview_rebuild(now=NOON)} == {(0, 0)}
    strategy = QueueEntry.objects.order_by("strategy__position")[0].strategy
    strategy.criteria = {"all": [["state", "eq", "IL"]]}
    strategy.save()
    first = preview_rebuild(now=NOON)[0]
    assert (first.has, first.gains, first.loses) == (24, 0, 12)


def test_a_cancelled_rebuild_leaves_the_old_queue(leads: list[Lead]) -> None:
    before = judged_one_by_one(leads)
    with pytest.raises(Cancelled):
        rebuild_now(now=NOON, tell=lambda done, _total: done < 60)
    assert (entries(), QueueState.current().generation) == (before, 1)
    rebuild_now(now=NOON)
    assert entries() == before


def test_a_second_request_joins_the_first_and_the_job_tells_its_result(leads: list[Lead]) -> None:
    administrator = AdministratorFactory.create()
    first = request_rebuild(by=administrator, now=NOON)
    assert request_rebuild(by=administrator, now=NOON) == first
    assert drain_rebuilds() == 1
    assert (Job.objects.get().state, QueueState.current().generation) == ("done", 2)
    second = request_rebuild(by=administrator, now=NOON)
    cancel_job(job=second, now=NOON)
    assert (second == first, drain_rebuilds(), QueueState.current().generation) == (False, 0, 2)
    assert len(leads) == 24


def test_a_manager_moves_a_lead_to_a_user_and_back_to_the_queue(leads: list[Lead]) -> None:
    rep, manager = RepFactory.create(), AdministratorFactory.create()
    moved = transfer_lead(lead_id=leads[1].pk, by=manager, user=rep, now=NOON)
    assert (moved.place, moved.owner, QueueEntry.objects.filter(lead=leads[1]).count()) == ("owned", rep, 0)
    back = transfer_lead(lead_id=leads[1].pk, by=manager, now=NOON)
    assert (back.place, back.owner, QueueEntry.objects.filter(lead=leads[1]).exists()) == ("ready", None, True)
