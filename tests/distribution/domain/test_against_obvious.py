"""The engine and the obvious one agree: offers, prices, holds, caps, reasons and the order, over runs of leads."""

from datetime import UTC
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.domain.market import LeadFacts
from distribution.domain.reasons import Reason
from distribution.domain.state import Ping, PingAnswer
from distribution.domain.step import OfferOutcome, Stop
from tests.distribution.domain.desk import Desk
from tests.distribution.domain.obvious import Obvious, Told
from tests.distribution.domain.worlds import AUTOMATIONS, Event, World, engine_market, random_world


def answers_of(event: Event) -> dict[int, OfferOutcome]:
    return {account: OfferOutcome(outcome) for account, outcome in event.answers.items()}


def bids_of(event: Event) -> dict[int, PingAnswer]:
    return {account: PingAnswer(Ping.REJECTED) if bid is None else PingAnswer(Ping.ACCEPTED, bid) for account, bid in event.bids.items()}


def engine_tells(desk: Desk, event: Event) -> Told:
    lead = LeadFacts(event.lead_type, {"state": event.state}, event.point)
    more = {"suppressed": event.suppressed, "bought_before": event.bought_before}
    sold = desk.sell(answers_of(event), lead, event.at, bids_of(event), **more)
    told = Told(stop=sold.step.stop.value, first_order=None)
    for offer, past in zip(sold.made, sold.offers, strict=True):
        held = offer.hold_until and offer.hold_until.astimezone(UTC).isoformat()
        told.offers.append((offer.account, offer.price, offer.over_cap, held, past.outcome.value))
    told.reasons = {line.account: line.reason.value for line in sold.step.candidates if line.reason is not None}
    return told


def agree(world: World) -> None:
    obvious = Obvious(world)
    market, terms = engine_market(world)
    desk = Desk(market, terms)
    for number, event in enumerate(world.events):
        lead = LeadFacts(event.lead_type, {"state": event.state}, event.point)
        first = desk.look(lead, event.at, suppressed=event.suppressed, bought_before=event.bought_before)
        wanted, found = obvious.sell(event), engine_tells(desk, event)
        assert found.offers == wanted.offers, f"lead {number}"
        assert found.stop == wanted.stop, f"lead {number}"
        assert found.reasons == wanted.reasons, f"lead {number}"
        if first.stop is not Stop.PING:
            ranked = [line.account for line in first.candidates if line.rank is not None and not (line.detail or {}).get("behind")]
            assert ranked == wanted.first_order, f"lead {number}"
        assert len({line.account for line in first.candidates}) == len(first.candidates)


@pytest.mark.parametrize("automation", AUTOMATIONS)
@given(seed=st.integers(0, 2**32))
def test_the_engine_agrees_with_the_obvious_one(automation, seed):
    agree(random_world(Random(seed), automation))


def test_the_random_worlds_meet_every_reason_that_they_can():
    """So that the agreement above is about something."""
    met = set()
    for seed in range(150):
        world = random_world(Random(seed), AUTOMATIONS[seed % len(AUTOMATIONS)])
        market, terms = engine_market(world)
        desk = Desk(market, terms)
        for event in world.events:
            first = desk.look(LeadFacts(event.lead_type, {"state": event.state}, event.point), event.at)
            met |= {line.reason.value for line in first.candidates if line.reason is not None}
            told = engine_tells(desk, event)
            met |= set(told.reasons.values()) | {outcome for *_, outcome in told.offers} | {told.stop}
            met |= {"over_cap" for _, _, over, _, _ in told.offers if over} | {"held" for _, _, _, held, _ in told.offers if held}
    never_built = {"client_inactive", "account_paused", "automation_off", "no_delivery_method", "qualified_share", "circuit_open"}
    assert {reason.value for reason in Reason} - met == never_built
    assert {"over_cap", "held", "sold_enough", "sold_exclusively", "in_doubt", "nobody_left", "failed", "rejected"} <= met
