"""Price optimization, what is exclusive and what is shared, and ping-post."""

from decimal import Decimal

from distribution.domain.automation import Automation
from distribution.domain.market import CampaignTerms
from distribution.domain.settings import Group, Settings
from distribution.domain.state import Ping, PingAnswer
from distribution.domain.step import Stop
from tests.distribution.domain.desk import ACCEPT, REJECT, Desk, account, by, caps, client, line, market, past, ranked, values

OPTIMIZED = Settings(Automation.PRICE, price_optimization=True)
FIVE = CampaignTerms(1, max_deliveries=5)


def bid(amount: str) -> PingAnswer:
    return PingAnswer(Ping.ACCEPTED, Decimal(amount))


def test_five_shared_at_15_beat_an_exclusive_50():
    accounts = [account(1, 50, exclusive=True), *(account(number, 15) for number in range(2, 7))]
    sold = Desk(market(OPTIMIZED, accounts), FIVE).sell()
    assert sold.order == [2, 3, 4, 5, 6]
    assert line(sold.step, 1).reason == "already_sold_shared"
    first = Desk(market(OPTIMIZED, accounts), FIVE).look()
    assert line(first, 1).detail == {"exclusive": "50.00", "shared": "75.00"}


def test_an_exclusive_75_is_as_good_and_goes_first():
    accounts = [account(1, 75, exclusive=True), *(account(number, 15) for number in range(2, 7))]
    sold = Desk(market(OPTIMIZED, accounts), FIVE).sell()
    assert (sold.order, sold.step.stop) == ([1], Stop.SOLD_EXCLUSIVELY)
    assert line(Desk(market(OPTIMIZED, accounts), FIVE).look(), 2).reason == "exclusive_only"


def test_after_a_refusal_both_sums_are_worked_out_again():
    accounts = [account(1, 50, exclusive=True), account(2, 45, exclusive=True), account(3, 30), account(4, 25)]
    twice = CampaignTerms(1, max_deliveries=2)
    assert Desk(market(OPTIMIZED, accounts), twice).sell().order == [3, 4], "55 beats 50"
    assert Desk(market(OPTIMIZED, accounts), twice).sell({3: REJECT}).order == [3, 1], "25 is left against 50"
    assert Desk(market(OPTIMIZED, accounts), twice).sell({3: REJECT, 1: REJECT, 2: REJECT}).order == [3, 1, 2, 4]


def test_once_a_shared_sale_is_made_the_lead_stays_shared():
    accounts = [account(1, 50, exclusive=True), account(3, 30), account(4, 25)]
    sold = Desk(market(OPTIMIZED, accounts), CampaignTerms(1, max_deliveries=2)).sell({4: REJECT})
    assert sold.order == [3, 4]
    assert (line(sold.step, 1).reason, sold.step.stop) == ("already_sold_shared", Stop.NOBODY_LEFT)


def test_only_as_many_shared_prices_count_as_may_be_sold_and_one_a_client():
    accounts = [account(1, 40, exclusive=True), account(2, 30), account(3, 30, client_id=2), account(4, 15), account(5, 15)]
    assert Desk(market(OPTIMIZED, accounts), CampaignTerms(1, max_deliveries=1)).sell().order == [1], "30 against 40"
    assert Desk(market(OPTIMIZED, accounts), CampaignTerms(1, max_deliveries=2)).sell().order == [2, 4], "45 against 40"
    dearer = [account(1, 50, exclusive=True), *accounts[1:]]
    assert Desk(market(OPTIMIZED, dearer), CampaignTerms(1, max_deliveries=2)).sell().order == [1], "and not 60 against 50"


def test_a_client_with_both_kinds_stands_with_the_one_that_is_offered():
    accounts = [account(1, 40, exclusive=True), account(2, 30, client_id=1), account(3, 25)]
    sold = Desk(market(OPTIMIZED, accounts), CampaignTerms(1, max_deliveries=2)).sell()
    assert sold.order == [2, 3]


def test_without_optimization_the_highest_price_comes_first_and_rules_out_the_other_kind():
    accounts = [account(1, 50, exclusive=True), account(2, 60), account(3, 15)]
    sold = Desk(market(by("price"), accounts), CampaignTerms(1, max_deliveries=3)).sell()
    assert (sold.order, line(sold.step, 1).reason) == ([2, 3], "already_sold_shared")
    refused = Desk(market(by("price"), accounts), CampaignTerms(1, max_deliveries=3)).sell({2: REJECT})
    assert (refused.order, refused.step.stop) == ([2, 1], Stop.SOLD_EXCLUSIVELY)


def test_optimization_concerns_pools_by_price_only():
    group = Group("g", "G", Automation.PRIORITY, client_ids=(1, 2))
    settings = Settings(Automation.PRICE, price_optimization=True, groups=(group,))
    accounts = [account(1, 10, exclusive=True), account(2, 30), account(3, 30)]
    assert Desk(market(settings, accounts), CampaignTerms(1, max_deliveries=2)).sell().order == [1]


def test_a_shared_sale_in_a_group_rules_out_the_exclusive_ones_of_everyone_else():
    group = Group("g", "G", Automation.PRICE, client_ids=(1,))
    settings = Settings(Automation.PRICE, groups=(group,))
    sold = Desk(market(settings, [account(1, 5), account(2, 90, exclusive=True), account(3, 4)]), CampaignTerms(1, max_deliveries=2)).sell()
    assert (sold.order, line(sold.step, 2).reason) == ([1, 3], "already_sold_shared")


def test_an_account_that_is_ruled_out_has_no_share_in_the_sale():
    settings = by("price", "weighted", price_optimization=True, values=values(weight={1: 1, 2: 1, 3: 1}))
    desk = Desk(market(settings, [account(1, 10, exclusive=True), account(2, 30), account(3, 30)]), CampaignTerms(1, max_deliveries=2))
    desk.sell()
    assert desk.pools["default"].credits.credit(1) == 0


def test_pings_go_out_at_once_and_bids_rank():
    accounts = [account(1, 10, ping=True), account(2, 20), account(3, 5, ping=True), account(4, 8, ping=True)]
    desk = Desk(market(by("price"), accounts))
    step = desk.look()
    assert (step.stop, step.pings, step.offer) == (Stop.PING, (1, 3, 4), None)
    sold = desk.sell(bids={1: bid("15.559"), 3: bid("30"), 4: PingAnswer(Ping.REJECTED)}, answers={3: REJECT, 2: REJECT})
    assert [(offer.account, offer.price) for offer in sold.made] == [(3, Decimal(30)), (2, Decimal(20)), (1, Decimal("15.55"))]
    assert line(sold.step, 4).reason == "ping_rejected"


def test_bids_decide_whether_a_lead_goes_exclusively_and_who_stands_for_a_client():
    accounts = [account(1, 10, exclusive=True, ping=True), account(2, 20), account(3, 25, client_id=2, ping=True)]
    desk = Desk(market(by("price", price_optimization=True), accounts))
    assert desk.look().pings == (1, 3), "neither the lower price nor the account before it keeps one from bidding"
    assert desk.sell(bids={1: bid("40"), 3: bid("26")}).order == [1]
    assert desk.sell(bids={1: bid("11"), 3: PingAnswer(Ping.REJECTED)}).order == [2]


def test_a_lead_that_was_sold_shared_pings_no_exclusive_account():
    accounts = [account(1, 10, ping=True, exclusive=True), account(2, 5, ping=True), account(3, 30)]
    desk = Desk(market(by("price"), accounts), CampaignTerms(1, max_deliveries=3))
    sold = past(desk.sell().made[0], ACCEPT)
    assert desk.look(offers=[sold]).pings == (2,)


def test_a_bid_must_reach_the_accounts_price_and_its_margin():
    accounts = [account(1, 10, ping=True), account(2, 10, ping=True, required_profit=Decimal(8)), account(3, 10, ping=True)]
    desk = Desk(market(by("price"), accounts), CampaignTerms(1, Decimal(5)))
    sold = desk.sell(bids={1: bid("9.99"), 2: bid("12.99")})
    reasons = {number: line(sold.step, number) for number in (1, 2, 3)}
    assert [reasons[number].reason for number in (1, 2, 3)] == ["bid_too_low", "bid_too_low", "ping_timeout"]
    assert reasons[1].detail == {"bid": "9.99", "least": "10"}
    assert desk.sell(bids={2: bid("13")}).buyer == 2


def test_an_acceptance_without_a_bid_pays_the_accounts_price():
    desk = Desk(market(by("price"), [account(1, 10, ping=True)]))
    assert desk.sell(bids={1: PingAnswer(Ping.ACCEPTED)}).made[0].price == 10


def test_one_after_the_other_ping_accounts_rank_by_their_own_price_and_sell_at_their_bid():
    settings = by("price", parallel_processing=False)
    accounts = [account(1, 10, ping=True), account(2, 20), account(3, 30, ping=True)]
    desk = Desk(market(settings, accounts))
    assert desk.look().pings == (3,)
    sold = desk.sell(bids={3: bid("35")}, answers={3: REJECT, 2: REJECT})
    assert sold.order == [3, 2], "the first was pinged when its turn came, and did not answer"
    assert line(sold.step, 1).reason == "ping_timeout"
    rich = desk.sell(bids={1: bid("99"), 3: bid("35")})
    assert [(offer.account, offer.price) for offer in rich.made] == [(3, Decimal(35))]
    assert ranked(rich.step) == [3, 2, 1], "whoever was not reached stands in the trace without an offer"


def test_nobody_is_pinged_who_could_not_buy():
    accounts = [account(1, 10, ping=True, automated=False), account(2, 10, ping=True, criteria={"all": [["state", "eq", "TX"]]})]
    assert Desk(market(by("price"), accounts)).look().pings == ()


def test_budgets_count_the_bid():
    desk = Desk(market(by("price"), [account(1, 10, ping=True)], [client(1, caps=caps(budget_day=20))]))
    assert desk.sell(bids={1: bid("20.01")}).buyer is None
    sold = desk.sell(bids={1: bid("20")})
    assert (sold.buyer, [use.amount for use in sold.made[0].caps]) == (1, [Decimal(20)])
