"""Every decision keeps what it takes to compute it again: done here, after everything has changed."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from distribution.domain.automation import Automation
from distribution.domain.engine import decide
from distribution.domain.market import CapKind, Scope
from distribution.domain.settings import Settings, Values
from distribution.domain.state import CapKey, PingAnswer, Qualified, Snapshot
from distribution.models import Decision
from distribution.services.distribute import lead_facts
from distribution.services.market import live_market, terms_of
from distribution.services.versions import save_version
from distribution.trace import trace_json
from leads.clock import database_now
from leads.domain.shares import PoolState
from leads.models import Lead
from tests.distribution.pages.world import Market

pytestmark = pytest.mark.django_db


def as_kept(inputs: dict[str, Any]) -> Snapshot:
    """The kept inputs of a decision at which nobody had been offered the lead."""
    return Snapshot(
        used={
            CapKey(Scope(scope), owner, CapKind(kind), datetime.fromisoformat(start)): Decimal(used)
            for scope, owner, kind, start, used in inputs["used"]
        },
        pools={key: PoolState.from_json(state) for key, state in inputs["pools"].items()},
        bought_before=frozenset(inputs["bought_before"]),
        circuit={int(account): datetime.fromisoformat(until) for account, until in inputs["circuit"].items()},
        pings={int(account): PingAnswer(answer, bid and Decimal(bid), note) for account, (answer, bid, note) in inputs["pings"].items()},
        suppressed=inputs["suppressed"],
        qualified={int(account): Qualified(*counts) for account, counts in inputs["qualified"].items()},
    )


def test_a_decision_is_computed_again_from_what_it_kept() -> None:
    market = Market.open()
    accounts = [market.buyer(name, "20", cap_day=limit) for name, limit in (("Ash", 2), ("Birch", None), ("Cedar", 0))]
    values = {account.client_id: Values(weight=Decimal(weight)) for account, weight in zip(accounts, (5, 3, 1), strict=True)}
    save_version(settings=Settings(Automation.WEIGHTED, Automation.PRICE, values=values), by=None, now=database_now())
    for number in range(4):
        market.lead(phone=f"+1312555200{number}", email=f"{number}@mail.example")
        market.sell()
    decisions = list(Decision.objects.order_by("id"))
    assert len(decisions) == 4

    live = live_market()
    for decision in decisions:
        lead = Lead.objects.select_related("campaign__source", "campaign__sale").get(pk=decision.lead_id)
        assert decision.version.number == live.version.number
        snapshot, then = as_kept(decision.inputs), datetime.fromisoformat(decision.inputs["now"])
        step = decide(lead_facts(lead, live, now=then), terms_of(lead.campaign, live.groups), live.market, snapshot, then)
        assert step.offer is not None
        assert step.offer.account == lead.deliveries.get().account_id
        assert trace_json(step, live)["candidates"] == decision.trace["candidates"]

    empty = decide(lead_facts(lead, live, now=then), terms_of(lead.campaign, live.groups), live.market, Snapshot(), then)
    assert trace_json(empty, live)["candidates"] != decisions[-1].trace["candidates"], "without them it would be another decision"
