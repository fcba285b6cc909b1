"""What the page shows: shares, credits, turns, places, and how much it costs to make."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client, DeliveryAccount
from distribution.demo.factories import CampaignSaleFactory, ClientFactory, DeliveryAccountFactory, DeliveryFactory, PoolFactory
from distribution.domain.settings import Settings
from leads.clock import database_now
from leads.domain.shares import Ledger, PoolState, Rotation
from tests.distribution.settings.conftest import ADDRESS

pytestmark = pytest.mark.django_db

type Form = Callable[..., dict[str, Any]]


def rows(browser: Browser) -> dict[str, Any]:
    return {row.name: row for row in browser.get(reverse(ADDRESS)).context["rows"]}


def test_shares_are_those_of_everyone_who_is_ordered_by_weight(weighted: Settings, staff: Browser) -> None:
    shown = rows(staff)

    assert {name: (row.share, row.about) for name, row in shown.items()} == {
        "Acme": ("37.5%", "1 account"),
        "Bluewater": ("62.5%", "1 account"),
        "Copperleaf": ("group", "1 account · in Founding partners"),
        "Ironwood": ("none", "1 account"),
    }
    told = staff.get(reverse(ADDRESS)).context
    assert (told["totals"], told["kind"], told["sharing"], told["bound"]) == ({"weight": "800", "percentage": "0"}, "weight", 2, "0.50")


def test_a_draft_shows_its_share_beside_the_live_one(weighted: Settings, clients: dict[str, Client], form: Form, staff: Browser) -> None:
    answer = staff.post(reverse(ADDRESS), form(do="add-group", **{f"weight-{clients['Acme'].pk}": "500"}))
    acme = next(row for row in answer.context["rows"] if row.name == "Acme")

    assert (acme.share, acme.fill, acme.was) == ("50.0%", "76.9", "57.7")  # the scale is 65%, the largest rounded up to 5
    assert [(cell.kind, cell.value, cell.live) for cell in acme.cells] == [
        ("priority", "", None),
        ("weight", "500", "300"),
        ("percentage", "", None),
    ]


def test_credits_and_sales_of_today(weighted: Settings, accounts: dict[str, DeliveryAccount], staff: Browser) -> None:
    acme, bluewater = (accounts[name].client_id for name in ("Acme", "Bluewater"))
    PoolFactory.create(key="default", state=PoolState(credits=Ledger(100, {acme: 42, bluewater: -42})).to_json())
    for account in (accounts["Acme"], accounts["Acme"], accounts["Acme"], accounts["Bluewater"]):
        DeliveryFactory.create(account=account, accepted=True)
    DeliveryFactory.create(account=accounts["Bluewater"], rejected=True)
    shown = rows(staff)

    assert [(row.sold, row.sold_part, row.credit, row.is_ahead) for row in shown.values()] == [
        (3, "75.0%", "+0.42", False),
        (1, "25.0%", "−0.42", True),
        (0, "", "0.00", False),
        (0, "", "none", False),
    ]


def test_the_next_in_turn_and_why_the_rotation_began_again(weighted: Settings, clients: dict[str, Client], staff: Browser) -> None:
    acme, bluewater, ironwood = (clients[name].pk for name in ("Acme", "Bluewater", "Ironwood"))
    members = {acme: 0, bluewater: 0, ironwood: 0}
    rotation = Rotation(5, {acme: 5, bluewater: 4}, members, database_now(), (ironwood,), (clients["Copperleaf"].pk,))
    PoolFactory.create(key="default", state=PoolState(rotation=rotation).to_json())
    turns = staff.get(reverse(ADDRESS)).context["turns"]
    assert (turns.following, turns.members, turns.why) == ("Ironwood", 3, "Ironwood entered, Copperleaf left")

    Client.objects.filter(pk=ironwood).update(status="paused")
    turns = staff.get(reverse(ADDRESS)).context["turns"]
    assert (turns.following, turns.members, turns.why) == ("Acme", 2, "Ironwood left")


def test_clients_without_a_place_are_named(clients: dict[str, Client], staff: Browser) -> None:
    Client.objects.filter(name="Acme").update(zip="00000")
    Client.objects.filter(name="Ironwood").update(zip="")
    Client.objects.filter(name="Bluewater").update(zip="", latitude=41.9, longitude=-87.6)

    assert [client.name for client in staff.get(reverse(ADDRESS)).context["placeless"]] == ["Acme", "Ironwood"]


def test_campaigns_that_go_their_own_way_are_named(weighted: Settings, staff: Browser) -> None:
    sale = CampaignSaleFactory.create(automation="percentage", secondary="geolocation")
    told = staff.get(reverse(ADDRESS)).context

    assert told["campaigns"] == [(sale, "Percentage, then geolocation")]
    assert told["uses"] == "geolocation percentage price shared"


def test_a_percentage_total_that_is_not_100_is_warned_of(clients: dict[str, Client], form: Form, staff: Browser) -> None:
    fields = form(automation="percentage", secondary="price", **{f"percentage-{clients['Acme'].pk}": "40"})
    staff.post(reverse(ADDRESS), fields)
    page = staff.get(reverse(ADDRESS))

    assert [warning.message for warning in page.context["warnings"]] == [
        "The percentages add up to 40, not 100. They are taken relative to their total."
    ]


def test_an_empty_installation_says_what_this_is_for(staff: Browser) -> None:
    page = staff.get(reverse(ADDRESS)).content.decode()

    assert "No client is active yet" in page
    assert "No group yet" in page


def test_the_page_costs_the_same_queries_however_many_clients(weighted: Settings, accounts: Any, staff: Browser) -> None:
    counted = []
    for more in (0, 30):
        for client in ClientFactory.create_batch(more):
            DeliveryAccountFactory.create(client=client, lead_type=accounts["Acme"].lead_type)
        with CaptureQueriesContext(connection) as made:
            staff.get(reverse(ADDRESS))
        counted.append([query["sql"] for query in made if "distribution_delivery WHERE state" not in query["sql"]])

    few, many = counted
    assert len(few) == len(many), "\n".join(many)
    tables = ("settingsversion", "clients_client", "clients_deliveryaccount", "distribution_delivery", "distribution_pool", "campaignsale")
    assert {table: sum(f'FROM "{table}"' in sql or f'{table}" ' in sql.partition("FROM")[2][:40] for sql in many) for table in tables} == {
        "settingsversion": 2,
        "clients_client": 1,
        "clients_deliveryaccount": 1,
        "distribution_delivery": 1,
        "distribution_pool": 1,
        "campaignsale": 1,
    }


def test_members_are_found_by_a_part_of_their_name(weighted: Settings, clients: dict[str, Client], accounts: Any, staff: Browser) -> None:
    found = staff.get(reverse("admin:distribution_settings_members"), {"q": "blue"}).json()["found"]

    assert found == [
        {"value": f"client:{clients['Bluewater'].pk}", "name": "Bluewater", "about": "all its accounts"},
        {"value": f"account:{accounts['Bluewater'].pk}", "name": "Bluewater › Auto", "about": "this account only"},
    ]
    assert staff.get(reverse("admin:distribution_settings_members"), {"q": " "}).json() == {"found": []}


def test_weights_as_decimals_add_up_exactly(clients: dict[str, Client], form: Form, staff: Browser) -> None:
    fields = form(automation="weighted", secondary="price", **{f"weight-{client.pk}": "0.1" for client in clients.values()})
    staff.post(reverse(ADDRESS), fields)

    assert staff.get(reverse(ADDRESS)).context["totals"]["weight"] == str(Decimal("0.4"))
