"""Small random markets with a run of leads, described in the plainest words, and built for the engine."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from zoneinfo import ZoneInfo

from distribution.domain.automation import AccountAutomation, Automation, Base, OnChange, Timeframe
from distribution.domain.market import Account, AccountStatus, CampaignTerms, Cap, CapKind, Client, ClientStatus
from distribution.domain.settings import Group, Settings, Values
from distribution.domain.slate import Market, build_market
from leads.domain.criteria import STANDARD, compile_criteria
from leads.domain.hours import parse_schedule

AUTOMATIONS = tuple(automation.value for automation in Automation)
ZONES = tuple(ZoneInfo(name) for name in ("America/Chicago", "America/New_York", "America/Phoenix"))
STARTS = (
    datetime(2026, 3, 7, 22, tzinfo=UTC),
    datetime(2026, 10, 31, 22, tzinfo=UTC),
    datetime(2026, 6, 30, 20, tzinfo=UTC),
)
"""The eves of the changes of clocks, and of a month."""
POINTS = ((32.8, -96.8), (34.1, -118.2), (40.7, -74.0), (41.9, -87.6))


@dataclass(frozen=True)
class PoolPlan:
    automation: str
    secondary: str | None
    base: str


@dataclass(frozen=True)
class PoolGroup:
    pool: str
    clients: tuple[int, ...]
    accounts: tuple[int, ...]


@dataclass(frozen=True)
class Buyer:
    id: int
    entry: int
    zone: ZoneInfo
    status: str
    caps: dict[str, Decimal]
    account_automation: str
    tier_delivery: bool
    point: tuple[float, float] | None
    priority: int | None
    weight: Decimal | None
    percentage: Decimal | None


@dataclass(frozen=True)
class Demand:
    id: int
    client: int
    lead_type: int
    entry: int
    price: Decimal
    exclusive: bool
    status: str
    states: tuple[str, ...] | None
    hours: dict[str, list[str]] | None
    hold: bool
    caps: dict[str, Decimal]
    may_exceed_caps: bool
    priority: int | None
    required_profit: Decimal | None
    ping: bool


@dataclass(frozen=True)
class Event:
    at: datetime
    lead_type: int
    state: str
    point: tuple[float, float] | None
    suppressed: bool
    bought_before: frozenset[int]
    answers: dict[int, str]
    bids: dict[int, Decimal | None]
    """What a ping brings: a bid, None for a refusal, missing for no answer."""


@dataclass(frozen=True)
class World:
    buyers: tuple[Buyer, ...]
    demands: tuple[Demand, ...]
    groups: tuple[PoolGroup, ...]
    plans: dict[str, PoolPlan]
    rest: str
    max_deliveries: int
    cost: Decimal
    client_group: frozenset[int] | None
    optimization: bool
    timeframe: str
    hard_limit: bool
    catch_up: Fraction | None
    parallel: bool
    zone: ZoneInfo
    events: tuple[Event, ...]


def _plan(random: Random, focus: str | None) -> PoolPlan:
    automation = focus or random.choice(AUTOMATIONS)
    others = [other for other in AUTOMATIONS if other != automation]
    may_lack = automation not in ("weighted", "percentage")
    secondary = None if may_lack and random.random() < 0.3 else random.choice(others)
    return PoolPlan(automation, secondary, random.choice(list(Base)).value)


def _caps(random: Random, chance: float) -> dict[str, Decimal]:
    if random.random() > chance:
        return {}
    kinds = random.sample(list(CapKind), random.randint(1, 2))
    return {kind.value: Decimal(random.choice((0, 15, 30, 60))) if kind.is_budget else Decimal(random.randint(0, 3)) for kind in kinds}


def _hours(random: Random) -> dict[str, list[str]] | None:
    if random.random() < 0.6:
        return None
    windows = (["09:00-17:00"], ["00:00-12:00", "13:15-24:00"], ["01:30-03:00"], [])
    return {day: random.choice(windows) for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def _maybe[T](random: Random, chance: float, value: T) -> T | None:
    return value if random.random() < chance else None


def _buyer(random: Random, number: int, entry: int) -> Buyer:
    return Buyer(
        id=number,
        entry=entry,
        zone=random.choice(ZONES),
        status=random.choice(("active",) * 9 + ("paused",)),
        caps=_caps(random, 0.25),
        account_automation=random.choice(list(AccountAutomation)).value,
        tier_delivery=random.random() < 0.4,
        point=_maybe(random, 0.8, random.choice(POINTS)),
        priority=_maybe(random, 0.8, random.randint(-1, 2)),
        weight=_maybe(random, 0.85, Decimal(random.choice(("0", "1", "1", "2", "3.5", "97")))),
        percentage=_maybe(random, 0.85, Decimal(random.choice(("0", "10", "25", "25", "50", "33.3")))),
    )


def _demand(random: Random, number: int, client: int, entry: int) -> Demand:
    return Demand(
        id=number,
        client=client,
        lead_type=random.choice((1, 1, 1, 2)),
        entry=entry,
        price=Decimal(random.choice((5, 10, 10, 20, 30))),
        exclusive=random.random() < 0.3,
        status=random.choice(("open",) * 9 + ("closed",)),
        states=_maybe(random, 0.4, tuple(random.sample(("TX", "OH", "CA"), 2))),
        hours=_hours(random),
        hold=random.random() < 0.4,
        caps=_caps(random, 0.3),
        may_exceed_caps=random.random() < 0.4,
        priority=_maybe(random, 0.7, random.randint(0, 2)),
        required_profit=_maybe(random, 0.3, Decimal(random.choice((3, 7, 12)))),
        ping=random.random() < 0.3,
    )


def _events(random: Random, buyers: list[Buyer], demands: list[Demand], leads: int) -> tuple[Event, ...]:
    at, events = random.choice(STARTS), []
    for _ in range(leads):
        at += timedelta(minutes=random.choice((0, 0, 7, 45, 300, 1440)))
        answers = {d.id: random.choice(("accepted",) * 5 + ("rejected", "failed", "rejected", "failed", "unknown")) for d in demands}
        bids: dict[int, Decimal | None] = {}
        for demand in demands:
            kind = random.random()
            if kind < 0.7:
                bids[demand.id] = demand.price + Decimal(random.choice(("-0.01", "0", "4.567", "11")))
            elif kind < 0.85:
                bids[demand.id] = None
        events.append(
            Event(
                at,
                random.choice((1, 1, 1, 2)),
                random.choice(("TX", "OH", "CA")),
                _maybe(random, 0.8, random.choice(POINTS)),
                random.random() < 0.03,
                frozenset(buyer.id for buyer in buyers if random.random() < 0.05),
                answers,
                bids,
            )
        )
    return tuple(events)


def random_world(random: Random, focus: str | None = None, leads: int = 12) -> World:
    """A market of up to six clients with up to two accounts each; `focus` is the default automation."""
    numbers = random.sample(range(1, 50), random.randint(1, 6))
    buyers = [_buyer(random, number, entry) for entry, number in enumerate(numbers)]
    demands: list[Demand] = []
    for buyer in buyers:
        for entry in range(random.choice((1, 1, 2))):
            demands.append(_demand(random, 100 + len(demands) * 7 % 50, buyer.id, entry))
    clients, accounts = [buyer.id for buyer in buyers], [demand.id for demand in demands]
    groups, plans = [], {}
    for number in range(random.choice((0, 0, 1, 2))):
        inside = tuple(client for client in random.sample(clients, len(clients) // 3) if all(client not in g.clients for g in groups))
        single = tuple(account for account in random.sample(accounts, len(accounts) // 4) if all(account not in g.accounts for g in groups))
        groups.append(PoolGroup(f"group:g{number}", inside, single))
        plans[f"group:g{number}"] = _plan(random, None)
    own = random.random() < 0.25
    rest = "campaign:7" if own else "default"
    plans[rest] = _plan(random, focus)
    return World(
        buyers=tuple(buyers),
        demands=tuple(demands),
        groups=tuple(groups),
        plans=plans,
        rest=rest,
        max_deliveries=random.randint(1, 3),
        cost=Decimal(random.choice((0, 4, 10))),
        client_group=_maybe(random, 0.1, frozenset(client for client in clients if random.random() < 0.7)),
        optimization=random.random() < 0.5,
        timeframe=random.choice(list(Timeframe)).value,
        hard_limit=random.random() < 0.3,
        catch_up=_maybe(random, 0.3, Fraction(random.choice((1, 2)))),
        parallel=random.random() < 0.6,
        zone=random.choice(ZONES),
        events=_events(random, buyers, demands, leads),
    )


def engine_market(world: World) -> tuple[Market, CampaignTerms]:
    """The same world for the engine."""
    rest = world.plans[world.rest]
    campaign = world.rest.startswith("campaign")
    settings = Settings(
        automation=Automation.PRIORITY if campaign else Automation(rest.automation),
        secondary=None if campaign or rest.secondary is None else Automation(rest.secondary),
        base_automation=Base.BALANCED if campaign else Base(rest.base),
        price_optimization=world.optimization,
        percentage_timeframe=Timeframe(world.timeframe),
        percentage_hard_limit=world.hard_limit,
        percentage_catch_up=None if world.catch_up is None else Decimal(int(world.catch_up)),
        round_robin_on_change=OnChange.RESTART,
        parallel_processing=world.parallel,
        groups=tuple(_group(world, group) for group in world.groups),
        values={buyer.id: Values(buyer.priority, buyer.weight, buyer.percentage) for buyer in world.buyers},
    )
    terms = CampaignTerms(
        campaign=7,
        cost=world.cost,
        max_deliveries=world.max_deliveries,
        client_group=world.client_group,
        automation=Automation(rest.automation) if campaign else None,
        secondary=Automation(rest.secondary) if campaign and rest.secondary else None,
        base_automation=Base(rest.base) if campaign else None,
    )
    zones = {buyer.id: buyer.zone for buyer in world.buyers}
    market = build_market(settings, map(_client, world.buyers), [_account(d, zones[d.client]) for d in world.demands], world.zone)
    return market, terms


def _group(world: World, group: PoolGroup) -> Group:
    plan, key = world.plans[group.pool], group.pool.removeprefix("group:")
    secondary = Automation(plan.secondary) if plan.secondary else None
    return Group(key, key, Automation(plan.automation), secondary, Base(plan.base), group.clients, group.accounts)


def _client(buyer: Buyer) -> Client:
    return Client(
        id=buyer.id,
        entry=buyer.entry,
        zone=buyer.zone,
        status=ClientStatus(buyer.status),
        caps=tuple(Cap(CapKind(kind), limit) for kind, limit in buyer.caps.items()),
        account_automation=AccountAutomation(buyer.account_automation),
        tier_delivery=buyer.tier_delivery,
        point=buyer.point,
    )


def _account(demand: Demand, zone: ZoneInfo) -> Account:
    tree = None if demand.states is None else {"all": [["state", "in", list(demand.states)]]}
    return Account(
        id=demand.id,
        client_id=demand.client,
        lead_type=demand.lead_type,
        entry=demand.entry,
        zone=zone,
        price=demand.price,
        exclusive=demand.exclusive,
        status=AccountStatus(demand.status),
        ping=demand.ping,
        criteria=None if tree is None else compile_criteria(tree, STANDARD, lambda _zip: None),
        hours=parse_schedule(demand.hours),
        hold=demand.hold,
        caps=tuple(Cap(CapKind(kind), limit) for kind, limit in demand.caps.items()),
        may_exceed_caps=demand.may_exceed_caps,
        priority=demand.priority,
        required_profit=demand.required_profit,
    )
