"""The sentences of a lead's page: what became of it, what an offer waits for, how its tries went, what would happen."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from distribution.domain.automation import Automation, Base, Plan
from distribution.domain.explain import Names, why_nobody
from distribution.domain.explain_offer import Try, Waiting, clock, lasting, tries_said, waiting_said
from distribution.domain.explain_preview import would
from distribution.domain.headline import Buyer, LeadNow, headline
from distribution.domain.plans import plan_for, plan_said
from distribution.domain.reasons import Reason
from distribution.domain.settings import Group, Settings
from distribution.domain.step import Candidate, DecidedBy, OfferOutcome, Stop

NOON = datetime(2026, 7, 16, 17, 0, tzinfo=UTC)
CHICAGO = ZoneInfo("America/Chicago")
NAMES = Names(clients={1: "A", 2: "B", 3: "C"})


def seconds(number: float) -> datetime:
    return NOON + timedelta(seconds=number)


def lead(**facts: object) -> str:
    return headline(LeadNow(**({"now": NOON, "zone": CHICAGO, "received_at": NOON, "status": "accepted", "outcome": "sold"} | facts)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"buyers": [Buyer("B", "$42.00", seconds(34))]}, "sold to B for $42.00, 34 seconds after it came in"),
        (
            {"buyers": [Buyer("A", "$9.00", seconds(300)), Buyer("B", "$8.00", seconds(5))]},
            "sold to A for $9.00 and B for $8.00, the first 5 seconds after it came in",
        ),
        (
            {"buyers": [Buyer("B", "$42.00", seconds(1))], "more_may_buy": True},
            "sold to B for $42.00, 1 second after it came in; the next buyer is looked for",
        ),
        (
            {"buyers": [Buyer("B", "$42.00", seconds(1))], "offered_to": "C"},
            "sold to B for $42.00, 1 second after it came in; now offered to C",
        ),
        (
            {"buyers": [Buyer("B", "$42.00", seconds(1))], "doubted": ["C"]},
            "sold to B for $42.00, 1 second after it came in; whether C took it too is in doubt",
        ),
        ({"outcome": "pending", "offered_to": "B", "offered_at": NOON}, "offered to B since 12:00:00"),
        ({"outcome": "pending", "due_at": NOON}, "waiting for its route since 12:00:00"),
        (
            {"outcome": "pending", "due_at": seconds(3600), "stuck": "Routing failed 4 times: ValueError"},
            "stuck: Routing failed 4 times: ValueError. It is tried again at 13:00:00",
        ),
        ({"outcome": "review", "doubted": ["B"]}, "in doubt: B may have taken it, so it goes to nobody else until a person decides"),
        ({"outcome": "unrouted"}, "sold to nobody, and no other route took it"),
        ({"outcome": "erased"}, "erased: nothing personal is kept"),
        ({"status": "duplicate", "outcome": "", "duplicate_of": "L-7"}, "not accepted: a duplicate of L-7"),
        ({"status": "suppressed", "outcome": ""}, "not accepted: the person is on the suppression list"),
        ({"status": "rejected", "outcome": "", "errors": 1}, "not accepted: one thing was wrong with it"),
        ({"status": "rejected", "outcome": "", "errors": 2}, "not accepted: two things were wrong with it"),
        ({"outcome": "", "is_test": True}, "a test: it was judged and goes nowhere"),
    ],
)
def test_what_became_of_a_lead_in_one_sentence(facts: dict[str, object], said: str) -> None:
    assert lead(**facts) == said


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"state": "sending"}, "Its answer is awaited since 12:00:00."),
        ({"hold_until": seconds(20 * 3600)}, "It is held until Fri 08:00, when the account opens; its place is kept."),
        ({"is_off": True}, "Its delivery method is switched off; after the time budget the lead goes on."),
        ({"paused_until": seconds(600)}, "Its delivery method is paused after failures until 12:10:00; its place is kept."),
        ({"paused_until": seconds(-600)}, "It is to be sent since 12:00:00."),
        (
            {"last": Try(seconds(-5), "not_taken", 503), "due_at": seconds(5)},
            "The try of 11:59:55 was answered 503; the next is at 12:00:05, in 5 seconds; its place is kept.",
        ),
        ({"last": Try(seconds(-5), "not_sent"), "due_at": NOON}, "The try of 11:59:55 did not get through; the next goes out now."),
    ],
)
def test_what_an_open_offer_waits_for(facts: dict[str, object], said: str) -> None:
    assert waiting_said(Waiting(**({"now": NOON, "zone": CHICAGO, "state": "queued", "since": NOON} | facts))) == said  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tries", "said"),
    [
        ([], ""),
        ([Try(NOON, "accepted", 200)], ""),
        (
            [Try(NOON, "not_taken", 503), Try(seconds(31), "accepted", 201)],
            "It took two tries: the first was answered 503, the last came 31 seconds after the first.",
        ),
        (
            [Try(NOON, "not_taken", 503), Try(seconds(10), "not_taken", 503), Try(seconds(40), "accepted", 200)],
            "It took three tries: the first two were answered 503, the last came 40 seconds after the first.",
        ),
        (
            [Try(NOON, "not_sent"), Try(seconds(10), "not_taken", 429), Try(seconds(180), "rejected", 200)],
            "It took three tries: the first did not get through, the second was answered 429, the last came 3 minutes after the first.",
        ),
    ],
)
def test_how_the_tries_went(tries: list[Try], said: str) -> None:
    assert tries_said(tries) == said


def test_spans_and_clocks_as_people_say_them() -> None:
    spans = {0.2: "less than a second", 1: "1 second", 119: "119 seconds", 120: "2 minutes", 7200: "2 hours", 172_800: "2 days"}
    assert {span: lasting(timedelta(seconds=span)) for span in spans} == spans
    assert [clock(seconds(days * 86_400), CHICAGO, NOON) for days in (0, 1, 7)] == ["12:00:00", "Fri 12:00", "23 Jul 12:00"]


def test_why_nobody_took_it_counts_the_most_frequent_reason_first() -> None:
    lines = [Candidate(1, 1, Reason.CAP_DAY), Candidate(2, 2, Reason.CRITERIA), Candidate(3, 3, Reason.CRITERIA)]
    refused = Candidate(1, 4, rank=1, offer=OfferOutcome.REJECTED)
    assert why_nobody([*lines, refused]) == "2 buy other leads, 1 used up its day cap and 1 refused"
    assert why_nobody([]) == "no account buys this type of lead"


def test_what_would_happen_promises_nothing() -> None:
    plan = Plan(Automation.PRICE)
    first = Candidate(1, 1, None, None, 1, {"primary": "42.00", "secondary": None}, DecidedBy.PRIMARY, OfferOutcome.OPEN)
    second = Candidate(2, 2, None, None, 2, {"primary": "40.00", "secondary": None}, DecidedBy.PRIMARY)
    skipped = Candidate(3, 3, Reason.CLIENT_PAUSED)
    assert would([first, second, skipped], Stop.OFFER, NAMES, max_deliveries=2, prices={1: "42.00"}, plans={1: plan}) == (
        "Three accounts were candidates. One was skipped: one is paused.",
        "A would be offered it first for $42.00 (price 42.00; decided by price).",
        "After a refusal it would go on to B, in this order.",
        "The campaign sells a lead up to two times, so the scan would go on after a shared sale.",
    )
    assert would([skipped], Stop.NOBODY_LEFT, NAMES)[1] == "Nobody could take it, so it would go to its next route."
    assert would([], Stop.IN_DOUBT, NAMES)[1] == "A delivery is in doubt, so nobody would be offered it before a person decides."


def test_which_automation_ranks_an_account() -> None:
    groups = (Group("a", "A", Automation.PRICE, client_ids=(1,)), Group("b", "B", Automation.ROUND_ROBIN, account_ids=(12,)))
    settings = Settings(automation=Automation.WEIGHTED, secondary=Automation.PRICE, groups=groups, percentage_catch_up=Decimal(3))
    own = {"automation": "geolocation", "secondary": None, "base_automation": None}

    assert plan_said(plan_for(settings, {}, client=9, account=9)) == "weighted, balanced, then price"
    assert plan_said(plan_for(settings, own, client=9, account=9)) == "geolocation, then price"
    assert plan_said(plan_for(settings, own, client=1, account=11)) == "price"
    assert plan_for(settings, own, client=1, account=12).automation is Automation.ROUND_ROBIN
    due = Settings(automation=Automation.PERCENTAGE, secondary=Automation.PRIORITY, base_automation=Base.PRICE)
    assert plan_said(plan_for(due, {}, client=1, account=1)) == "percentage, those due by price, then priority"
