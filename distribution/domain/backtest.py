"""Past leads run through the engine in memory: what these settings would have sold, and to whom.

Caps, credits and rotations start empty. A client that refused that very lead refuses it again, everyone else accepts, at
once: a delivery that waits for an opening counts when it is offered.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from distribution.domain.engine import decide
from distribution.domain.market import CampaignTerms, LeadFacts
from distribution.domain.offering import release
from distribution.domain.reasons import Reason
from distribution.domain.slate import Market
from distribution.domain.state import CapKey, PastOffer, Ping, PingAnswer, Qualified, Snapshot
from distribution.domain.step import Offer, OfferOutcome, Step, Stop
from leads.domain.criteria import Criteria, Failure
from leads.domain.shares import PoolState

NO_ACCOUNT = "no_account"
"""No client has an account for leads of this type."""
REFUSED = "refused"
"""Every client that could take the lead refused it, as it did in truth."""
_NEARNESS = {reason.value: place for place, reason in enumerate(Reason)}
_NEVER = frozenset({Reason.REFUSED_BEFORE.value})


class PastLead(NamedTuple):
    """A lead as it came in at `at`."""

    at: datetime
    facts: LeadFacts
    terms: CampaignTerms
    person: frozenset[object] = frozenset()
    """Digests by which the same person is known again."""
    refusing: frozenset[int] = frozenset()
    """Clients that refused this very lead and never took it."""
    refused: frozenset[int] = frozenset()
    """Accounts that refused it."""
    bids: Mapping[int, Decimal] | None = None
    """By account: what it bid for this lead, if any was asked to."""
    unwilling: frozenset[int] = frozenset()
    """Accounts that refused the ping."""


class Sold(NamedTuple):
    client: int
    price: Decimal


@dataclass(slots=True)
class Tally:
    """What a run sold. `unsold` counts leads by the nearest reason, one for each lead."""

    sold: int = 0
    clients: dict[int, list[Any]] = field(default_factory=dict)
    """By client: leads bought and what they brought."""
    unsold: Counter[str] = field(default_factory=Counter)

    def add(self, sales: list[Sold], reason: str) -> None:
        if not sales:
            self.unsold[reason] += 1
            return
        self.sold += 1
        for client, price in sales:
            bought = self.clients.setdefault(client, [0, Decimal(0)])
            bought[0] += 1
            bought[1] += price

    @property
    def sales(self) -> int:
        return sum(bought[0] for bought in self.clients.values())

    @property
    def revenue(self) -> Decimal:
        return sum((bought[1] for bought in self.clients.values()), Decimal(0))


class Run:
    """One market's time while the leads come by, in the order of time. Its counters begin with nothing."""

    def __init__(self, market: Market, duplicate_hours: Mapping[int, int]) -> None:
        self.market, self.duplicate_hours = market, duplicate_hours
        self.tally = Tally()
        self._used: dict[CapKey, Decimal] = {}
        self._pools: dict[str, PoolState] = {}
        self._bought: dict[object, dict[int, datetime]] = {}
        self._qualified: dict[tuple[int, datetime], list[int]] = {}

    def take(self, lead: PastLead) -> list[Sold]:
        """Sell the lead as far as it goes; return its sales."""
        offers: tuple[PastOffer, ...] = ()
        pings: dict[int, PingAnswer] = {}
        counters = self._counters(lead)
        sales: list[Sold] = []
        while True:
            step = decide(lead.facts, lead.terms, self.market, self._snapshot(lead, offers, pings, counters), lead.at)
            if step.stop is Stop.PING:
                pings |= {account: _recorded(lead, account) for account in step.pings}
                continue
            if not offers:
                for account in step.met:
                    counters[account][0] += 1
            self._pools.update(step.pools)
            if step.offer is None:
                break
            offers = (*offers, self._answered(lead, step.offer, counters, sales))
            if sales and (step.offer.exclusive or len(sales) >= lead.terms.max_deliveries):
                break
        self.tally.add(sales, "" if sales else nearest(step, offers))
        return sales

    def _snapshot(
        self, lead: PastLead, offers: tuple[PastOffer, ...], pings: dict[int, PingAnswer], counters: Mapping[int, list[int]]
    ) -> Snapshot:
        met_before = 1 if offers else 0
        return Snapshot(
            used=self._used,
            pools=self._pools,
            bought_before=self._bought_before(lead),
            offers=offers,
            pings=pings,
            qualified={account: Qualified(max(met - met_before, 0), bought) for account, (met, bought) in counters.items()},
        )

    def _counters(self, lead: PastLead) -> dict[int, list[int]]:
        """By account with a share of qualified leads: the counter of its running window."""
        found = {}
        for entry in self.market.slate(lead.facts.lead_type).qualified:
            if (share := entry.account.qualified) is not None:
                start = self.market.moment(lead.at).window(share.window, entry.client.zone).start
                found[entry.account.id] = self._qualified.setdefault((entry.account.id, start), [0, 0])
        return found

    def _bought_before(self, lead: PastLead) -> frozenset[int]:
        found = set()
        for digest in lead.person:
            for client, at in self._bought.get(digest, {}).items():
                if at > lead.at - timedelta(hours=self.duplicate_hours.get(client, 0)):
                    found.add(client)
        return frozenset(found)

    def _answered(self, lead: PastLead, offer: Offer, counters: dict[int, list[int]], sales: list[Sold]) -> PastOffer:
        """Write down what the client says to the offer."""
        takes = offer.client not in lead.refusing and offer.account not in lead.refused
        if takes:
            self._sell(lead, offer, counters)
            sales.append(Sold(offer.client, offer.price))
        else:
            self._pools.update(release(self._pools, offer.booking, lead.at, answered=True))
        return PastOffer(
            client=offer.client,
            account=offer.account,
            outcome=OfferOutcome.ACCEPTED if takes else OfferOutcome.REJECTED,
            price=offer.price,
            exclusive=offer.exclusive,
            slot=offer.slot,
            pool=offer.pool,
            over_cap=offer.over_cap,
        )

    def _sell(self, lead: PastLead, offer: Offer, counters: dict[int, list[int]]) -> None:
        for use in offer.caps:
            key = CapKey(use.scope, use.scope_id, use.kind, use.window_start)
            self._used[key] = self._used.get(key, Decimal(0)) + use.amount
        if offer.account in counters:
            counters[offer.account][1] += 1
        for digest in lead.person:
            self._bought.setdefault(digest, {})[offer.client] = lead.at


def _recorded(lead: PastLead, account: int) -> PingAnswer:
    return PingAnswer(Ping.REJECTED) if account in lead.unwilling else PingAnswer(Ping.ACCEPTED, (lead.bids or {}).get(account))


def nearest(step: Step, offers: tuple[PastOffer, ...]) -> str:
    """Why nobody got the lead: the reason of the account that came furthest through the checks."""
    if offers:
        return REFUSED
    reasons = [line.reason.value for line in step.candidates if line.reason is not None and line.reason.value not in _NEVER]
    return max(reasons, key=_NEARNESS.__getitem__, default=NO_ACCOUNT)


def remembering(criteria: Criteria) -> Criteria:
    """The same criteria, judged once for each lead however often they are asked."""
    asked: Mapping[str, Any] | None = None
    answer: Failure | None = None

    def judge(facts: Mapping[str, Any]) -> Failure | None:
        nonlocal asked, answer
        if facts is not asked:
            asked, answer = facts, criteria(facts)
        return answer

    return judge


class Comparison:
    """Two runs side by side, lead by lead."""

    def __init__(self, live: Run, draft: Run) -> None:
        self.live, self.draft = live, draft
        self.leads = 0
        self.moves: Counter[tuple[int, int]] = Counter()
        """Leads that go to the second client instead of the first; 0 for nobody."""

    def take(self, lead: PastLead) -> None:
        self.compare(self.live.take(lead), self.draft.take(lead))

    def compare(self, live: list[Sold], draft: list[Sold]) -> None:
        """Count a lead that both runs took."""
        self.leads += 1
        before, after = {sale.client for sale in live}, {sale.client for sale in draft}
        if before != after:
            lost, won = sorted(before - after), sorted(after - before)
            for place in range(max(len(lost), len(won))):
                self.moves[_at(lost, place), _at(won, place)] += 1


def _at(clients: list[int], place: int) -> int:
    return clients[place] if place < len(clients) else 0


type Money = Callable[[Decimal], str]


def verdict(comparison: Mapping[str, Any], names: Mapping[int, str], money: Money) -> str:
    """Say in a sentence or two what the draft changes."""
    live, draft = Decimal(comparison["live"]["revenue"]), Decimal(comparison["draft"]["revenue"])
    return " ".join([_earnings(draft - live, live, money), _moved(comparison["moves"], names), _unsold(comparison)])


def _earnings(difference: Decimal, live: Decimal, money: Money) -> str:
    if not difference:
        return "The draft earns the same on these leads."
    percent = f" ({abs(difference) * 100 / live:.2f}%)" if live else ""
    return f"The draft earns {money(abs(difference))} {'more' if difference > 0 else 'less'} on these leads{percent}."


def _moved(moves: list[list[int]], names: Mapping[int, str]) -> str:
    moved = [move for move in moves if move[1]]
    if not moves:
        return "Every lead goes where it went."
    if not moved:
        return "No lead goes to another client."
    won: Counter[int] = Counter()
    for _, to, number in moved:
        won[to] += number
    client, number = max(won.items(), key=lambda item: (item[1], -item[0]))
    origin, most = max(((one[0], one[2]) for one in moved if one[1] == client), key=lambda item: (item[1], -item[0]))
    rest = sum(won.values()) - number
    said = f"{_leads(number)} {'moves' if number == 1 else 'move'} to {names.get(client, f'client {client}')}"
    if origin:
        who = names.get(origin, f"client {origin}")
        said += f", {'all' if most == number and number > 1 else f'{most:,}'} of them from {who}" if number > 1 else f" from {who}"
    else:
        said += f", {most:,} of them unsold before" if number > 1 else ", unsold before"
    return said + (f", and {rest:,} to others." if rest else ".")


def _unsold(comparison: Mapping[str, Any]) -> str:
    difference = comparison["draft"]["unsold"] - comparison["live"]["unsold"]
    if not difference:
        return "As many leads stay unsold."
    return f"{_leads(abs(difference))} {'more' if difference > 0 else 'fewer'} {'stays' if abs(difference) == 1 else 'stay'} unsold."


def _leads(number: int) -> str:
    return f"{number:,} lead{'' if number == 1 else 's'}"
