"""Two people at once, and who may do what."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client
from distribution.demo.factories import BranchManagerFactory, RepFactory
from distribution.domain.automation import Automation
from distribution.domain.settings import Settings, Values
from distribution.domain.settings_merge import clashes, merge
from distribution.services.versions import change_values, live_version, save_version, settings_of
from leads.clock import database_now
from tests.distribution.settings.conftest import ADDRESS, newest

pytestmark = pytest.mark.django_db

type Form = Callable[..., dict[str, Any]]
type Save = Callable[[dict[str, Any]], Any]

PAGES = ("versions", "version", "compare", "restore", "values", "members")


def test_somebody_else_saved_meanwhile_shows_theirs_and_saves_mine_on_top(
    weighted: Settings, clients: dict[str, Client], onlooker: Browser, form: Form, save: Save, administrator: Any
) -> None:
    acme, bluewater = clients["Acme"].pk, clients["Bluewater"].pk
    mine = form(client_locking="on", **{f"weight-{acme}": "310"})
    change_values(client=clients["Acme"], by=administrator, now=database_now(), priority=None, weight=Decimal(999), percentage=None)
    change_values(client=clients["Bluewater"], by=administrator, now=database_now(), priority=None, weight=Decimal(1), percentage=None)

    answer = save(mine)
    assert (answer.status_code, newest().number) == (409, 4)
    stale = answer.context["stale"]
    assert (stale["who"], stale["base"], stale["live"].number) == ("Rosalind Tennyford", 2, 4)
    assert stale["theirs"] == ("Acme, weight: 300 to 999", "Bluewater, weight: 500 to 1")
    assert stale["clashes"] == ("Acme, weight: 999 to 310",)
    assert answer.context["draft_changes"] == ("Client locking: off to on", "Acme, weight: 999 to 310")

    assert save(form(client_locking="on", **{f"weight-{acme}": "310"})).status_code == 302
    saved = settings_of(newest())
    assert (saved.client_locking, saved.values[acme], saved.values[bluewater]) == (
        True,
        Values(weight=Decimal(310)),
        Values(weight=Decimal(1)),
    )


def test_values_of_a_client_change_on_its_own_page(weighted: Settings, clients: dict[str, Client], administrator: Any) -> None:
    now = database_now()
    version = change_values(client=clients["Ironwood"], by=administrator, now=now, priority=-1, weight=Decimal("7.5"), percentage=None)

    assert version.changes == ["Ironwood, priority: none to -1", "Ironwood, weight: none to 7.5"]
    assert settings_of(live_version()).values[clients["Ironwood"].pk] == Values(-1, Decimal("7.5"))


def test_a_manager_looks_and_cannot_save(weighted: Settings, onlooker: Browser, form: Form) -> None:
    page = onlooker.get(reverse(ADDRESS))
    assert (page.status_code, page.context["can_change"]) == (200, False)
    assert "Save settings" not in page.content.decode().replace('aria-hidden="true">Save settings', "")

    assert onlooker.post(reverse(ADDRESS), form(client_locking="on")).status_code == 403
    assert onlooker.get(reverse("admin:distribution_settings_restore", args=[1])).status_code == 403
    assert onlooker.get(reverse("admin:distribution_settings_members")).status_code == 404
    assert newest().number == 2


@pytest.mark.parametrize("person", [BranchManagerFactory, RepFactory])
def test_nobody_else_finds_the_page(weighted: Settings, person: Any) -> None:
    browser = Browser()
    browser.force_login(person.create())
    addresses = [reverse(ADDRESS), *(_address(name) for name in PAGES)]

    assert {browser.get(address).status_code for address in addresses} == {404}


def test_a_stranger_is_sent_to_the_sign_in_page(weighted: Settings) -> None:
    assert Browser().get(reverse(ADDRESS)).url == f"{reverse('sign_in')}?next={reverse(ADDRESS)}"


def _address(name: str) -> str:
    return reverse(f"admin:distribution_settings_{name}", args=[1] if name in ("version", "restore") else [])


def test_merging_keeps_what_only_one_of_the_two_changed() -> None:
    base = Settings(values={1: Values(weight=Decimal(1)), 2: Values(weight=Decimal(2))})
    mine = Settings(client_locking=True, values={1: Values(weight=Decimal(9)), 2: Values(weight=Decimal(2))})
    theirs = Settings(automation=Automation.PRICE, values={1: Values(weight=Decimal(1))})

    merged = merge(base, mine, theirs)
    assert merged == Settings(automation=Automation.PRICE, client_locking=True, values={1: Values(weight=Decimal(9))})
    assert clashes(base, mine, theirs, {}) == ()


def test_saving_is_refused_while_another_draft_was_saved_in_between(weighted: Settings, administrator: Any) -> None:
    from dataclasses import replace

    from distribution.services.versions import StaleSettings

    based_on = live_version().number
    save_version(settings=replace(weighted, client_locking=True), by=administrator, now=database_now(), based_on=based_on)
    with pytest.raises(StaleSettings, match=r"Version 3 was saved by Rosalind Tennyford at .* UTC"):
        save_version(settings=replace(weighted, breaker_failures=9), by=administrator, now=database_now(), based_on=based_on)
