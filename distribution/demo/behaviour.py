"""How the sample buyers answer: the same words for the HTTP receiver and for the simulated past.

The n-th request to an address gets the n-th answer of that address and seed, so a run can be repeated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from random import Random

CENT = Decimal("0.01")


class Kind(StrEnum):
    """What a buyer does with one request."""

    ACCEPT = "accept"
    CONFIRM = "confirm"  # accepts and names the price it pays
    BID = "bid"  # asked before, it would buy, at a price of its own
    REFUSE = "refuse"
    SLOW = "slow"  # accepts after some seconds
    BUSY = "busy"  # 503
    TOO_MANY = "too_many"  # 429 with Retry-After
    BROKEN = "broken"  # 500
    DROP = "drop"  # takes the lead and drops the line
    GONE = "gone"  # 404: its address is not there any more


REASONS = (
    "Already our customer",
    "Outside our service area this week",
    "Project too small for us",
    "The number is on our own do-not-call list",
    "We talked to this person last month",
    "Team is fully booked",
)

MANNERS: dict[str, Mapping[Kind, int]] = {
    "prompt": {Kind.ACCEPT: 97, Kind.REFUSE: 3},
    "picky": {Kind.ACCEPT: 74, Kind.REFUSE: 26},
    "pricing": {Kind.CONFIRM: 90, Kind.REFUSE: 10},
    "bids": {Kind.BID: 80, Kind.REFUSE: 20},
    "slow": {Kind.SLOW: 92, Kind.REFUSE: 8},
    "busy": {Kind.ACCEPT: 84, Kind.REFUSE: 4, Kind.BUSY: 8, Kind.TOO_MANY: 4},
    "shaky": {Kind.ACCEPT: 90, Kind.REFUSE: 5, Kind.BROKEN: 3, Kind.DROP: 2},
    "moved": {Kind.GONE: 100},
}
"""By manner, the first part of a sample buyer's path: how often, in percent, it does what."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`reference` is the buyer's own number of the lead; `seconds` how long it takes; `share` of the asked price it pays."""

    kind: Kind
    reference: str = ""
    reason: str = ""
    seconds: float = 0.0
    share: Decimal = Decimal(1)

    @property
    def takes(self) -> bool:
        return self.kind in (Kind.ACCEPT, Kind.CONFIRM, Kind.SLOW)

    def price(self, asked: Decimal) -> Decimal:
        """What the buyer says it pays, rounded down to the cent."""
        return (asked * self.share).quantize(CENT, ROUND_DOWN)


class Buyer:
    """One buyer's answers, in the order of its requests."""

    def __init__(self, manner: str, name: str, seed: int) -> None:
        self.chances = MANNERS[manner]
        self.rng = Random(f"{seed} {manner} {name}")  # noqa: S311 -- repeatable on purpose
        self.initials = "".join(word[0] for word in name.split("-") if word).upper()[:4]
        self.count = 1000

    def answer(self) -> Answer:
        kind = self.rng.choices(list(self.chances), weights=list(self.chances.values()))[0]
        share = Decimal(self.rng.choice((100, 100, 95, 92, 90, 85) if kind is not Kind.BID else (90, 100, 104, 112, 125, 140))) / 100
        seconds = self.rng.uniform(1.5, 5.0) if kind is Kind.SLOW else self.rng.uniform(0.02, 0.25)
        reason = self.rng.choice(REASONS) if kind is Kind.REFUSE else ""
        self.count += 1
        return Answer(
            kind, f"{self.initials}-{self.count}", reason, round(seconds, 3), share if kind in (Kind.CONFIRM, Kind.BID) else Decimal(1)
        )
