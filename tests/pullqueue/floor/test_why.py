"""Why a lead is not pulled and why a user gets nothing: asked of the rules of the pull, said in sentences with a remedy."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from distribution.demo.factories import LeadFactory, PullRecipientFactory, PullStrategyFactory, PushRecipientFactory, PushStrategyFactory
from leads.clock import database_now
from leads.models import Lead
from pullqueue.floor.why_lead import why_lead
from pullqueue.floor.why_user import why_user
from pullqueue.models import PullStrategy, PullSwitch, User
from pullqueue.services.pull import pull_next
from tests.pullqueue.floor.conftest import Queue, SignIn

pytestmark = pytest.mark.django_db


def codes(lead: Lead) -> tuple[str, dict[str, str]]:
    found = why_lead(Lead.objects.select_related("campaign__source", "lead_type").get(pk=lead.pk), now=database_now())
    return found.said.code, {row.strategy.name: row.said.code for row in found.strategies}


def test_each_strategy_says_why_it_does_not_offer_the_lead(ann: User, queued: Queue) -> None:
    PullStrategyFactory.create(name="Off", is_on=False)
    PullStrategyFactory.create(name="Texas", criteria=["state", "eq", "TX"])
    PullStrategyFactory.create(name="Branches", source="own_branch")
    PullStrategyFactory.create(name="Later", delay_minutes=30)
    PullStrategyFactory.create(name="Nobody", calling_hours=False)
    PullRecipientFactory.create(strategy=PullStrategyFactory.create(name="Lawful", calling_hours=True), user=ann)
    lead = queued(states=[], zones=[], state="", zip="", phone="+442071838750")
    PullRecipientFactory.create(strategy=PullStrategyFactory.create(name="New", calling_hours=False), user=ann)
    assert codes(lead) == (
        "ready",
        {
            "Fresh": "",
            "Off": "off",
            "Texas": "criteria",
            "Branches": "source",
            "Later": "delay",
            "Nobody": "nobody_on",
            "Lawful": "no_location",
            "New": "not_built",
        },
    )


def test_it_says_how_many_better_ones_stand_before_it(ann: User, queued: Queue) -> None:
    first, second = queued(), queued()
    found = why_lead(Lead.objects.select_related("campaign__source", "lead_type").get(pk=second.pk), now=database_now())
    assert found.strategies[0].said.text == "Offers it now. 1 better one stands before it."
    assert codes(first) == ("ready", {"Fresh": ""})


def test_a_held_lead_names_its_holder_and_one_that_was_never_kept_its_campaign(ann: User, queued: Queue) -> None:
    lead = queued()
    pull_next(user=ann, now=database_now())
    found = why_lead(Lead.objects.select_related("campaign__source", "lead_type").get(pk=lead.pk), now=database_now())
    assert found.said.text.startswith("Ann Ames holds it since ")
    assert codes(LeadFactory.create(campaign__routes=["distribute"], outcome="unrouted", due_at=None))[0] == "no_pull_route"


def test_who_is_on_no_strategy_is_told_what_each_is_for(ann: User, bob: User, strategy: PullStrategy, queued: Queue) -> None:
    queued()
    strategy.recipients.filter(user=bob).delete()
    found = why_user(bob, now=database_now())
    assert [one.code for one in found.said] == ["no_strategy"]
    assert found.strategies[0].said.text == "It is for Ann Ames; Bob Bell is not among them."
    assert [one.code for one in why_user(ann, now=database_now()).said] == [""]
    assert why_user(ann, now=database_now()).strategies[0].ready == 1


def test_who_holds_a_lead_or_switched_a_strategy_off_is_told_so(ann: User, bob: User, strategy: PullStrategy, queued: Queue) -> None:
    queued()
    pull_next(user=ann, now=database_now())
    assert [one.code for one in why_user(ann, now=database_now()).said] == ["holding_limit"]
    PullSwitch.objects.create(strategy=strategy, user=bob, rule="choice", chosen=False)
    found = why_user(bob, now=database_now())
    assert ([one.code for one in found.said], found.strategies[0].said.code) == (["no_strategy"], "own_choice")


def test_what_the_leads_of_a_strategy_wait_for_is_counted(ann: User, queued: Queue) -> None:
    PullRecipientFactory.create(strategy=PullStrategyFactory.create(name="Lawful", position=9), user=ann)
    queued(states=[], zones=[], state="", zip="", phone="+442071838750")
    rows = {
        row.strategy.name: (row.ready, [(one.leads, one.text) for one in row.waits]) for row in why_user(ann, now=database_now()).strategies
    }
    assert rows == {"Fresh": (1, []), "Lawful": (0, [(1, "It is not known where these leads are, so nobody may call them.")])}


def test_a_push_strategy_says_whether_it_would_give_the_user_a_lead(ann: User) -> None:
    now = database_now()
    PushRecipientFactory.create(strategy=PushStrategyFactory.create(name="Hot", active_within_minutes=5), user=ann)
    PushRecipientFactory.create(strategy=PushStrategyFactory.create(name="Others"))
    assert [(one.strategy.name, one.text) for one in why_user(ann, now=now).pushes] == [
        ("Hot", "Was not seen in the last 5 minutes, which the strategy asks for."),
        ("Others", "Is not among its recipients."),
    ]
    User.objects.filter(pk=ann.pk).update(seen_at=now - timedelta(minutes=1))
    assert why_user(User.objects.get(pk=ann.pk), now=now).pushes[0].text == "Can be given leads by it now."


def test_the_pages_are_found_by_number_and_hidden_from_other_branches(
    ann: User, bob: User, ada: User, eve: User, queued: Queue, signed_in: SignIn, east: Any
) -> None:
    lead = queued(first_name="Ada", last_name="Lovelace")
    pull_next(user=bob, now=database_now())
    page = signed_in(ada).get(reverse("admin:floor_why"), {"q": lead.spoken}, follow=True).content.decode()
    assert ("Why is Ada Lovelace not being pulled?" in page, "Bob Bell holds it since" in page) == (True, True)
    assert signed_in(eve).get(reverse("admin:floor_why_lead", args=[lead.pk])).status_code == 404
    assert signed_in(eve).get(reverse("admin:floor_why_user", args=[bob.pk])).status_code == 404
    assert "Why does Ann Ames get nothing?" in signed_in(eve).get(reverse("admin:floor_why_user", args=[ann.pk])).content.decode()
