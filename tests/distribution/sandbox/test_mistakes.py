"""A mistake in the file is one line that names its place; everything is judged before anything is run."""

import json
from typing import Any

import pytest

from distribution.sandbox.mistake import Mistake
from distribution.sandbox.parse import parse
from distribution.sandbox.steps import plan

AT = "2026-03-02T09:00:00-05:00"
LEAD = {"at": AT, "do": "lead", "id": "L1", "fields": {}}


def client(**more: Any) -> dict[str, Any]:
    return {"name": "A", "accounts": [{"name": "A1"}]} | more


def account(**more: Any) -> dict[str, Any]:
    return {"clients": [client(accounts=[{"name": "A1"} | more])]}


def events(*more: dict[str, Any]) -> dict[str, Any]:
    return {"clients": [client()], "events": [{"at": AT} | one for one in more]}


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"colour": 1}, "colour: Not known."),
    ({"events": {}}, "events: Use a list."),
    ({"time_zone": "Mars"}, "time_zone: Not a time zone."),
    ({"settings": {"automation": "best"}}, "settings.automation: Use one of: price, priority,"),
    ({"settings": {"automation": "weighted"}}, "settings.secondary: weighted needs a secondary automation"),
    ({"settings": {"automation": "price", "secondary": "price"}}, "settings.secondary: price is the automation already."),
    ({"settings": {"price_optimization": True}}, "settings.price_optimization: Price optimization works with the price automation only."),
    ({"settings": {"automation": "weighted", "secondary": "price"}, "clients": [client()]}, "settings.automation: No client has a weight"),
    ({"settings": {"email_tracking": "yes"}}, "settings.email_tracking: Use true or false."),
    ({"lead_types": [{"name": "x", "fields": [{"name": "Roof Age"}]}]}, "lead_types[0].fields[0].name: Use lower-case letters"),
    ({"lead_types": [{"name": "x", "fields": [{"name": "a", "kind": "choice"}]}]}, "lead_types[0].fields[0].choices: A field of the kind"),
    ({"lead_types": [{"name": "x", "fields": [{"name": "a", "pattern": "("}]}]}, "lead_types[0].fields[0].pattern: Not a pattern"),
    ({"lead_types": [{"name": "x"}, {"name": "x"}]}, "lead_types[1].name: x is used by an earlier one."),
    ({"campaigns": [{}]}, "campaigns[0].name: Needed here."),
    ({"campaigns": [{"name": "a", "cost": "1.005"}]}, "campaigns[0].cost: Use an amount of 0 or more with at most 2 decimals"),
    ({"campaigns": [{"name": "a", "max_deliveries": 0}]}, "campaigns[0].max_deliveries: Use a whole number from 1 to 1000."),
    ({"campaigns": [{"name": "a", "routes": ["sell"]}]}, "campaigns[0].routes[0]: Use one of: distribute, push, pull."),
    ({"campaigns": [{"name": "a", "lead_type": "b"}]}, "campaigns[0].lead_type: No such lead type. There are: general."),
    ({"campaigns": [{"name": "a", "automation": "weighted", "secondary": "price"}]}, "campaigns[0].automation: No client has a weight"),
    ({"campaigns": [{"name": "a", "client_group": "gold"}]}, "campaigns[0].client_group: No client is in this group."),
    ({"clients": [client(), client()]}, "clients[1].name: A is used by an earlier one."),
    ({"clients": [client(weight=-1)]}, "clients[0].weight: Use 0 or more"),
    ({"clients": [client(priority=1.5)]}, "clients[0].priority: Use a whole number."),
    ({"clients": [client(zip=2134)]}, "clients[0].zip: Use five digits as text"),
    ({"clients": [client(latitude=40)]}, "clients[0].longitude: Give latitude and longitude together"),
    ({"clients": [client(group="first")]}, "clients[0].group: No such delivery group. There are: none."),
    ({"clients": [client(caps={"year": 1})]}, "clients[0].caps.year: Not known."),
    (account(status="shut"), "clients[0].accounts[0].status: Use one of: open, paused, closed."),
    (account(price="-1"), "clients[0].accounts[0].price: Use an amount of 0 or more"),
    (account(schedule={"mon": ["9-17"]}), "clients[0].accounts[0].schedule.mon[0]: Write a window as HH:MM-HH:MM"),
    (account(schedule={"monday": []}), "clients[0].accounts[0].schedule.monday: Not a weekday."),
    (account(closed_dates=["2026-02-30"]), "clients[0].accounts[0].closed_dates[0]: Use a date such as"),
    (account(criteria={"all": [["colour", "eq", "red"]]}), "clients[0].accounts[0].criteria.all[0].field: No such field"),
    (
        account(criteria={"all": [["state", "eq", "Iowa"]]}),
        "clients[0].accounts[0].criteria.all[0].value: Write states by their two-letter",
    ),
    (account(answers=["maybe"]), "clients[0].accounts[0].answers[0]: Use one of: accept, reject,"),
    (account(answers=[]), "clients[0].accounts[0].answers: Use a list with at least one part."),
    (account(answers=["bid:12.505"]), "clients[0].accounts[0].answers[0]: Use one of:"),
    (account(ping="yes"), "clients[0].accounts[0].ping: "),
    (account(qualified_share={"percent": 0}), "clients[0].accounts[0].qualified_share.percent: Use a number above 0"),
    ({"users": [{"name": "ann", "branch": "West"}]}, "users[0].branch: No such branch."),
    ({"dispositions": [{"name": "No"}]}, "dispositions[0].then: Needed here."),
    ({"push_strategies": [{"name": "hot", "recipients": ["ann"]}]}, "push_strategies[0].recipients[0]: No such user or branch."),
    ({"pull_strategies": [{"name": "x", "criteria": ["hour", "lt", 9]}]}, "pull_strategies[0].criteria: hour changes by itself"),
    ({"pull_strategies": [{"name": "x", "order": [["state", "asc"]]}]}, "pull_strategies[0].order[0][0]: Use cost, created,"),
    (events({"do": "sing"}), "events[0].do: Use one of: lead, pull,"),
    ({"events": [{"do": "rebuild"}]}, "events[0].at: Needed here."),
    (events({"do": "rebuild", "at": "2026-03-02T09:00:00"}), "events[0].at: The time needs its offset"),
    (events({"do": "rebuild", "at": "2026-03-02"}), "events[0].at: Use a time such as"),
    (events({"do": "rebuild"}, {"do": "rebuild", "at": "2026-03-02T08:59:59-05:00"}), "events[1].at: Time does not go back"),
    (events({"do": "rebuild", "why": 1}), "events[0].why: Not known."),
    (events({"do": "lead", "id": "L1"}), "events[0].fields: Needed here."),
    (events(LEAD, LEAD), "events[1].id: L1 came in before."),
    (events(LEAD | {"campaign": "web"}), "events[0].campaign: Not known then. There are: default."),
    (events({"do": "pull", "user": "ann"}), "events[0].user: Not known then. There are: none."),
    (events({"do": "change", "client": "A"}), "events[0].set: Needed here."),
    (events({"do": "change", "set": {}}), "events[0]: Say what changes by one of:"),
    (events({"do": "change", "account": "A1", "set": {}}), "events[0].client: Name the account's client too."),
    (events({"do": "change", "client": "B", "set": {}}), "events[0].client: Not known then. There are: A."),
    (events({"do": "change", "client": "A", "set": {"name": "B"}}), "events[0].set.name: Not known."),
    (events({"do": "change", "settings": True, "set": {"automation": "weighted"}}), "events[0].set: weighted needs a secondary"),
    (
        events({"do": "delete_client", "client": "A"}, {"do": "delete_client", "client": "A"}),
        "events[1].client: Not known then. There are: none.",
    ),
    (events({"do": "create_client", "client": client()}), "events[0].client.name: A is there already."),
    (events({"do": "create_client", "client": {"name": "B", "colour": 1}}), "events[0].client.colour: Not known."),
]


@pytest.mark.parametrize(("day", "line"), MISTAKES, ids=[line[:60] for _, line in MISTAKES])
def test_a_mistake_is_named_with_its_place(day: dict[str, Any], line: str) -> None:
    with pytest.raises(Mistake) as raised:
        plan(parse(json.dumps({"events": []} | day)))
    told = str(raised.value)
    assert told.startswith(line), told
    assert "\n" not in told


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "line 1 column 1: Not JSON: Expecting value."),
        ('{"events":\n [3 4]}', "line 2 column 5: Not JSON: Expecting ',' delimiter."),
        ("[]", "Give an object with the options by name."),
        ("{}", "events: Needed here."),
        ('{"events": [], "events": []}', 'The key "events" stands twice in one object.'),
        ('{"events": NaN}', "NaN is no number of JSON."),
    ],
)
def test_what_is_no_day_at_all_is_said_too(text: str, line: str) -> None:
    with pytest.raises(Mistake) as raised:
        parse(text)
    assert str(raised.value) == line


def test_what_the_file_leaves_out_has_the_defaults_of_a_new_installation() -> None:
    day = parse('{"events": [], "clients": [{"name": "A", "accounts": [{"name": "A1"}]}]}')
    (one,) = day.clients
    (own,) = one.accounts
    assert (day.time_zone, [lead_type.name for lead_type in day.lead_types]) == ("America/New_York", ["general"])
    assert [(campaign.name, campaign.max_deliveries, list(campaign.routes)) for campaign in day.campaigns] == [
        ("default", 1, ["distribute", "push", "pull"])
    ]
    assert (one.status, one.duplicate_hours, one.account_automation) == ("active", 720, "price")
    assert (own.status, own.price, own.exclusive, own.criteria, own.schedule, own.answers) == ("open", 0, False, None, None, ("accept",))
