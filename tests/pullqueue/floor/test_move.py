"""A manager takes leads back to the queue or hands them on, after reading what will happen; nobody moves what is not theirs."""

from typing import Any

import pytest
from django.urls import reverse

from leads.clock import database_now
from leads.models import Event
from pullqueue.models import Hold, Notice, Placement, User
from pullqueue.services.pull import pull_next
from pullqueue.services.work import record_call
from tests.pullqueue.floor.conftest import Queue, SignIn

pytestmark = pytest.mark.django_db


def ticked() -> list[str]:
    return [f"{one.pk}:{one.revision}" for one in Placement.objects.order_by("pk")]


def test_holds_go_back_to_the_queue_after_a_confirmation_and_their_holders_are_told(
    ann: User, bob: User, ada: User, queued: Queue, signed_in: SignIn
) -> None:
    for user in (ann, bob):
        queued()
        pull_next(user=user, now=database_now())
    site, address = signed_in(ada), reverse("admin:floor_move")
    asked = site.post(address, {"lead": ticked()}).content.decode()
    assert "Ann Ames holds 1 lead of these and loses it at once." in asked
    assert list(Placement.objects.values_list("place", flat=True)) == ["held", "held"]
    site.post(address, {"lead": ticked(), "confirmed": "yes", "where": "queue"})
    assert list(Placement.objects.values_list("place", "holder")) == [("ready", None), ("ready", None)]
    assert list(Hold.objects.values_list("end", flat=True)) == ["moved", "moved"]
    assert sorted(Notice.objects.values_list("user", "kind")) == sorted([(ann.pk, "taken_back"), (bob.pk, "taken_back")])
    assert list(Event.objects.filter(kind="lead.released").values_list("by", flat=True)) == [ada.pk, ada.pk]


def test_one_lead_is_handed_to_a_user_and_another_to_a_branch(
    ann: User, bob: User, ada: User, west: Any, queued: Queue, signed_in: SignIn
) -> None:
    first = queued()
    pull_next(user=ann, now=database_now())
    second = queued()
    site, address = signed_in(ada), reverse("admin:floor_move")
    one, two = (f"{Placement.objects.get(pk=lead.pk).pk}:{Placement.objects.get(pk=lead.pk).revision}" for lead in (first, second))
    site.post(address, {"lead": [one], "confirmed": "yes", "where": "user", "user": bob.pk})
    site.post(address, {"lead": [two], "confirmed": "yes", "where": "branch", "branch": west.pk})
    assert list(Placement.objects.order_by("lead__number").values_list("place", "owner", "branch")) == [
        ("owned", bob.pk, None),
        ("unrouted", None, west.pk),
    ]  # the second is in no queue: no strategy offers the leads of a branch


def test_a_lead_that_changed_since_it_was_looked_at_stays(ann: User, ada: User, queued: Queue, signed_in: SignIn) -> None:
    lead = queued()
    pull_next(user=ann, now=database_now())
    seen = ticked()
    record_call(user=ann, lead_id=lead.pk, now=database_now())
    page = signed_in(ada).post(reverse("admin:floor_move"), {"lead": seen, "confirmed": "yes", "where": "queue"}, follow=True)
    assert "1 lead changed in the meantime and stayed." in page.content.decode()
    assert Placement.objects.get().holder == ann


def test_without_a_choice_nothing_is_moved_and_the_page_says_what_is_missing(
    ann: User, ada: User, queued: Queue, signed_in: SignIn
) -> None:
    queued()
    pull_next(user=ann, now=database_now())
    answer = signed_in(ada).post(reverse("admin:floor_move"), {"lead": ticked(), "confirmed": "yes", "where": "user"})
    assert (answer.status_code, "Choose the user whom they go to." in answer.content.decode()) == (422, True)
    assert Placement.objects.get().holder == ann


def test_a_manager_of_a_branch_moves_its_leads_within_it_and_no_others(
    ann: User, bob: User, eve: User, queued: Queue, signed_in: SignIn
) -> None:
    queued()
    pull_next(user=bob, now=database_now())
    site, address = signed_in(eve), reverse("admin:floor_move")
    assert (
        "No lead was ticked" in site.post(address, {"lead": ticked(), "confirmed": "yes", "where": "queue"}, follow=True).content.decode()
    )
    assert Placement.objects.get().holder == bob
    mine = queued()
    pull_next(user=ann, now=database_now())
    row = Placement.objects.get(pk=mine.pk)
    answer = site.post(address, {"lead": [f"{row.pk}:{row.revision}"], "confirmed": "yes", "where": "user", "user": bob.pk})
    assert (answer.status_code, Placement.objects.get(pk=mine.pk).holder) == (422, ann)
    assert site.post(address, {"lead": [f"{row.pk}:{row.revision}"], "confirmed": "yes", "where": "company"}).status_code == 422
    site.post(address, {"lead": [f"{row.pk}:{row.revision}"], "confirmed": "yes", "where": "queue"})
    assert Placement.objects.get(pk=mine.pk).place == "ready"
