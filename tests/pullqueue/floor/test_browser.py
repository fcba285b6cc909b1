"""The jobs of issue 6 in a browser, each as its user, with what is refused beside it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client as Browser
from django.urls import reverse
from playwright.sync_api import Page, expect

from leads.clock import database_now
from leads.models import Job, Lead
from pullqueue.models import NoCallDate, Notice, Placement, PullStrategy, PullSwitch, PushStrategy, StateHours, User
from pullqueue.services.pull import pull_next
from pullqueue.services.rebuild import drain_rebuilds
from pullqueue.shipped import load_shipped
from tests.pullqueue.floor.conftest import Queue

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]

type Open = Callable[[User, str], Page]


@pytest.fixture(autouse=True)
def shipped() -> None:
    """Outcomes and calling hours as installed: tests before this one may have emptied their tables."""
    load_shipped(lambda name: apps.get_model("pullqueue", name))


@pytest.fixture
def opened(browser: Any, live_server: Any, browser_context_args: dict[str, Any]) -> Callable[[User, str], Page]:
    """A page as a person sees it, in a browser of their own; a script error fails the test."""

    def made(user: User, name: str) -> Page:
        known = Browser()
        known.force_login(user)
        context = browser.new_context(**browser_context_args)
        context.add_cookies([{"name": "sessionid", "value": known.cookies["sessionid"].value, "url": live_server.url}])
        page: Page = context.new_page()
        page.on("pageerror", _fail)
        page.goto(live_server.url + reverse(name))
        return page

    return made


def _fail(error: Any) -> None:
    raise AssertionError(f"A script failed: {error}")


def test_a_manager_takes_a_held_lead_back_and_the_rep_reads_it_on_the_desk(ann: User, ada: User, queued: Queue, opened: Open) -> None:
    queued(first_name="Ada", last_name="Lovelace")
    pull_next(user=ann, now=database_now())
    page = opened(ada, "admin:floor")
    page.get_by_role("button", name="Release or move Ada Lovelace").click()
    expect(page.get_by_text("Ann Ames holds 1 lead of these and loses it at once.")).to_be_visible()
    assert Placement.objects.get().place == "held"
    page.get_by_role("button", name="Move 1 lead").click()
    expect(page.get_by_text("1 lead moved. Whoever had it is told.")).to_be_visible()
    expect(page.get_by_text("Nobody holds a lead at this moment.")).to_be_visible()
    desk = opened(ann, "desk")
    expect(desk.get_by_text("A lead was taken back")).to_be_visible()
    desk.get_by_role("button", name="Mark as read").click()
    expect(desk.get_by_text("A lead was taken back")).to_be_hidden()
    assert Notice.objects.get().read_at is not None


def test_a_manager_of_a_branch_finds_no_lead_and_nobody_of_another_on_the_floor(bob: User, eve: User, queued: Queue, opened: Open) -> None:
    queued(first_name="Ada", last_name="Lovelace")
    pull_next(user=bob, now=database_now())
    page = opened(eve, "admin:floor")
    expect(page.get_by_text("Nobody holds a lead at this moment.")).to_be_visible()
    expect(page.get_by_text("Bob Bell")).to_have_count(0)


def test_a_manager_asks_why_a_lead_is_not_pulled_and_why_a_rep_gets_nothing(
    ann: User, ada: User, strategy: PullStrategy, queued: Queue, opened: Open
) -> None:
    lead = queued(first_name="Ada", last_name="Lovelace")
    PullStrategy.objects.filter(pk=strategy.pk).update(is_on=False)
    page = opened(ada, "admin:floor")
    page.get_by_label("Lead number or phone").fill(lead.spoken)
    page.get_by_role("button", name="Why is this lead not being pulled?").click()
    expect(page.get_by_text("It stands ready, and no strategy offers it to anybody now.")).to_be_visible()
    expect(page.get_by_text("Switch the strategy on.")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Why does Ann Ames get nothing?").click()
    expect(page.get_by_text("Ann Ames is on no pull strategy that is on.")).to_be_visible()
    PullStrategy.objects.filter(pk=strategy.pk).update(is_on=True)
    page.reload()
    expect(page.get_by_text("Nothing keeps Ann Ames from pulling.")).to_be_visible()


def test_the_floor_renews_itself_and_keeps_what_is_ticked(ann: User, bob: User, ada: User, queued: Queue, opened: Open) -> None:
    queued(first_name="Ada", last_name="Lovelace")
    queued(first_name="Grace", last_name="Hopper")
    pull_next(user=ann, now=database_now())
    page = opened(ada, "admin:floor")
    page.clock.install()
    page.reload()
    page.get_by_label("Choose Ada Lovelace").check()
    pull_next(user=bob, now=database_now())
    page.clock.fast_forward(10_000)
    expect(page.locator("[data-renews=said]")).to_contain_text("2 leads are held")
    expect(page.get_by_label("Choose Ada Lovelace")).to_be_checked()


def test_an_administrator_sees_where_calls_are_allowed_and_closes_a_state(ada: User, opened: Open) -> None:
    StateHours.objects.update(mon_fri_start="00:00", mon_fri_end="23:59", overrides_federal=True, closed_on_holidays=False)
    StateHours.objects.update(sat_start="00:00", sat_end="23:59", sun_start="00:00", sun_end="23:59")
    page = opened(ada, "admin:floor_calling")
    expect(page.get_by_role("link", name="Texas: open, 0 ready, 0 waiting")).to_be_visible()
    nothing = {f"{days}_{end}": None for days in ("mon_fri", "sat", "sun") for end in ("start", "end")}
    StateHours.objects.filter(code="TX").update(**nothing)
    page.reload()
    expect(page.get_by_role("link", name="Texas: closed, 0 ready, 0 waiting")).to_be_visible()
    expect(page.get_by_role("link", name="Ohio: open, 0 ready, 0 waiting")).to_be_visible()


def test_closed_dates_that_end_soon_are_warned_of_and_later_ones_are_not(ada: User, opened: Open) -> None:
    page = opened(ada, "admin:pullqueue_nocalldate_changelist")
    expect(page.get_by_text("The closed dates of")).to_have_count(0)
    NoCallDate.objects.filter(date__gt=database_now().date() + timedelta(days=150)).delete()
    page.reload()
    expect(page.get_by_text("The closed dates of")).to_be_visible()


def test_a_changed_strategy_is_previewed_and_rebuilt_and_a_cancelled_rebuild_changes_nothing(
    ann: User, ada: User, strategy: PullStrategy, queued: Queue, opened: Open
) -> None:
    queued()
    PullStrategy.objects.filter(pk=strategy.pk).update(criteria=["first_name", "eq", "Nobody"])
    page = opened(ada, "admin:queue_rebuild")
    expect(page.get_by_text("1 strategy changed since the last rebuild")).to_be_visible()
    page.get_by_role("button", name="Preview: who gains, who loses").click()
    expect(page.get_by_role("heading", name="Working out what a rebuild would do")).to_be_visible()
    drain_rebuilds()
    expect(page.get_by_role("row", name="Fresh Changed 1 0 −1 0")).to_be_visible()
    page.get_by_role("button", name="Rebuild queue").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The old queue serves on.").first).to_be_visible()
    assert pull_next(user=ann, now=database_now()).reason == "nothing_queued"  # it is judged again when it is claimed
    page.get_by_role("button", name="Rebuild queue").click()
    drain_rebuilds()
    expect(page.get_by_text("No strategy changed since the last rebuild")).to_be_visible()
    assert set(Job.objects.values_list("state", flat=True)) == {"done", "cancelled"}


def test_an_administrator_makes_a_push_strategy_and_one_without_a_time_to_take_back_is_refused(ann: User, ada: User, opened: Open) -> None:
    page = opened(ada, "admin:pullqueue_pushstrategy_add")
    page.get_by_label("Name").fill("Hot leads")
    page.get_by_label("Take unworked leads back").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Say after how many minutes an unworked lead is taken back.")).to_be_visible()
    page.get_by_label("Unworked after").fill("15")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/pushstrategy/")
    assert PushStrategy.objects.get().unworked_minutes == 15


def test_a_rep_leaves_a_strategy_out_where_that_is_the_reps_choice_and_no_other(
    ann: User, strategy: PullStrategy, queued: Queue, opened: Open
) -> None:
    queued(first_name="Ada", last_name="Lovelace")
    page = opened(ann, "desk")
    expect(page.get_by_role("button", name="Switch Fresh off")).to_have_count(0)
    PullSwitch.objects.create(strategy=strategy, user=ann, rule="choice")
    page.reload()
    page.get_by_role("button", name="Switch Fresh off").click()
    expect(page.get_by_text("You do not pull from Fresh from now on.")).to_be_visible()
    page.get_by_role("button", name="Pull next lead").click()
    expect(page.get_by_role("heading", name="You are on no pull strategy. Your manager can add you to one.")).to_be_visible()
    page.get_by_role("button", name="Switch Fresh on").click()
    expect(page.get_by_text("You pull from Fresh from now on.")).to_be_visible()
    page.get_by_role("button", name="Pull next lead").click()
    expect(page.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    assert Lead.objects.get().pull_count == 1
