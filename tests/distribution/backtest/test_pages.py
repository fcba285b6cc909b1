"""A backtest as its user sees it: asked for on the settings page, watched, read, saved or cancelled."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from distribution.domain.settings import Settings
from distribution.models import SettingsVersion
from distribution.services.backtest import drain_backtests, start_backtest
from distribution.services.versions import live_version, settings_of
from leads.enums import JobState
from leads.models import Job
from tests.distribution.backtest.conftest import first
from tests.distribution.pages.world import NOON, Market

LIST = reverse("admin:distribution_backtests")


def browser_of(user: Any) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def asked(market: Market, by: Any) -> Job:
    high, low = market.buyer("Summit Ridge", "30"), market.buyer("Larkspur & Dunmore", "20")
    market.lead()
    return start_backtest(draft=first(low, high), what="your draft", by=by, now=NOON)


def test_a_draft_is_tried_read_and_saved(market: Market, admin: Any) -> None:
    job = asked(market, admin)
    browser, address = browser_of(admin), reverse("admin:distribution_backtest", args=[job.pk])
    assert "Waits for a worker." in browser.get(address).content.decode()
    assert drain_backtests() == 1

    page = browser.get(address).content.decode()
    assert (
        "The draft earns $10.00 less on these leads (33.33%). 1 lead moves to Larkspur &amp; Dunmore from Summit Ridge. "
        "As many leads stay unsold."
    ) in page
    assert page.count('<svg class="plot"') == 2

    browser.post(reverse("admin:distribution_backtest_save", args=[job.pk]))
    assert settings_of(live_version()).automation == "priority"
    browser.post(reverse("admin:distribution_backtest_save", args=[job.pk]))
    assert SettingsVersion.objects.count() == 2


def test_the_settings_page_sends_its_unsaved_draft(market: Market, admin: Any) -> None:
    buyer = market.buyer("Summit Ridge", "30")
    posted = {"version": live_version().number, "automation": "priority", f"priority-{buyer.client_id}": "3", "breaker_failures": "5"}
    answer = browser_of(admin).post(LIST, posted)
    job = Job.objects.get()
    assert answer.headers["Location"] == reverse("admin:distribution_backtest", args=[job.pk])
    assert job.parameters["draft"]["values"][str(buyer.client_id)]["priority"] == 3
    assert live_version().number == 1


def test_a_draft_that_cannot_work_is_refused_on_the_settings_page(market: Market, admin: Any) -> None:
    answer = browser_of(admin).post(LIST, {"version": 1, "automation": "weighted", "breaker_failures": "5"})
    assert (answer.status_code, Job.objects.count()) == (422, 0)


def test_an_old_version_can_be_tried_over_chosen_leads(market: Market, admin: Any) -> None:
    browser = browser_of(admin)
    assert "Backtest of version 1 against version 1" in browser.get(LIST, {"of": "1"}).content.decode()
    assert browser.post(LIST, {"of": "1", "count": "10001"}).status_code == 422
    browser.post(LIST, {"of": "1", "count": "250"})
    assert [job.parameters["count"] for job in Job.objects.all()] == [250]
    assert browser.get(LIST, {"of": "99"}).status_code == 404


def test_it_can_be_cancelled(market: Market, admin: Any) -> None:
    job = start_backtest(draft=Settings(), what="your draft", by=admin, now=NOON)
    browser_of(admin).post(reverse("admin:distribution_backtest_cancel", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


@pytest.mark.parametrize("name", ["distribution_backtest_cancel", "distribution_backtest_save"])
def test_a_manager_may_look_and_change_nothing(market: Market, admin: Any, manager: Any, name: str) -> None:
    job = asked(market, admin)
    browser = browser_of(manager)
    assert browser.get(reverse("admin:distribution_backtest", args=[job.pk])).status_code == 200
    assert browser.post(reverse(f"admin:{name}", args=[job.pk])).status_code == 404
    job.refresh_from_db()
    assert (job.state, live_version().number) == (JobState.QUEUED, 1)
