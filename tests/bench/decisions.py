"""What one decision costs with its whole trace, by the number of accounts, against the naive loop over interpreted rules."""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from distribution.domain.automation import Automation
from distribution.domain.engine import decide
from distribution.domain.market import Account, CampaignTerms, Cap, CapKind, Client, LeadFacts
from distribution.domain.settings import Settings, Values
from distribution.domain.slate import Market, build_market
from distribution.domain.state import Snapshot
from leads.domain.criteria import STANDARD, compile_criteria
from leads.domain.hours import parse_schedule
from tests.bench.figures import Figure, seconds_each

NOW = datetime(2026, 7, 16, 17, 0, tzinfo=UTC)
STATES = ["CA", "TX", "FL", "NY", "IL", "PA", "OH", "GA", "NC", "MI"]
ZONE = ZoneInfo("America/Chicago")


def tree(chance: random.Random) -> dict[str, Any]:
    """Three conditions, as a client's demand usually has."""
    return {
        "all": [["state", "in", chance.sample(STATES, 3)], ["age_years", "between", [25, 75]], ["cost", "lte", chance.randint(2, 12)]],
    }


def market_of(count: int, automation: Automation) -> tuple[Market, list[dict[str, Any]]]:
    chance = random.Random(count)
    trees = [tree(chance) for _ in range(count)]
    hours = parse_schedule({day: ["08:00-20:00"] for day in ("mon", "tue", "wed", "thu", "fri")})
    clients = [Client(id=n, entry=n, zone=ZONE, caps=(Cap(CapKind.DAY, Decimal(100)),)) for n in range(count)]
    accounts = [
        Account(
            id=n,
            client_id=n,
            lead_type=1,
            entry=n,
            zone=ZONE,
            price=Decimal(chance.randint(500, 9000)) / 100,
            criteria=compile_criteria(trees[n], STANDARD, lambda _: None),
            hours=hours,
            caps=(Cap(CapKind.HOUR, Decimal(10)), Cap(CapKind.TOTAL, Decimal(1000))),
        )
        for n in range(count)
    ]
    settings = Settings(
        automation=automation,
        secondary=Automation.PRIORITY,
        values={n: Values(priority=n % 7, weight=Decimal(chance.randint(1, 50))) for n in range(count)},
    )
    return build_market(settings, clients, accounts, ZONE), trees


def naive(trees: list[dict[str, Any]], facts: Mapping[str, Any]) -> list[int]:
    """What a first version would do: interpret every rule of every account for every lead."""
    tests = {
        "in": lambda actual, value: actual in value,
        "between": lambda actual, value: actual is not None and value[0] <= actual <= value[1],
        "lte": lambda actual, value: actual is not None and actual <= value,
    }
    return [
        place
        for place, one in enumerate(trees)
        if all(tests[operator](facts.get(field), value) for field, operator, value in one["all"]) and 8 <= NOW.astimezone(ZONE).hour < 20
    ]


def measure(*, quick: bool) -> Iterator[Figure]:
    facts = {"state": "TX", "age_years": 44, "cost": Decimal(5)}
    lead, terms = LeadFacts(lead_type=1, values=facts), CampaignTerms(campaign=1, cost=Decimal(5))
    for automation in (Automation.PRICE, Automation.WEIGHTED):
        for count in (80, 2_000) if quick else (80, 2_000, 10_000):
            market, trees = market_of(count, automation)
            times = max(3, 4_000 // count)
            ours = seconds_each(lambda: decide(lead, terms, market, Snapshot(), NOW), times=times)  # noqa: B023
            floor = seconds_each(lambda: naive(trees, facts), times=times)  # noqa: B023
            yield Figure(f"explain {automation}, {count} accounts, full trace", ours * 1e6, floor * 1e6, "us", at_most=3)
