"""The order of the scan: automations, ties, groups, campaigns, accounts inside a client."""

import pytest

from distribution.domain.automation import AccountAutomation, Automation, Base, OnChange
from distribution.domain.market import CampaignTerms, ClientStatus, LeadFacts
from distribution.domain.settings import Group, Settings
from distribution.domain.step import DecidedBy, OfferOutcome, Stop
from leads.domain.shares import PoolState
from tests.distribution.domain.desk import (
    FAIL,
    NOON,
    REJECT,
    UNKNOWN,
    Desk,
    account,
    by,
    client,
    line,
    market,
    past,
    ranked,
    values,
)


def test_price_highest_first():
    step = Desk(market(by("price"), [account(1, 10), account(2, 30), account(3, "30.01")])).look()
    assert ranked(step) == [3, 2, 1]
    assert [line(step, number).keys["primary"] for number in (3, 2, 1)] == ["30.01", "30.00", "10.00"]
    assert step.offer.account == 3


def test_priority_lowest_first_negatives_allowed_and_no_number_last():
    settings = by("priority", values=values(priority={1: 5, 2: 0, 3: -1}))
    step = Desk(market(settings, [account(number) for number in (1, 2, 3, 4)])).look()
    assert ranked(step) == [3, 2, 1, 4]
    assert [line(step, number).keys["primary"] for number in (3, 2, 1, 4)] == ["-1", "0", "5", None]


def test_geolocation_nearest_first_and_unknown_last():
    los_angeles, new_york, dallas = (34.05, -118.24), (40.71, -74.01), (32.78, -96.80)
    clients = [client(1, point=new_york), client(2, point=dallas), client(3), client(4, point=los_angeles)]
    desk = Desk(market(by("geolocation"), [account(number) for number in (1, 2, 3, 4)], clients))
    step = desk.look(LeadFacts(1, point=dallas))
    assert ranked(step) == [2, 4, 1, 3]
    assert [line(step, number).keys["primary"] for number in (2, 4, 1, 3)] == ["0.00", "1237.35", "1370.36", None]
    nowhere = desk.look(LeadFacts(1))
    assert (ranked(nowhere), line(nowhere, 1).decided_by) == ([1, 2, 3, 4], "entry_order")


def test_equal_ones_are_ordered_by_the_secondary_then_by_entry_order():
    settings = by("price", "priority", values=values(priority={1: 2, 2: 1, 3: 2}))
    step = Desk(market(settings, [account(1, 20), account(2, 20), account(3, 20), account(4, 30)])).look()
    assert ranked(step) == [4, 2, 1, 3]
    assert [line(step, number).decided_by for number in (4, 2, 1, 3)] == ["primary", "secondary", "entry_order", "entry_order"]
    assert line(step, 2).keys == {"primary": "20.00", "secondary": "1"}


def test_a_single_candidate_is_decided_by_being_the_only_one():
    step = Desk(market(by("price"), [account(1, 20), account(2, 20, automated=False)])).look()
    assert line(step, 1).decided_by is DecidedBy.ONLY


def test_the_winner_is_told_apart_from_the_second_and_everyone_from_both_neighbours():
    settings = by("price", "priority", values=values(priority={1: 1, 2: 2, 3: 3}))
    step = Desk(market(settings, [account(1, 20), account(2, 20), account(3, 10)])).look()
    assert [line(step, number).decided_by for number in (1, 2, 3)] == ["secondary", "secondary", "primary"]


def test_round_robin_serves_in_entry_order_and_an_ineligible_client_keeps_its_place():
    clients = [client(3, entry=1), client(2, entry=2), client(1, entry=3)]
    only_texas = {"all": [["state", "eq", "TX"]]}
    desk = Desk(market(by("round_robin"), [account(3), account(2, criteria=only_texas), account(1)], clients))
    ohio, texas = LeadFacts(1, {"state": "OH"}), LeadFacts(1, {"state": "TX"})
    assert [desk.sell(lead=lead).buyer for lead in (ohio, ohio, ohio, texas, texas, texas)] == [3, 1, 3, 2, 1, 3]


def test_a_turn_is_used_by_an_answer_and_given_back_by_a_technical_failure():
    desk = Desk(market(by("round_robin"), [account(1), account(2), account(3)]))
    assert desk.sell({1: REJECT}).order == [1, 2]
    assert desk.sell().order == [3]
    assert desk.sell({1: FAIL}).order == [1, 2], "the failure gave the first its place back"
    assert desk.sell().order == [1]


def test_when_a_client_enters_the_cycle_restarts_or_goes_on():
    accounts = [account(1), account(2), account(3)]
    for on_change, wanted in ((OnChange.RESTART, [1, 2, 3]), (OnChange.CONTINUE, [2, 3, 1])):
        settings = by("round_robin", round_robin_on_change=on_change)
        desk = Desk(market(settings, accounts[:2]))
        assert desk.day(1) == [1]
        desk.market = market(settings, accounts)
        assert desk.day(3) == wanted, on_change
    rotation = desk.pools["default"].rotation
    assert rotation.restarted_at is None


def test_the_rotation_says_when_and_why_it_restarted():
    settings = by("round_robin")
    desk = Desk(market(settings, [account(1), account(2)]))
    desk.day(1)
    desk.market = market(settings, [account(2), account(3)])
    desk.day(1)
    rotation = desk.pools["default"].rotation
    assert (rotation.restarted_at, rotation.entered, rotation.left) == (NOON, (3,), (1,))


def test_a_client_that_was_paused_and_came_back_between_two_leads_entered_anew():
    settings = by("round_robin")
    accounts = [account(1), account(2), account(3)]
    desk = Desk(market(settings, accounts))
    assert desk.day(2) == [1, 2]
    desk.market = market(settings, accounts, [client(2, since=1)])
    assert desk.day(1) == [1]


def test_a_paused_client_leaves_the_rotation_but_a_closed_or_capped_one_does_not():
    settings = by("round_robin")
    desk = Desk(market(settings, [account(1), account(2)]))
    assert desk.day(1) == [1]
    desk.market = market(settings, [account(1), account(2, hours={"sun": ["09:00-10:00"]})])
    assert desk.day(1) == [1]
    desk.market = market(settings, [account(1), account(2)], [client(1, status=ClientStatus.PAUSED)])
    assert desk.day(1) == [2]
    assert desk.pools["default"].rotation.left == (1,)


def test_delivery_groups_are_scanned_first_in_their_order_each_by_its_own_automation():
    groups = (
        Group("second", "Overnight", Automation.PRICE, client_ids=(3, 4)),
        Group("first", "Founders", Automation.PRIORITY, client_ids=(5,), account_ids=(11,)),
    )
    settings = Settings(Automation.PRICE, groups=groups, values=values(priority={1: 2, 5: 1}))
    accounts = [account(1, 90), account(11, 20, client_id=1), account(2, 80), account(3, 10), account(4, 15), account(5, 5)]
    desk = Desk(market(settings, accounts), CampaignTerms(1, max_deliveries=9))
    step = desk.look()
    assert ranked(step) == [4, 3, 5, 11, 1, 2], "one account of the first client is in a group, the other is not"
    sold = desk.sell()
    assert [offer.pool for offer in sold.made] == ["group:second", "group:second", "group:first", "group:first", "default"]
    assert sold.order == [4, 3, 5, 11, 2], "and no client gets a lead twice"
    assert line(sold.step, 1).reason == "refused_before"


def test_an_accounts_own_group_wins_over_its_clients():
    groups = (Group("a", "A", Automation.PRICE, client_ids=(1,)), Group("b", "B", Automation.PRICE, account_ids=(12,)))
    live = market(Settings(groups=groups), [account(11, client_id=1), account(12, client_id=1), account(2)])
    assert [(entry.account.id, entry.group) for entry in live.slate(1).entries] == [(11, 0), (12, 1), (2, 2)]


def test_a_campaign_with_an_automation_of_its_own_is_a_pool_of_its_own():
    settings = by("round_robin", "price")
    desk = Desk(market(settings, [account(1), account(2)]))
    assert desk.day(1) == [1]
    desk.terms = CampaignTerms(7, automation=Automation.ROUND_ROBIN)
    assert desk.day(1) == [1], "its rotation is its own"
    assert sorted(desk.pools) == ["campaign:7", "default"]
    desk.terms = CampaignTerms(1)
    assert desk.day(1) == [2]


def test_what_a_campaigns_automation_leaves_empty_is_the_defaults():
    settings = Settings(Automation.PRIORITY, Automation.PRICE, Base.PRICE, values=values(weight={1: 1}))
    scene = market(settings, [account(1)]).rest(CampaignTerms(7, automation=Automation.WEIGHTED))
    assert (scene.plan.secondary, scene.plan.base) == (Automation.PRICE, Base.PRICE)
    own = CampaignTerms(7, automation=Automation.WEIGHTED, secondary=Automation.PRIORITY, base_automation=Base.BALANCED)
    plan = market(settings, [account(1)]).rest(own).plan
    assert (plan.secondary, plan.base) == (Automation.PRIORITY, Base.BALANCED)
    same = market(settings, [account(1)]).rest(CampaignTerms(7, automation=Automation.PRICE))
    assert same.plan.secondary is None, "price cannot break its own ties"


@pytest.mark.parametrize(
    ("automation", "chosen"),
    [(AccountAutomation.PRICE, [12, 12, 12]), (AccountAutomation.PRIORITY, [13, 13, 13]), (AccountAutomation.ROUND_ROBIN, [11, 12, 13])],
)
def test_the_account_automation_chooses_who_stands_for_the_client(automation, chosen):
    accounts = [account(11, 10, client_id=1, priority=2), account(12, 30, client_id=1), account(13, 20, client_id=1, priority=1)]
    desk = Desk(market(by("price"), accounts, [client(1, account_automation=automation)]))
    assert [desk.sell().order[0] for _ in range(3)] == chosen
    assert ranked(desk.look())[0] == (11 if automation is AccountAutomation.ROUND_ROBIN else chosen[0])


def test_an_account_behind_another_says_so():
    step = Desk(market(by("price"), [account(11, 10, client_id=1), account(12, 30, client_id=1), account(2, 20)])).look()
    assert ranked(step) == [12, 2, 11]
    assert line(step, 11).detail == {"behind": 12}


def test_tier_delivery_scans_a_client_again_after_a_refusal_or_a_failure():
    accounts = [account(11, 30, client_id=1), account(12, 10, client_id=1), account(2, 20)]
    tiered = Desk(market(by("price"), accounts, [client(1, tier_delivery=True)]))
    once = Desk(market(by("price"), accounts))
    assert tiered.sell({11: REJECT, 2: FAIL}).order == [11, 2, 12]
    refused = once.sell({11: REJECT, 2: FAIL})
    assert (refused.order, refused.step.stop) == ([11, 2], Stop.NOBODY_LEFT)
    assert line(refused.step, 12).reason == "refused_before"


def test_one_lead_is_never_sold_twice_to_the_same_client_not_even_with_tiers():
    accounts = [account(11, 30, client_id=1), account(12, 10, client_id=1)]
    desk = Desk(market(by("price"), accounts, [client(1, tier_delivery=True)]), CampaignTerms(1, max_deliveries=3))
    sold = desk.sell()
    assert (sold.order, line(sold.step, 12).reason) == ([11], "refused_before")


@pytest.mark.parametrize("outcome", [OfferOutcome.BOUNCED, OfferOutcome.RETURNED, OfferOutcome.CANCELLED])
def test_after_a_bounce_or_a_return_the_lead_goes_past_the_client(outcome):
    accounts = [account(11, 30, client_id=1), account(12, 25, client_id=1), account(2, 20)]
    desk = Desk(market(by("price"), accounts, [client(1, tier_delivery=True)]))
    first = desk.look().offer
    step = desk.look(offers=[past(first, outcome)])
    assert (step.offer.account, step.offer.rank, step.offer.slot) == (2, 2, 1)
    assert line(step, 11).offer is outcome


def test_the_scan_stops_when_sold_often_enough_or_exclusively_or_in_doubt():
    accounts = [account(1, 30), account(2, 20), account(3, 10)]
    twice = Desk(market(by("price"), accounts), CampaignTerms(1, max_deliveries=2)).sell()
    assert (twice.order, twice.step.stop, [offer.slot for offer in twice.made]) == ([1, 2], Stop.SOLD_ENOUGH, [1, 2])
    exclusive = Desk(market(by("price"), [account(1, 30, exclusive=True), account(2)]), CampaignTerms(1, max_deliveries=2)).sell()
    assert (exclusive.order, exclusive.step.stop) == ([1], Stop.SOLD_EXCLUSIVELY)
    doubt = Desk(market(by("price"), accounts), CampaignTerms(1, max_deliveries=2)).sell({1: UNKNOWN})
    assert (doubt.order, doubt.step.stop) == ([1], Stop.IN_DOUBT)
    sold_then_doubt = Desk(market(by("price"), accounts), CampaignTerms(1, max_deliveries=3)).sell({2: UNKNOWN})
    assert (sold_then_doubt.order, sold_then_doubt.step.stop) == ([1, 2], Stop.IN_DOUBT), "never to another client without a person"


def test_while_an_offer_is_under_way_there_is_no_other():
    desk = Desk(market(by("price"), [account(1, 30), account(2, 20)]))
    offer = desk.look().offer
    step = desk.look(offers=[past(offer, OfferOutcome.OPEN)])
    assert (step.offer, step.stop, ranked(step)) == (None, Stop.UNDER_WAY, [1, 2])


def test_offers_made_keep_their_rank_and_keys_and_the_rest_follow():
    desk = Desk(market(by("price"), [account(1, 30), account(2, 20), account(3, 10)]))
    sold = desk.sell({1: REJECT, 2: FAIL, 3: REJECT})
    assert [(one.account, one.rank, one.offer, one.keys["primary"]) for one in sold.step.candidates] == [
        (1, 1, "rejected", "30.00"),
        (2, 2, "failed", "20.00"),
        (3, 3, "rejected", "10.00"),
    ]
    assert sold.step.stop is Stop.NOBODY_LEFT


def test_a_static_order_is_the_same_at_every_step_of_a_lead():
    accounts = [account(number, number % 4) for number in range(1, 9)]
    desk = Desk(market(by("price"), accounts))
    first = ranked(desk.look())
    assert desk.sell(dict.fromkeys(range(1, 9), REJECT)).order == first


def test_the_order_depends_on_nothing_but_the_input():
    """Accounts handed over in any order, and however often asked, give one and the same step."""
    settings = Settings(Automation.WEIGHTED, Automation.PRICE, values=values(weight={number: 10 + number % 3 for number in range(1, 13)}))
    accounts = [account(number, number % 5) for number in range(1, 13)]
    steps = [
        Desk(market(settings, order)).look() for order in (accounts, accounts[::-1], sorted(accounts, key=lambda one: (one.price, -one.id)))
    ]
    assert steps[0] == steps[1] == steps[2]
    assert steps[0] == Desk(market(settings, accounts)).look()


def test_pool_keys_name_every_state_that_a_step_changes():
    settings = Settings(
        Automation.PRICE,
        Automation.ROUND_ROBIN,
        groups=(Group("g", "G", Automation.PRICE, client_ids=(2,)),),
    )
    rotating = client(1, account_automation=AccountAutomation.ROUND_ROBIN)
    desk = Desk(market(settings, [account(11, client_id=1), account(12, client_id=1), account(2)], [rotating]))
    assert desk.market.pool_keys(1, desk.terms) == ("client:1", "default")
    assert desk.market.pool_keys(1, CampaignTerms(7, automation=Automation.PRICE, secondary=Automation.PRIORITY)) == ("client:1",)
    step = desk.look()
    assert (step.offer.account, sorted(step.pools)) == (2, ["default"]), "the rotation notes its members"
    sold = desk.sell({2: REJECT})
    assert (sold.order, sorted(desk.pools)) == ([2, 11], ["client:1", "default"])


def test_a_state_that_has_been_to_json_and_back_decides_the_same():
    settings = by("weighted", "round_robin", values=values(weight={1: 3, 2: 2, 3: "1.5"}))
    plain, kept = (Desk(market(settings, [account(number) for number in (1, 2, 3)])) for _ in range(2))
    for _ in range(20):
        assert plain.sell().order == kept.sell().order
        kept.pools = {key: PoolState.from_json(state.to_json()) for key, state in kept.pools.items()}
    assert kept.pools == plain.pools
