"""The manager's floor: the queue by place and by strategy, who holds what, and who is at work."""

from collections import Counter
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from pullqueue.domain.order import DEFAULT
from pullqueue.enums import Place, ResultState
from pullqueue.floor.counts import OUTSIDE, Counts, count_floor
from pullqueue.floor.people import Crew, crew
from pullqueue.floor.scope import scope_of
from pullqueue.locks import Floor, enter_floor
from pullqueue.models import Hold, Placement, PullStrategy, Result

HOLDS_SHOWN = 100
QUIET_MINUTES = 10
"""A lead that is held for so long without a call is worth a look."""

TONES = {
    Place.READY: ("Ready", "c-ready"),
    Place.COOLING: ("Cooling", "c-cool"),
    OUTSIDE: ("Outside hours", "c-hours"),
    Place.HELD: ("Held", "c-held"),
    Place.CALLBACK: ("Callback", "c-callback"),
    Place.OWNED: ("Owned", "c-owned"),
    Place.EXHAUSTED: ("Exhausted", "c-done"),
    Place.UNROUTED: ("Unrouted", "c-unrouted"),
}
"""Every place with its word and its colour, in the order in which they are told."""
OF_STRATEGY = (Place.READY, Place.COOLING, OUTSIDE, Place.HELD, Place.CALLBACK, Place.EXHAUSTED)
KEY_WORDS = {
    ("pull_count", "asc"): "lowest pull count",
    ("pull_count", "desc"): "highest pull count",
    ("created", "asc"): "oldest",
    ("created", "desc"): "newest",
    ("last_attempt", "asc"): "longest without an attempt",
    ("last_attempt", "desc"): "latest attempt",
}


class Part(NamedTuple):
    """One place of the bar above."""

    place: str
    word: str
    tone: str
    leads: int


class Row(NamedTuple):
    strategy: PullStrategy
    source: str
    order: str
    parts: list[Part]

    @property
    def total(self) -> int:
        return sum(part.leads for part in self.parts)


class Holding(NamedTuple):
    """Who holds which lead; `doing` is told with its colour."""

    hold: Hold
    doing: str
    since: datetime | None
    tone: str


class Board(NamedTuple):
    parts: list[Part]
    rows: list[Row]
    holds: list[Holding]
    holds_total: int
    crew: Crew
    counts: Counts
    floor: Floor

    @property
    def open_leads(self) -> int:
        return sum(part.leads for part in self.parts if part.place not in (Place.EXHAUSTED, Place.UNROUTED, Place.OWNED))


def look_at_floor() -> Floor:
    """The rules and the segments as they are, for reading."""
    with transaction.atomic():
        return enter_floor()


def board(by: Any, *, now: datetime) -> Board:
    """Everything that the floor's page shows this person; a fixed number of queries."""
    floor, scope = look_at_floor(), scope_of(by)
    strategies = list(PullStrategy.objects.filter(archived_at=None).select_related("branch").order_by("position", "pk"))
    counts = count_floor(floor, scope, strategies, now=now)
    holds = list(open_holds(by).order_by("at", "pk")[: HOLDS_SHOWN + 1])
    picked = set(Result.objects.filter(state=ResultState.PENDING, hold__in=holds).values_list("hold", flat=True))
    return Board(
        parts(counts.total, TONES),
        [_row(one, counts.by_strategy.get(one.pk, Counter())) for one in strategies],
        [_holding(hold, picked, now) for hold in holds[:HOLDS_SHOWN]],
        max(len(holds), counts.total[Place.HELD]),
        crew(by, now=now),
        counts,
        floor,
    )


def open_holds(by: Any) -> QuerySet[Hold]:
    seen = Placement.objects.visible_to(by).filter(place=Place.HELD)
    return Hold.objects.filter(ended_at=None, lead__placement__in=seen).select_related("user", "lead__placement", "strategy")


def parts(counter: Counter[str], places: Any) -> list[Part]:
    return [Part(place, *TONES[place], counter[place]) for place in places]


def _row(strategy: PullStrategy, counter: Counter[str]) -> Row:
    keys = [KEY_WORDS.get((key, direction), f"{key.replace('_', ' ')} {direction}") for key, direction in strategy.order or DEFAULT]
    source = str(strategy.branch) if strategy.branch else str(strategy.get_source_display())
    return Row(strategy, source, ", then ".join(keys), parts(counter, OF_STRATEGY))


def _holding(hold: Hold, picked: set[Any], now: datetime) -> Holding:
    if hold.pk in picked:
        return Holding(hold, "Outcome picked", None, "sold")
    if hold.called_at is not None:
        return Holding(hold, "Called", hold.called_at, "queued")
    quiet = (now - hold.at).total_seconds() / 60
    return Holding(hold, "No call yet", None, "waiting" if quiet >= QUIET_MINUTES else "")
