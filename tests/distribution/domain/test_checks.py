"""Eligibility: every code of the table, the account that gets it, and the twin that does not."""

from datetime import timedelta
from decimal import Decimal

import pytest

from distribution.domain.automation import Automation
from distribution.domain.market import AccountStatus, CampaignTerms, ClientStatus, LeadFacts, QualifiedShare
from distribution.domain.reasons import Reason
from distribution.domain.state import Qualified
from distribution.domain.step import Stop
from leads.domain.windows import WindowKind
from tests.distribution.domain.desk import CHICAGO, NOON, Desk, account, by, caps, client, line, market, values

TEXAS = LeadFacts(1, {"state": "TX"})


def reason_of(accounts, clients=None, *, lead=TEXAS, terms=None, settings=None, **snapshot):
    """Reason and detail of the first account, beside which nothing else is for sale."""
    desk = Desk(market(settings or by("priority"), accounts, clients), terms or CampaignTerms(1))
    for key, used in snapshot.pop("used", {}).items():
        desk.used[key] = Decimal(used)
    found = line(desk.look(lead, **snapshot), accounts[0].id)
    return found.reason, found.detail


@pytest.mark.parametrize(
    ("status", "reason"),
    [(ClientStatus.ACTIVE, None), (ClientStatus.PAUSED, "client_paused"), (ClientStatus.INACTIVE, "client_inactive")],
)
def test_only_an_active_client_buys(status, reason):
    assert reason_of([account(1)], [client(1, status=status)]) == (reason, None)


@pytest.mark.parametrize(
    ("status", "reason"),
    [(AccountStatus.OPEN, None), (AccountStatus.PAUSED, "account_paused"), (AccountStatus.CLOSED, "account_closed")],
)
def test_only_an_open_account_buys(status, reason):
    assert reason_of([account(1, status=status)]) == (reason, None)


def test_a_paused_client_is_told_before_a_closed_account():
    paused = client(1, status=ClientStatus.PAUSED)
    assert reason_of([account(1, status=AccountStatus.CLOSED)], [paused]) == ("client_paused", None)


def test_an_account_needs_automation_and_a_method():
    assert reason_of([account(1, automated=False)]) == ("automation_off", None)
    assert reason_of([account(1, has_method=False)]) == ("no_delivery_method", None)
    assert reason_of([account(1)]) == (None, None)


def test_a_campaign_for_one_client_group_leaves_the_others_out():
    group = CampaignTerms(1, client_group=frozenset({2}))
    assert reason_of([account(1)], terms=group) == ("not_in_group", None)
    assert reason_of([account(2)], terms=group) == (None, None)


def test_a_person_who_became_do_not_call_is_sold_to_nobody():
    assert reason_of([account(1)], suppressed=True) == ("suppressed", None)


def test_criteria_name_the_first_that_fails_and_the_value_of_the_lead():
    texas_or_ohio = {"all": [["state", "in", ["TX", "OH"]], ["zip", "is_set", True]]}
    reason, detail = reason_of([account(1, criteria=texas_or_ohio)], lead=LeadFacts(1, {"state": "IL", "zip": "60601"}))
    assert reason == "criteria"
    assert (detail["path"], detail["field"], detail["actual"], detail["value"]) == ("all[0]", "state", "IL", ["TX", "OH"])
    assert reason_of([account(1, criteria=texas_or_ohio)], lead=LeadFacts(1, {"state": "tx", "zip": "75001"})) == (None, None)


def test_a_client_does_not_buy_the_same_person_again():
    assert reason_of([account(1)], bought_before=frozenset({1})) == ("duplicate_for_client", None)
    assert reason_of([account(1)], bought_before=frozenset({2})) == (None, None)


@pytest.mark.parametrize(
    ("limit", "price", "cost", "passes"),
    [
        ({"required_revenue": Decimal("20.01")}, 20, 5, False),
        ({"required_revenue": Decimal(20)}, 20, 5, True),
        ({"required_profit": Decimal("15.01")}, 20, 5, False),
        ({"required_profit": Decimal(15)}, 20, 5, True),
        ({"required_profit_percent": Decimal("75.01")}, 20, 5, False),
        ({"required_profit_percent": Decimal(75)}, 20, 5, True),
        ({"required_profit_percent": Decimal(1)}, 0, 0, True),
        ({"required_profit": Decimal(0)}, 4, 5, False),
    ],
)
def test_margin_of_a_lead_sold_once(limit, price, cost, passes):
    reason, _ = reason_of([account(1, price, exclusive=True, **limit)], terms=CampaignTerms(1, Decimal(cost)))
    assert reason == (None if passes else "margin")


def test_a_shared_lead_spreads_its_cost_over_its_deliveries_without_rounding():
    third = {"required_profit": Decimal("6.66")}
    thrice = CampaignTerms(1, Decimal(10), max_deliveries=3)
    assert reason_of([account(1, 10, **third)], terms=thrice) == (None, None), "10 - 10/3 is 6.67"
    reason, detail = reason_of([account(1, 10, required_profit=Decimal("6.67"))], terms=thrice)
    assert (reason, detail["deliveries"]) == ("margin", 3), "and a little less than 6.67"
    assert reason_of([account(1, 10, exclusive=True, **third)], terms=thrice)[0] == "margin", "an exclusive one bears it whole"


@pytest.mark.parametrize(("met", "bought", "passes"), [(0, 0, False), (4, 0, True), (3, 0, False), (9, 1, True), (8, 1, False)])
def test_share_of_the_qualified_leads(met, bought, passes):
    fifth = account(1, qualified=QualifiedShare(Decimal(20), WindowKind.DAY))
    reason, _ = reason_of([fifth], lead=TEXAS)
    assert reason == "qualified_share", "the first lead would be all of them"
    desk = Desk(market(by("priority"), [fifth]))
    desk.met[1], desk.bought[1] = met, bought
    assert line(desk.look(), 1).reason == (None if passes else "qualified_share")
    assert desk.snapshot().qualified == {1: Qualified(met, bought)}


def test_a_qualified_share_counts_every_lead_that_meets_its_criteria_even_while_paused():
    texans = {"all": [["state", "eq", "TX"]]}
    share = QualifiedShare(Decimal(20), WindowKind.DAY)
    desk = Desk(market(by("priority"), [account(1, criteria=texans, qualified=share, status=AccountStatus.PAUSED), account(2)]))
    assert desk.look(TEXAS).met == (1,)
    assert desk.look(LeadFacts(1, {"state": "OH"})).met == ()


def test_a_qualified_share_of_a_fifth_buys_every_fifth_lead():
    share = QualifiedShare(Decimal(20), WindowKind.DAY)
    desk = Desk(market(by("price"), [account(1, 50, qualified=share), account(2, 10)]))
    assert desk.day(10) == [2, 2, 2, 2, 1, 2, 2, 2, 2, 1]


def test_weighted_and_percentage_leave_out_who_has_no_value():
    table = values(weight={1: 0, 2: 5}, percentage={3: 10})
    weighted = by("weighted", "price", values=table)
    assert reason_of([account(1)], settings=weighted) == ("weight_missing", None), "0 is never"
    assert reason_of([account(3)], settings=weighted) == ("weight_missing", None)
    assert reason_of([account(2)], settings=weighted)[0] is None
    assert reason_of([account(2)], settings=by("percentage", "price", values=table)) == ("percentage_missing", None)
    assert reason_of([account(2)], settings=by("price", "percentage", values=table)) == (None, None), "as secondary nobody is left out"


def test_an_open_circuit_is_told_with_its_end():
    until = NOON + timedelta(minutes=5)
    reason, detail = reason_of([account(1)], circuit={1: until})
    assert (reason, detail) == ("circuit_open", {"until": "2026-03-02T12:05:00-06:00", "zone": "America/Chicago"})
    assert reason_of([account(1)], circuit={1: NOON}) == (None, None), "at its end it is over"


def test_accounts_of_another_lead_type_are_no_candidates():
    desk = Desk(market(by("price"), [account(1, lead_type=2)]))
    step = desk.look(LeadFacts(1))
    assert (step.candidates, step.stop) == ((), Stop.NOBODY_LEFT)


def test_the_first_failing_check_is_the_reason_whatever_else_fails():
    """One account that fails everything, mended from the top: the codes come in the order of the table."""
    desk = Desk(market(by("weighted", "price"), [], []))
    bad = {
        "criteria": {"all": [["state", "eq", "OH"]]},
        "hours": {"sun": ["09:00-10:00"]},
        "caps": caps(day=0),
        "qualified": QualifiedShare(Decimal(1), WindowKind.DAY),
        "required_profit": Decimal(100),
    }
    snapshot = {"suppressed": True, "bought_before": frozenset({1}), "circuit": {1: NOON + timedelta(hours=1)}}
    terms = CampaignTerms(1, client_group=frozenset({9}))
    boss = {"status": ClientStatus.PAUSED, "caps": caps(hour=0)}
    state = {"status": AccountStatus.CLOSED, "automated": False, "has_method": False}
    found = []
    mends = [
        lambda: boss.pop("status"),
        lambda: state.pop("status"),
        lambda: state.pop("automated"),
        lambda: state.pop("has_method"),
        lambda: None,
        lambda: snapshot.pop("suppressed"),
        lambda: bad.pop("criteria"),
        lambda: snapshot.pop("bought_before"),
        lambda: bad.pop("hours"),
        lambda: boss.pop("caps"),
        lambda: bad.pop("caps"),
        lambda: bad.pop("qualified"),
        lambda: bad.pop("required_profit"),
        lambda: None,
        lambda: snapshot.pop("circuit"),
    ]
    weight: dict[int, int] = {}
    for number, mend in enumerate(mends):
        desk = Desk(market(by("weighted", "price", values=values(weight=weight)), [account(1, **bad, **state)], [client(1, **boss)]), terms)
        found.append(line(desk.look(TEXAS, **snapshot), 1).reason)
        mend()
        if number == 4:
            terms = CampaignTerms(1)
        if number == 13:
            weight = {1: 1}
    assert found == [
        Reason.CLIENT_PAUSED,
        Reason.ACCOUNT_CLOSED,
        Reason.AUTOMATION_OFF,
        Reason.NO_DELIVERY_METHOD,
        Reason.NOT_IN_GROUP,
        Reason.SUPPRESSED,
        Reason.CRITERIA,
        Reason.DUPLICATE_FOR_CLIENT,
        Reason.SCHEDULE_CLOSED,
        Reason.CAP_HOUR,
        Reason.CAP_DAY,
        Reason.QUALIFIED_SHARE,
        Reason.MARGIN,
        Reason.WEIGHT_MISSING,
        Reason.CIRCUIT_OPEN,
    ]


def test_every_automation_reads_a_trace_in_entry_order_of_clients_then_accounts():
    clients = [client(7, entry=2), client(9, entry=1)]
    accounts = [account(1, client_id=7, entry=1), account(2, client_id=9, entry=3), account(3, client_id=9, entry=2)]
    for automation in (Automation.PRICE, Automation.PRIORITY, Automation.ROUND_ROBIN, Automation.GEOLOCATION):
        desk = Desk(market(by(automation.value), [*accounts], clients))
        assert [one.account for one in desk.look(suppressed=True).candidates] == [3, 2, 1]
    assert CHICAGO.key == "America/Chicago"
