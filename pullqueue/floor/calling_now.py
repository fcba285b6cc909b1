"""*Where may we call right now?*: every state with its clocks, whether it is open, and when that next changes."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from leads.places import zones_of_state
from leads.viewer import viewer
from pullqueue.domain.calling import CallRules, Spot, closes_at, is_open_cached, opens_at
from pullqueue.enums import Place
from pullqueue.floor.board import look_at_floor
from pullqueue.floor.counts import OUTSIDE, Counts, count_floor
from pullqueue.floor.scope import scope_of
from pullqueue.floor.words import since
from pullqueue.models import PullStrategy, StateHours

SOON = timedelta(hours=1)
WORDS = {"open": ("Open", "sold"), "part": ("Open in part", "sold"), "soon": ("Opens soon", "waiting"), "closed": ("Closed", "")}

LIE = """
AK .. .. .. .. .. .. .. .. .. .. ME
.. .. .. .. .. .. .. .. .. .. VT NH
.. WA ID MT ND MN IL WI MI NY RI MA
.. OR NV WY SD IA IN OH PA NJ CT ..
.. CA UT CO NE MO KY WV VA MD DE ..
.. .. AZ NM KS AR TN NC SC DC .. ..
.. .. .. .. OK LA MS AL GA .. .. ..
HI .. .. .. TX .. .. .. .. FL .. ..
"""
"""Roughly as the states lie; the islands beyond stand in the table alone."""
PLACED = {code: (row, column) for row, line in enumerate(LIE.split("\n")) for column, code in enumerate(line.split(), start=1)}


class Clock(NamedTuple):
    time: str
    zone: str
    is_open: bool


class StateNow(NamedTuple):
    """`code` of WORDS; `change` is said on the viewer's clock."""

    state: str
    name: str
    code: str
    clocks: list[Clock]
    change: str
    changes_at: datetime | None
    ready: int
    waiting: int
    row: int
    column: int

    @property
    def word(self) -> str:
        return WORDS[self.code][0]

    @property
    def tone(self) -> str:
        return WORDS[self.code][1]

    @property
    def number(self) -> int:
        return self.ready or self.waiting


class Opening(NamedTuple):
    at: datetime
    states: list[str]
    leads: int


class CallingNow(NamedTuple):
    states: list[StateNow]
    openings: list[Opening]
    other_ready: int
    other_waiting: int

    def number_of(self, code: str) -> int:
        return sum(one.code == code for one in self.states)

    @property
    def counts(self) -> dict[str, int]:
        return {code: self.number_of(code) for code in WORDS}

    @property
    def tiles(self) -> list[StateNow]:
        return [one for one in self.states if one.row]


def calling_now(by: Any, *, now: datetime) -> CallingNow:
    """The table as the rules have it; those that change next stand first."""
    floor = look_at_floor()
    names = dict(StateHours.objects.values_list("code", "name"))
    counts = count_floor(floor, scope_of(by), PullStrategy.objects.filter(archived_at=None), now=now)
    states = [_state(code, names[code], floor.rules, counts, now) for code in names]
    states.sort(key=lambda one: (one.changes_at is None, one.changes_at, one.name))
    other = sum((one for state, one in counts.by_state.items() if state not in names), Counter[str]())
    return CallingNow(states, list(_openings(states)), other[Place.READY], other[OUTSIDE])


def _state(code: str, name: str, rules: CallRules, counts: Counts, now: datetime) -> StateNow:
    spots = [Spot((code,), (zone,)) for zone in zones_of_state(code)]
    is_open = [is_open_cached(rules, spot, now) for spot in spots]
    clocks = _clocks(spots, is_open, now)
    openings = [at for spot, yes in zip(spots, is_open, strict=True) if not yes and (at := opens_at(rules, spot, now))]
    closings = [at for spot, yes in zip(spots, is_open, strict=True) if yes and (at := closes_at(rules, spot, now))]
    opening, closing = min(openings, default=None), min(closings, default=None)
    what, at = ("opens", opening) if not any(is_open) else ("closes", closing) if all(is_open) else ("rest opens", opening)
    if what == "rest opens" and closing is not None and (opening is None or closing < opening):
        what, at = "closes in part", closing
    soon = at is not None and what == "opens" and at - now <= SOON
    kind = "open" if is_open and all(is_open) else "part" if any(is_open) else "soon" if soon else "closed"
    found = counts.by_state.get(code, Counter())
    change = f"{what} {since(at, now)}" if at else "no change within a week"
    return StateNow(code, name, kind, clocks, change, at, found[Place.READY], found[OUTSIDE], *PLACED.get(code, (0, 0)))


def _clocks(spots: list[Spot], is_open: list[bool], now: datetime) -> list[Clock]:
    """Zones that show the same time and say the same are one clock."""
    found: dict[tuple[str, bool], Clock] = {}
    for spot, yes in zip(spots, is_open, strict=True):
        local = now.astimezone(ZoneInfo(spot.zones[0]))
        found.setdefault((f"{local:%-H:%M}", yes), Clock(f"{local:%a %-H:%M}", f"{local:%Z}", yes))
    return list(found.values())


def _openings(states: list[StateNow]) -> Iterator[Opening]:
    """When closed states open next, with the leads that wait there; the first six."""
    by_time: dict[datetime, list[StateNow]] = {}
    for one in states:
        if one.code in ("closed", "soon") and one.changes_at is not None:
            by_time.setdefault(one.changes_at, []).append(one)
    for at in sorted(by_time)[:6]:
        yield Opening(viewer().local(at), [one.name for one in by_time[at]], sum(one.waiting for one in by_time[at]))
