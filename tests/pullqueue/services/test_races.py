"""Many users pull at the same instant: nobody gets another's lead, and nobody a worse one while a better one was free."""

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import close_old_connections, connection, transaction

from distribution.demo.factories import LeadFactory, RepFactory
from pullqueue.locks import lock_lead
from pullqueue.models import Hold, Placement, PullLog, PullRecipient, PullStrategy, User
from pullqueue.services import pull
from pullqueue.services.enqueue import enqueue_lead
from pullqueue.services.pull import pull_next

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 3, 2, 18, tzinfo=UTC)
USERS, LEADS = 16, 48


@pytest.fixture
def users() -> list[User]:
    strategy = PullStrategy.objects.create(name="all", order=[["created", "desc"]], other_user_next=False)
    users = [RepFactory.create() for _ in range(USERS)]
    PullRecipient.objects.bulk_create(PullRecipient(strategy=strategy, user=user) for user in users)
    for number in range(LEADS):
        came = NOON - timedelta(minutes=number)
        lead = LeadFactory.create(received_at=came, states=["IL"], zones=["America/Chicago"], due_at=None, outcome="queued")
        with transaction.atomic():
            assert enqueue_lead(lead=lock_lead(lead.pk), now=NOON).taken
    return users


def pull_all_at_once(users: list[User]) -> list[BaseException]:
    begin, problems = threading.Barrier(len(users)), list[BaseException]()

    def one(user: User) -> None:
        try:
            begin.wait(30)
            pull_next(user=user, now=NOON)
        except BaseException as problem:  # noqa: BLE001 -- told by the test
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    close_old_connections()
    return problems


def given() -> list[datetime]:
    return sorted(PullLog.objects.filter(lead__isnull=False).values_list("lead__received_at", flat=True), reverse=True)


def test_so_many_users_get_as_many_different_leads_and_those_are_the_best(users: list[User]) -> None:
    assert pull_all_at_once(users) == []
    assert given() == [NOON - timedelta(minutes=number) for number in range(USERS)]
    assert Hold.objects.filter(ended_at=None).values("lead").distinct().count() == USERS
    assert sorted(Placement.objects.filter(place="held").values_list("holder", flat=True)) == sorted(user.pk for user in users)


def test_one_user_in_many_tabs_holds_one_lead(users: list[User]) -> None:
    assert pull_all_at_once(users[:1] * 8) == []
    assert Hold.objects.filter(user=users[0], ended_at=None).count() == 1


@pytest.fixture
def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull, "HEADS", pull.HEADS.replace("FOR NO KEY UPDATE OF p, l SKIP LOCKED", ""))
    meeting = threading.Barrier(USERS, timeout=5)

    def met(*_args: Any, **_words: Any) -> str:
        with suppress(threading.BrokenBarrierError):
            meeting.wait()  # all have looked before the first one writes
        return ""

    monkeypatch.setattr(pull, "lock_lead", lambda lead_id: Placement.objects.select_related("lead").get(pk=lead_id).lead)
    monkeypatch.setattr(pull, "lock_placement", lambda lead_id: Placement.objects.get(pk=lead_id))
    monkeypatch.setattr(pull, "_stale", met)


@pytest.mark.usefixtures("without_locks")
def test_control_without_the_locks_they_meet_at_one_lead_and_only_the_database_stops_them(users: list[User]) -> None:
    problems = pull_all_at_once(users)
    assert len(problems) == USERS - 1
    assert {"one_holder_a_lead" in str(problem) for problem in problems} == {True}
