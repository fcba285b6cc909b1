"""The sales floor in worked days: push, pull, outcomes, cool-downs, callbacks, ages and rebuilds, by the same services as live."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from tests.distribution.sandbox.days import MONDAY, change, lead, live

pytestmark = pytest.mark.django_db

ANN, BOB = {"name": "ann"}, {"name": "bob"}
NO_ANSWER = {"name": "No answer", "then": "recycle", "cool_down_minutes": 60}
FRESH: dict[str, Any] = {"name": "fresh", "recipients": ["ann", "bob"]}


@pytest.fixture(autouse=True)
def quiet(settings: Any) -> None:
    settings.PUBLISHES_WAKE_UPS = False


def at(minutes: float) -> str:
    return (MONDAY + timedelta(minutes=minutes)).isoformat()


def pull(user: str, minutes: float) -> dict[str, Any]:
    return {"at": at(minutes), "do": "pull", "user": user}


def dispose(user: str, number: int, minutes: float, outcome: str = "No answer", **more: Any) -> dict[str, Any]:
    return {"at": at(minutes), "do": "dispose", "user": user, "lead": f"L{number}", "disposition": outcome, **more}


def floor(*events: dict[str, Any], **day: Any) -> list[dict[str, Any]]:
    parts = {"users": [ANN, BOB], "pull_strategies": [FRESH], "dispositions": [NO_ANSWER]} | day
    one_day: Any = transaction.atomic()
    one_day._from_testcase = True  # intake insists on the outermost transaction, or a test's
    with one_day:
        told: list[dict[str, Any]] = live(parts | {"events": list(events)})["events"]
        transaction.set_rollback(True)  # the next day begins on empty tables
    return told


def given(told: list[dict[str, Any]]) -> list[str]:
    """What each pull brought: a lead, or the reason why none."""
    return [one["lead"] or one["reason"] for one in told if one["do"] == "pull"]


def became(told: list[dict[str, Any]]) -> list[Any]:
    return [(one["outcome"], one.get("user") or one.get("branch") or one.get("strategies")) for one in told if one["do"] == "lead"]


def test_the_newest_of_the_least_pulled_comes_first() -> None:
    told = floor(lead(1, 0), lead(2, 1), lead(3, 2), pull("ann", 3), pull("bob", 3), pull("bob", 4))
    assert given(told) == ["L3", "L2", "holding_limit"]
    assert became(told) == [("queued", ["fresh"])] * 3


def test_an_order_of_its_own_and_what_is_equal_in_order_of_arrival() -> None:
    dearest = FRESH | {"order": [["cost", "desc"], ["created", "asc"]]}
    campaigns = [{"name": "cheap", "cost": "1.00"}, {"name": "dear", "cost": "9.00"}]
    events = [lead(1) | {"campaign": "cheap"}, lead(2, 1) | {"campaign": "dear"}, lead(3, 2) | {"campaign": "dear"}]
    assert given(floor(*events, pull("ann", 3), pull("bob", 3), pull_strategies=[dearest], campaigns=campaigns)) == ["L2", "L3"]


def test_strategies_are_asked_in_their_order_and_only_those_that_are_open_to_the_user() -> None:
    texas = {"name": "texas", "criteria": {"all": [["state", "eq", "TX"]]}, "recipients": ["ann"]}
    events = [lead(1, zip="75001"), lead(2, 1), pull("bob", 2), pull("ann", 3)]
    told = floor(*events, pull_strategies=[texas, FRESH])
    assert [(one["lead"], one["strategy"]) for one in told if one["do"] == "pull"] == [("L2", "fresh"), ("L1", "texas")]
    assert became(told) == [("queued", ["texas", "fresh"]), ("queued", ["fresh"])]


def test_a_user_on_no_strategy_gets_nothing_and_is_told_so() -> None:
    assert given(floor(lead(1), pull("bob", 1), pull_strategies=[FRESH | {"recipients": ["ann"]}])) == ["no_strategy"]
    assert given(floor(lead(1), pull("ann", 1), users=[ANN], pull_strategies=[FRESH | {"recipients": ["ann"], "on": False}])) == [
        "no_strategy"
    ]


def test_calling_hours_hold_a_lead_back_until_all_its_places_are_open() -> None:
    told = floor(lead(1, zip="90001"), pull("ann", 1), pull("ann", 59.9), pull("ann", 60))  # 10 in New York is 7 in Los Angeles
    assert given(told) == ["calling_hours", "calling_hours", "L1"]
    both = floor(lead(1, zip="10001", phone="3105550100"), pull("ann", 1), pull("ann", 60))
    assert given(both) == ["calling_hours", "L1"]
    off = floor(lead(1, zip="90001"), pull("ann", 1), pull_strategies=[FRESH | {"calling_hours": False}])
    assert given(off) == ["L1"]


def test_a_lead_without_a_place_is_held_back() -> None:
    assert given(floor(lead(1, zip=None), pull("ann", 1))) == ["no_location"]


def test_after_an_outcome_the_lead_cools_down_and_goes_to_somebody_else() -> None:
    told = floor(lead(1), pull("ann", 1), dispose("ann", 1, 5), pull("bob", 10), pull("ann", 65), pull("bob", 65))
    assert given(told) == ["L1", "cooling", "other_user_next", "L1"]
    (outcome,) = [one for one in told if one["do"] == "dispose"]
    assert outcome == {"n": 2, "do": "dispose", "user": "ann", "lead": "L1", "then": "recycle", "ready_at": at(65)}


def test_the_same_user_may_be_next_where_the_strategy_says_so() -> None:
    again = FRESH | {"other_user_next": False, "cool_down_minutes": 10}
    own = {"name": "Busy", "then": "recycle", "cool_down_minutes": None}
    events = [lead(1), pull("ann", 1), dispose("ann", 1, 2, "Busy"), pull("ann", 11), pull("ann", 12)]
    assert given(floor(*events, pull_strategies=[again], dispositions=[own])) == ["L1", "cooling", "L1"]


def test_a_user_holds_one_lead_and_the_next_comes_at_once_after_the_outcome() -> None:
    told = floor(lead(1), lead(2, 1), pull("ann", 2), pull("ann", 3), dispose("ann", 2, 4), pull("ann", 4))
    assert given(told) == ["L2", "holding_limit", "L1"]


def test_a_hold_that_runs_out_brings_the_lead_back_and_its_holder_cannot_dispose_of_it() -> None:
    told = floor(lead(1), pull("ann", 1), pull("bob", 20), pull("bob", 21), dispose("ann", 1, 22))
    assert given(told) == ["L1", "held", "L1"]
    assert told[-1] == {"n": 4, "do": "dispose", "user": "ann", "lead": "L1", "error": "not_held"}


def test_nobody_disposes_of_what_another_holds_nor_twice() -> None:
    told = floor(lead(1), pull("ann", 1), dispose("bob", 1, 2), dispose("ann", 1, 3), dispose("ann", 1, 4))
    assert [one.get("error") for one in told if one["do"] == "dispose"] == ["not_held", None, "not_held"]


def test_after_its_last_attempt_a_lead_is_exhausted() -> None:
    events = [lead(1), pull("ann", 1), dispose("ann", 1, 2), pull("bob", 70), dispose("bob", 1, 71), pull("ann", 200)]
    assert given(floor(*events, pull_strategies=[FRESH | {"max_attempts": 2}])) == ["L1", "L1", "exhausted"]
    assert given(floor(*events, pull_strategies=[FRESH | {"max_attempts": 3}])) == ["L1", "L1", "L1"]


def test_a_state_s_limit_of_attempts_in_24_hours_holds_over_all_users() -> None:
    busy = {"name": "Busy", "then": "recycle", "cool_down_minutes": 5}
    florida = [lead(1, zip="33101")]
    for number, user in enumerate(["ann", "bob", "ann"]):
        florida += [pull(user, 1 + 10 * number), dispose(user, 1, 2 + 10 * number, "Busy")]
    events = [*florida, pull("bob", 40), pull("bob", 24 * 60 + 1), pull("bob", 24 * 60 + 2)]
    assert given(floor(*events, dispositions=[busy]))[3:] == ["attempt_limit_24h", "attempt_limit_24h", "L1"]
    elsewhere = [one | {"fields": {"email": "a@mail.example", "zip": "10001"}} if one["do"] == "lead" else one for one in events]
    assert given(floor(*elsewhere, dispositions=[busy]))[3] == "L1"


def test_a_callback_comes_first_at_its_time_to_its_user_alone() -> None:
    events = [
        lead(1),
        pull("ann", 1),
        dispose("ann", 1, 2, "Callback", callback_at=at(60)),
        lead(2, 30),
        pull("ann", 61),
        dispose("ann", 1, 62, "Sold"),
        pull("ann", 63),
    ]
    assert given(floor(*events)) == ["L1", "L1", "L2"]


def test_a_missed_callback_goes_back_to_the_queue() -> None:
    events = [lead(1), pull("ann", 1), dispose("ann", 1, 2, "Callback", callback_at=at(60)), pull("bob", 89), pull("bob", 90)]
    assert given(floor(*events)) == ["L1", "held", "L1"]


@pytest.mark.parametrize(
    ("when", "error"),
    [(None, "callback_needed"), (at(1), "callback_past"), (at(12 * 60), "callback_hours"), (at(60), None)],
)
def test_a_callback_needs_a_time_at_which_the_lead_may_be_called(when: str | None, error: str | None) -> None:
    told = floor(lead(1), pull("ann", 1), dispose("ann", 1, 2, "Callback", callback_at=when))
    assert told[-1].get("error") == error


def test_do_not_call_puts_the_person_on_the_suppression_list() -> None:
    first, later = lead(1, phone="2125550143"), lead(2, 30, phone="2125550143", email="other@mail.example")
    told = floor(first, pull("ann", 1), dispose("ann", 1, 2, "Do not call"), later)
    assert told[-1]["status"] == "suppressed"
    kept = floor(first, pull("ann", 1), dispose("ann", 1, 2), later)
    assert kept[-1]["status"] == "duplicate"


def test_a_lead_that_a_user_owns_leaves_the_queue_and_is_disposed_of_by_that_user_alone() -> None:
    events = [lead(1), pull("ann", 1), dispose("ann", 1, 2, "Contacted - interested"), pull("bob", 3), dispose("bob", 1, 4)]
    told = floor(*events, dispose("ann", 1, 5, "Sold"))
    assert given(told) == ["L1", "nothing_queued"]
    assert [one.get("error") for one in told if one["do"] == "dispose"] == [None, "not_held", None]


def test_a_transfer_to_a_branch_is_pulled_from_there() -> None:
    hand_over = {"name": "Hand over", "then": "transfer"}
    west = {"name": "west", "source": "own_branch", "recipients": ["West"]}
    users = [ANN, {"name": "cat", "branch": "West"}, {"name": "dan", "branch": "East"}]
    strategies = [FRESH | {"recipients": ["ann"]}, west | {"recipients": ["West", "East"]}]
    events = [lead(1), pull("ann", 1), dispose("ann", 1, 2, "Hand over", to_branch="West"), pull("dan", 4), pull("ann", 4), pull("cat", 5)]
    told = floor(*events, users=users, branches=[{"name": "West"}, {"name": "East"}], pull_strategies=strategies, dispositions=[hand_over])
    assert given(told) == ["L1", "nothing_queued", "nothing_queued", "L1"]


def test_push_goes_round_and_comes_before_pull() -> None:
    hot = {"name": "hot", "criteria": {"all": [["state", "eq", "NY"]]}, "recipients": ["ann", "bob"]}
    told = floor(lead(1), lead(2, 1), lead(3, 2), lead(4, 3, zip="75001"), push_strategies=[hot])
    assert became(told) == [("pushed", "ann"), ("pushed", "bob"), ("pushed", "ann"), ("queued", ["fresh"])]


def test_weighted_push_keeps_the_shares() -> None:
    hot = {"name": "hot", "method": "weighted", "recipients": ["ann", "bob"], "percents": ["75", "25"]}
    told = floor(*(lead(number, number) for number in range(1, 9)), push_strategies=[hot])
    assert sorted(who for _, who in became(told)) == ["ann"] * 6 + ["bob"] * 2


def test_push_passes_over_who_is_not_active_away_or_full() -> None:
    hot = {"name": "hot", "recipients": ["ann", "bob"], "active_within_minutes": 5}
    away = change(1, user="ann", set={"away": True})
    told = floor(lead(1), away, lead(2, 2), lead(3, 3), lead(4, 10), push_strategies=[hot])
    assert became(told) == [("pushed", "ann"), ("pushed", "bob"), ("pushed", "bob"), ("queued", ["fresh"])]
    full = {"name": "hot", "recipients": ["ann"], "limit_day": 2}
    assert became(floor(*(lead(number, number) for number in range(1, 4)), push_strategies=[full])) == [
        ("pushed", "ann"),
        ("pushed", "ann"),
        ("queued", ["fresh"]),
    ]


def test_a_branch_that_is_pushed_to_offers_the_lead_to_its_users() -> None:
    to_west = {"name": "to west", "recipients": ["West"]}
    west = {"name": "west", "source": "own_branch", "recipients": ["West"]}
    users = [ANN, {"name": "cat", "branch": "West"}]
    told = floor(
        lead(1), pull("ann", 1), pull("cat", 2), users=users, branches=[{"name": "West"}], push_strategies=[to_west],
        pull_strategies=[FRESH | {"recipients": ["ann"]}, west],
    )  # fmt: skip
    assert (became(told), given(told)) == ([("pushed", "West")], ["nothing_queued", "L1"])


def test_a_pushed_lead_that_waits_for_calling_hours_is_pushed_when_they_begin() -> None:
    hot = {"name": "hot", "recipients": ["ann"], "calling_hours": True}
    told = floor(lead(1, zip="90001"), dispose("ann", 1, 59, "Sold"), dispose("ann", 1, 61, "Sold"), push_strategies=[hot])
    assert told[0]["outcome"] == "pending"
    assert [one.get("error") for one in told if one["do"] == "dispose"] == ["not_held", None]


def test_an_untaken_lead_is_unrouted_and_a_campaign_may_leave_routes_out() -> None:
    texas = FRESH | {"criteria": {"all": [["state", "eq", "TX"]]}}
    assert became(floor(lead(1), pull_strategies=[texas])) == [("unrouted", None)]
    assert became(floor(lead(1), campaigns=[{"name": "web", "routes": ["distribute"]}])) == [("unrouted", None)]
    assert became(floor(lead(1), campaigns=[{"name": "web", "routes": ["pull"]}])) == [("queued", ["fresh"])]


def test_a_lead_leaves_and_joins_a_queue_at_its_age() -> None:
    young = FRESH | {"criteria": {"all": [["age_lt", 60]]}}
    old = {"name": "old", "criteria": {"all": [["age_gt", 60]]}, "recipients": ["ann", "bob"]}
    told = floor(lead(1), pull("ann", 61), pull_strategies=[young, old])
    assert [(one["lead"], one["strategy"]) for one in told if one["do"] == "pull"] == [("L1", "old")]
    assert given(floor(lead(1), pull("ann", 59), pull_strategies=[young])) == ["L1"]
    assert given(floor(lead(1), pull("ann", 60), pull_strategies=[young])) == ["nothing_queued"]
    assert given(floor(lead(1), pull("ann", 60), pull("ann", 60.1), pull_strategies=[old])) == ["nothing_queued", "L1"]


def test_a_new_lead_is_offered_after_the_delay() -> None:
    assert given(floor(lead(1), pull("ann", 9), pull("ann", 10), pull_strategies=[FRESH | {"delay_minutes": 10}])) == [
        "nothing_queued",
        "L1",
    ]


def test_changed_criteria_count_for_new_leads_and_claims_at_once_and_for_the_queue_after_a_rebuild() -> None:
    to_texas = change(2, strategy="fresh", set={"criteria": {"all": [["state", "eq", "TX"]]}})
    to_new_york = change(10, strategy="fresh", set={"criteria": {"all": [["state", "eq", "NY"]]}})
    texas = {"criteria": {"all": [["state", "eq", "TX"]]}}
    told = floor(lead(1), lead(2, 1, zip="75001"), to_texas, pull("ann", 3), pull("bob", 4))
    assert given(told) == ["L2", "held"]
    before = floor(lead(1), lead(2, 1, zip="75001"), to_new_york, pull("ann", 11), pull_strategies=[FRESH | texas])
    assert given(before) == ["nothing_queued"]
    after = floor(lead(1), lead(2, 1, zip="75001"), to_new_york, change(11, do="rebuild"), pull("ann", 12), pull_strategies=[FRESH | texas])
    assert given(after) == ["L1"]


def test_a_rebuild_keeps_holds_cool_downs_and_the_order() -> None:
    rebuild = change(6, do="rebuild")
    events = [lead(1), lead(2, 1), lead(3, 2), pull("ann", 3), dispose("ann", 3, 4), pull("bob", 5)]
    with_it = floor(*events, rebuild, pull("ann", 7), dispose("bob", 2, 8), pull("bob", 64))
    without = floor(*events, pull("ann", 7), dispose("bob", 2, 8), pull("bob", 64))
    assert given(with_it) == given(without) == ["L3", "L2", "L1", "L3"]


def test_a_sold_lead_is_not_in_the_queue() -> None:
    buyer = {"name": "A", "accounts": [{"name": "main", "price": 20}]}
    told = floor(lead(1), pull("ann", 1), clients=[buyer])
    assert (became(told), given(told)) == ([("sold", None)], ["nothing_queued"])
