"""How far anyone ever is from its exact share, against the bound that no method can beat."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from distribution.domain.automation import Automation
from distribution.domain.engine import decide
from distribution.domain.market import Account, CampaignTerms, Client, LeadFacts
from distribution.domain.settings import Settings, Values
from distribution.domain.slate import build_market
from distribution.domain.state import Snapshot
from leads.domain.shares import PoolState
from tests.bench.figures import Figure

NOW = datetime(2026, 7, 16, 17, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/Chicago")


def worst_distance(weights: list[int], leads: int) -> Fraction:
    """Sell so many leads through the engine, all eligible, and return the largest distance at any prefix."""
    clients = [Client(id=n, entry=n, zone=ZONE) for n in range(len(weights))]
    accounts = [Account(id=n, client_id=n, lead_type=1, entry=n, zone=ZONE) for n in range(len(weights))]
    values = {n: Values(weight=Decimal(weight)) for n, weight in enumerate(weights)}
    market = build_market(Settings(automation=Automation.WEIGHTED, secondary=Automation.PRICE, values=values), clients, accounts, ZONE)
    pools: dict[str, PoolState] = {}
    sold, total, worst = [0] * len(weights), sum(weights), Fraction(0)
    for n in range(1, leads + 1):
        step = decide(LeadFacts(lead_type=1), CampaignTerms(campaign=1), market, Snapshot(pools=pools), NOW)
        if step.offer is None:
            raise RuntimeError("nobody was offered the lead")
        pools |= step.pools
        sold[step.offer.client] += 1
        worst = max(worst, *(abs(Fraction(weight * n, total) - got) for weight, got in zip(weights, sold, strict=True)))
    return worst


def measure(*, quick: bool) -> Iterator[Figure]:
    chance = random.Random(7)
    for count in (2, 5, 12) if quick else (2, 3, 5, 12, 20, 30, 50):
        skewed = [1000] + [chance.randint(1, 5) for _ in range(count - 1)]
        plain = [chance.randint(1, 400) for _ in range(count)]
        worst = max(worst_distance(skewed, 1_000), worst_distance(plain, 1_000))
        yield Figure(f"fair_fixed, {count} clients, worst of 2 x 1,000", float(worst), float(1 - Fraction(1, 2 * count - 2)), "", at_most=1)
