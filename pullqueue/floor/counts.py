"""How many leads stand where: counted by the database in groups, so that a million of them are a few hundred rows here."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db import connection

from pullqueue.domain.calling import is_open_cached
from pullqueue.enums import Place
from pullqueue.floor.scope import Scope
from pullqueue.locks import Floor
from pullqueue.locks import Place as Segment
from pullqueue.models import PullStrategy

OUTSIDE = "outside"
"""Not a place of its own: ready, and outside its calling hours."""
SLOW = 0.3
KEPT = 30
"""Counting that took longer than so many seconds is not done again before so many have passed."""
KEY = "floor:counts"

READY = "SELECT strategy_id, segment_id, 'ready', count(*) FROM pullqueue_queueentry WHERE is_ready AND generation = %s GROUP BY 1, 2"
WAITING = """
    SELECT e.strategy_id, e.segment_id, p.place, count(*) FROM pullqueue_placement p
    JOIN pullqueue_queueentry e ON e.lead_id = p.lead_id AND e.generation = %s AND e.is_match
    WHERE p.place IN ('cooling', 'held', 'callback') GROUP BY 1, 2, 3
    UNION ALL
    SELECT strategy_id, segment_id, place, count(*) FROM pullqueue_placement
    WHERE place = 'exhausted' AND strategy_id IS NOT NULL GROUP BY 1, 2, 3
"""
PLACES = """
    SELECT p.place, p.segment_id, p.branch_id, coalesce(holder.branch_id, owner.branch_id), count(*) FROM pullqueue_placement p
    LEFT JOIN pullqueue_user holder ON holder.id = p.holder_id LEFT JOIN pullqueue_user owner ON owner.id = p.owner_id
    WHERE p.place <> 'finished' GROUP BY 1, 2, 3, 4
"""


class Raw(NamedTuple):
    """Rows as they were counted: of entries by strategy, segment and place; of leads by place, segment, branch, and whose."""

    entries: list[Any]
    leads: list[Any]


def read_raw(generation: int) -> Raw:
    """Three groupings in two queries. Those of a very long queue are kept for half a minute."""
    if (kept := cache.get(KEY)) and kept[0] == generation:
        return Raw(*kept[1])
    begun = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(f"{READY} UNION ALL {WAITING}", [generation, generation])
        entries = cursor.fetchall()
        cursor.execute(PLACES)
        leads = cursor.fetchall()
    if time.monotonic() - begun > SLOW:
        cache.set(KEY, (generation, (entries, leads)), KEPT)
    return Raw(entries, leads)


@dataclass(slots=True)
class Counts:
    """Leads by place, with `outside` for those that are ready and may not be called now."""

    total: Counter[str] = field(default_factory=Counter)
    by_strategy: dict[int, Counter[str]] = field(default_factory=dict)
    by_state: dict[str, Counter[str]] = field(default_factory=dict)


def count_floor(floor: Floor, scope: Scope, strategies: Iterable[PullStrategy], *, now: datetime) -> Counts:
    """Count what the scope sees. A strategy without calling hours offers its leads at any time: there they stand ready."""
    raw, segments, counts = read_raw(floor.generation), {one.pk: one for one in floor.segments}, Counts()
    keeps_hours = {one.pk: one.calling_hours for one in strategies}
    for strategy, segment_id, place, count in raw.entries:
        segment = segments.get(segment_id)
        if strategy in keeps_hours and scope.has(segment.branch if segment else None):
            told = _told(place, segment, floor, now) if keeps_hours[strategy] else place
            counts.by_strategy.setdefault(strategy, Counter())[told] += count
    for place, segment_id, branch, whose, count in raw.leads:
        if not scope.has(branch, whose):
            continue
        segment = segments.get(segment_id)
        told = _told(place, segment, floor, now)
        counts.total[told] += count
        counts.by_state.setdefault(_state(segment), Counter())[told] += count
    return counts


def _told(place: str, segment: Segment | None, floor: Floor, now: datetime) -> str:
    if place != Place.READY or segment is None or is_open_cached(floor.rules, segment.spot, now):
        return place
    return OUTSIDE


def _state(segment: Segment | None) -> str:
    """The one state where the leads are; empty where it is none, or more than one."""
    return segment.spot.states[0] if segment and len(segment.spot.states) == 1 else ""
