"""The distribution a second time, slow and obvious: it keeps logs instead of counters and adds everything up each time.

Written from the rules, not from the engine: plain loops, fractions, one lead after the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from math import asin, cos, radians, sin, sqrt
from typing import Any

from tests.distribution.domain.worlds import Buyer, Demand, Event, World

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LIVE = ("accepted", "unknown")


@dataclass
class Reservation:
    at: datetime
    demand: Demand
    price: Decimal
    live: bool = True


@dataclass
class Sale:
    """A booking of one pool: who shared in it, and how."""

    pool: str
    buyer: int
    at: datetime
    weights: dict[int, Fraction] | None
    percentages: dict[int, Fraction] | None
    live: bool = True


@dataclass
class Turn:
    pool: str
    who: int
    kept: bool = True


@dataclass
class Told:
    """What became of one lead."""

    offers: list[tuple[int, Decimal, bool, str | None, str]] = field(default_factory=list)
    """Account, price, over cap, held until, outcome."""
    reasons: dict[int, str] = field(default_factory=dict)
    first_order: list[int] | None = None
    stop: str = ""


class Obvious:
    def __init__(self, world: World) -> None:
        self.world = world
        self.buyers = {buyer.id: buyer for buyer in world.buyers}
        self.reservations: list[Reservation] = []
        self.sales: list[Sale] = []
        self.turns: list[Turn] = []

    # time ---------------------------------------------------------------------------------------------------------------

    def local(self, at: datetime, demand: Demand) -> datetime:
        return at.astimezone(self.buyers[demand.client].zone)

    def same_window(self, kind: str, one: datetime, other: datetime) -> bool:
        """Whether two wall clocks of one zone stand in the same calendar window."""
        key = {
            "hour": lambda t: (t.date(), t.hour),
            "day": lambda t: t.date(),
            "week": lambda t: t.isocalendar()[:2],
            "month": lambda t: (t.year, t.month),
            "total": lambda t: 0,
        }[kind.removeprefix("budget_")]
        return key(one) == key(other)

    def open_at(self, demand: Demand, at: datetime) -> bool:
        if demand.hours is None:
            return True
        wall = self.local(at, demand)
        today = [window.split("-") for window in demand.hours.get(DAYS[wall.weekday()], [])]
        now = f"{wall.hour:02}:{wall.minute:02}"
        return any(start <= now < end for start, end in today)

    def next_opening(self, demand: Demand, at: datetime) -> datetime | None:
        step = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
        for _ in range(4 * 24 * 9):
            step += timedelta(minutes=15)
            if self.open_at(demand, step):
                return step
        return None

    # eligibility --------------------------------------------------------------------------------------------------------

    def used(self, demand: Demand, kind: str, at: datetime, *, own: bool) -> Decimal:
        found = Decimal(0)
        for reservation in self.reservations:
            mine = reservation.demand.id == demand.id if own else reservation.demand.client == demand.client
            if reservation.live and mine and self.same_window(kind, self.local(reservation.at, demand), self.local(at, demand)):
                found += reservation.price if kind.startswith("budget") else 1
        return found

    def cap_reason(self, demand: Demand, price: Decimal, at: datetime, *, own: bool) -> str | None:
        limits = demand.caps if own else self.buyers[demand.client].caps
        for kind in ("hour", "day", "week", "month", "total", "budget_day", "budget_month"):
            if kind in limits:
                more = price if kind.startswith("budget") else Decimal(1)
                if self.used(demand, kind, at, own=own) + more > limits[kind]:
                    return kind if kind.startswith("budget") else f"cap_{kind}"
        return None

    def price(self, demand: Demand, event: Event, pinged: set[int]) -> Decimal:
        bid = event.bids.get(demand.id)
        if demand.ping and demand.id in pinged and bid is not None:
            return bid.quantize(Decimal("0.01"), ROUND_DOWN)
        return demand.price

    def reason(  # noqa: C901, PLR0912 - one if for each row of the table is what makes it obvious
        self, demand: Demand, event: Event, made: "Made", *, beyond: bool = False
    ) -> str | None:
        buyer, world = self.buyers[demand.client], self.world
        if buyer.status != "active":
            return f"client_{buyer.status}"
        if demand.status != "open":
            return f"account_{demand.status}"
        if world.client_group is not None and buyer.id not in world.client_group:
            return "not_in_group"
        if event.suppressed:
            return "suppressed"
        if made.is_out(buyer):
            return "refused_before"
        if demand.states is not None and event.state not in demand.states:
            return "criteria"
        if buyer.id in event.bought_before:
            return "duplicate_for_client"
        if not self.open_at(demand, event.at) and not (demand.hold and self.next_opening(demand, event.at)):
            return "schedule_closed"
        price = self.price(demand, event, made.pinged)
        if capped := self.cap_reason(demand, price, event.at, own=False):
            return capped
        if not (beyond and demand.may_exceed_caps) and (capped := self.cap_reason(demand, price, event.at, own=True)):
            return capped
        share = Fraction(world.cost) / (1 if demand.exclusive else world.max_deliveries)
        thin = demand.required_profit is not None and Fraction(price) - share < Fraction(demand.required_profit)
        if thin and not demand.ping:
            return "margin"
        if demand.ping and demand.id in made.pinged:
            if demand.id not in event.bids:
                return "ping_timeout"
            if event.bids[demand.id] is None:
                return "ping_rejected"
            if price < demand.price or thin:
                return "bid_too_low"
        pool = self.pool_of(demand)
        automation = world.plans[pool].automation
        if automation == "weighted" and not buyer.weight:
            return "weight_missing"
        if automation == "percentage" and not buyer.percentage:
            return "percentage_missing"
        if automation == "percentage" and world.hard_limit and self.percentage_claims(pool, event.at)[buyer.id] <= 0:
            return "percentage_reached"
        return None

    # pools --------------------------------------------------------------------------------------------------------------

    def pool_of(self, demand: Demand) -> str:
        for group in self.world.groups:
            if demand.id in group.accounts:
                return group.pool
        for group in self.world.groups:
            if demand.client in group.clients:
                return group.pool
        return self.world.rest

    def members(self, pool: str) -> list[Buyer]:
        """Active clients with an open account in the pool, whatever its lead type."""
        inside = [demand for demand in self.world.demands if self.pool_of(demand) == pool and demand.status == "open"]
        return [buyer for buyer in self.world.buyers if buyer.status == "active" and any(d.client == buyer.id for d in inside)]

    def percentage_credits(self, pool: str, at: datetime) -> dict[int, Fraction]:
        found: dict[int, Fraction] = dict.fromkeys(self.buyers, Fraction(0))
        zone = self.world.zone
        for sale in self.sales:
            running = self.same_window(self.world.timeframe, sale.at.astimezone(zone), at.astimezone(zone))
            if sale.live and sale.pool == pool and sale.percentages is not None and running:
                for client, share in sale.percentages.items():
                    found[client] += share
                found[sale.buyer] -= 1
        return found

    def percentage_shares(self, pool: str, at: datetime) -> dict[int, Fraction]:
        """One lead poured out by the percentages; a client that is full passes its part on."""
        wanted = {buyer.id: Fraction(buyer.percentage) for buyer in self.members(pool) if buyer.percentage}
        if not wanted:
            return {}
        total = sum(wanted.values())
        if self.world.catch_up is None:
            return {client: weight / total for client, weight in wanted.items()}
        room = {client: max(self.world.catch_up - credit, Fraction(0)) for client, credit in self.percentage_credits(pool, at).items()}
        given = dict.fromkeys(wanted, Fraction(0))
        left, open_to = Fraction(1), [client for client in wanted if room[client] > 0]
        while left > 0 and open_to:
            flow = min([left, *((room[client] - given[client]) * sum(wanted[c] for c in open_to) / wanted[client] for client in open_to)])
            rate = sum(wanted[c] for c in open_to)
            for client in open_to:
                given[client] += flow * wanted[client] / rate
            left -= flow
            open_to = [client for client in open_to if given[client] < room[client]]
        return {client: share + left * wanted[client] / total for client, share in given.items()}

    def percentage_claims(self, pool: str, at: datetime) -> dict[int, Fraction]:
        had = self.percentage_credits(pool, at)
        return {client: had[client] + share for client, share in self.percentage_shares(pool, at).items()}

    def weight_shares(self, clients: list[int]) -> dict[int, Fraction]:
        weights = {client: Fraction(self.buyers[client].weight) for client in clients if self.buyers[client].weight}
        return {client: weight / sum(weights.values()) for client, weight in weights.items()}

    def weight_claims(self, pool: str, clients: list[int]) -> dict[int, Fraction]:
        found = dict(self.weight_shares(clients))
        for sale in self.sales:
            if sale.live and sale.pool == pool and sale.weights is not None:
                for client, share in sale.weights.items():
                    if client in found:
                        found[client] += share
                if sale.buyer in found:
                    found[sale.buyer] -= 1
        return found

    def usual_rate(self, pool: str, client: int, share: Fraction) -> Fraction:
        shares = [
            sale.weights[client] for sale in self.sales if sale.live and sale.pool == pool and sale.weights and client in sale.weights
        ]
        return sum([*shares, share], Fraction(0)) / (len(shares) + 1)

    def last_turn(self, pool: str, who: int) -> int:
        """1 and up; 0 for never."""
        return max((place for place, turn in enumerate(self.turns, 1) if turn.kept and (turn.pool, turn.who) == (pool, who)), default=0)

    # order --------------------------------------------------------------------------------------------------------------

    def able(self, pool: str, lead_type: int, value: str) -> int:
        """Clients with a share of the pool and an account of the lead type that nothing standing bars."""
        group = self.world.client_group
        return len(
            {
                demand.client
                for demand in self.world.demands
                if demand.lead_type == lead_type
                and demand.status == "open"
                and self.pool_of(demand) == pool
                and self.buyers[demand.client].status == "active"
                and getattr(self.buyers[demand.client], value)
                and (group is None or demand.client in group)
            }
        )

    def simple_key(self, automation: str, pool: str, demand: Demand, event: Event, price: Decimal) -> Any:
        buyer = self.buyers[demand.client]
        if automation == "price":
            return -price
        if automation == "priority":
            return (buyer.priority is None, buyer.priority or 0)
        if automation == "round_robin":
            return (self.last_turn(pool, buyer.id), buyer.entry if self.last_turn(pool, buyer.id) == 0 else 0)
        far = None if event.point is None or buyer.point is None else miles(event.point, buyer.point)
        return (far is None, far or 0)

    def keys(self, automation: str, pool: str, standing: list[Demand], event: Event, prices: dict[int, Decimal]) -> dict[int, Any]:
        if automation not in ("weighted", "percentage"):
            return {demand.id: self.simple_key(automation, pool, demand, event, prices[demand.id]) for demand in standing}
        clients = [demand.client for demand in standing]
        if automation == "weighted":
            claims, shares = self.weight_claims(pool, clients), self.weight_shares(clients)
            rates = {client: self.usual_rate(pool, client, shares[client]) for client in clients}
            n = self.able(pool, event.lead_type, "weight")
        else:
            everyone = {buyer.id: Fraction(buyer.percentage) for buyer in self.members(pool) if buyer.percentage}
            claims = self.percentage_claims(pool, event.at)
            rates = {client: everyone[client] / sum(everyone.values()) for client in clients}
            n = self.able(pool, event.lead_type, "percentage")
        base, found = self.world.plans[pool].base, {}
        threshold = Fraction(1, 2 * n - 2) if n > 1 else Fraction(1)
        for demand in standing:
            claim = claims[demand.client]
            if base != "balanced":
                key = self.simple_key(base, pool, demand, event, prices[demand.id])
                found[demand.id] = (0, key) if claim > 0 else (1, -claim)
            elif claim >= threshold:
                found[demand.id] = (0, (1 - threshold - claim) / rates[demand.client])
            else:
                found[demand.id] = (1, -claim)
        return found

    def secondary_keys(
        self, automation: str | None, pool: str, standing: list[Demand], event: Event, prices: dict[int, Decimal]
    ) -> dict[int, Any]:
        if automation is None:
            return {demand.id: 0 for demand in standing}
        if automation not in ("weighted", "percentage"):
            return self.keys(automation, pool, standing, event, prices)
        clients = [demand.client for demand in standing]
        claims = self.weight_claims(pool, clients) if automation == "weighted" else self.percentage_claims(pool, event.at)
        return {demand.id: (demand.client not in claims, -claims.get(demand.client, Fraction(0))) for demand in standing}

    def stands(self, demands: list[Demand], prices: dict[int, Decimal]) -> Demand:
        how = self.buyers[demands[0].client].account_automation
        if how == "price":
            return min(demands, key=lambda demand: (-prices[demand.id], demand.entry))
        if how == "priority":
            return min(demands, key=lambda demand: (demand.priority is None, demand.priority or 0, demand.entry))
        return min(demands, key=lambda demand: (self.last_turn(f"client:{demand.client}", demand.id), demand.entry))

    def order(self, pool: str, demands: list[Demand], event: Event, prices: dict[int, Decimal]) -> list[Demand]:
        standing = [
            self.stands(mine, prices)
            for buyer in self.world.buyers
            if (mine := [demand for demand in demands if demand.client == buyer.id])
        ]
        if not standing:
            return []
        plan = self.world.plans[pool]
        first = self.keys(plan.automation, pool, standing, event, prices)
        second = self.secondary_keys(plan.secondary, pool, standing, event, prices)
        return sorted(standing, key=lambda demand: (first[demand.id], second[demand.id], self.buyers[demand.client].entry))

    def sides(self, pool: str, demands: list[Demand], made: "Made", prices: dict[int, Decimal]) -> tuple[list[Demand], dict[int, str]]:
        if made.sold_shared:
            wanted = False
        else:
            exclusive = [demand for demand in demands if demand.exclusive]
            shared = [demand for demand in demands if not demand.exclusive]
            plan = self.world.plans[pool]
            if not (self.world.optimization and plan.automation == "price" and exclusive and shared):
                return demands, {}
            best: dict[int, Decimal] = {}
            for demand in shared:
                best[demand.client] = max(best.get(demand.client, Decimal(0)), prices[demand.id])
            top = sum(sorted(best.values())[-self.world.max_deliveries :])
            wanted = max(prices[demand.id] for demand in exclusive) >= top
        reason = "exclusive_only" if wanted else "already_sold_shared"
        return (
            [demand for demand in demands if demand.exclusive == wanted],
            {demand.id: reason for demand in demands if demand.exclusive != wanted},
        )

    # one lead -----------------------------------------------------------------------------------------------------------

    def candidates(self, event: Event) -> Iterator[Demand]:
        for buyer in sorted(self.world.buyers, key=lambda one: one.entry):
            mine = [demand for demand in self.world.demands if demand.client == buyer.id and demand.lead_type == event.lead_type]
            yield from sorted(mine, key=lambda one: one.entry)

    def scan(
        self, event: Event, made: "Made", *, beyond: bool
    ) -> tuple[list[tuple[str, Demand]], dict[int, str], dict[str, list[Demand]], list[Demand]]:
        reasons: dict[int, str] = {}
        fit: list[Demand] = []
        for demand in self.candidates(event):
            if demand.id in made.accounts:
                continue
            reason = self.reason(demand, event, made)
            if beyond and reason and demand.may_exceed_caps:
                by_cap = reason.startswith(("cap", "budget"))
                if by_cap and self.reason(demand, event, made, beyond=True) is None:
                    fit.append(demand)
                    continue
            if reason is None and not beyond:
                fit.append(demand)
            elif reason is not None:
                reasons[demand.id] = reason
        ranking: list[tuple[str, Demand]] = []
        stayed: dict[str, list[Demand]] = {}
        rank_prices = {d.id: self.price(d, event, made.pinged if self.world.parallel else set()) for d in fit}
        for pool in [*(group.pool for group in self.world.groups), self.world.rest]:
            mine, out = self.sides(pool, [demand for demand in fit if self.pool_of(demand) == pool], made, rank_prices)
            if not beyond:
                reasons |= out
            stayed[pool] = mine
            ranking += [(pool, demand) for demand in self.order(pool, mine, event, rank_prices)]
        return ranking, reasons, stayed, [demand for demand in fit if not (made.sold_shared and demand.exclusive)]

    def sell(self, event: Event) -> Told:
        told, made = Told(), Made()
        while True:
            stop = made.stop(self.world)
            ranking, told.reasons, stayed, fit = self.scan(event, made, beyond=False)
            over = False
            if stop is None and not ranking and not made.sold and not made.held:
                rescued, _, again, saved = self.scan(event, made, beyond=True)
                if rescued:
                    ranking, stayed, fit, over = rescued, again, saved, True
            if stop is None:
                first = [demand for _, demand in ranking[:1]]
                asked = [d for d in (fit if self.world.parallel else first) if d.ping and d.id not in made.pinged]
                if asked:
                    made.pinged |= {demand.id for demand in asked}
                    continue
            if told.first_order is None:
                told.first_order = [demand.id for _, demand in ranking]
            if (stop is not None or not ranking) and made.held:
                self.answer(made.held[0], event, made, told)  # its opening has come
                continue
            if stop is not None or not ranking:
                told.stop = stop or "nobody_left"
                for _, demand in ranking:
                    told.reasons.pop(demand.id, None)
                return told
            pool, demand = ranking[0]
            self.offer(pool, demand, stayed[pool], event, made, told, over=over)

    def offer(self, pool: str, demand: Demand, stayed: list[Demand], event: Event, made: "Made", told: Told, *, over: bool) -> None:
        price = self.price(demand, event, made.pinged)
        held = None
        if not self.open_at(demand, event.at):
            opening = self.next_opening(demand, event.at)
            held = opening.astimezone(UTC).isoformat() if opening else None
        reservation = Reservation(event.at, demand, price)
        self.reservations.append(reservation)
        plan = self.world.plans[pool]
        in_force = (plan.automation, plan.secondary)
        clients = sorted({one.client for one in stayed})
        weights = self.weight_shares(clients) if "weighted" in in_force else {}
        percentages = self.percentage_shares(pool, event.at) if "percentage" in in_force else {}
        sale = Sale(
            pool,
            demand.client,
            event.at,
            weights if demand.client in weights else None,
            percentages if demand.client in percentages else None,
        )
        self.sales.append(sale)
        turns = [Turn(f"client:{demand.client}", demand.id)]
        if "round_robin" in in_force or (plan.automation in ("weighted", "percentage") and plan.base == "round_robin"):
            turns.append(Turn(pool, demand.client))
        self.turns += turns
        made.offers.append((demand, "held"))
        made.booked.append((reservation, sale, turns))
        told.offers.append((demand.id, price, over, held, ""))
        if held is None:
            self.answer(len(made.offers) - 1, event, made, told)

    def answer(self, place: int, event: Event, made: "Made", told: Told) -> None:
        demand, (reservation, sale, turns) = made.offers[place][0], made.booked[place]
        outcome = event.answers.get(demand.id, "accepted")
        if outcome in ("rejected", "failed"):
            reservation.live = sale.live = False
        if outcome == "failed":
            for turn in turns:
                turn.kept = False
        made.offers[place] = (demand, outcome)
        told.offers[place] = (*told.offers[place][:4], outcome)


@dataclass
class Made:
    """Offers of one lead so far."""

    offers: list[tuple[Demand, str]] = field(default_factory=list)
    booked: list[tuple[Reservation, Sale, list[Turn]]] = field(default_factory=list)
    pinged: set[int] = field(default_factory=set)

    @property
    def accounts(self) -> set[int]:
        return {demand.id for demand, _ in self.offers}

    @property
    def sold(self) -> int:
        return sum(outcome == "accepted" for _, outcome in self.offers)

    @property
    def held(self) -> list[int]:
        return [place for place, (_, outcome) in enumerate(self.offers) if outcome == "held"]

    @property
    def sold_shared(self) -> bool:
        return any(outcome in ("accepted", "held") and not demand.exclusive for demand, outcome in self.offers)

    def is_out(self, buyer: Buyer) -> bool:
        mine = [outcome for demand, outcome in self.offers if demand.client == buyer.id]
        return bool(mine) and not (buyer.tier_delivery and set(mine) <= {"rejected", "failed"})

    def stop(self, world: World) -> str | None:
        if any(demand.exclusive and outcome == "accepted" for demand, outcome in self.offers):
            return "sold_exclusively"
        if any(outcome == "unknown" for _, outcome in self.offers):
            return "in_doubt"
        if self.sold >= world.max_deliveries:
            return "sold_enough"
        if any(self.offers[place][0].exclusive for place in self.held) or self.sold + len(self.held) >= world.max_deliveries:
            return "waiting"
        return None


def miles(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Haversine, rounded to a hundredth."""
    lat_a, lon_a, lat_b, lon_b = (radians(x) for x in (*a, *b))
    h = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return round(2 * 3958.7613 * asin(min(1.0, sqrt(h))), 2)
