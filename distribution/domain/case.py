"""One lead at one moment: everything that the checks and the ranking read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from zoneinfo import ZoneInfo

from distribution.domain.automation import Automation, OnChange
from distribution.domain.entry import Entry, Failed, Scene
from distribution.domain.market import CampaignTerms, Client, LeadFacts
from distribution.domain.moment import Moment
from distribution.domain.state import Ping, PingAnswer, Snapshot
from leads.domain.places import miles
from leads.domain.shares import Ledger, Owed, PoolState, owed, settle_members, split_up_to
from leads.domain.windows import Window

CENT = Decimal("0.01")


@dataclass(slots=True)
class View:
    """A pool while one lead is decided."""

    scene: Scene
    state: PoolState
    window: Window | None = None
    """The timeframe running now, where percentages count."""
    _claims: Owed | None = None

    @property
    def ledger(self) -> Ledger:
        """Percentage credits of the running timeframe."""
        return Ledger() if self.window is None else self.state.percentage.within(self.window)

    def percentage_claims(self) -> Owed:
        """What every member is owed by its percentage, counting this lead."""
        if self._claims is None:
            ledger = self.ledger
            self._claims = owed(ledger, split_up_to(ledger, self.scene.percentages.weights, self.scene.plan.catch_up_limit))
        return self._claims


@dataclass(slots=True)
class Case:
    lead: LeadFacts
    terms: CampaignTerms
    snapshot: Snapshot
    now: datetime
    zone: ZoneInfo
    """The company's."""
    clients: Mapping[int, Client]
    moment: Moment
    views: tuple[View, ...]
    bidding: bool
    """Bids rank (parallel processing); otherwise ping-post accounts rank by their own price."""
    margins: dict[Entry, Failed | None]
    """What is known of margins at this cost."""
    beyond: bool = False
    """The rescan that passes over an account's own caps."""
    out: frozenset[int] = frozenset()
    """Clients that are not offered this lead again."""
    sold_shared: bool = False
    _miles: dict[int, float | None] = field(default_factory=dict)

    def entry_order(self, client: int) -> int:
        known = self.clients.get(client)
        return client if known is None else known.entry

    def price(self, entry: Entry) -> Decimal:
        """What the account pays: its bid, rounded down to the cent, once there is one, else its price."""
        answer = self.snapshot.pings.get(entry.account.id) if entry.account.ping else None
        return entry.account.price if answer is None else bid_of(answer, entry.account.price)

    def rank_price(self, entry: Entry) -> Decimal:
        """The price that ranks it."""
        return self.price(entry) if self.bidding else entry.account.price

    def unanswered(self, entry: Entry) -> bool:
        return entry.account.ping and entry.account.id not in self.snapshot.pings

    def distance(self, entry: Entry) -> float | None:
        """Miles from the lead to the client, None when either place is unknown."""
        client = entry.client
        if client.id not in self._miles:
            known = self.lead.point is not None and client.point is not None
            self._miles[client.id] = miles(self.lead.point, client.point) if known else None  # type: ignore[arg-type]
        return self._miles[client.id]


def bid_of(answer: PingAnswer, price: Decimal) -> Decimal:
    return price if answer.bid is None or answer.answer is not Ping.ACCEPTED else answer.bid.quantize(CENT, ROUND_DOWN)


def view_of(scene: Scene, state: PoolState, moment: Moment, zone: ZoneInfo, now: datetime) -> View:
    """The pool with its rotation settled and its timeframe found."""
    plan = scene.plan
    if plan.uses(Automation.ROUND_ROBIN):
        restart = plan.on_change is OnChange.RESTART
        rotation = settle_members(state.rotation, scene.members, restart=restart, now=now)
        if rotation is not state.rotation:
            state = PoolState(state.credits, state.learned, state.percentage, rotation)
    window = None
    if plan.uses(Automation.PERCENTAGE):
        window = moment.window(plan.timeframe_kind, zone)
    return View(scene, state, window)
