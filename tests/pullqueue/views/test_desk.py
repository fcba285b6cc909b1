"""The rep's page: pull, call, outcome, next; and nothing of anybody else's."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse

from distribution.demo.factories import CampaignFactory, LeadFactory, PushRecipientFactory
from leads.clock import database_now
from leads.models import Lead
from pullqueue.locks import lock_lead
from pullqueue.models import CallAttempt, Disposition, Hold, Notice, Placement, PullStrategy, PullSwitch, Result, User
from pullqueue.services.push import push_lead

pytestmark = pytest.mark.django_db

DONE = ["call", "outcome", "release"]


def signed_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def pick(browser: Browser, lead: Lead, name: str, **more: str) -> str:
    chosen = Disposition.objects.get(name=name)
    answer = browser.post(reverse("desk_outcome", args=[lead.pk]), {"outcome": chosen.pk, **more}, follow=True)
    return str(answer.content.decode())


def test_a_rep_pulls_calls_picks_an_outcome_and_has_the_next_at_once(ann: User, queued: Callable[..., Lead]) -> None:
    first, second = queued(last_name="Lovelace"), queued(last_name="Hopper")
    browser = signed_in(ann)
    assert "Lovelace" in browser.post(reverse("desk_pull"), follow=True).content.decode()
    told = browser.post(reverse("desk_call", args=[first.pk]), headers={"Accept": "application/json"}).json()
    assert told == {"dial": f"tel:{first.phone}"}
    page = pick(browser, first, "No answer", note="Mailbox has her name.")
    assert ("Hopper" in page, "Undo" in page) == (True, True)
    assert Result.objects.get().note == "Mailbox has her name."
    assert (CallAttempt.objects.get().lead_id, Placement.objects.get(pk=second.pk).holder) == (first.pk, ann)


def test_the_lead_in_hand_is_there_after_a_reload_and_in_a_second_tab(ann: User, queued: Callable[..., Lead]) -> None:
    queued(last_name="Lovelace")
    queued(last_name="Hopper")
    browser = signed_in(ann)
    browser.post(reverse("desk_pull"))
    browser.post(reverse("desk_pull"))  # the second tab's
    page = browser.get(reverse("desk")).content.decode()
    assert ("Lovelace" in page, "Hopper" in page, Hold.objects.count()) == (True, False, 1)


def test_an_outcome_is_taken_back_within_its_seconds_and_not_by_others(ann: User, bob: User, queued: Callable[..., Lead]) -> None:
    lead = queued(last_name="Lovelace")
    browser = signed_in(ann)
    browser.post(reverse("desk_pull"))
    pick(browser, lead, "Busy")
    undo = reverse("desk_undo", args=[Result.objects.get().pk])
    assert signed_in(bob).post(undo).status_code == 404
    assert "Lovelace" in browser.post(undo, follow=True).content.decode()
    assert Result.objects.get().state == "undone"


def test_a_lead_of_another_is_not_found_by_any_address(ann: User, bob: User, queued: Callable[..., Lead]) -> None:
    lead = queued(last_name="Lovelace")
    signed_in(ann).post(reverse("desk_pull"))
    other = signed_in(bob)
    assert other.get(reverse("desk_lead", args=[lead.pk])).status_code == 404
    assert [other.post(reverse(f"desk_{name}", args=[lead.pk])).status_code for name in DONE] == [404, 404, 404]
    assert "Lovelace" not in other.get(reverse("desk")).content.decode()
    assert (Placement.objects.get().holder, CallAttempt.objects.count()) == (ann, 0)


def test_nothing_to_pull_is_said_with_the_reason(ann: User, queued: Callable[..., Lead]) -> None:
    assert "No lead is in your queues." in signed_in(ann).post(reverse("desk_pull"), follow=True).content.decode()


def test_who_holds_a_lead_whose_hours_are_over_cannot_call(ann: User, strategy: PullStrategy, queued: Callable[..., Lead]) -> None:
    lead = queued(last_name="Lovelace")
    browser = signed_in(ann)
    browser.post(reverse("desk_pull"))
    PullStrategy.objects.update(calling_hours=True)
    Lead.objects.filter(pk=lead.pk).update(states=[], zones=[])
    page = browser.get(reverse("desk")).content.decode()
    assert "It is not known where these leads are" in page
    assert browser.post(reverse("desk_call", args=[lead.pk]), headers={"Accept": "application/json"}).status_code == 409
    assert CallAttempt.objects.count() == 0


def test_a_callback_is_in_the_lead_s_zone_and_needs_a_time(ann: User, queued: Callable[..., Lead]) -> None:
    lead = queued(last_name="Lovelace")
    Lead.objects.filter(pk=lead.pk).update(states=["CO"], zones=["America/Denver"])
    browser = signed_in(ann)
    browser.post(reverse("desk_pull"))
    assert "Give the date and the time" in pick(browser, lead, "Callback", callback_at="soon")
    day = database_now() + timedelta(days=3)
    pick(browser, lead, "Callback", callback_at=f"{day:%Y-%m-%d}T10:30")
    at = Result.objects.get().callback_at
    assert at is not None
    assert f"{at.astimezone(ZoneInfo('America/Denver')):%H:%M}" == "10:30"


def test_away_is_switched_and_the_page_notes_that_somebody_is_there(ann: User) -> None:
    browser = signed_in(ann)
    browser.post(reverse("desk_away"))
    ann.refresh_from_db()
    assert (ann.away, ann.seen_at is not None) == (True, True)
    browser.post(reverse("desk_away"))
    ann.refresh_from_db()
    assert not ann.away


def test_a_pushed_lead_is_told_on_the_desk_until_it_is_read(ann: User, bob: User) -> None:
    strategy = PushRecipientFactory.create(strategy__name="Hot", user=ann).strategy
    lead = LeadFactory.create(campaign=CampaignFactory.create(routes=["push"]), last_name="Lovelace", received_at=database_now())
    Lead.objects.filter(pk=lead.pk).update(due_at=None, outcome="pushed")
    with transaction.atomic():
        assert push_lead(lead=lock_lead(lead.pk), now=database_now()).user == ann
    browser = signed_in(ann)
    assert "A lead was pushed to you" in browser.get(reverse("desk")).content.decode()
    assert browser.post(reverse("desk_seen")).json() == {"notices": 1}
    signed_in(bob).post(reverse("desk_notices"), {"notice": Notice.objects.get().pk})
    assert browser.post(reverse("desk_seen")).json() == {"notices": 1}
    browser.post(reverse("desk_notices"), {"notice": Notice.objects.get().pk})
    assert "A lead was pushed to you" not in browser.get(reverse("desk")).content.decode()
    strategy.notify_app = False
    strategy.notify_email = True
    strategy.save()
    with transaction.atomic():
        push_lead(lead=lock_lead(lead.pk), now=database_now())
    assert (browser.post(reverse("desk_seen")).json(), Notice.objects.filter(mail_due=True).count()) == ({"notices": 0}, 1)


def test_a_rep_switches_a_strategy_off_and_on_only_where_that_is_the_reps_choice(
    ann: User, bob: User, strategy: PullStrategy, queued: Callable[..., Lead]
) -> None:
    queued(last_name="Lovelace")
    address, browser = reverse("desk_strategy", args=[strategy.pk]), signed_in(ann)
    assert browser.post(address).status_code == 404
    PullSwitch.objects.create(strategy=strategy, user=ann, rule="choice")
    PullSwitch.objects.create(strategy=strategy, user=bob, rule="off")
    assert "You do not pull from" in browser.post(address, follow=True).content.decode()
    assert "You are on no pull strategy" in browser.post(reverse("desk_pull"), follow=True).content.decode()
    browser.post(address)
    assert "Lovelace" in browser.post(reverse("desk_pull"), follow=True).content.decode()
    assert signed_in(bob).post(address).status_code == 404
    assert "What I pull from" not in signed_in(bob).get(reverse("desk")).content.decode()
