"""Versions: listed, shown, compared, restored."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client
from distribution.demo.factories import ClientFactory
from distribution.domain.automation import Automation
from distribution.domain.settings import Settings, Values
from distribution.models import SettingsVersion
from distribution.services.versions import restoration, save_version, settings_of
from leads.clock import database_now
from pullqueue.models import User
from tests.distribution.settings.conftest import newest

pytestmark = pytest.mark.django_db


@pytest.fixture
def later(weighted: Settings, clients: dict[str, Client], administrator: User) -> Settings:
    """Version 3 goes by price and has no group; then Acme is archived and Zenith comes, with a weight in version 4."""
    by_price = replace(weighted, automation=Automation.PRICE, secondary=None, groups=())
    save_version(settings=by_price, by=administrator, now=database_now(), note="Price for now")
    SettingsVersion.objects.filter(number__lte=3).update(created=database_now() - timedelta(hours=1))
    Client.objects.filter(pk=clients["Acme"].pk).update(archived_at=database_now())
    Client.objects.exclude(name="Zenith").update(created=database_now() - timedelta(days=1))
    zenith = ClientFactory.create(name="Zenith")
    grown = replace(
        by_price, values={**by_price.values, zenith.pk: Values(weight=Decimal(50)), clients["Ironwood"].pk: Values(weight=Decimal(5))}
    )
    save_version(settings=grown, by=administrator, now=database_now())
    return grown


def test_the_list_says_who_when_and_what(later: Settings, onlooker: Browser) -> None:
    rows = onlooker.get(reverse("admin:distribution_settings_versions")).context["rows"]

    assert [(row.number, row.note, row.changes[:2]) for row in rows] == [
        (4, "", ["Ironwood, weight: none to 5", "Zenith, weight: none to 50"]),
        (3, "Price for now", ["Automation: weighted to price", "Secondary automation: price to none"]),
        (2, "Weights", ["Automation: priority to weighted", "Secondary automation: none to price"]),
        (1, "The beginning", []),
    ]


def test_one_version_shows_all_it_says(later: Settings, onlooker: Browser) -> None:
    told = onlooker.get(reverse("admin:distribution_settings_version", args=[2])).context

    assert ("Automation", "weighted") in told["options"]
    assert told["groups"] == [("Founding partners", "Price", ["Copperleaf"])]
    assert [row[1][1] for row in told["values"]] == ["500", "300", "200"]
    assert onlooker.get(reverse("admin:distribution_settings_version", args=[99])).status_code == 404


def test_two_versions_are_compared_in_words_both_ways(later: Settings, onlooker: Browser) -> None:
    address = reverse("admin:distribution_settings_compare")

    assert onlooker.get(address, {"from": 2, "to": 3}).context["changes"] == (
        "Automation: weighted to price",
        "Secondary automation: price to none",
        "Group Founding partners removed",
    )
    assert onlooker.get(address, {"from": 3, "to": 2}).context["changes"][0] == "Automation: price to weighted"
    assert onlooker.get(address, {"from": "two"}).url == reverse("admin:distribution_settings_versions")
    assert onlooker.get(address, {"from": 2, "to": 99}).status_code == 404


def test_restoring_lists_first_who_is_left_out_and_who_keeps_values(later: Settings, clients: dict[str, Client], staff: Browser) -> None:
    plan = staff.get(reverse("admin:distribution_settings_restore", args=[2])).context["plan"]

    assert (plan.left_out, plan.kept) == (("Acme",), ("Zenith",))
    assert plan.changes == (
        "Automation: price to weighted",
        "Secondary automation: none to price",
        "Group Founding partners added",
        "Acme, weight: 300 to none",
        "Ironwood, weight: 5 to none",
    )
    assert newest().number == 4


def test_a_restored_version_is_a_new_one(later: Settings, clients: dict[str, Client], staff: Browser, administrator: User) -> None:
    address = reverse("admin:distribution_settings_restore", args=[2])
    answer = staff.post(address, {"version": 4, "note": "Back to shares"})

    assert answer.status_code == 302
    version = newest()
    assert (version.number, version.restored_from, version.note, version.by) == (5, 2, "Restored version 2: Back to shares", administrator)
    saved = settings_of(version)
    zenith = Client.objects.get(name="Zenith").pk
    assert saved.values == {
        clients["Bluewater"].pk: Values(weight=Decimal(500)),
        clients["Copperleaf"].pk: Values(weight=Decimal(200)),
        zenith: Values(weight=Decimal(50)),
    }


def test_restoring_what_changed_meanwhile_shows_the_plan_again(later: Settings, staff: Browser) -> None:
    address = reverse("admin:distribution_settings_restore", args=[2])

    assert staff.post(address, {"version": 3}).url == address
    assert newest().number == 4


def test_restoring_what_cannot_work_today_says_why(later: Settings, staff: Browser, clients: dict[str, Client]) -> None:
    Client.objects.exclude(name="Ironwood").update(archived_at=database_now())
    answer = staff.post(reverse("admin:distribution_settings_restore", args=[2]), {"version": 4})

    said = "No client has a weight above 0, so that nothing could be shared out. Give at least one client a weight."
    assert (answer.status_code, [line.message for line in answer.context["problem_lines"]]) == (422, [said])
    assert newest().number == 4


def test_an_account_that_is_gone_leaves_its_group(later: Settings, accounts: dict[str, Any], administrator: User) -> None:
    from distribution.domain.settings import Group

    account = accounts["Bluewater"]
    with_account = replace(later, groups=(Group("night", "Night", account_ids=(account.pk,)),))
    number = save_version(settings=with_account, by=administrator, now=database_now()).number
    assert restoration(number).left_out == ("Acme",)
    type(account).objects.filter(pk=account.pk).update(archived_at=database_now())

    plan = restoration(number)
    assert (plan.left_out, plan.settings.groups[0].account_ids) == (("Acme", "Bluewater › Auto"), ())


def test_saving_tells_the_names_of_accounts(weighted: Settings, accounts: dict[str, Any], form: Callable[..., Any], staff: Browser) -> None:
    fields = form(**{"group-founders-members": [f"account:{accounts['Ironwood'].pk}"]})
    staff.post(reverse("admin:distribution_settings"), fields)

    assert newest().changes == ["Group Founding partners: Copperleaf taken out", "Group Founding partners: Ironwood › Auto added"]
