"""Weighted and percentage: who is due, what a sale books, what a refusal takes back."""

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from distribution.domain.automation import Automation, Base, Timeframe
from distribution.domain.market import AccountStatus, CampaignTerms, ClientStatus, LeadFacts
from distribution.domain.settings import Group, Settings
from distribution.domain.step import Stop
from tests.distribution.domain.desk import (
    CHICAGO,
    FAIL,
    NEW_YORK,
    NOON,
    REJECT,
    Desk,
    account,
    by,
    caps,
    client,
    line,
    market,
    ranked,
    values,
)

OHIO, TEXAS = LeadFacts(1, {"state": "OH"}), LeadFacts(1, {"state": "TX"})
ONLY_TEXAS = {"all": [["state", "eq", "TX"]]}
HALF = Fraction(1, 2)


def weighted(weights, **options):
    return by("weighted", options.pop("secondary", "price"), values=values(weight=weights), **options)


def percentage(percentages, **options):
    return by("percentage", options.pop("secondary", "price"), values=values(percentage=percentages), **options)


def credit(desk, number, pool="default"):
    return desk.pools[pool].credits.credit(number)


def test_equal_weights_take_turns_in_the_order_of_the_secondary():
    desk = Desk(market(weighted({1: 1, 2: 1, 3: 1}), [account(1, 10), account(2, 30), account(3, 20)]))
    assert desk.day(7) == [2, 3, 1, 2, 3, 1, 2]


def test_weights_500_300_200_give_the_fairest_sequence():
    desk = Desk(market(weighted({1: 500, 2: 300, 3: 200}), [account(1), account(2), account(3)]))
    buyers = desk.day(10)
    assert Counter(buyers) == {1: 5, 2: 3, 3: 2}
    assert buyers == [1, 2, 1, 3, 1, 2, 1, 3, 2, 1]
    assert [credit(desk, number) for number in (1, 2, 3)] == [0, 0, 0]


def test_the_key_is_what_a_client_is_owed_counting_this_lead():
    desk = Desk(market(weighted({1: 500, 2: 300, 3: 200}), [account(1), account(2), account(3)]))
    step = desk.look()
    assert {number: line(step, number).keys["primary"] for number in (1, 2, 3)} == {1: "0.5", 2: "0.3", 3: "0.2"}
    assert line(step, 1).detail == {"due_within": "0.50"}, "bound 0.75, owed 0.5, rate 0.5"
    assert line(step, 3).detail is None, "0.2 is less than 1/4"


def test_the_bound_reckons_with_clients_that_are_closed_now():
    desk = Desk(market(weighted({1: 1, 2: 1, 3: 1}), [account(1), account(2), account(3, hours={"sun": ["09:00-17:00"]})]))
    assert line(desk.look(), 1).detail == {"due_within": "0.50"}, "three clients: bound 0.75, owed 0.5, rate 0.5"


def test_a_sale_credits_only_those_that_could_have_bought_that_lead():
    desk = Desk(market(weighted({1: 1, 2: 1, 3: 2}), [account(1), account(2, criteria=ONLY_TEXAS), account(3, 20)]))
    desk.sell(lead=OHIO)
    assert [credit(desk, number) for number in (1, 2, 3)] == [Fraction(1, 3), 0, Fraction(-1, 3)]
    desk.sell(lead=TEXAS)
    total = sum(credit(desk, number) for number in (1, 2, 3))
    assert (total, credit(desk, 2) > 0) == (0, True)


def test_a_client_earns_nothing_while_it_is_closed_and_has_no_burst_when_it_opens():
    opens = {day: ["13:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    desk = Desk(market(weighted({1: 1, 2: 1}), [account(1), account(2, hours=opens)]))
    morning = datetime(2026, 3, 2, 9, tzinfo=CHICAGO)
    assert desk.day(20, morning) == [1] * 20
    afternoon = datetime(2026, 3, 2, 13, tzinfo=CHICAGO)
    assert desk.day(6, afternoon) == [1, 2, 1, 2, 1, 2]


def test_a_refusal_undoes_what_the_sale_booked_and_the_refuser_has_no_share_in_the_next():
    desk = Desk(market(weighted({1: 2, 2: 1, 3: 1}), [account(1), account(2), account(3)]))
    sold = desk.sell({1: REJECT})
    assert sold.order == [1, 2]
    assert [credit(desk, number) for number in (1, 2, 3)] == [0, -HALF, HALF], "shared between the second and the third alone"


def test_nothing_sold_leaves_no_credit_behind():
    desk = Desk(market(weighted({1: 2, 2: 1}), [account(1), account(2)]))
    before = desk.look()
    desk.sell({1: FAIL, 2: REJECT})
    assert [credit(desk, number) for number in (1, 2)] == [0, 0]
    assert desk.look() == before


def test_a_lead_sold_to_two_clients_is_two_sales():
    desk = Desk(market(weighted({1: 2, 2: 1, 3: 1}), [account(1), account(2), account(3)]), CampaignTerms(1, max_deliveries=2))
    desk.sell()
    assert [credit(desk, number) for number in (1, 2, 3)] == [-HALF, Fraction(-1, 4), Fraction(3, 4)]


def test_a_return_much_later_gives_the_credit_back_exactly():
    desk = Desk(market(weighted({1: 3, 2: 2}), [account(1), account(2)]))
    returned = desk.sell().made[0]
    desk.day(9)
    before = [credit(desk, number) for number in (1, 2)]
    desk.take_back(returned, NOON + timedelta(days=9), answered=True)
    assert returned.client == 1
    assert [credit(desk, number) - was for number, was in zip((1, 2), before, strict=True)] == [Fraction(2, 5), Fraction(-2, 5)]


def test_each_pool_keeps_credits_of_its_own():
    group = Group("g", "G", Automation.WEIGHTED, Automation.PRICE, client_ids=(1, 2))
    settings = weighted({1: 1, 2: 1, 3: 1}, groups=(group,))
    desk = Desk(market(settings, [account(1), account(2), account(3)]), CampaignTerms(1, max_deliveries=3))
    assert desk.sell().order == [1, 2, 3]
    assert [credit(desk, number, "group:g") for number in (1, 2, 3)] == [-HALF, HALF, 0], "the second sale was to the only one left"
    assert [credit(desk, number) for number in (1, 2, 3)] == [0, 0, 0], "alone in its pool one is always at its share"


def test_base_automations_order_the_due_first_then_the_most_owed():
    settings = weighted({1: 6, 2: 3, 3: 1}, base_automation=Base.PRICE, secondary="priority")
    desk = Desk(market(settings, [account(1, 10), account(2, 20), account(3, 30)]))
    assert ranked(desk.look()) == [3, 2, 1], "all are due, the highest price first"
    desk.sell()
    step = desk.look()
    assert ranked(step) == [2, 1, 3]
    assert [line(step, number).keys["primary"] for number in (2, 1, 3)] == ["0.6", "1.2", "-0.8"]
    assert Counter([3, *desk.day(9)]) == {1: 6, 2: 3, 3: 1}


def test_with_a_base_of_round_robin_turns_are_kept():
    settings = weighted({1: 1, 2: 1, 3: 1}, base_automation=Base.ROUND_ROBIN)
    desk = Desk(market(settings, [account(1, 10), account(2, 20), account(3, 30)]))
    assert desk.day(6) == [1, 2, 3, 1, 2, 3]
    assert desk.pools["default"].rotation.number == 6


def test_as_secondary_weighted_prefers_who_is_furthest_below_its_share():
    settings = by("price", "weighted", values=values(weight={1: 1, 2: 3}))
    desk = Desk(market(settings, [account(1, 10), account(2, 10), account(3, 10), account(4, 5)]))
    buyers = desk.day(8)
    assert Counter(buyers) == {2: 6, 1: 2}, "without a weight last among equals, but left out of nothing"
    assert ranked(desk.look())[2:] == [3, 4]
    desk.market = market(settings, [account(3, 10)])
    assert desk.day(1) == [3]


def test_percentage_is_of_all_leads_sold_so_a_client_closed_in_the_morning_catches_up():
    opens = {"mon": ["13:00-18:00"]}
    settings = percentage({1: 50, 2: 50})
    desk = Desk(market(settings, [account(1), account(2, hours=opens)]))
    assert desk.day(4, datetime(2026, 3, 2, 9, tzinfo=CHICAGO)) == [1, 1, 1, 1]
    afternoon = desk.day(8, datetime(2026, 3, 2, 13, tzinfo=CHICAGO))
    assert afternoon[:4] == [2, 2, 2, 2]
    assert Counter(afternoon) == {2: 6, 1: 2}


def test_percentages_begin_afresh_with_the_timeframe_of_the_companys_zone():
    opens = {"tue": ["00:00-24:00"]}
    desk = Desk(market(percentage({1: 50, 2: 50}), [account(1), account(2, hours=opens)]))
    assert desk.day(4, datetime(2026, 3, 2, 9, tzinfo=NEW_YORK)) == [1, 1, 1, 1]
    assert desk.day(4, datetime(2026, 3, 3, 1, tzinfo=NEW_YORK)) == [1, 2, 1, 2]


def test_the_catch_up_limit_clamps_how_far_a_client_can_fall_behind():
    """Three leads behind at half of all leads: each lead in a row catches up one, but half a lead is due anew."""
    opens = {"mon": ["13:00-18:00"]}
    for limit, run in ((None, 20), (Decimal(3), 5), (Decimal(1), 1), (Decimal("0.5"), 1), (Decimal(0), 1)):
        settings = percentage({1: 50, 2: 50}, percentage_catch_up=limit)
        desk = Desk(market(settings, [account(1), account(2, hours=opens)]))
        assert desk.day(20, datetime(2026, 3, 2, 9, tzinfo=CHICAGO)) == [1] * 20
        afternoon = desk.day(24, datetime(2026, 3, 2, 13, tzinfo=CHICAGO))
        assert afternoon.index(1) == run, limit
        assert Counter(afternoon[run:])[1] >= (24 - run) // 2 - 1


def test_the_hard_limit_leaves_a_lead_unsold_rather_than_above_the_percentage():
    settings = percentage({1: 50, 2: 50}, percentage_hard_limit=True)
    desk = Desk(market(settings, [account(1), account(2, hours={"mon": ["13:00-18:00"]})]))
    morning = datetime(2026, 3, 2, 9, tzinfo=CHICAGO)
    assert desk.day(2, morning) == [1, None]
    found = line(desk.look(now=morning), 1)
    assert found.reason == "percentage_reached"
    assert found.detail == {
        "percentage": "50",
        "timeframe": "day",
        "ends": "2026-03-03T00:00:00-05:00",
        "zone": "America/New_York",
        "waiting_for": 2,
    }
    assert desk.day(3, datetime(2026, 3, 2, 13, tzinfo=CHICAGO)) == [2, 1, 2]
    without = Desk(market(percentage({1: 50, 2: 50}), [account(1), account(2, hours={"mon": ["13:00-18:00"]})]))
    assert without.day(2, morning) == [1, 1]


def test_a_client_that_is_paused_is_not_waited_for():
    settings = percentage({1: 50, 2: 50}, percentage_hard_limit=True)
    desk = Desk(market(settings, [account(1), account(2)], [client(2, status=ClientStatus.PAUSED)]))
    assert desk.day(3) == [1, 1, 1]


def test_a_client_without_an_open_account_is_not_waited_for():
    settings = percentage({1: 50, 2: 50}, percentage_hard_limit=True)
    desk = Desk(market(settings, [account(1), account(2, status=AccountStatus.PAUSED)]))
    assert desk.day(3) == [1, 1, 1]


def test_a_client_that_buys_another_type_of_lead_counts_in_the_percentages_of_the_pool():
    settings = percentage({1: 50, 2: 50}, percentage_hard_limit=True)
    desk = Desk(market(settings, [account(1), account(2, lead_type=2)]))
    assert desk.day(2) == [1, None]
    assert desk.sell(lead=LeadFacts(2)).buyer == 2
    assert desk.day(2) == [1, None]


def test_percentages_are_relative_to_their_total():
    desk = Desk(market(percentage({1: 30, 2: 10}), [account(1), account(2)]))
    assert Counter(desk.day(8)) == {1: 6, 2: 2}


def test_a_refusal_after_the_timeframe_leaves_the_new_one_alone():
    desk = Desk(market(percentage({1: 50, 2: 50}, percentage_timeframe=Timeframe.HOUR), [account(1), account(2)]))
    late = desk.sell().made[0]
    desk.day(1, NOON + timedelta(hours=1))
    state = desk.pools["default"]
    desk.take_back(late, NOON + timedelta(hours=1), answered=True)
    assert desk.pools["default"] == state
    soon = desk.sell(now=NOON + timedelta(hours=1)).made[0]
    desk.take_back(soon, NOON + timedelta(minutes=110), answered=True)
    assert desk.pools["default"].percentage.ledger.credit(1) == state.percentage.ledger.credit(1)


def test_percentage_with_a_base_orders_the_due_by_it():
    settings = Settings(
        Automation.PERCENTAGE, Automation.PRICE, Base.PRIORITY, values=values(percentage={1: 50, 2: 30, 3: 20}, priority={3: 0, 2: 1, 1: 2})
    )
    desk = Desk(market(settings, [account(1), account(2), account(3)]))
    assert desk.day(3) == [3, 2, 1]
    assert Counter([3, 2, 1, *desk.day(7)]) == {1: 5, 2: 3, 3: 2}


def test_weighted_with_percentage_as_secondary_books_both():
    settings = by("weighted", "percentage", values=values(weight={1: 1, 2: 1}, percentage={1: 25, 2: 75}))
    desk = Desk(market(settings, [account(1), account(2)]))
    assert desk.day(2) == [2, 1], "equal by weight, and the second is further below its percentage"
    assert desk.pools["default"].percentage.ledger.credit(2) == HALF


def test_a_capped_client_neither_buys_nor_earns():
    desk = Desk(market(weighted({1: 1, 2: 1}), [account(1), account(2, caps=caps(day=1))]))
    assert desk.day(6) == [1, 2, 1, 1, 1, 1]
    assert [credit(desk, number) for number in (1, 2)] == [0, 0]
    assert desk.look().stop is Stop.OFFER


@pytest.mark.parametrize(
    ("timeframe", "last", "first"),
    [
        (Timeframe.HOUR, datetime(2026, 3, 2, 9, 59, tzinfo=NEW_YORK), datetime(2026, 3, 2, 10, tzinfo=NEW_YORK)),
        (Timeframe.DAY, datetime(2026, 3, 2, 23, 59, tzinfo=NEW_YORK), datetime(2026, 3, 3, tzinfo=NEW_YORK)),
        (Timeframe.WEEK, datetime(2026, 3, 15, 23, 59, tzinfo=NEW_YORK), datetime(2026, 3, 16, tzinfo=NEW_YORK)),
        (Timeframe.MONTH, datetime(2026, 3, 31, 23, 59, tzinfo=NEW_YORK), datetime(2026, 4, 1, tzinfo=NEW_YORK)),
    ],
)
def test_to_its_last_minute_a_timeframe_is_caught_up_with_and_the_next_one_owes_nothing(timeframe, last, first):
    for later, wanted in ((last, [2, 2, 2, 2]), (first, [1, 2, 1, 2])):
        settings = percentage({1: 50, 2: 50}, percentage_timeframe=timeframe)
        desk = Desk(market(settings, [account(1), account(2, criteria=ONLY_TEXAS)]))
        assert desk.day(4, last, lead=OHIO) == [1, 1, 1, 1]
        assert desk.day(4, later, lead=TEXAS) == wanted


@pytest.mark.parametrize(("base", "wanted"), [(Base.PRIORITY, [2, 3, 1]), (Base.GEOLOCATION, [3, 1, 2])])
def test_the_other_base_automations_order_those_that_are_due(base, wanted):
    points = {1: (41.0, -88.0), 2: (45.0, -93.0), 3: (41.9, -87.7)}
    table = values(weight=dict.fromkeys(points, 1), priority={1: 3, 2: 1, 3: 2})
    settings = by("weighted", "price", base_automation=base, values=table)
    clients = [client(number, point=point) for number, point in points.items()]
    desk = Desk(market(settings, [account(number) for number in points], clients))
    chicago = LeadFacts(1, point=(41.88, -87.63))
    assert ranked(desk.look(chicago)) == wanted, "all are due"
    assert desk.day(6, lead=chicago) == wanted * 2
