"""A desk that sells leads by the engine in memory, the way the services do with rows: reserve, offer, book, take back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from distribution.domain.automation import Automation
from distribution.domain.engine import decide
from distribution.domain.market import Account, CampaignTerms, Cap, CapKind, Client, LeadFacts
from distribution.domain.offering import release
from distribution.domain.settings import Settings, Values
from distribution.domain.slate import Market, build_market
from distribution.domain.state import CapKey, PastOffer, Ping, PingAnswer, Qualified, Snapshot
from distribution.domain.step import Candidate, Offer, OfferOutcome, Step, Stop
from leads.domain.criteria import STANDARD, compile_criteria
from leads.domain.hours import parse_schedule
from leads.domain.shares import PoolState

NEW_YORK = ZoneInfo("America/New_York")
CHICAGO = ZoneInfo("America/Chicago")
NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
"""Monday, 12:00 in Chicago and 13:00 in New York."""


def money(text: str | int | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def caps(**limits: int | str) -> tuple[Cap, ...]:
    return tuple(Cap(CapKind(kind), Decimal(limit)) for kind, limit in limits.items())


def client(number: int, **options: Any) -> Client:
    return Client(**{"id": number, "entry": number, "zone": CHICAGO} | options)


def account(number: int, price: str | int = 10, **options: Any) -> Account:
    """An account of the client of the same number, unless told otherwise."""
    criteria, hours = options.pop("criteria", None), options.pop("hours", None)
    given = {"id": number, "client_id": number, "lead_type": 1, "entry": number, "zone": CHICAGO, "price": Decimal(price)}
    if criteria is not None:
        given["criteria"] = compile_criteria(criteria, STANDARD, lambda _zip: None)
    if hours is not None:
        given["hours"] = parse_schedule(hours)
    return Account(**given | options)


def values(**columns: Mapping[int, Any]) -> dict[int, Values]:
    """`values(weight={1: 40, 2: 60})`: the table of values, column by column."""
    table: dict[int, Values] = {}
    for name, column in columns.items():
        for number, value in column.items():
            typed = value if name == "priority" else money(value)
            table[number] = replace(table.get(number, Values()), **{name: typed})
    return table


def market(settings: Settings, accounts: Sequence[Account], clients: Iterable[Client] | None = None) -> Market:
    """The accounts given, each with a plain client where none is given."""
    known = {one.id: one for one in clients or ()}
    plain = (client(number) for number in {one.client_id for one in accounts} - known.keys())
    return build_market(settings, [*known.values(), *plain], accounts, NEW_YORK)


ACCEPT, REJECT, FAIL, UNKNOWN = OfferOutcome.ACCEPTED, OfferOutcome.REJECTED, OfferOutcome.FAILED, OfferOutcome.UNKNOWN
OPEN = OfferOutcome.OPEN
_UNDONE = {OfferOutcome.REJECTED, OfferOutcome.FAILED, OfferOutcome.BOUNCED, OfferOutcome.RETURNED}


@dataclass
class Desk:
    """Sells one lead after the other; `answers` says what a client answers to an offer, accepting by default."""

    market: Market
    terms: CampaignTerms = field(default_factory=lambda: CampaignTerms(1))
    used: dict[CapKey, Decimal] = field(default_factory=dict)
    pools: dict[str, PoolState] = field(default_factory=dict)
    met: dict[int, int] = field(default_factory=dict)
    bought: dict[int, int] = field(default_factory=dict)

    def snapshot(self, offers: Sequence[PastOffer] = (), **more: Any) -> Snapshot:
        counts = {number: Qualified(self.met.get(number, 0), self.bought.get(number, 0)) for number in self.met.keys() | self.bought.keys()}
        return Snapshot(used=dict(self.used), pools=dict(self.pools), offers=tuple(offers), qualified=counts, **more)

    def look(self, lead: LeadFacts | None = None, now: datetime = NOON, offers: Sequence[PastOffer] = (), **more: Any) -> Step:
        """One decision, nothing changed."""
        return decide(lead or LeadFacts(1), self.terms, self.market, self.snapshot(offers, **more), now)

    def sell(
        self,
        answers: Mapping[int, OfferOutcome] | None = None,
        lead: LeadFacts | None = None,
        now: datetime = NOON,
        bids: Mapping[int, PingAnswer] | None = None,
        **more: Any,
    ) -> "Sold":
        """Offer the lead until it is sold or nobody is left; held offers are answered when nobody else is left to be offered it."""
        offers: list[PastOffer] = []
        made: list[Offer] = []
        pings: dict[int, PingAnswer] = {}
        first = True
        while True:
            step = self.look(lead, now, offers, pings=pings, **more)
            if first and step.stop is not Stop.PING:
                first = False
                for number in step.met:
                    self.met[number] = self.met.get(number, 0) + 1
            self.pools |= step.pools
            if step.stop is Stop.PING:
                pings |= {number: (bids or {}).get(number, PingAnswer(Ping.TIMEOUT)) for number in step.pings}
                continue
            waiting = next((place for place, one in enumerate(offers) if one.held), None)
            if step.offer is None and waiting is None:
                return Sold(made, offers, step)
            if step.offer is not None:
                made.append(step.offer)
                self._reserve(step.offer)
                offers.append(past(step.offer, OPEN, held=step.offer.hold_until is not None))
                self.bought[step.offer.account] = self.bought.get(step.offer.account, 0) + 1
                waiting = len(offers) - 1
                if offers[waiting].held:
                    continue
            assert waiting is not None
            offer, outcome = made[waiting], (answers or {}).get(made[waiting].account, ACCEPT)
            offers[waiting] = past(offer, outcome)
            if outcome in _UNDONE:
                self.take_back(offer, now, answered=outcome is not FAIL)
                self.bought[offer.account] -= 1

    def _reserve(self, offer: Offer) -> None:
        for use in offer.caps:
            key = CapKey(use.scope, use.scope_id, use.kind, use.window_start)
            self.used[key] = self.used.get(key, Decimal(0)) + use.amount
            assert use.limit is None or self.used[key] <= use.limit, f"{key} over its limit {use.limit}"

    def take_back(self, offer: Offer, now: datetime, *, answered: bool) -> None:
        for use in offer.caps:
            self.used[CapKey(use.scope, use.scope_id, use.kind, use.window_start)] -= use.amount
        self.pools |= release(self.pools, offer.booking, now, answered=answered)

    def day(self, leads: int, start: datetime = NOON, every: timedelta = timedelta(0), **more: Any) -> list[int | None]:
        """The buyers (client ids) of a run of leads, each sold once at most."""
        return [self.sell(now=start + every * number, **more).buyer for number in range(leads)]


def past(offer: Offer, outcome: OfferOutcome, *, held: bool = False) -> PastOffer:
    return PastOffer(
        client=offer.client,
        account=offer.account,
        outcome=outcome,
        price=offer.price,
        exclusive=offer.exclusive,
        slot=offer.slot,
        pool=offer.pool,
        over_cap=offer.over_cap,
        keys=offer.keys,
        decided_by=offer.decided_by,
        held=held,
    )


@dataclass
class Sold:
    made: list[Offer]
    offers: list[PastOffer]
    step: Step
    """The last one, after which there was no offer."""

    @property
    def buyers(self) -> list[int]:
        return [offer.client for offer in self.offers if offer.outcome is ACCEPT]

    @property
    def buyer(self) -> int | None:
        return self.buyers[0] if self.buyers else None

    @property
    def order(self) -> list[int]:
        """Accounts in the order in which they were offered the lead."""
        return [offer.account for offer in self.offers]


def line(step: Step, number: int) -> Candidate:
    """The trace's line of an account."""
    (found,) = (one for one in step.candidates if one.account == number)
    return found


def ranked(step: Step) -> list[int]:
    """Accounts in ranked order."""
    return [one.account for one in step.candidates if one.rank is not None]


def by(automation: str, secondary: str | None = None, **options: Any) -> Settings:
    return Settings(automation=Automation(automation), secondary=Automation(secondary) if secondary else None, **options)


CHRISTMAS = date(2026, 12, 25)
