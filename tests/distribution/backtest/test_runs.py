"""What past leads would have brought with other settings: two runs in memory that begin with nothing."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from distribution.domain.automation import Automation
from distribution.domain.backtest import NO_ACCOUNT, REFUSED, Comparison, PastLead, Run, Sold, remembering, verdict
from distribution.domain.market import CampaignTerms, LeadFacts, QualifiedShare
from distribution.domain.settings import Settings
from leads.domain.windows import WindowKind
from tests.distribution.domain.desk import NOON, account, caps, client, market, values

PRICE = Settings(automation=Automation.PRICE)
NOBODY: dict[int, int] = {}
A, B, C = 1, 2, 3


def run(settings: Settings, *accounts: Any, clients: Any = None, hours: dict[int, int] | None = None) -> Run:
    return Run(market(settings, accounts, clients), hours or NOBODY)


def came(after: int = 0, **more: Any) -> PastLead:
    """A lead that came in so many minutes after noon."""
    return PastLead(NOON + timedelta(minutes=after), LeadFacts(1), more.pop("terms", CampaignTerms(1)), **more)


def buyers(one: Run, *leads: PastLead) -> list[list[int]]:
    return [[sale.client for sale in one.take(lead)] for lead in leads]


def test_the_highest_price_takes_every_lead_until_its_day_cap_is_used_up() -> None:
    one = run(PRICE, account(A, 30, caps=caps(day=2)), account(B, 20))

    assert buyers(one, came(0), came(1), came(2), came(24 * 60)) == [[A], [A], [B], [A]]
    assert one.tally.clients == {A: [3, Decimal(90)], B: [1, Decimal(20)]}
    assert (one.tally.sold, one.tally.sales, one.tally.revenue) == (4, 4, Decimal(110))


def test_who_refused_that_very_lead_refuses_it_again_and_keeps_its_place_in_the_cap() -> None:
    one = run(PRICE, account(A, 30, caps=caps(day=1)), account(B, 20))

    assert buyers(one, came(0, refusing=frozenset({A})), came(1)) == [[B], [A]]


def test_an_account_that_refused_is_passed_over_for_another_of_the_same_client_with_tier_delivery() -> None:
    tiers = [client(A, tier_delivery=True)]
    one = run(PRICE, account(11, 30, client_id=A), account(12, 20, client_id=A), clients=tiers)

    assert one.take(came(refused=frozenset({11}))) == [Sold(A, Decimal(20))]


def test_a_lead_that_all_refuse_stays_unsold_and_says_so() -> None:
    one = run(PRICE, account(A, 30))

    assert buyers(one, came(refusing=frozenset({A}))) == [[]]
    assert one.tally.unsold == {REFUSED: 1}


def test_unsold_leads_count_under_the_reason_of_the_client_that_came_nearest() -> None:
    texans = {"all": [["state", "eq", "TX"]]}
    one = run(PRICE, account(A, 30, criteria=texans), account(B, 20, caps=caps(day=0)))

    assert buyers(one, came()) == [[]]
    assert one.tally.unsold == {"cap_day": 1}
    assert buyers(one, PastLead(NOON, LeadFacts(2), CampaignTerms(1))) == [[]]
    assert one.tally.unsold == {"cap_day": 1, NO_ACCOUNT: 1}


def test_a_lead_is_sold_to_as_many_clients_as_its_campaign_says() -> None:
    one = run(PRICE, account(A, 30), account(B, 20), account(C, 10))

    assert buyers(one, came(terms=CampaignTerms(1, max_deliveries=2))) == [[A, B]]
    assert (one.tally.sold, one.tally.sales) == (1, 2)


def test_an_exclusive_sale_ends_it() -> None:
    one = run(PRICE, account(A, 30, exclusive=True), account(B, 20))

    assert buyers(one, came(terms=CampaignTerms(1, max_deliveries=2))) == [[A]]


def test_the_same_person_is_not_sold_twice_to_a_client_within_its_own_hours() -> None:
    one = run(PRICE, account(A, 30), account(B, 20), hours={A: 24, B: 0})
    ada, bea = frozenset({"ada"}), frozenset({"bea"})

    leads = [came(0, person=ada), came(60, person=ada), came(61, person=bea), came(24 * 60 + 1, person=ada)]
    assert buyers(one, *leads) == [[A], [B], [A], [A]]


def test_a_share_of_qualified_leads_counts_those_of_the_run() -> None:
    half = QualifiedShare(Decimal(50), WindowKind.DAY)
    one = run(PRICE, account(A, 30, qualified=half), account(B, 20))

    assert buyers(one, *(came(minute) for minute in range(4))) == [[B], [A], [B], [A]]


def test_a_ping_is_answered_with_the_bid_that_is_on_record_else_with_the_price() -> None:
    one = run(PRICE, account(A, 10, ping=True), account(B, 20))

    assert one.take(came(bids={A: Decimal("25.50")})) == [Sold(A, Decimal("25.50"))]
    assert one.take(came(1)) == [Sold(B, Decimal(20))]


def test_credits_begin_empty_and_a_refusal_gives_them_back() -> None:
    shares = Settings(automation=Automation.WEIGHTED, secondary=Automation.PRICE, values=values(weight={A: 500, B: 500}))
    one = run(shares, account(A, 30), account(B, 20))

    assert buyers(one, came(0, refusing=frozenset({A})), came(1), came(2), came(3)) == [[B], [A], [B], [A]]


def two(live: Settings, draft: Settings, *accounts: Any) -> Comparison:
    return Comparison(run(live, *accounts), run(draft, *accounts))


PRIORITY = Settings(automation=Automation.PRIORITY, values=values(priority={A: 2, B: 1}))


def test_two_runs_are_compared_lead_by_lead() -> None:
    both = two(PRICE, PRIORITY, account(A, 30), account(B, 20))
    for minute in range(3):
        both.take(came(minute, refusing=frozenset({B}) if minute == 2 else frozenset()))

    assert both.leads == 3
    assert both.moves == {(A, B): 2}
    assert both.live.tally.clients == {A: [3, Decimal(90)]}
    assert both.draft.tally.clients == {B: [2, Decimal(40)], A: [1, Decimal(30)]}


def test_the_same_settings_move_nothing() -> None:
    both = two(PRICE, PRICE, account(A, 30), account(B, 20, caps=caps(hour=1)))
    for minute in range(5):
        both.take(came(minute))

    assert both.moves == {}
    assert both.live.tally == both.draft.tally


def test_criteria_are_judged_once_a_lead_by_both_runs() -> None:
    asked = []

    def judge(facts: Any) -> None:
        asked.append(facts["zip"])

    judged = remembering(judge)
    first, second = {"zip": "60601"}, {"zip": "60601"}
    assert [judged(first), judged(first), judged(second)] == [None, None, None]
    assert asked == ["60601", "60601"]


def dollars(amount: Decimal) -> str:
    return f"${amount:,.2f}"


def told(live: str, draft: str, moves: list[list[int]], unsold: tuple[int, int] = (5, 5)) -> dict[str, Any]:
    return {
        "live": {"revenue": live, "unsold": unsold[0]},
        "draft": {"revenue": draft, "unsold": unsold[1]},
        "moves": moves,
    }


NAMES = {A: "Summit Ridge", B: "Larkspur"}


def test_a_verdict_names_what_the_draft_earns_and_who_gains() -> None:
    found = verdict(told("186328.00", "186531.00", [[B, A, 71], [0, A, 1], [C, A, 4]], (614, 613)), NAMES, dollars)
    assert found == (
        "The draft earns $203.00 more on these leads (0.11%). 76 leads move to Summit Ridge, 71 of them from Larkspur. "
        "1 lead fewer stays unsold."
    )


def test_a_verdict_says_when_nothing_changes() -> None:
    assert verdict(told("10.00", "10.00", []), NAMES, dollars) == (
        "The draft earns the same on these leads. Every lead goes where it went. As many leads stay unsold."
    )


def test_a_verdict_says_when_leads_are_lost() -> None:
    assert verdict(told("50.00", "0", [[A, 0, 2]], (0, 2)), NAMES, dollars) == (
        "The draft earns $50.00 less on these leads (100.00%). No lead goes to another client. 2 leads more stay unsold."
    )
