"""A manager makes a token on the own page, a program uses it, and the manager revokes it; another person's cannot be revoked."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from distribution.demo import factories as make
from leads.models import PersonalToken
from tests.distribution.api.conftest import BASE

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]


def opened(context: Any, live_server: Any, user: Any) -> Page:
    browser = Client()
    browser.force_login(user)
    context.add_cookies([{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}])
    page: Page = context.new_page()
    page.goto(live_server.url + reverse("tokens"))
    return page


def status_with(token: str) -> int:
    return Client().get(f"{BASE}/leads/", headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_token_is_made_used_and_revoked(context: Any, live_server: Any) -> None:
    page = opened(context, live_server, make.ManagerFactory.create())
    page.get_by_label("What for").fill("Nightly report")
    page.get_by_role("button", name="Make a token").click()
    plain = page.locator("#secret").inner_text()
    assert plain.startswith("sw_user_")
    assert status_with(plain) == 200
    page.goto(live_server.url + reverse("tokens"))
    expect(page.get_by_text("Nightly report")).to_be_visible()
    assert plain not in page.content()
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("status")).to_contain_text("is revoked")
    assert status_with(plain) == 401


def test_another_persons_token_is_neither_seen_nor_revoked(context: Any, live_server: Any) -> None:
    theirs = make.PersonalTokenFactory.create(name="Theirs alone")
    person = make.ManagerFactory.create()
    page = opened(context, live_server, person)
    expect(page.get_by_text("Theirs alone")).to_have_count(0)
    browser = Client()
    browser.force_login(person)
    assert browser.post(reverse("token_revoke", args=[theirs.pk])).status_code == 404
    assert PersonalToken.objects.get().revoked_at is None
