"""What happens on the floor by itself, with the live tasks: a hold that runs out, an outcome that takes effect, a notice by mail."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction

from distribution.demo.factories import CampaignFactory, LeadFactory, PullRecipientFactory, PullStrategyFactory, RepFactory
from distribution.services.sweep import oldest_due
from distribution.services.tell_notices import tell_notices
from distribution.tasks import drain_floor
from distribution.wake import FLOOR
from leads.clock import database_now
from leads.models import Lead
from pullqueue.enums import NoticeKind
from pullqueue.locks import lock_lead
from pullqueue.models import CallAttempt, Disposition, Hold, Notice, Placement, PushRecipient, PushStrategy, Result, User
from pullqueue.services.enqueue import enqueue_lead
from pullqueue.services.pull import pull_next
from pullqueue.services.push import push_lead
from pullqueue.services.work import Refused, record_call, record_disposition, release_hold, undo_disposition

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    user: User = RepFactory.create()
    PullRecipientFactory.create(strategy=PullStrategyFactory.create(calling_hours=False, other_user_next=False), user=user)
    return user


@pytest.fixture
def lead(ann: User) -> Lead:
    """In the queue that she pulls from."""
    made = LeadFactory.create(campaign=CampaignFactory.create(routes=["push", "pull"]), received_at=database_now())
    Lead.objects.filter(pk=made.pk).update(due_at=None, outcome="queued")
    with transaction.atomic():
        assert enqueue_lead(lead=lock_lead(made.pk), now=database_now()).taken
    return made


def place(lead: Lead) -> str:
    return Placement.objects.get(lead=lead).place


def outcome(name: str) -> Disposition:
    return Disposition.objects.get(name=name)


def test_a_hold_that_runs_out_is_seen_as_due_and_ends(ann: User, lead: Lead) -> None:
    pull_next(user=ann, now=database_now())
    assert (place(lead), FLOOR in oldest_due(now=database_now())) == ("held", False)
    begun = database_now() - timedelta(minutes=30)
    Hold.objects.update(at=begun, until=begun + timedelta(minutes=20))
    Placement.objects.update(due_at=begun + timedelta(minutes=20))
    assert oldest_due(now=database_now())[FLOOR] == begun + timedelta(minutes=20)
    drain_floor()
    assert (place(lead), Hold.objects.get().end) == ("ready", "ran_out")
    assert list(Notice.objects.values_list("user", "kind")) == [(ann.pk, NoticeKind.HOLD_RAN_OUT)]


def test_an_outcome_can_be_taken_back_for_ten_seconds_and_has_no_effect_until_then(ann: User, lead: Lead) -> None:
    now = database_now()
    pull_next(user=ann, now=now)
    first = record_disposition(user=ann, lead_id=lead.pk, disposition=outcome("No answer"), now=now)
    drain_floor()
    assert (place(lead), CallAttempt.objects.count()) == ("held", 0)
    undo_disposition(user=ann, result_id=first.pk, now=now + timedelta(seconds=9))
    second = record_disposition(user=ann, lead_id=lead.pk, disposition=outcome("Sold"), now=now)
    with pytest.raises(Refused, match="too late"):
        undo_disposition(user=ann, result_id=second.pk, now=now + timedelta(seconds=10))
    Result.objects.filter(pk=second.pk).update(due_at=now)
    drain_floor()
    assert (place(lead), CallAttempt.objects.count(), Hold.objects.get().end) == ("finished", 1, "disposition")
    kept = Lead.objects.get(pk=lead.pk)
    assert (kept.outcome, kept.attempts, kept.pull_count, kept.last_disposition) == ("finished", 1, 1, "Sold")


def test_a_call_counts_once_a_hold_and_only_for_its_holder(ann: User, lead: Lead) -> None:
    now = database_now()
    pull_next(user=ann, now=now)
    first = record_call(user=ann, lead_id=lead.pk, now=now)
    assert record_call(user=ann, lead_id=lead.pk, now=now).pk == first.pk
    with pytest.raises(Refused, match="do not have this lead"):
        record_call(user=RepFactory.create(), lead_id=lead.pk, now=now)
    assert (CallAttempt.objects.count(), Lead.objects.get(pk=lead.pk).attempts) == (1, 1)


def test_a_released_lead_stands_ready_again(ann: User, lead: Lead) -> None:
    pull_next(user=ann, now=database_now())
    release_hold(user=ann, lead_id=lead.pk, now=database_now())
    assert (place(lead), Hold.objects.get().end) == ("ready", "released")
    assert pull_next(user=ann, now=database_now()).lead == lead


def test_a_pushed_lead_tells_its_user_by_mail_once_and_is_taken_back_unworked() -> None:
    strategy = PushStrategy.objects.create(name="hot", notify_email=True, unworked_minutes=15, takes_back=True)
    rep = RepFactory.create()
    PushRecipient.objects.create(strategy=strategy, user=rep)
    made = LeadFactory.create(campaign=CampaignFactory.create(routes=["push"]), received_at=database_now())
    Lead.objects.filter(pk=made.pk).update(due_at=None, outcome="pushed")
    with transaction.atomic():
        assert push_lead(lead=lock_lead(made.pk), now=database_now()).user == rep
    assert (tell_notices(now=database_now()), tell_notices(now=database_now())) == (1, 0)
    assert [(one.to, one.subject) for one in mail.outbox] == [([rep.email], f"Switchyard: A lead was pushed to you: {made.spoken}")]
    Placement.objects.update(due_at=database_now())
    drain_floor()
    kept = Lead.objects.get(pk=made.pk)
    assert (place(made), kept.outcome, kept.routes_left, kept.due_at is None) == ("unrouted", "pending", ["push"], False)
