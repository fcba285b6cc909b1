"""A rep's work by the keyboard alone, and what typing survives."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.test import Client as Browser
from django.urls import reverse
from playwright.sync_api import Page, expect

from leads.models import Lead
from pullqueue.models import CallAttempt, PullStrategy, Result, User
from pullqueue.shipped import load_shipped

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def shipped() -> None:
    """Outcomes and calling hours as installed: tests before this one may have emptied their tables."""
    load_shipped(lambda name: apps.get_model("pullqueue", name))


@pytest.fixture
def opened(context: Any, live_server: Any) -> Callable[[User], Page]:
    """The desk of a person; a script error fails the test."""

    def made(user: User) -> Page:
        browser = Browser()
        browser.force_login(user)
        context.add_cookies([{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}])
        page: Page = context.new_page()
        page.on("pageerror", _fail)
        page.goto(live_server.url + reverse("desk"))
        return page

    return made


def _fail(error: Any) -> None:
    raise AssertionError(f"A script failed: {error}")


def test_a_rep_pulls_calls_and_picks_outcomes_by_the_keyboard(
    opened: Callable[[User], Page], ann: User, queued: Callable[..., Lead]
) -> None:
    first = queued(first_name="Ada", last_name="Lovelace", phone="+13125550143")
    queued(first_name="Grace", last_name="Hopper")
    page = opened(ann)
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    page.keyboard.press("e")
    page.keyboard.type("Mailbox has her name")
    page.reload()
    expect(page.get_by_label("Notes")).to_have_value("Mailbox has her name")
    page.keyboard.press("1")
    expect(page.get_by_role("heading", name="Grace Hopper")).to_be_visible()
    expect(page.get_by_label("Notes")).to_have_value("")
    assert Result.objects.get().note == "Mailbox has her name"
    page.keyboard.press("u")
    expect(page.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    page.keyboard.press("c")  # last: the browser's own question about telephones takes the keys from then on
    expect(page.locator("[data-dialled='tel:+13125550143']")).to_be_visible()
    assert CallAttempt.objects.get().lead_id == first.pk


def test_outside_its_hours_the_call_button_is_blocked(opened: Callable[[User], Page], ann: User, queued: Callable[..., Lead]) -> None:
    lead = queued(first_name="Ada", last_name="Lovelace")
    page = opened(ann)
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="Call", exact=False).first).to_be_enabled()
    PullStrategy.objects.update(calling_hours=True)
    Lead.objects.filter(pk=lead.pk).update(states=[], zones=[])
    page.reload()
    expect(page.get_by_role("button", name="Call", exact=False).first).to_be_disabled()
    page.keyboard.press("c")
    assert CallAttempt.objects.count() == 0
