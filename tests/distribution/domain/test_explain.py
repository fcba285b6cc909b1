"""The trace as sentences: every reason, every outcome, and the few lines at the top of the page."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from distribution.domain.automation import Automation, Plan
from distribution.domain.explain import Names, sentence, summary
from distribution.domain.market import AccountStatus, CampaignTerms, ClientStatus, LeadFacts, QualifiedShare
from distribution.domain.reasons import LABELS, Reason
from distribution.domain.state import Ping, PingAnswer
from distribution.domain.step import Candidate, OfferOutcome, Stop, settled
from distribution.domain.words import PHRASES, count, joined, ordinal
from leads.domain.windows import WindowKind
from tests.distribution.domain.desk import (
    CHICAGO,
    NOON,
    REJECT,
    Desk,
    account,
    by,
    caps,
    client,
    line,
    market,
    values,
)

NAMES = Names({1: "A", 2: "B", 3: "C"}, {1: "A1", 2: "B1", 11: "A11"}, zones={2: "America/Chicago"})
ILLINOIS = LeadFacts(1, {"state": "IL"})


def said(accounts, clients=None, *, settings=None, terms=None, now=NOON, sold=0, **snapshot):
    """The sentence about client B after some leads have been sold."""
    desk = Desk(market(settings or by("price"), accounts, clients), terms or CampaignTerms(1))
    desk.day(sold, now)
    return sentence(line(desk.look(ILLINOIS, now, **snapshot), 2), NAMES)


def test_the_example_of_the_specification():
    assert (
        said([account(2)], [client(2, caps=caps(day=10))], sold=10)
        == "B was skipped: 10 of 10 leads today, reopens Tue 00:00 America/Chicago."
    )


@pytest.mark.parametrize(
    ("built", "wanted"),
    [
        (
            lambda: said([account(2, caps=caps(hour=0))]),
            "0 of 0 leads this hour, a limit of the account, reopens Mon 13:00 America/Chicago",
        ),
        (lambda: said([account(2, caps=caps(total=0))]), "0 of 0 leads in total, a limit of the account"),
        (
            lambda: said([account(2, 10)], [client(2, caps=caps(budget_month=25))], sold=2),
            "$20 of $25 this month, and the lead costs $10, reopens Wed 00:00 America/Chicago",
        ),
        (lambda: said([account(2)], [client(2, status=ClientStatus.PAUSED)]), "the client is paused"),
        (lambda: said([account(2)], [client(2, status=ClientStatus.INACTIVE)]), "the client is not active"),
        (lambda: said([account(2, status=AccountStatus.CLOSED)]), "the account is closed"),
        (lambda: said([account(2, status=AccountStatus.PAUSED)]), "the account is paused"),
        (lambda: said([account(2, automated=False)]), "automated delivery is switched off on the account"),
        (lambda: said([account(2, has_method=False)]), "no delivery method is enabled"),
        (
            lambda: said([account(2)], terms=CampaignTerms(1, client_group=frozenset({1}))),
            "the campaign sells only to a client group that it is not in",
        ),
        (lambda: said([account(2)], suppressed=True), "the person became do-not-call or was erased after the lead came in"),
        (lambda: said([account(2, criteria={"all": [["state", "in", ["IA", "MN"]]]})]), "State is IL; this account buys IA, MN"),
        (lambda: said([account(2)], bought_before=frozenset({2})), "it bought the same person within its duplicate window"),
        (lambda: said([account(2, hours={"tue": ["09:00-17:00"]})]), "closed now, opens Tue 09:00 America/Chicago"),
        (lambda: said([account(2, hours={"tue": []})]), "closed, with no opening within a year"),
        (
            lambda: said([account(2, qualified=QualifiedShare(Decimal(20), WindowKind.DAY))]),
            "with this lead it would have 1 of the 1 leads it could buy today, more than 20 %",
        ),
        (
            lambda: said([account(2, required_profit=Decimal(8))], terms=CampaignTerms(1, Decimal(5), 2)),
            "$10 for a lead that cost $5 over 2 deliveries leaves less profit than $8",
        ),
        (
            lambda: said([account(2, exclusive=True, required_profit_percent=Decimal(60))], terms=CampaignTerms(1, Decimal(5))),
            "$10 for a lead that cost $5 leaves less profit than 60 %",
        ),
        (lambda: said([account(2, ping=True)], pings={2: PingAnswer(Ping.REJECTED)}), "it refused the ping"),
        (lambda: said([account(2, ping=True)], pings={2: PingAnswer(Ping.TIMEOUT)}), "it did not answer the ping in time"),
        (lambda: said([account(2, ping=True)], pings={2: PingAnswer(Ping.ACCEPTED, Decimal(9))}), "bid $9.00, less than $10"),
        (
            lambda: said([account(2, ping=True, required_revenue=Decimal(30))], pings={2: PingAnswer(Ping.ACCEPTED, Decimal(19))}),
            "bid too low: $19.00 for a lead that cost $0 leaves less revenue than $30",
        ),
        (
            lambda: said([account(2)], settings=by("weighted", "price", values=values(weight={1: 1}))),
            "weighted is in force and the client has no weight",
        ),
        (
            lambda: said([account(2)], settings=by("percentage", "price", values=values(percentage={1: 1}))),
            "percentage is in force and the client has no percentage",
        ),
        (
            lambda: said(
                [account(2), account(3, hours={"tue": ["09:00-17:00"]})],
                settings=by("percentage", "price", percentage_hard_limit=True, values=values(percentage={2: 40, 3: 60})),
                sold=1,
            ),
            "at its 40 % of the day, which ends Tue 00:00 America/New_York; the leads wait for C",
        ),
        (lambda: said([account(2)], circuit={2: NOON + timedelta(minutes=10)}), "paused after failures until Mon 12:10 America/Chicago"),
        (
            lambda: said([account(1, 30, exclusive=True), account(2, 20)], settings=by("price", price_optimization=True)),
            "the lead is offered exclusively, at $30.00 exclusively against $20.00 shared",
        ),
        (
            lambda: said([account(1, 30), account(2, 20, exclusive=True)], settings=by("price", price_optimization=True)),
            "the lead is offered shared, at $20.00 exclusively against $30.00 shared",
        ),
    ],
)
def test_every_reason_in_a_sentence(built, wanted):
    assert built() == f"B was skipped: {wanted}."


def test_an_earlier_offer_and_an_earlier_sale():
    accounts = [account(1, 30), account(11, 5, client_id=1), account(2, 20, exclusive=True), account(3, 10)]
    step = Desk(market(by("price"), accounts), CampaignTerms(1, max_deliveries=2)).sell().step
    assert sentence(line(step, 11), NAMES) == "A was skipped: it was offered this lead already."
    assert sentence(line(step, 2), NAMES) == "B was skipped: the lead was sold shared, and this account buys exclusively."


def test_a_far_opening_carries_its_date():
    found = line(Desk(market(by("price"), [account(2, hours={"mon": ["09:00-11:00"]})])).look(), 2)
    assert sentence(found, NAMES) == "B was skipped: closed now, opens Mon 09:00 America/Chicago."
    assert sentence(found, NAMES, now=NOON) == "B was skipped: closed now, opens Mon 9 Mar 09:00 America/Chicago."
    assert sentence(found, NAMES, now=datetime(2026, 3, 8, tzinfo=CHICAGO)) == "B was skipped: closed now, opens Mon 09:00 America/Chicago."


def test_without_the_name_of_a_zone_its_offset_is_shown():
    found = line(Desk(market(by("price"), [account(2, hours={"tue": ["09:00-11:00"]})])).look(), 2)
    assert found.detail == {"opens": "2026-03-03T09:00:00-06:00"}
    assert sentence(found, Names()) == "Client 2 was skipped: closed now, opens Tue 09:00 UTC-06:00."


def test_ranks_tell_their_keys_and_what_decided():
    settings = by("weighted", "price", values=values(weight={1: 2, 2: 1}))
    desk = Desk(market(settings, [account(1), account(11, 5, client_id=1), account(2, 20)]))
    step = desk.look()
    plan = settings.default_plan
    assert (
        sentence(line(step, 1), NAMES, plan=plan)
        == "A was first in order (owed 0.666667, then price 10.00; decided by weighted) and has the offer."
    )
    assert (
        sentence(line(step, 2), NAMES, plan=plan)
        == "B was second in order (owed 0.333333, then price 20.00; decided by weighted) and was not reached."
    )
    assert sentence(line(step, 11), NAMES) == "A was not reached with A11, which stands behind A1."


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("accepted", "accepted"),
        ("rejected", "refused"),
        ("failed", "did not get it"),
        ("unknown", "left in doubt whether it took the lead"),
        ("bounced", "accepted, but the mail bounced"),
        ("returned", "bought the lead and returned it"),
        ("cancelled", "had its delivery cancelled"),
        ("open", "has the offer"),
    ],
)
def test_every_outcome_in_a_sentence(outcome, words):
    kept = Candidate.of([2, 2, None, None, 1, {"primary": "12.50", "secondary": None}, "only", outcome])
    assert sentence(kept, NAMES, plan=Plan(Automation.GEOLOCATION)) == f"B was first in order (12.50 miles away; the only one) and {words}."


def test_the_summary_at_the_top_of_the_page():
    settings = by("price")
    accounts = [
        account(1, 30),
        account(2, 20),
        account(3, 10),
        account(4, automated=False),
        account(5, caps=caps(day=0)),
        account(6, automated=False),
    ]
    desk = Desk(market(settings, accounts))
    step = desk.sell({1: REJECT}).step
    lines = summary(step.candidates, step.stop, NAMES, prices={2: "20.00"}, reasons={1: "ZIP not served"})
    assert lines == (
        "Six accounts were candidates. Three were skipped: two have automation switched off and one used up its day cap.",
        "A was first in order and refused: ZIP not served. Its place in caps and shares was given back.",
        "B was second in order and accepted for $20.00.",
        "The campaign sells a lead once, so the scan stopped. C was not offered it.",
    )


@pytest.mark.parametrize(
    ("stop", "last"),
    [
        (Stop.NOBODY_LEFT, "Nobody else could take the lead."),
        (Stop.IN_DOUBT, "The delivery is in doubt, so the lead goes to nobody else until a person decides."),
        (Stop.SOLD_EXCLUSIVELY, "The lead was sold exclusively, so the scan stopped."),
        (Stop.SOLD_ENOUGH, "The campaign sells a lead twice, so the scan stopped."),
    ],
)
def test_the_summary_ends_with_why_the_scan_stopped(stop, last):
    kept = [Candidate(1, 1, rank=1, offer=OfferOutcome.ACCEPTED)]
    assert summary(kept, stop, NAMES, max_deliveries=2)[-1] == last


def test_a_lead_that_nobody_buys():
    assert summary((), Stop.NOBODY_LEFT, NAMES) == ("No account buys this type of lead.", "Nobody could take the lead.")


def test_the_trace_with_what_became_of_the_offer():
    step = Desk(market(by("price"), [account(1), account(2, automated=False)])).look()
    trace = settled(step.candidates, 1, OfferOutcome.ACCEPTED)
    assert [one.offer for one in trace] == [OfferOutcome.ACCEPTED, None]
    assert Candidate.of(list(trace[1])) == trace[1]


def test_every_reason_has_a_label_and_words_for_one_and_many():
    assert list(LABELS) == list(PHRASES) == list(Reason)
    assert Reason.CAP_DAY.label == "day cap"


def test_numbers_and_lists_in_words():
    assert [count(number) for number in (1, 12, 13, 2000)] == ["one", "twelve", "13", "2,000"]
    assert [ordinal(number) for number in (1, 10, 11, 22, 113, 103)] == ["first", "tenth", "11th", "22nd", "113th", "103rd"]
    assert joined(["a"]) == "a"
    assert joined([str(number) for number in range(10)]) == "0, 1, 2, 3, 4, 5, 6, 7 and 2 more"
