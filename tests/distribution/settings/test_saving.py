"""Saving the page: a version, what it says, when it decides, and what is refused."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client, DeliveryAccount
from distribution.demo.factories import CampaignFactory, CampaignSaleFactory, LeadFactory
from distribution.domain.automation import Automation, Base, OnChange, Timeframe
from distribution.domain.settings import Group, Settings, Values
from distribution.models import Delivery, SettingsVersion
from distribution.services.route import route_due
from distribution.services.versions import live_version, settings_of
from leads.clock import database_now
from pullqueue.models import User
from tests.distribution.settings.conftest import ADDRESS, newest, said_in

pytestmark = pytest.mark.django_db

type Form = Callable[..., dict[str, Any]]
type Save = Callable[[dict[str, Any]], Any]


def test_saving_makes_the_next_version_with_who_what_and_the_note(
    weighted: Settings, clients: dict[str, Client], administrator: User, form: Form, save: Save
) -> None:
    acme = clients["Acme"].pk
    answer = save(form(note="Acme grew", client_locking="on", **{f"weight-{acme}": "1,350.5"}))

    assert (answer.status_code, answer.url) == (302, reverse(ADDRESS))
    version = newest()
    assert (version.number, version.by, version.note) == (3, administrator, "Acme grew")
    assert version.changes == ["Client locking: off to on", "Acme, weight: 300 to 1350.5"]
    assert settings_of(version).values[acme] == Values(weight=Decimal("1350.5"))
    assert [str(one) for one in get_messages(answer.wsgi_request)] == ["Version 3 is live: it decides from the next lead on."]


def test_every_option_of_the_page_is_kept(weighted: Settings, clients: dict[str, Client], form: Form, save: Save) -> None:
    acme = clients["Acme"].pk
    answer = save(
        form(
            automation="percentage",
            secondary="round_robin",
            base_automation="priority",
            percentage_timeframe="week",
            percentage_hard_limit="on",
            percentage_catch_up="12.5",
            round_robin_on_change="continue",
            client_locking="on",
            breaker_failures="9",
            bounce_hours="48",
            email_tracking=None,
            price_optimization="on",
            **{f"percentage-{acme}": "100", f"priority-{acme}": "-2"},
        )
    )

    assert answer.status_code == 302
    saved = settings_of(newest())
    assert (saved.automation, saved.secondary, saved.base_automation) == (Automation.PERCENTAGE, Automation.ROUND_ROBIN, Base.PRIORITY)
    assert (saved.percentage_timeframe, saved.percentage_hard_limit, saved.percentage_catch_up) == (Timeframe.WEEK, True, Decimal("12.5"))
    assert (saved.round_robin_on_change, saved.client_locking, saved.breaker_failures) == (OnChange.CONTINUE, True, 9)
    assert (saved.email_tracking, saved.bounce_hours) == (False, 48)
    assert saved.price_optimization is True  # the group of founding partners goes by price
    assert saved.values[acme] == Values(-2, Decimal(300), Decimal(100))
    assert saved.groups == weighted.groups


def test_what_the_page_left_out_stays_as_it_is(weighted: Settings, clients: dict[str, Client], save: Save) -> None:
    bluewater = clients["Bluewater"].pk
    save({"version": live_version().number, "do": "save", f"weight-{bluewater}": ""})

    saved = settings_of(newest())
    assert bluewater not in saved.values
    assert (saved.values[clients["Acme"].pk], saved.groups, saved.automation) == (
        weighted.values[clients["Acme"].pk],
        weighted.groups,
        Automation.WEIGHTED,
    )


def test_saving_without_a_change_makes_no_version(weighted: Settings, form: Form, save: Save) -> None:
    before = SettingsVersion.objects.count()
    answer = save(form(note="Nothing"))

    assert SettingsVersion.objects.count() == before
    assert [str(one) for one in get_messages(answer.wsgi_request)] == ["Nothing was changed, so no version was made."]


def test_a_saved_version_decides_the_next_lead(accounts: dict[str, DeliveryAccount], form: Form, save: Save) -> None:
    campaign = CampaignFactory.create(lead_type=accounts["Acme"].lead_type)
    CampaignSaleFactory.create(campaign=campaign)
    now = database_now()
    save(form(automation="price"))
    LeadFactory.create(campaign=campaign, received_at=now)
    assert route_due(now=now) == 1
    save(form(automation="priority", **{f"priority-{accounts['Bluewater'].client_id}": "0"}))
    LeadFactory.create(campaign=campaign, received_at=now)
    assert route_due(now=now) == 1

    sold = [(one.account, one.decision.version.number) for one in Delivery.objects.order_by("number")]
    assert sold == [(accounts["Ironwood"], 2), (accounts["Bluewater"], 3)]


REFUSED: list[tuple[str, dict[str, str], tuple[str, str]]] = [
    (
        "weighted needs a secondary",
        {"secondary": ""},
        ("Secondary automation", "Weighted needs a secondary automation to order clients that are owed the same. Choose one."),
    ),
    (
        "one cannot be both",
        {"automation": "round_robin", "secondary": "round_robin"},
        ("Secondary automation", "Round robin is the automation already. Choose another secondary automation or none."),
    ),
    (
        "percentages that add up to nothing",
        {"automation": "percentage"},
        ("Values", "No client has a percentage above 0, so that nothing could be shared out. Give at least one client a percentage."),
    ),
    ("catch-up below 0", {"percentage_catch_up": "-1"}, ("Catch-up limit", "Use 0 or more leads, or leave it empty for no limit.")),
    ("catch-up in words", {"percentage_catch_up": "many"}, ("Catch-up limit", "Use a number, such as 250 or 12.5.")),
    ("no failures at all", {"breaker_failures": ""}, ("Failures in a row that pause a method", "Use a whole number from 1 to 1000.")),
    ("bounces beyond a month", {"bounce_hours": "721"}, ("Hours in which a bounce counts", "Use a whole number from 1 to 720.")),
    ("an automation nobody knows", {"automation": "luck"}, ("Automation", f"Use one of: {', '.join(Automation)}.")),
    ("a group without a name", {"group-founders-name": " "}, ("Group Unnamed, name", "Give the group a name.")),
    (
        "a group that shares what it has not",
        {"group-founders-automation": "percentage", "group-founders-secondary": "price"},
        (
            "Group Founding partners, automation",
            "No client of Founding partners has a percentage above 0. Give at least one of them a percentage.",
        ),
    ),
]


@pytest.mark.parametrize(("changes", "said"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_cannot_work_is_refused_with_its_remedy(
    weighted: Settings, form: Form, save: Save, changes: dict[str, str], said: tuple[str, str]
) -> None:
    answer = save(form(**changes))

    assert answer.status_code == 422
    assert said in said_in(answer)
    assert newest().number == 2


def test_price_optimization_is_for_price_only(weighted: Settings, form: Form, save: Save) -> None:
    answer = save(form(price_optimization="on", group=[], groups="1"))

    assert said_in(answer) == [
        ("Price optimization", "Price optimization works with the price automation only. Choose price, or switch it off.")
    ]
    assert save(form(price_optimization="on", automation="price", secondary="")).status_code == 302


def test_a_campaign_that_goes_by_price_makes_price_optimization_possible(weighted: Settings, form: Form, save: Save) -> None:
    CampaignSaleFactory.create(automation="price")

    assert save(form(price_optimization="on", group=[])).status_code == 302


def test_all_that_is_wrong_is_said_at_once_and_what_was_typed_stays(
    weighted: Settings, clients: dict[str, Client], form: Form, save: Save
) -> None:
    acme, bluewater = clients["Acme"].pk, clients["Bluewater"].pk
    answer = save(form(**{f"weight-{acme}": "lots", f"weight-{bluewater}": "-5", "secondary": ""}))

    assert said_in(answer) == [
        ("Acme, weight", "Use a number, such as 250 or 12.5."),
        ("Secondary automation", "Weighted needs a secondary automation to order clients that are owed the same. Choose one."),
        ("Bluewater, weight", "Use 0 or more, or leave the weight empty."),
    ]
    page = answer.content.decode()
    assert f'id="weight-{acme}" name="weight-{acme}" value="lots"' in page
    assert f'<a href="#weight-{acme}">Acme, weight</a>' in page


@pytest.mark.parametrize("typed", ["1e9", "NaN", "Infinity", "0x10", "1" * 50, "1.2.3", "--1"])
def test_a_weight_is_typed_as_a_plain_number(weighted: Settings, clients: dict[str, Client], form: Form, save: Save, typed: str) -> None:
    assert said_in(save(form(**{f"weight-{clients['Acme'].pk}": typed}))) == [("Acme, weight", "Use a number, such as 250 or 12.5.")]


def test_a_client_in_two_groups_is_refused_by_name(weighted: Settings, clients: dict[str, Client], form: Form, save: Save) -> None:
    copperleaf = f"client:{clients['Copperleaf'].pk}"
    night = {"group-night-name": "Night", "group-night-automation": "price", "group-night-members": [copperleaf]}
    answer = save(form(group=["founders", "night"], **night))

    assert said_in(answer) == [
        ("Group Night, members", "Copperleaf is in an earlier group already. Take it out of one of the two."),
    ]


def test_groups_are_added_named_filled_ordered_and_removed(
    weighted: Settings, clients: dict[str, Client], accounts: dict[str, DeliveryAccount], form: Form, save: Save
) -> None:
    night = {
        "group-night-name": "Night",
        "group-night-automation": "round_robin",
        "group-night-secondary": "price",
        "group-night-members": [f"account:{accounts['Acme'].pk}"],
        "group-night-add": "bluewater",
    }
    save(form(group=["night", "founders"], **night))

    added = Group(
        "night", "Night", Automation.ROUND_ROBIN, Automation.PRICE, Base.BALANCED, (clients["Bluewater"].pk,), (accounts["Acme"].pk,)
    )
    assert settings_of(newest()).groups == (added, weighted.groups[0])
    assert newest().changes == ["Group Night added"]

    save(form(group=["founders", "night"], **{"group-night-name": "Late", "group-night-members": []}))
    assert newest().changes == [
        "Group Night renamed to Late",
        "Group Late: Bluewater taken out",
        "Group Late: Acme › Auto taken out",
        "Order of groups: Founding partners, Late",
    ]
    save(form(group=["founders"]))
    assert newest().changes == ["Group Late removed"]
    assert settings_of(newest()).groups == weighted.groups


def test_a_member_typed_by_a_name_that_nobody_has(weighted: Settings, form: Form, save: Save) -> None:
    answer = save(form(**{"group-founders-add": "Nobody & Sons"}))

    assert said_in(answer) == [
        ("Group Founding partners, members", "No client or account is called “Nobody & Sons”. Type the whole name, or choose one.")
    ]


@pytest.mark.parametrize(
    ("verb", "order"),
    [
        ("up:b", ["b", "a", "c"]),
        ("down:b", ["a", "c", "b"]),
        ("up:a", ["a", "b", "c"]),
        ("down:c", ["a", "b", "c"]),
        ("remove:b", ["a", "c"]),
    ],
)
def test_buttons_of_groups_work_without_scripts_and_save_nothing(
    weighted: Settings, form: Form, save: Save, verb: str, order: list[str]
) -> None:
    names = {f"group-{key}-name": key.upper() for key in "abc"}
    answer = save(form(do=verb, group=["a", "b", "c"], **names))

    assert answer.status_code == 200
    assert [row.key for row in answer.context["groups"]] == order
    assert newest().number == 2


def test_a_group_is_added_without_scripts(weighted: Settings, form: Form, save: Save) -> None:
    answer = save(form(do="add-group"))

    assert [row.name for row in answer.context["groups"]] == ["Founding partners", "No. 2"]
    assert answer.context["draft_changes"] == ("Group No. 2 added",)
    assert newest().number == 2


def test_a_verb_that_nobody_knows_is_forbidden(weighted: Settings, form: Form, save: Save) -> None:
    assert save(form(do="erase:everything")).status_code == 403


def test_names_of_clients_cannot_leave_their_place(weighted: Settings, staff: Browser, clients: dict[str, Client]) -> None:
    Client.objects.filter(pk=clients["Copperleaf"].pk).update(name="</script><script>alert(1)</script>")
    page = staff.get(reverse(ADDRESS)).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in page
