"""The leads behind a number of the floor: of one place, one user, one strategy or one state, a page at a time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from pullqueue.domain.calling import is_open_cached
from pullqueue.enums import Place
from pullqueue.floor.board import TONES, look_at_floor
from pullqueue.floor.counts import OUTSIDE
from pullqueue.locks import Floor
from pullqueue.models import Placement, PullStrategy, QueueState, User

A_PAGE = 50
HANDS = Q(place__in=[Place.HELD, Place.OWNED, Place.CALLBACK])
"""Leads that somebody has: what stands there when nothing is asked for."""


class Asked(NamedTuple):
    """What the address asks for. Nonsense asks for nothing."""

    place: str = ""
    user: int | None = None
    strategy: int | None = None
    state: str = ""
    after: int | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        place, state = query.get("place", ""), query.get("state", "").upper()
        return cls(
            place if place in TONES else "",
            _number(query.get("user", "")),
            _number(query.get("strategy", "")),
            state if len(state) == 2 and state.isalpha() else "",
            _number(query.get("after", "")),
        )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


class Found(NamedTuple):
    """`chips` are the filters that are on, each with the address without it."""

    asked: Asked
    rows: list[Placement]
    chips: list[tuple[str, str]]
    places: list[tuple[str, str, str]]
    next_link: str


def leads_in_house(by: Any, asked: Asked, *, now: datetime) -> Found:
    """Newest number first. Six queries at most, whatever is asked for."""
    floor = look_at_floor()
    rows = _filtered(Placement.objects.visible_to(by), asked, floor, now)
    if asked.after:
        rows = rows.filter(lead__number__lt=asked.after)
    people = ("lead", "holder", "owner", "callback_by", "branch", "strategy")
    page = list(rows.select_related(*people).order_by("-lead__number")[: A_PAGE + 1])
    user = User.objects.visible_to(by).filter(pk=asked.user).first() if asked.user else None
    strategy = PullStrategy.objects.filter(pk=asked.strategy).first() if asked.strategy else None
    more = link(asked._replace(after=page[A_PAGE - 1].lead.number)) if len(page) > A_PAGE else ""
    return Found(asked, page[:A_PAGE], _chips(asked, user, strategy), _places(asked), more)


def _filtered(rows: QuerySet[Placement], asked: Asked, floor: Floor, now: datetime) -> QuerySet[Placement]:
    if asked.place in (Place.READY, OUTSIDE):
        rows = rows.filter(place=Place.READY)
        shut = [one.pk for one in floor.segments if not is_open_cached(floor.rules, one.spot, now)]
        rows = rows.filter(segment__in=shut) if asked.place == OUTSIDE else rows.exclude(segment__in=shut)
    elif asked.place:
        rows = rows.filter(place=asked.place)
    elif not (asked.strategy or asked.state):
        rows = rows.filter(HANDS)
    if asked.user:
        rows = rows.filter(Q(holder=asked.user) | Q(owner=asked.user) | Q(callback_by=asked.user))
    if asked.strategy and asked.place == Place.EXHAUSTED:
        rows = rows.filter(strategy=asked.strategy)
    elif asked.strategy:
        entry = {"lead__entries__strategy": asked.strategy, "lead__entries__generation": QueueState.current().generation}
        rows = rows.filter(**entry, lead__entries__is_match=True)
    if asked.state:
        there = [one.pk for one in floor.segments if one.spot.states == (asked.state,)]
        rows = rows.filter(segment__in=there)
    return rows.exclude(place=Place.FINISHED)


def link(asked: Asked) -> str:
    parts = [f"{name}={value}" for name, value in asked._asdict().items() if value]
    return f"?{'&'.join(parts)}"


def _chips(asked: Asked, user: User | None, strategy: PullStrategy | None) -> list[tuple[str, str]]:
    plain = asked._replace(after=None)
    told = [
        (f"With {user.get_full_name() or user.username}" if user else "", plain._replace(user=None)),
        (f"In {strategy}" if strategy else "", plain._replace(strategy=None)),
        (f"State {asked.state}" if asked.state else "", plain._replace(state="")),
    ]
    return [(text, link(without)) for text, without in told if text]


def _places(asked: Asked) -> list[tuple[str, str, str]]:
    """Every place with its word and its address; the one that is shown has none."""
    plain = asked._replace(after=None)
    every = [("", "In somebody’s hands"), *((place, word) for place, (word, _) in TONES.items())]
    return [(place, word, link(plain._replace(place=place))) for place, word in every]
