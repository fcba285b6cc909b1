"""A worked day for each automation, and for what else the file can say."""

from typing import Any

import pytest

from tests.distribution.sandbox.days import buyers, change, client, lead, leads, live, reasons

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet(settings: Any) -> None:
    settings.PUBLISHES_WAKE_UPS = False


def test_price_sells_to_the_highest_and_the_lead_goes_on_when_refused() -> None:
    day = live(
        {
            "settings": {"automation": "price"},
            "clients": [client("Ash", 20), client("Birch", 30, answers=["accept", "reject"])],
            "events": leads(2),
        }
    )
    assert buyers(day) == ["Birch", "Ash"]
    first, second = (one["candidates"] for one in day["events"])
    assert first == [
        {
            "client": "Birch",
            "account": "main",
            "reason": None,
            "rank": 1,
            "keys": {"primary": "30.00", "secondary": None},
            "decided_by": "primary",
            "offer": "accepted",
        },
        {
            "client": "Ash",
            "account": "main",
            "reason": None,
            "rank": 2,
            "keys": {"primary": "20.00", "secondary": None},
            "decided_by": "primary",
            "offer": None,
        },
    ]
    assert [(line["client"], line["offer"]) for line in second] == [("Birch", "rejected"), ("Ash", "accepted")]
    assert day["totals"] == {
        "leads": 2,
        "sold": 2,
        "revenue": "50.00",
        "clients": {
            "Ash": {"sold": 1, "revenue": "20.00", "share": "0.5000"},
            "Birch": {"sold": 1, "revenue": "30.00", "share": "0.5000"},
        },
    }


def test_price_optimization_sells_exclusively_only_when_that_brings_more() -> None:
    shared = [client(name, 15) for name in ("A", "B", "C", "D", "E")]
    day = {
        "settings": {"automation": "price", "price_optimization": True},
        "campaigns": [{"name": "web", "max_deliveries": 5}],
        "clients": [client("Sole", 50, exclusive=True), *shared],
        "events": [lead(1)],
    }
    assert buyers(live(day)) == ["A+B+C+D+E"]


def test_without_optimization_the_highest_price_comes_first_whoever_it_is() -> None:
    day = {
        "settings": {"automation": "price"},
        "campaigns": [{"name": "web", "max_deliveries": 5}],
        "clients": [client("Sole", 50, exclusive=True), client("A", 15)],
        "events": [lead(1)],
    }
    assert buyers(live(day)) == ["Sole"]


def test_priority_takes_the_lowest_number_and_no_number_last() -> None:
    day = {"clients": [client("None"), client("Two", priority=2), client("Minus", priority=-1)], "events": [lead(1)]}
    (told,) = live(day)["events"]
    assert [(line["client"], line["offer"]) for line in told["candidates"]] == [("Minus", "accepted"), ("Two", None), ("None", None)]


def test_round_robin_gives_each_its_turn_and_a_failure_gives_it_back() -> None:
    day = live(
        {
            "settings": {"automation": "round_robin"},
            "clients": [client("A"), client("B", answers=["fail", "accept"]), client("C")],
            "events": leads(5),
        }
    )
    assert buyers(day) == ["A", "C", "B", "A", "C"]


def test_round_robin_begins_again_when_a_client_comes_in() -> None:
    events = [*leads(2), change(2.5, do="create_client", client=client("D")), *leads(4, begin=3)]
    clients = [client("A"), client("B"), client("C")]
    assert buyers(live({"settings": {"automation": "round_robin"}, "clients": clients, "events": events})) == ["A", "B", "A", "B", "C", "D"]


def test_round_robin_goes_on_when_it_is_told_to() -> None:
    events = [*leads(2), change(2.5, do="create_client", client=client("D")), *leads(4, begin=3)]
    settings = {"automation": "round_robin", "round_robin_on_change": "continue"}
    assert buyers(live({"settings": settings, "clients": [client("A"), client("B"), client("C")], "events": events})) == [
        "A",
        "B",
        "C",
        "D",
        "A",
        "B",
    ]


def test_weighted_gives_each_its_share_and_leaves_out_who_has_no_weight() -> None:
    clients = [client("Half", weight=500), client("Third", weight=300), client("Fifth", weight="200"), client("None")]
    day = live({"settings": {"automation": "weighted", "secondary": "price"}, "clients": clients, "events": leads(10)})
    assert [day["totals"]["clients"][name]["share"] for name in ("Half", "Third", "Fifth", "None")] == [
        "0.5000",
        "0.3000",
        "0.2000",
        "0.0000",
    ]
    assert reasons(day)["None"] == "weight_missing"


def test_percentage_with_the_hard_limit_leaves_leads_unsold_and_names_who_is_waited_for() -> None:
    closed = client("Closed", percentage=50, status="paused")
    day = live(
        {
            "settings": {"automation": "percentage", "secondary": "price", "percentage_hard_limit": True},
            "clients": [client("Open", percentage=50), client("Late", percentage=50, schedule={"mon": ["12:00-13:00"]}), closed],
            "events": leads(2),
        }
    )
    assert buyers(day) == ["Open", "-"]
    reached = day["events"][1]["candidates"][0]
    assert (reached["reason"], reached["detail"]["waiting_for"]) == ("percentage_reached", "Late")
    assert reasons(day) == {"Open": "percentage_reached", "Late": "schedule_closed", "Closed": "client_paused"}


def test_percentage_lets_who_was_closed_catch_up() -> None:
    day = live(
        {
            "settings": {"automation": "percentage", "secondary": "price"},
            "clients": [client("Open", percentage=50), client("Late", percentage=50, schedule={"mon": ["11:00-17:00"]})],
            "events": [*leads(4), *[lead(n, 60 + n) for n in range(5, 9)]],
        }
    )
    assert buyers(day) == ["Open"] * 4 + ["Late"] * 4


def test_geolocation_sells_to_the_nearest() -> None:
    clients = [client("Boston", zip="02108"), client("Newark", zip="07102"), client("Nowhere")]
    day = live({"settings": {"automation": "geolocation"}, "clients": clients, "events": [lead(1)]})
    assert [line["client"] for line in day["events"][0]["candidates"]] == ["Newark", "Boston", "Nowhere"]
    assert day["events"][0]["candidates"][0]["keys"]["primary"].startswith("9.")


def test_a_delivery_group_comes_first_with_an_order_of_its_own() -> None:
    day = live(
        {
            "settings": {"automation": "price"},
            "delivery_groups": [{"name": "first", "automation": "priority"}],
            "clients": [client("Rich", 90), client("Two", 10, group="first", priority=2), client("One", 5, group="first", priority=1)],
            "events": [lead(1)],
        }
    )
    assert [line["client"] for line in day["events"][0]["candidates"]] == ["One", "Two", "Rich"]


def test_a_campaign_sells_by_its_own_automation_to_its_own_group_only() -> None:
    day = live(
        {
            "settings": {"automation": "price"},
            "campaigns": [{"name": "web", "automation": "priority", "client_group": "gold", "cost": "3.00"}],
            "clients": [client("Rich", 90), client("Two", 80, groups=["gold"], priority=2), client("One", 5, groups=["gold"], priority=1)],
            "events": [lead(1)],
        }
    )
    assert buyers(day) == ["One"]
    assert reasons(day) == {"One": None, "Two": None, "Rich": "not_in_group"}


def test_a_cap_holds_and_reopens() -> None:
    day = live({"clients": [client("Capped", caps={"hour": 1})], "events": [lead(1), lead(2, 5), lead(3, 61)]})
    assert buyers(day) == ["Capped", "-", "Capped"]
    assert day["events"][1]["candidates"][0]["reason"] == "cap_hour"


def test_a_cap_may_be_passed_over_where_the_account_says_so() -> None:
    day = live({"clients": [client("Capped", caps={"hour": 1}, may_exceed_caps=True)], "events": [lead(1), lead(2, 5)]})
    assert [sale.get("over_cap") for one in day["events"] for sale in one["sold"]] == [None, True]


def test_a_held_lead_is_told_of_again_when_its_opening_has_come() -> None:
    held = client("Held", 30, schedule={"mon": ["12:00-17:00"]}, off_hours="hold", answers=["reject"])
    day = live(
        {
            "settings": {"automation": "price"},
            "clients": [held, client("Next", 20)],
            "events": [lead(1), change(300, do="rebuild")],
        }
    )
    told = day["events"][0]
    assert (told["outcome"], told["sold"], told["candidates"][0]["offer"]) == ("pending", [], None)
    assert told["later"]["outcome"] == "sold"
    assert [(line["client"], line["offer"]) for line in told["later"]["candidates"]] == [("Held", "rejected"), ("Next", "accepted")]
    assert day["totals"]["clients"]["Next"]["sold"] == 1


def asked_first(*answers: str, parallel: bool = True, count: int = 1) -> dict[str, Any]:
    clients = [client("Bidder", 10, ping=True, answers=list(answers)), client("Plain", 20), client("Other", 12, ping=True)]
    return live({"settings": {"automation": "price", "parallel_processing": parallel}, "clients": clients, "events": leads(count)})


def test_a_bid_at_the_ping_ranks_and_is_the_price() -> None:
    day = asked_first("bid:31.50", "bid:9.99", "accept", "reject", "fail", count=5)
    told = [one["sold"][0] for one in day["events"]]
    assert [(sale["client"], sale["price"]) for sale in told] == [("Bidder", "31.50"), *[("Plain", "20.00")] * 4]
    assert [reasons(day, number)["Bidder"] for number in range(5)] == [None, "bid_too_low", None, "ping_rejected", "ping_timeout"]
    assert day["events"][0]["candidates"][0]["keys"]["primary"] == "31.50"


def test_one_after_the_other_a_bid_wins_nothing_and_whoever_was_not_reached_was_not_asked() -> None:
    day = asked_first("bid:31.50", "fail", parallel=False, count=2)
    assert buyers(day) == ["Plain", "Plain"]
    assert [(line["client"], line["rank"], line["offer"]) for line in day["events"][1]["candidates"]] == [
        ("Plain", 1, "accepted"),
        ("Other", 2, None),
        ("Bidder", 3, None),
    ]


def test_a_doubt_stops_the_lead_and_a_bounce_sends_it_on() -> None:
    clients = [client("Doubt", 30, answers=["unknown", "bounce"]), client("Next", 20)]
    day = live({"settings": {"automation": "price"}, "clients": clients, "events": leads(2)})
    first, second = day["events"]
    assert (first["outcome"], first["candidates"][0]["offer"], first["candidates"][1]["offer"]) == ("review", "unknown", None)
    assert [(line["client"], line["offer"]) for line in second["candidates"]] == [("Doubt", "bounced"), ("Next", "accepted")]


def test_a_bounce_counts_as_sold_while_mails_are_not_tracked() -> None:
    settings = {"automation": "price", "email_tracking": False}
    assert buyers(live({"settings": settings, "clients": [client("A", answers=["bounce"])], "events": [lead(1)]})) == ["A"]


def test_a_bid_is_the_price_that_is_paid() -> None:
    day = live({"clients": [client("A", 20, answers=["bid:12.50"])], "events": [lead(1)]})
    assert day["events"][0]["sold"] == [{"client": "A", "account": "main", "price": "12.50"}]


@pytest.mark.parametrize(("caps", "price"), [({}, "12.50"), ({"budget_day": "100.00"}, "10.00")], ids=["no budget", "a budget is kept"])
def test_a_bid_above_the_price_is_paid_but_never_breaks_a_budget(caps: dict[str, str], price: str) -> None:
    day = live({"clients": [client("A", 10, answers=["bid:12.50"]) | {"caps": caps}], "events": [lead(1)]})
    assert day["events"][0]["sold"][0]["price"] == price


def test_what_intake_says_of_a_lead_is_told_with_its_errors() -> None:
    day = live({"clients": [client("A")], "events": [lead(1), lead(2, email="person1@mail.example"), lead(3, email="nobody")]})
    assert [one["status"] for one in day["events"]] == ["accepted", "duplicate", "rejected"]
    assert [(one["outcome"], one["candidates"]) for one in day["events"][1:]] == [(None, [])] * 2
    assert [(error["field"], error["code"]) for error in day["events"][2]["errors"]] == [("email", "bad_email")]
    assert day["totals"]["leads"] == 3


def test_changes_take_effect_with_the_next_lead() -> None:
    events = [
        lead(1),
        change(1, client="A", account="main", set={"price": "5.00"}),
        lead(2, 2),
        change(3, client="B", set={"status": "paused"}),
        lead(4, 4),
        change(5, do="delete_client", client="A"),
        lead(6, 6),
        change(7, do="create_client", client=client("A", 7, priority=1)),
        change(7, settings=True, set={"automation": "priority"}),
        change(7, client="B", set={"status": "active"}),
        lead(8, 8),
        change(9, campaign="default", set={"max_deliveries": 2}),
        lead(10, 10),
    ]
    day = live({"settings": {"automation": "price"}, "clients": [client("A", 20), client("B", 10)], "events": events})
    assert buyers(day) == ["A", "B", "A", "-", "A", "A+B"]
    assert day["events"][1] == {"n": 1, "do": "change"}
    assert day["totals"]["clients"]["A"] == {"sold": 4, "revenue": "39.00", "share": "0.6667"}


def test_new_answers_begin_with_their_first() -> None:
    events = [lead(1), change(1, client="A", account="main", set={"answers": ["reject", "accept"]}), lead(2, 2), lead(3, 3)]
    assert buyers(live({"clients": [client("A")], "events": events})) == ["A", "-", "A"]


def test_an_empty_day_is_a_day() -> None:
    assert live({"events": []}) == {"events": [], "totals": {"leads": 0, "sold": 0, "revenue": "0.00", "clients": {}}}


@pytest.mark.parametrize("between", [[], [{"do": "rebuild"}]], ids=["together", "one by one"])
def test_leads_taken_together_are_judged_as_if_each_came_alone(between: list[dict[str, Any]]) -> None:
    people = [(1, 0), (2, 0), (1, 0), (1, 30), (2, 61), (1, 89), (1, 91), (3, 91), (1, 152)]
    came = [
        lead(n, minutes, email=f"person{person}@mail.example") | {"campaign": "tv" if n in (4, 5) else "web"}
        for n, (person, minutes) in enumerate(people)
    ]
    day = live(
        {
            "lead_types": [{"name": "Solar", "duplicate_sets": [["email"]], "duplicate_hours": 1}],
            "campaigns": [{"name": "web", "max_deliveries": 2}, {"name": "tv", "cost": 5}],
            "settings": {"automation": "round_robin"},
            "clients": [client("Ash", caps={"hour": 2}, answers=["accept", "reject"]), client("Birch", answers=["reject", "accept"])],
            "events": [event for one in came for event in (one, *({"at": one["at"]} | more for more in between))],
        }
    )
    statuses = [one["status"] for one in day["events"] if one["do"] == "lead"]
    assert statuses == ["accepted", "accepted", "duplicate", "duplicate", "accepted", "accepted", "duplicate", "accepted", "accepted"]
    assert " ".join(buyers(day)) == "Ash Birch - - - Birch - Birch -"
