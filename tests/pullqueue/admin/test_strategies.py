"""The administrator says which rep gets which lead and when."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from distribution.demo.factories import AdministratorFactory, ManagerFactory, PullStrategyFactory, RepFactory
from leads.clock import database_now
from leads.models import Job
from pullqueue.models import FloorSettings, NoCallDate, PullStrategy, QueueState, StateHours
from pullqueue.queries import closed_dates_end
from pullqueue.services.rebuild import changed_strategies, drain_rebuilds

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Browser:
    browser = Browser()
    browser.force_login(AdministratorFactory.create())
    return browser


def pull_form(**more: Any) -> dict[str, Any]:
    empty = {f"{part}-{name}_FORMS": "0" for part in ("recipients", "switches") for name in ("TOTAL", "INITIAL")}
    values = {"name": "Fresh", "position": 1, "is_on": "on", "source": "company", "order_1": "created desc", "delay_minutes": 0}
    return empty | values | {"cool_down_minutes": 30, "max_attempts": 6, "hold_minutes": 20} | more


def test_a_pull_strategy_is_made_and_the_list_asks_for_a_rebuild(site: Browser) -> None:
    user = RepFactory.create()
    recipient = {"recipients-TOTAL_FORMS": "1", "recipients-0-user": user.pk, "recipients-0-position": 0}
    assert site.post(reverse("admin:pullqueue_pullstrategy_add"), pull_form(**recipient)).status_code == 302
    made = PullStrategy.objects.get()
    assert (made.order, made.recipients.get().user, made.changed_at is not None) == ([["created", "desc"]], user, True)
    assert "1 strategy changed since the last rebuild" in site.get(reverse("admin:pullqueue_pullstrategy_changelist")).content.decode()
    site.post(reverse("admin:queue_rebuild"))
    assert Job.objects.get().kind == "rebuild"


def test_a_pull_strategy_cannot_ask_for_the_hour_nor_name_two_in_a_row(site: Browser) -> None:
    row = {"recipients-TOTAL_FORMS": "1", "recipients-0-position": 0}
    page = site.post(reverse("admin:pullqueue_pullstrategy_add"), pull_form(criteria='["hour", "gt", 8]', **row)).content.decode()
    assert ("Use the calling hours instead." in page, PullStrategy.objects.count()) == (True, 0)


def test_hours_of_a_state_can_be_made_stricter_but_wider_only_with_the_override(site: Browser) -> None:
    row = StateHours.objects.get(code="IL")
    address = reverse("admin:pullqueue_statehours_change", args=["IL"])
    values = {"mon_fri_start": "09:00", "mon_fri_end": "22:00", "sat_start": "", "sat_end": "", "sun_start": "", "sun_end": ""}
    assert "tick the override" in site.post(address, values).content.decode()
    assert site.post(address, values | {"mon_fri_end": "18:00"}).status_code == 302
    row.refresh_from_db()
    assert (row.mon_fri_end, row.sat_start, row.is_edited) == (time(18), None, True)
    assert site.post(address, values | {"overrides_federal": "on"}).status_code == 302
    assert "outside the federal hours" in site.get(reverse("admin:pullqueue_statehours_history", args=["IL"])).content.decode()


def test_the_hours_that_came_with_the_product_are_restored(site: Browser) -> None:
    StateHours.objects.filter(code="IL").update(mon_fri_end=time(18), is_edited=True)
    site.post(reverse("admin:pullqueue_statehours_restore_default", args=["IL"]), {"_form_submitted": "True"})
    row = StateHours.objects.get(code="IL")
    assert (row.mon_fri_end != time(18), row.is_edited) == (True, False)


def test_six_months_before_the_closed_dates_end_home_and_their_page_say_so(site: Browser) -> None:
    pages = [reverse("admin:index"), reverse("admin:pullqueue_nocalldate_changelist")]
    assert [b"The closed dates of" in site.get(page).content for page in pages] == [False, False]
    end = (database_now() + timedelta(days=180)).date()
    NoCallDate.objects.filter(date__gt=end).delete()
    soon = closed_dates_end(end)
    assert soon is not None
    assert closed_dates_end(soon.first - timedelta(days=184)) is None
    assert [b"The closed dates of" in site.get(page).content for page in pages] == [True, True]


def test_whatever_changes_what_a_strategy_means_the_row_says_when() -> None:
    made = PullStrategyFactory.create()
    PullStrategy.objects.update(built_at=database_now())
    assert changed_strategies() == []
    made.refresh_from_db()
    made.name = "Another name"
    made.save()
    PullStrategy.objects.update(position=7, hold_minutes=5)
    assert changed_strategies() == []
    PullStrategy.objects.filter(pk=made.pk).update(max_attempts=2)
    assert changed_strategies() == [made]
    PullStrategy.objects.update(built_at=database_now())
    made.criteria = ["state", "eq", "TX"]
    made.save()  # with a changed_at that is older than the row's
    assert changed_strategies() == [made]


def test_a_preview_and_a_rebuild_are_asked_for_and_told_and_managers_only_look(site: Browser) -> None:
    PullStrategyFactory.create(name="Fresh")
    page = reverse("admin:queue_rebuild")
    site.post(reverse("admin:queue_preview"))
    assert "Working out what a rebuild would do" in site.get(page).content.decode()
    drain_rebuilds()
    shown = site.get(page).content.decode()
    assert ("Judged on all open leads" in shown, "ask for a new preview" in shown) == (True, False)
    site.post(page)
    assert "you have joined it" in site.post(page, follow=True).content.decode()
    drain_rebuilds()
    shown = site.get(page).content.decode()
    assert ("No strategy changed since the last rebuild" in shown, "ask for a new preview" in shown) == (True, True)
    manager = Browser()
    manager.force_login(ManagerFactory.create())
    assert (manager.get(page).status_code, manager.post(page).status_code) == (200, 403)


def test_a_cancelled_rebuild_keeps_the_old_queue(site: Browser) -> None:
    site.post(reverse("admin:queue_rebuild"))
    job = Job.objects.get()
    told = site.get(reverse("admin:queue_progress", args=[job.pk])).json()
    assert (told["open"], told["said"]) == (True, "Waits for a worker.")
    shown = site.post(reverse("admin:queue_cancel", args=[job.pk]), follow=True).content.decode()
    assert "The rebuild was cancelled. The old queue serves on." in shown
    assert (drain_rebuilds(), QueueState.current().generation) == (0, 1)


def test_the_floor_settings_are_one_form_and_hold_from_the_next_pull_on(site: Browser) -> None:
    page = site.get(reverse("admin:pullqueue_floorsettings_changelist"), follow=True)
    values = {"most_held": 11, "presence_minutes": 5, "missed_callback_minutes": 30}
    address = reverse("admin:pullqueue_floorsettings_change", args=[FloorSettings.objects.get().pk])
    assert page.status_code == 200
    assert "less than or equal to 10" in site.post(address, values).content.decode()
    assert site.post(address, values | {"most_held": 3}).status_code == 302
    assert (FloorSettings.current().most_held, FloorSettings.objects.count()) == (3, 1)
