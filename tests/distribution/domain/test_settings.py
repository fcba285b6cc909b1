"""Settings as versions: strict reading, refusals with a remedy, warnings, and changes in words."""

from dataclasses import replace
from decimal import Decimal
from json import dumps, loads

import pytest

from distribution.domain.automation import Automation, Base, OnChange, Timeframe
from distribution.domain.settings import Group, Settings, Values
from distribution.domain.settings_changes import changes
from distribution.domain.settings_check import Ordering, problems, warnings
from distribution.domain.strict import SettingsError
from tests.distribution.domain.desk import by, values

FULL = Settings(
    Automation.WEIGHTED,
    Automation.PRICE,
    Base.ROUND_ROBIN,
    price_optimization=True,
    percentage_timeframe=Timeframe.WEEK,
    percentage_hard_limit=True,
    percentage_catch_up=Decimal("2.5"),
    round_robin_on_change=OnChange.CONTINUE,
    groups=(Group("g1", "Founders", Automation.PRICE, None, Base.BALANCED, (1, 2), (31,)),),
    values={1: Values(0, Decimal(400), Decimal("33.3")), 2: Values(-1)},
)


def test_settings_survive_json():
    assert Settings.from_json(loads(dumps(FULL.to_json()))) == FULL
    assert Settings.from_json({}) == Settings()


def test_the_form_of_the_sandbox_is_read():
    read = Settings.from_json(
        {
            "automation": "weighted",
            "secondary": "price",
            "base_automation": "balanced",
            "percentage_timeframe": "day",
            "client_locking": True,
        }
    )
    assert (read.automation, read.secondary, read.client_locking) == (Automation.WEIGHTED, Automation.PRICE, True)


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ([], ""),
        ({"colour": 1}, "colour"),
        ({"automation": "dice"}, "automation"),
        ({"price_optimization": 1}, "price_optimization"),
        ({"bounce_hours": 1.5}, "bounce_hours"),
        ({"bounce_hours": True}, "bounce_hours"),
        ({"percentage_catch_up": "much"}, "percentage_catch_up"),
        ({"percentage_catch_up": "NaN"}, "percentage_catch_up"),
        ({"groups": [{"key": "a", "name": "A"}, {"key": "b"}]}, "groups[1].name"),
        ({"groups": [{"key": "a", "name": "A", "client_ids": [1, "2"]}]}, "groups[0].client_ids[1]"),
        ({"groups": [{"key": "a", "name": "A", "hue": 1}]}, "groups[0].hue"),
        ({"groups": {}}, "groups"),
        ({"values": {"x": {}}}, "values.x"),
        ({"values": {"1": {"weight": "heavy"}}}, "values.1.weight"),
        ({"values": {"1": {"size": 1}}}, "values.1.size"),
    ],
)
def test_a_mistake_names_its_place(value, place):
    with pytest.raises(SettingsError) as caught:
        Settings.from_json(value)
    assert caught.value.place == place


def codes(settings, *campaigns):
    return [(problem.field, problem.code) for problem in problems(settings, campaigns)]


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        (Settings(), []),
        (by("price", "price"), [("secondary", "same_as_primary")]),
        (by("weighted", values=values(weight={1: 1})), [("secondary", "secondary_required")]),
        (by("weighted", "price", values=values(weight={1: 1})), []),
        (by("percentage", values=values(percentage={1: 1})), [("secondary", "secondary_required")]),
        (by("weighted", "price"), [("values", "weight_total_zero")]),
        (by("weighted", "price", values=values(weight={1: 0})), [("values", "weight_total_zero")]),
        (by("price", "percentage", values=values(percentage={1: 0})), [("values", "percentage_total_zero")]),
        (by("priority", price_optimization=True), [("price_optimization", "needs_price")]),
        (by("price", price_optimization=True), []),
        (
            by("price", values=values(weight={1: -1}, percentage={2: "-0.1"})),
            [("values.1.weight", "negative"), ("values.2.percentage", "negative")],
        ),
        (by("price", values=values(weight={1: "0.0000001"})), [("values.1.weight", "out_of_range")]),
        (by("price", percentage_catch_up=Decimal(-1)), [("percentage_catch_up", "negative")]),
        (by("price", ping_budget_seconds=0), [("ping_budget_seconds", "out_of_range")]),
        (
            by("price", groups=(Group("a", "A", client_ids=(1, 2), account_ids=(7,)), Group("b", "B", client_ids=(2,), account_ids=(7,)))),
            [("groups[1].client_ids", "in_two_groups"), ("groups[1].account_ids", "in_two_groups")],
        ),
        (by("price", groups=(Group("a", "A"), Group("a", "A"))), [("groups[1].key", "twice"), ("groups[1].name", "twice")]),
        (
            by("price", groups=(Group("a", "A", Automation.WEIGHTED, Automation.WEIGHTED, client_ids=(1,)),), values=values(weight={2: 1})),
            [("groups[0].secondary", "same_as_primary"), ("groups[0].automation", "weight_total_zero")],
        ),
    ],
)
def test_impossible_settings_are_refused(settings, found):
    assert codes(settings) == found
    assert all(problem.message.endswith(".") for problem in problems(settings))


def test_price_optimization_may_serve_a_campaign_or_a_group_alone():
    optimized = by("priority", price_optimization=True)
    assert codes(optimized, Ordering("campaign 7", Automation.PRICE, None)) == []
    assert codes(replace(optimized, groups=(Group("a", "A", Automation.PRICE),))) == []


def test_percentages_that_are_not_100_and_a_hard_limit_are_warned_of():
    settings = by("percentage", "price", percentage_hard_limit=True, values=values(percentage={1: 50, 2: "49.5"}))
    assert [(problem.field, problem.code) for problem in warnings(settings)] == [
        ("values", "total_not_100"),
        ("percentage_hard_limit", "can_stop_others"),
    ]
    assert warnings(settings)[0].message.startswith("The percentages add up to 99.5, not 100.")
    assert warnings(by("percentage", "price", values=values(percentage={1: 50, 2: 50}))) == ()
    assert warnings(by("price", percentage_hard_limit=True, values=values(percentage={1: 7}))) == ()


def test_changes_are_said_in_words():
    new = replace(
        FULL,
        secondary=Automation.ROUND_ROBIN,
        parallel_processing=False,
        percentage_catch_up=None,
        groups=(Group("g2", "Night"), Group("g1", "Founders", Automation.PRIORITY, None, Base.BALANCED, (2, 3), (31,))),
        values={1: Values(0, Decimal("380.50"), Decimal("33.3")), 3: Values(weight=Decimal(10))},
    )
    names = {1: "Summit Ridge", 2: "Bluewater", 3: "Tern Harbor"}
    assert changes(FULL, new, names) == (
        "Secondary automation: price to round robin",
        "Catch-up limit: 2.5 to none",
        "Client parallel processing: on to off",
        "Group Night added",
        "Group Founders, automation: price to priority",
        "Group Founders: Tern Harbor added",
        "Group Founders: Summit Ridge taken out",
        "Summit Ridge, weight: 400 to 380.5",
        "Bluewater, priority: -1 to none",
        "Tern Harbor, weight: none to 10",
    )
    assert changes(FULL, FULL, names) == ()


def test_a_new_order_of_groups_and_a_new_name_are_changes():
    one, two = Group("1", "One"), Group("2", "Two")
    old, new = Settings(groups=(one, two)), Settings(groups=(replace(two, name="Zwei"), one))
    assert changes(old, new, {}) == ("Group Two renamed to Zwei", "Order of groups: Zwei, One")
