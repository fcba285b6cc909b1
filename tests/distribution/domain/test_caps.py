"""Caps, budgets, schedules and the rescan beyond an account's own caps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from distribution.domain.market import CampaignTerms, CapKind, Scope
from distribution.domain.step import Stop
from tests.distribution.domain.desk import (
    ACCEPT,
    CHICAGO,
    CHRISTMAS,
    FAIL,
    NEW_YORK,
    NOON,
    OPEN,
    REJECT,
    Desk,
    account,
    by,
    caps,
    client,
    line,
    market,
    past,
    values,
)

HOUR = timedelta(hours=1)
OFFICE = {"mon": ["09:00-17:00"], "tue": ["09:00-12:00", "13:00-17:00"]}


def test_a_day_cap_holds_ten_leads_and_reopens_at_the_clients_midnight():
    desk = Desk(market(by("price"), [account(1)], [client(1, caps=caps(day=10))]))
    assert desk.day(12) == [1] * 10 + [None, None]
    found = line(desk.look(), 1)
    assert found.reason == "cap_day"
    assert found.detail == {
        "whose": "client",
        "limit": "10",
        "used": "10",
        "reopens": "2026-03-03T00:00:00-06:00",
        "zone": "America/Chicago",
    }
    midnight = datetime(2026, 3, 3, tzinfo=CHICAGO)
    assert line(desk.look(now=midnight - timedelta(seconds=1)), 1).reason == "cap_day"
    assert line(desk.look(now=midnight), 1).reason is None


@pytest.mark.parametrize("kind", [kind for kind in CapKind if not kind.is_budget])
def test_zero_is_nothing_and_one_is_one_in_every_window(kind):
    none = Desk(market(by("price"), [account(1, caps=caps(**{kind.value: 0}))]))
    one = Desk(market(by("price"), [account(1, caps=caps(**{kind.value: 1}))]))
    assert none.day(1) == [None]
    assert line(none.look(), 1).reason == f"cap_{kind.value}"
    assert one.day(2) == [1, None]


@pytest.mark.parametrize(
    ("kind", "last", "first"),
    [
        ("hour", "2026-03-02T12:59:59", "2026-03-02T13:00:00"),
        ("week", "2026-03-08T23:59:59", "2026-03-09T00:00:00"),
        ("month", "2026-03-31T23:59:59", "2026-04-01T00:00:00"),
        ("budget_day", "2026-03-02T23:59:59", "2026-03-03T00:00:00"),
        ("budget_month", "2026-03-31T23:59:59", "2026-04-01T00:00:00"),
    ],
)
def test_a_window_is_full_until_its_last_second(kind, last, first):
    desk = Desk(market(by("price"), [account(1, 7, caps=caps(**{kind: 7 if "budget" in kind else 1}))]))
    assert desk.day(2) == [1, None]
    assert line(desk.look(now=datetime.fromisoformat(last).replace(tzinfo=CHICAGO)), 1).reason is not None
    assert line(desk.look(now=datetime.fromisoformat(first).replace(tzinfo=CHICAGO)), 1).reason is None


def test_a_total_cap_never_reopens():
    desk = Desk(market(by("price"), [account(1, caps=caps(total=1))]))
    assert desk.day(2, every=timedelta(days=400)) == [1, None]
    assert line(desk.look(), 1).detail["reopens"] is None


def test_a_lead_that_would_break_the_budget_is_refused_and_a_cheaper_account_still_buys():
    buyer = client(1, caps=caps(budget_day=25))
    desk = Desk(market(by("price"), [account(1, 10)], [buyer]))
    assert desk.day(3) == [1, 1, None]
    found = line(desk.look(), 1)
    assert (found.reason, found.detail["used"], found.detail["limit"], found.detail["price"]) == ("budget_day", "20", "25", "10")
    cheaper = Desk(market(by("price"), [account(1, 10), account(2, 5, client_id=1)], [buyer]), used=desk.used)
    assert cheaper.day(2) == [1, None]


def test_the_clients_limits_come_before_the_accounts_and_hours_before_days():
    both = [client(1, caps=caps(day=0))]
    assert line(Desk(market(by("price"), [account(1, caps=caps(hour=0))], both)).look(), 1).detail["whose"] == "client"
    unsorted = account(1, caps=caps(budget_day=0, total=0, hour=0))
    assert line(Desk(market(by("price"), [unsorted])).look(), 1).reason == "cap_hour"


def test_caps_count_in_the_clients_zone_and_the_schedule_in_the_accounts():
    """23:30 in Chicago on Monday is Tuesday in New York."""
    late = datetime(2026, 3, 2, 23, 30, tzinfo=CHICAGO)
    new_yorker = account(1, zone=NEW_YORK, hours={"tue": ["00:00-01:00"]}, caps=caps(day=1))
    offer = Desk(market(by("price"), [new_yorker])).look(now=late).offer
    assert offer is not None
    assert [use.window_start for use in offer.caps] == [datetime(2026, 3, 2, tzinfo=CHICAGO)]


def test_an_offer_takes_a_place_in_every_window_and_money_in_budgets():
    buyer = client(1, caps=caps(day=5, budget_month=100))
    offer = Desk(market(by("price"), [account(1, "12.50", caps=caps(hour=2, total=9))], [buyer])).look().offer
    assert offer is not None
    assert [(use.scope, use.scope_id, use.kind, use.amount, use.limit) for use in offer.caps] == [
        (Scope.CLIENT, 1, CapKind.DAY, 1, 5),
        (Scope.CLIENT, 1, CapKind.BUDGET_MONTH, Decimal("12.50"), 100),
        (Scope.ACCOUNT, 1, CapKind.HOUR, 1, 2),
        (Scope.ACCOUNT, 1, CapKind.TOTAL, 1, 9),
    ]


def test_a_rejected_or_failed_delivery_gives_its_place_back():
    desk = Desk(market(by("price"), [account(1, caps=caps(day=1))]))
    desk.sell({1: REJECT})
    desk.sell({1: FAIL})
    assert desk.day(2) == [1, None]


def test_the_repeated_hour_of_autumn_is_one_window():
    first = datetime(2026, 11, 1, 1, 30, tzinfo=CHICAGO)
    again = first.replace(fold=1)
    assert again.astimezone(UTC) - first.astimezone(UTC) == HOUR
    desk = Desk(market(by("price"), [account(1, caps=caps(hour=1))]))
    assert desk.sell(now=first.astimezone(UTC)).buyer == 1
    assert desk.sell(now=again.astimezone(UTC)).buyer is None
    assert desk.sell(now=again.astimezone(UTC) + HOUR / 2).buyer == 1


def test_outside_the_weekly_hours_the_trace_gives_the_next_opening():
    desk = Desk(market(by("price"), [account(1, hours=OFFICE, zone=ZoneInfo("America/Los_Angeles"))]))
    found = line(desk.look(now=datetime(2026, 3, 2, 14, tzinfo=UTC)), 1)
    assert (found.reason, found.detail["opens"]) == ("schedule_closed", "2026-03-02T09:00:00-08:00")
    assert line(desk.look(now=datetime(2026, 3, 2, 17, tzinfo=UTC)), 1).reason is None
    lunch = line(desk.look(now=datetime(2026, 3, 3, 20, 30, tzinfo=UTC)), 1)
    assert lunch.detail["opens"] == "2026-03-03T13:00:00-08:00"


def test_a_closed_date_closes_and_knowing_the_opening_never_makes_it_wrong():
    """Asked forwards and backwards in time by one and the same market."""
    open_all_week = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    desk = Desk(market(by("price"), [account(1, hours=open_all_week, closed_dates=frozenset({CHRISTMAS}))]))
    wanted = {
        datetime(2026, 12, 24, 16, 59, tzinfo=CHICAGO): None,
        datetime(2026, 12, 24, 17, 0, tzinfo=CHICAGO): "2026-12-28T09:00:00-06:00",
        datetime(2026, 12, 25, 12, 0, tzinfo=CHICAGO): "2026-12-28T09:00:00-06:00",
        datetime(2026, 12, 28, 9, 0, tzinfo=CHICAGO): None,
        datetime(2026, 12, 23, 8, 0, tzinfo=CHICAGO): "2026-12-23T09:00:00-06:00",
        datetime(2026, 12, 23, 9, 30, tzinfo=CHICAGO): None,
    }
    for now, opens in [*wanted.items(), *reversed(wanted.items())]:
        found = line(desk.look(now=now), 1)
        assert (found.detail or {}).get("opens") == opens, now


def test_a_closed_account_that_holds_is_sold_to_at_once_and_waits_for_the_opening():
    sunday = datetime(2026, 3, 1, 12, tzinfo=CHICAGO)
    desk = Desk(market(by("price"), [account(1, hours=OFFICE, hold=True, caps=caps(day=1))]))
    offer = desk.look(now=sunday).offer
    assert offer is not None
    assert offer.hold_until == datetime(2026, 3, 2, 9, tzinfo=CHICAGO)
    assert [use.window_start for use in offer.caps] == [datetime(2026, 3, 1, tzinfo=CHICAGO)], "the place is taken now"
    assert desk.look(now=datetime(2026, 3, 2, 9, tzinfo=CHICAGO)).offer.hold_until is None


SUNDAY = datetime(2026, 3, 1, 12, tzinfo=CHICAGO)


def test_a_held_place_counts_as_one_and_others_buy_the_rest_now():
    accounts = [account(1, 30, hours=OFFICE, hold=True), account(2, 20), account(3, 10), account(4, 99, exclusive=True, caps=caps(day=0))]
    desk = Desk(market(by("price"), accounts), CampaignTerms(1, max_deliveries=2))
    held = past(desk.look(now=SUNDAY).offer, OPEN, held=True)
    second = desk.look(now=SUNDAY, offers=[held])
    assert (second.stop, second.offer.account, second.offer.slot) == (Stop.OFFER, 2, 2)
    sold = past(second.offer, ACCEPT)
    assert desk.look(now=SUNDAY, offers=[held, sold]).stop is Stop.UNDER_WAY, "both places are taken"
    third = desk.look(now=SUNDAY, offers=[replace(held, held=False, outcome=REJECT), sold])
    assert third.offer.account == 3


def test_a_held_exclusive_place_keeps_the_whole_lead():
    accounts = [account(1, 30, hours=OFFICE, hold=True, exclusive=True), account(2, 20)]
    desk = Desk(market(by("price"), accounts), CampaignTerms(1, max_deliveries=2))
    held = past(desk.look(now=SUNDAY).offer, OPEN, held=True)
    assert desk.look(now=SUNDAY, offers=[held]).stop is Stop.UNDER_WAY


def test_a_lead_that_waits_for_an_opening_with_nobody_else_left_is_under_way():
    desk = Desk(market(by("price"), [account(1, 30, hours=OFFICE, hold=True)]), CampaignTerms(1, max_deliveries=2))
    held = past(desk.look(now=SUNDAY).offer, OPEN, held=True)
    assert desk.look(now=SUNDAY, offers=[held]).stop is Stop.UNDER_WAY


def test_an_account_that_never_opens_cannot_hold():
    never = account(1, hours={"mon": []}, hold=True)
    found = line(Desk(market(by("price"), [never])).look(), 1)
    assert (found.reason, found.detail["opens"]) == ("schedule_closed", None)


def test_a_lead_nobody_else_takes_passes_over_the_accounts_own_cap():
    generous = account(1, 10, caps=caps(day=1), may_exceed_caps=True)
    strict = account(2, 20, caps=caps(day=1))
    desk = Desk(market(by("price"), [generous, strict]))
    assert desk.day(2) == [2, 1]
    sold = desk.sell()
    assert (sold.buyer, sold.made[0].over_cap) == (1, True)
    assert [use.limit for use in sold.made[0].caps] == [None], "counted without limit, so that the bar shows it"
    assert desk.used[next(iter(key for key in desk.used if key.scope_id == 1))] == 2
    assert line(sold.step, 2).reason == "cap_day"


def test_the_rescan_never_passes_over_the_clients_cap():
    buyer = client(1, caps=caps(day=1))
    desk = Desk(market(by("price"), [account(1, caps=caps(day=1), may_exceed_caps=True)], [buyer]))
    assert desk.day(2) == [1, None]
    assert line(desk.look(), 1).detail["whose"] == "client"


def test_no_rescan_while_somebody_may_buy_or_after_a_sale():
    first, second = account(1, 10, caps=caps(day=0), may_exceed_caps=True), account(2, 5)
    desk = Desk(market(by("price"), [first, second]), CampaignTerms(1, max_deliveries=2))
    sold = desk.sell()
    assert sold.order == [2], "sold once to the second; not lost, so the cap of the first stands"
    assert (sold.step.stop, line(sold.step, 1).reason) == (Stop.NOBODY_LEFT, "cap_day")
    assert desk.sell({2: REJECT}).order == [2, 1]


def test_the_rescan_keeps_the_cap_as_reason_when_something_else_is_in_the_way_too():
    capped = account(1, caps=caps(day=0), may_exceed_caps=True)
    settings = by("weighted", "price", values=values(weight={2: 1}))
    assert line(Desk(market(settings, [capped, account(2)])).look(suppressed=True), 1).reason == "suppressed"
    assert line(Desk(market(settings, [capped])).look(), 1).reason == "cap_day"


def test_counters_to_read_are_those_of_accounts_that_could_buy():
    live = market(
        by("price"),
        [account(1, caps=caps(day=1)), account(2, caps=caps(hour=1), automated=False), account(3, lead_type=2, caps=caps(day=1))],
        [client(1, caps=caps(total=5))],
    )
    assert [(key.scope, key.scope_id, key.kind) for key in live.cap_keys(1, NOON)] == [
        (Scope.CLIENT, 1, CapKind.TOTAL),
        (Scope.ACCOUNT, 1, CapKind.DAY),
    ]
