"""A manager sees the queue, who holds what and who is at work; one of a branch sees that branch alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from distribution.demo.factories import PullStrategyFactory, RepFactory
from leads.clock import database_now
from leads.models import Lead
from pullqueue.floor.board import board
from pullqueue.floor.counts import OUTSIDE
from pullqueue.models import Disposition, Hold, Placement, PullStrategy, User
from pullqueue.services.effects import apply_result
from pullqueue.services.pull import pull_next
from pullqueue.services.work import record_call, record_disposition
from tests.pullqueue.floor.conftest import Queue, SignIn

pytestmark = pytest.mark.django_db


def told(by: User) -> dict[str, int]:
    return {part.place: part.leads for part in board(by, now=database_now()).parts if part.leads}


def test_every_lead_is_counted_once_and_in_its_place(ann: User, ada: User, queued: Queue) -> None:
    for _ in range(4):
        queued()
    now = database_now()
    pull_next(user=ann, now=now)
    assert told(ada) == {"ready": 3, "held": 1}
    picked = record_disposition(
        user=ann, lead_id=Hold.objects.get().lead_id, disposition=Disposition.objects.get(name="No answer"), now=now
    )
    apply_result(result_id=picked.pk, now=now + timedelta(seconds=10))
    assert told(ada) == {"ready": 3, "cooling": 1}


def test_a_lead_outside_its_hours_waits_except_in_a_strategy_without_hours(ada: User, strategy: PullStrategy, queued: Queue) -> None:
    lawful = PullStrategyFactory.create(name="Lawful", position=9, calling_hours=True)
    queued(states=[], zones=[], state="", zip="", phone="+442071838750")
    found = board(ada, now=database_now())
    assert {part.place: part.leads for part in found.parts if part.leads} == {OUTSIDE: 1}
    rows = {row.strategy.pk: {part.place: part.leads for part in row.parts if part.leads} for row in found.rows}
    assert rows == {strategy.pk: {"ready": 1}, lawful.pk: {OUTSIDE: 1}}


def test_a_manager_of_a_branch_sees_its_leads_holds_and_people_and_nobody_elses(
    ann: User, bob: User, eve: User, east: Any, west: Any, queued: Queue
) -> None:
    PullStrategyFactory.create(name="Theirs", source="own_branch", calling_hours=False)
    queued(branch=east)
    queued(branch=west)
    queued(last_name="Held by Ann")
    pull_next(user=ann, now=database_now())
    queued(last_name="Held by Bob")
    pull_next(user=bob, now=database_now())
    found = board(eve, now=database_now())
    assert {part.place: part.leads for part in found.parts if part.leads} == {"ready": 1, "held": 1}
    assert [one.hold.user for one in found.holds] == [ann]
    assert [one.user for one in found.crew.people] == [ann]


def test_presence_and_the_day_of_each_rep(ann: User, bob: User, ada: User, queued: Queue) -> None:
    now = database_now()
    gone = RepFactory.create(seen_at=now - timedelta(hours=1))
    User.objects.filter(pk=ann.pk).update(seen_at=now)
    User.objects.filter(pk=bob.pk).update(seen_at=now, away=True)
    lead = queued()
    now = database_now()
    pull_next(user=ann, now=now)
    record_call(user=ann, lead_id=lead.pk, now=now)
    crew = board(ada, now=now).crew
    assert [(one.user.pk, one.presence, one.pulled, one.attempts, one.held) for one in crew.people] == [
        (ann.pk, "active", 1, 1, 1),
        (bob.pk, "away", 0, 0, 0),
        (gone.pk, "gone", 0, 0, 0),
    ]


@pytest.mark.parametrize("name", ["floor", "floor_leads", "floor_calling"])
def test_the_number_of_queries_does_not_grow_with_the_leads(
    ann: User, bob: User, ada: User, queued: Queue, signed_in: SignIn, name: str
) -> None:
    site = signed_in(ada)
    queued()
    pull_next(user=ann, now=database_now())
    site.get(reverse(f"admin:{name}"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        site.get(reverse(f"admin:{name}"))
    for _ in range(3):
        queued()
    pull_next(user=bob, now=database_now())
    RepFactory.create()
    with CaptureQueriesContext(connection) as many:
        site.get(reverse(f"admin:{name}"))
    assert len(many) == len(few)


def test_the_leads_behind_a_number_are_those_of_its_place(ann: User, ada: User, queued: Queue, signed_in: SignIn) -> None:
    queued(first_name="Held", last_name="Lead")
    pull_next(user=ann, now=database_now())
    queued(first_name="Ready", last_name="Lead")
    address = reverse("admin:floor_leads")
    page = signed_in(ada).get(address, {"place": "ready"}).content.decode()
    assert ("Ready Lead" in page, "Held Lead" in page) == (True, False)
    page = signed_in(ada).get(address, {"user": ann.pk}).content.decode()
    assert ("Ready Lead" in page, "Held Lead" in page) == (False, True)
    assert Placement.objects.count() == Lead.objects.count() == 2
