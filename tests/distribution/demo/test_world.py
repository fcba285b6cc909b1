"""The sample world holds what the checks of the product itself find right, and what a newcomer wants to see."""

from collections import Counter
from random import Random
from typing import Any

import pytest

from clients.enums import AccountStatus, ClientStatus
from clients.models import AccountMethod, DeliveryAccount, DeliveryMethod
from distribution.demo.clientele import clientele
from distribution.demo.policy import TOTAL_WEIGHT
from distribution.demo.staff import staff
from distribution.demo.world import World
from distribution.domain.settings_check import problems
from distribution.models import CampaignSale, ClientUser
from distribution.transports.registry import check_config
from leads.domain.criteria_check import check
from leads.domain.hours import parse_schedule
from leads.enums import CampaignStatus
from leads.models import LeadField
from leads.places import place_of_zip
from leads.services.facts import field_specs
from pullqueue.enums import Role

pytestmark = pytest.mark.django_db


def test_it_has_the_promised_size(world: World) -> None:
    assert (len(world.lead_types), len(world.campaigns), len(world.clients), len(world.accounts), len(world.people)) == (3, 12, 40, 80, 25)


def test_people_of_every_role_and_branch_are_there(world: World) -> None:
    roles = Counter((person.role, person.branch is not None) for person in world.people)
    assert roles == {
        (Role.ADMINISTRATOR, False): 1,
        (Role.MANAGER, False): 2,
        (Role.MANAGER, True): 3,
        (Role.REP, True): 17,
        (Role.CLIENT, False): 2,
    }
    seats = ClientUser.objects.all()
    assert [seat.client.methods.filter(kind="portal").exists() for seat in seats] == [True, True]


def test_the_three_known_people_sign_in_with_their_own_passwords(world: World) -> None:
    by_name = {person.username: person for person in world.people}
    assert by_name["admin"].check_password("amber-tulip-harbor")
    assert by_name["manager"].check_password("copper-meadow-lantern")
    assert by_name["rep"].check_password("violet-canyon-maple")
    assert not by_name["rep"].check_password("amber-tulip-harbor")


def test_every_criterion_could_be_saved(world: World) -> None:
    for account in world.accounts:
        fields = field_specs(LeadField.objects.filter(lead_type=account.lead_type))
        assert check(account.criteria, fields) == (), account


def test_every_schedule_can_be_read_and_most_accounts_have_one(world: World) -> None:
    schedules = [parse_schedule(account.schedule) for account in world.accounts if account.schedule]
    assert 30 <= len(schedules) <= 70


def test_every_delivery_method_could_be_saved(world: World, settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_NETWORKS, settings.OUTBOUND_PORTS = ["127.0.0.1/32"], [8790]
    settings.OUTBOUND_SFTP_PORTS = [2222]
    found = {str(method): check_config(method) for method in DeliveryMethod.objects.select_related("client")}
    assert {name: problems for name, problems in found.items() if problems} == {}


def test_the_unusual_is_there_too(world: World) -> None:
    accounts = DeliveryAccount.objects.filter(pk__in=[account.pk for account in world.accounts])
    assert Counter(accounts.values_list("status", flat=True)) == {AccountStatus.OPEN: 76, AccountStatus.PAUSED: 3, AccountStatus.CLOSED: 1}
    assert Counter(client.status for client in world.clients) == {
        ClientStatus.ACTIVE: 37,
        ClientStatus.PAUSED: 2,
        ClientStatus.INACTIVE: 1,
    }
    assert accounts.filter(off_hours="hold").count() == 1
    assert DeliveryMethod.objects.filter(kind="ping_post", ping_url__contains="/bids/").count() == 3
    kinds = Counter(DeliveryMethod.objects.filter(uses__use="first").distinct().values_list("kind", flat=True))
    assert kinds == {"webhook": 28, "ping_post": 3, "email": 6, "portal": 2, "file": 1}
    assert set(AccountMethod.objects.filter(use="always").values_list("method__kind", "account__methods__kind")) == {
        ("email", "portal"),
        ("email", "email"),
    }
    assert DeliveryMethod.objects.filter(kind="webhook", recognises_repeats=False).count() == 1
    assert 10 <= accounts.filter(is_exclusive=True).count() <= 25
    campaigns = world.campaigns.values()
    assert sum(campaign.status == CampaignStatus.PAUSED for campaign in campaigns) == 1
    assert sum(campaign.is_test for campaign in campaigns) == 1
    assert set(CampaignSale.objects.values_list("max_deliveries", flat=True)) == {1, 2, 3, 4}


def test_clients_live_by_the_clock_of_their_zip(world: World) -> None:
    assert {client.name: client.time_zone for client in world.clients} == {
        client.name: place.zones[0] for client in world.clients if (place := place_of_zip(client.zip))
    }


def test_the_settings_could_be_saved_and_their_weights_make_a_thousand(world: World) -> None:
    for change in world.changes:
        assert problems(change.settings) == ()
    live = world.changes[-1].settings
    assert sum(values.weight or 0 for values in live.values.values()) == TOTAL_WEIGHT
    assert sum(values.percentage or 0 for values in live.values.values()) == 100
    assert (live.automation, live.secondary, live.base_automation) == ("weighted", "price", "balanced")


def test_groups_hold_single_accounts_that_want_few_leads(world: World) -> None:
    names = {account.pk: account.name for account in world.accounts}
    first, close = world.changes[0].settings.groups
    assert all("exclusive" in names[account] for account in first.account_ids)
    assert all("around home" in names[account] for account in close.account_ids)
    assert (len(first.account_ids), len(close.account_ids)) == (5, 5)


def test_settings_changed_in_the_order_of_time(world: World) -> None:
    days = [change.days_ago for change in world.changes]
    assert days == sorted(days, reverse=True)
    assert len(days) == 5


def test_the_same_seed_makes_the_same_clients_and_people() -> None:
    assert (clientele(Random(3)), staff(Random(3))) == (clientele(Random(3)), staff(Random(3)))
    assert clientele(Random(3)) != clientele(Random(4))


def test_names_and_addresses_lead_to_nobody(world: World) -> None:
    mails = [method.to_address for method in DeliveryMethod.objects.exclude(to_address="")]
    hosts = {method.url.split("/")[2] for method in DeliveryMethod.objects.exclude(url="")}
    assert all(mail.endswith(".example") for mail in mails)
    assert hosts == {"127.0.0.1:8790"}
    assert len({client.name for client in world.clients}) == 40


def test_the_history_of_what_was_made_says_that_it_is_a_sample(world: World) -> None:
    from clients.models import Client, DeliveryAccount, DeliveryMethod
    from distribution.models import CampaignSale
    from leads.models import Campaign

    for model in (Campaign, CampaignSale, Client, DeliveryAccount, DeliveryMethod):
        assert set(model.history.values_list("history_change_reason", flat=True)) == {"Samples"}
