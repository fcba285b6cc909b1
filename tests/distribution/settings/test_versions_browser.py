"""Versions in a browser: any two compared, an old one brought back with who is left out and who keeps what said first."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from playwright.sync_api import Page, expect

from clients.models import Client, DeliveryAccount
from distribution.demo.factories import ClientFactory
from distribution.domain.automation import Automation
from distribution.domain.settings import Settings, Values
from distribution.models import SettingsVersion
from distribution.services.versions import save_version, settings_of
from leads.clock import database_now
from tests.distribution.settings.conftest import newest

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def signed_in(page: Page, live_server: Any, weighted: Settings, staff: Browser) -> Callable[[str], Page]:
    """Goes to an address as the administrator; version 2 is live."""
    page.context.add_cookies([{"name": "sessionid", "value": staff.cookies["sessionid"].value, "url": live_server.url}])

    def to(address: str) -> Page:
        page.goto(live_server.url + address)
        return page

    return to


def grown(weighted: Settings, clients: dict[str, Client], by: Any) -> Client:
    """An hour after version 2, Acme is archived, and Zenith comes with a weight of its own: version 3."""
    SettingsVersion.objects.update(created=database_now() - timedelta(hours=1))
    Client.objects.update(created=database_now() - timedelta(days=1))
    Client.objects.filter(pk=clients["Acme"].pk).update(archived_at=database_now())
    zenith: Client = ClientFactory.create(name="Zenith")
    later = replace(weighted, automation=Automation.PRICE, secondary=None, values=weighted.values | {zenith.pk: Values(weight=Decimal(50))})
    save_version(settings=later, by=by, now=database_now(), note="Price for now")
    return zenith


def test_two_versions_are_picked_and_compared_and_an_old_one_is_brought_back(
    signed_in: Callable[[str], Page], weighted: Settings, clients: dict[str, Client], administrator: Any
) -> None:
    zenith = grown(weighted, clients, administrator)
    page = signed_in(reverse("admin:distribution_settings_versions"))
    row = page.get_by_role("row", name="Version 1 ")
    row.get_by_label("from").check()
    page.get_by_role("button", name="Compare the two").click()
    expect(page.get_by_role("heading", name="From version 1 to version 3")).to_be_visible()
    expect(page.get_by_text("Automation: priority to price")).to_be_visible()
    page.get_by_label("Compare version").fill("2")
    page.get_by_role("button", name="Compare", exact=True).click()
    assert page.locator("ul.diff li").all_inner_texts() == [
        "Automation: weighted to price",
        "Secondary automation: price to none",
        "Zenith, weight: none to 50",
    ]

    page.get_by_role("link", name="Restore version 2").click()
    told = page.get_by_role("region").all_inner_texts()
    assert [" ".join(text.split()) for text in told[:2]] == [
        "Left out, because they are gone Acme",
        "Newer than this version: they keep their values Zenith",
    ]
    page.get_by_role("button", name="Restore version 2").click()
    expect(page.get_by_text("Version 4 is live: what version 2 said, from the next lead on.")).to_be_visible()
    saved = settings_of(newest())
    assert (saved.automation, saved.values[zenith.pk].weight, clients["Acme"].pk in saved.values) == (Automation.WEIGHTED, 50, False)


def test_what_cannot_work_today_is_not_brought_back(
    signed_in: Callable[[str], Page], weighted: Settings, clients: dict[str, Client], administrator: Any
) -> None:
    save_version(settings=replace(weighted, automation=Automation.PRICE, secondary=None), by=administrator, now=database_now())
    Client.objects.exclude(name="Ironwood").update(archived_at=database_now())
    page = signed_in(reverse("admin:distribution_settings_restore", args=[2]))
    page.get_by_role("button", name="Restore version 2").click()

    expect(page.get_by_role("alert")).to_contain_text("Give at least one client a weight.")
    assert newest().number == 3


def test_a_price_is_taken_back_on_the_accounts_history(signed_in: Callable[[str], Page], accounts: dict[str, DeliveryAccount]) -> None:
    account = accounts["Acme"]
    page = signed_in(reverse("admin:clients_deliveryaccount_change", args=[account.pk]))
    page.get_by_label("Price", exact=False).first.fill("12.50")
    page.locator("[name=_continue]").first.click()
    page.get_by_role("link", name="History").click()
    expect(page.get_by_text("Price: $10.00 to $12.50")).to_be_visible()
    expect(page.get_by_role("link", name="Rosalind Tennyford").first).to_be_visible()

    page.get_by_role("link", name="Revert to this").click()
    expect(page.get_by_role("row", name="Price $12.50 $10.00")).to_be_visible()
    page.get_by_role("button", name="Revert to this").click()
    expect(page.get_by_text("is back to how it was")).to_be_visible()
    expect(page.get_by_text("Price: $12.50 to $10.00")).to_be_visible()
    account.refresh_from_db()
    assert (account.price, account.history.count()) == (10, 3)


def test_reverting_is_not_done_over_what_somebody_else_saved(
    signed_in: Callable[[str], Page], accounts: dict[str, DeliveryAccount]
) -> None:
    account = accounts["Acme"]
    first = account.history.get()
    account.price = 11
    account.save()
    page = signed_in(reverse("admin:clients_deliveryaccount_simple_history", args=[account.pk, first.pk]))
    account.price = 14
    account.save()
    page.get_by_role("button", name="Revert to this").click()

    expect(page.get_by_text("It was changed meanwhile")).to_be_visible()
    expect(page.get_by_role("row", name="Price $14.00 $10.00")).to_be_visible()
    account.refresh_from_db()
    assert account.price == 14
