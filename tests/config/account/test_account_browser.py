"""The account in a browser: invited, a password chosen, a second factor set up and asked for; and a link of no use any more."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from distribution.demo import factories as make
from leads.clock import database_now
from pullqueue.enums import NoticeKind
from pullqueue.models import User
from pullqueue.services.notices import tell
from tests.config.account.conftest import PASSWORD, code_of, link_in_mail

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]


def test_a_manager_invites_a_rep_who_joins_and_sets_up_a_second_factor(page: Page, live_server: Any, context: Any) -> None:
    manager = make.BranchManagerFactory.create()
    browser = Client()
    browser.force_login(manager)
    context.add_cookies([{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}])
    page.goto(live_server.url + reverse("admin:person_invite"))
    for label, text in (("First name", "Nora"), ("Last name", "New"), ("Email address", "nora@switchyard.example"), ("Username", "nora")):
        page.get_by_label(label).fill(text)
    page.get_by_label("Branch").select_option(label=manager.branch.name)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("Nora New is invited")).to_be_visible()

    link = link_in_mail()
    context.clear_cookies()
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto(live_server.url + link)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password confirmation").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_text("Your password is set. Sign in with it.")).to_be_visible()
    page.get_by_label("User name").fill("nora")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    nora = User.objects.get(username="nora")
    page.goto(live_server.url + reverse("second_factor"))
    expect(page.get_by_alt_text("The code that your authenticator app reads")).to_be_visible()
    page.get_by_label("Then type the six digits that it shows").fill(code_of(nora))
    page.get_by_role("button", name="Use it from now on").click()
    expect(page.locator("#codes li")).to_have_count(10)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    tell(user=nora, kind=NoticeKind.PUSHED, at=database_now())
    page.goto(live_server.url + reverse("sessions"))
    expect(page.get_by_role("link", name="Notices, 1 unread")).to_be_visible()
    page.goto(live_server.url + link)
    expect(page.get_by_role("heading", name="This link works no more")).to_be_visible()
