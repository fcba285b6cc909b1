"""Why a pull brings nothing: how many leads of the user's queues wait for what, and when the first of them stops to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from pullqueue.domain.calling import effective, is_open_cached, opens_at
from pullqueue.domain.reasons import Waiting
from pullqueue.locks import Floor
from pullqueue.models import PullStrategy, User

MOST = 50_000
"""So many entries of a strategy are counted at most: a screen needs no more exact number."""

COUNTS = """
    SELECT strategy_id, place, segment_id, is_last, is_limited, count(*), min(due_at), min(limited_until) FROM (
        SELECT DISTINCT ON ({once}) e.lead_id, e.strategy_id, p.place, e.segment_id,
            p.last_holder_id IS NOT DISTINCT FROM %(user)s AS is_last,
            coalesce(e.limited_until > %(now)s, false) AS is_limited, p.due_at, e.limited_until
        FROM unnest(%(strategies)s::bigint[]) WITH ORDINALITY AS s (id, position) CROSS JOIN LATERAL (
            SELECT * FROM pullqueue_queueentry
            WHERE strategy_id = s.id AND generation = %(generation)s AND is_match LIMIT {most}
        ) AS e JOIN pullqueue_placement p ON p.lead_id = e.lead_id
        ORDER BY {once}, s.position
    ) AS one GROUP BY 1, 2, 3, 4, 5
"""
EXHAUSTED = """
    SELECT strategy_id, count(*) FROM pullqueue_placement WHERE place = 'exhausted' AND strategy_id = ANY(%(strategies)s) GROUP BY 1
"""


def what_waits(
    user: User,
    strategies: Sequence[PullStrategy],
    floor: Floor,
    *,
    branches: Mapping[int, list[int | None] | None],
    now: datetime,
) -> dict[str, Waiting]:
    """Counts by reason over the strategies that are open to the user; each lead counts once."""
    waiting: dict[str, Waiting] = {}
    for found in _each_waits(user, strategies, floor, branches=branches, now=now, once="e.lead_id").values():
        for reason, one in found.items():
            _add(waiting, reason, one.count, one.first_at, one.where)
    return waiting


def what_waits_by_strategy(
    user: User,
    strategies: Sequence[PullStrategy],
    floor: Floor,
    *,
    branches: Mapping[int, list[int | None] | None],
    now: datetime,
) -> dict[int, dict[str, Waiting]]:
    """The same for each strategy by itself: a lead counts in every one that has it, and what can be pulled counts too, as `ready`."""
    return _each_waits(user, strategies, floor, branches=branches, now=now, once="e.strategy_id, e.lead_id", ready="ready")


def _each_waits(
    user: User,
    strategies: Sequence[PullStrategy],
    floor: Floor,
    *,
    branches: Mapping[int, list[int | None] | None],
    now: datetime,
    once: str,
    ready: str = "held",
) -> dict[int, dict[str, Waiting]]:
    by_id = {one.pk: one for one in strategies}
    places = {place.pk: place for place in floor.segments}
    words: dict[str, Any] = {"user": user.pk, "now": now, "strategies": list(by_id), "generation": floor.generation}
    with connection.cursor() as cursor:
        cursor.execute(COUNTS.format(most=MOST, once=once), words)
        rows = cursor.fetchall()
        cursor.execute(EXHAUSTED, words)
        waiting = {strategy: {"exhausted": Waiting(count)} for strategy, count in cursor.fetchall()}
    for strategy_id, place, segment_id, is_last, is_limited, count, due_at, limited_until in rows:
        segment, allowed = places.get(segment_id), branches[strategy_id]
        if segment is None or (allowed is not None and segment.branch not in allowed):
            continue
        reason, first_at, where = _reason(
            by_id[strategy_id], place, segment, is_last=is_last, limited=limited_until if is_limited else None, floor=floor, now=now
        )
        found = waiting.setdefault(strategy_id, {})
        _add(found, reason or ready, count, first_at or (due_at if place == "cooling" else None), where)
    return waiting


def _reason(
    strategy: PullStrategy, place: str, segment: Any, *, is_last: bool, limited: datetime | None, floor: Floor, now: datetime
) -> tuple[str, datetime | None, str]:
    if place == "cooling":
        return "cooling", None, ""
    if place != "ready":
        return "held", None, ""
    if strategy.calling_hours:
        if effective(floor.rules, segment.spot) is None:
            return "no_location", None, ""
        if not is_open_cached(floor.rules, segment.spot, now):
            return "calling_hours", opens_at(floor.rules, segment.spot, now), segment.spot.zones[0] if segment.spot.zones else ""
        if limited is not None:
            return "attempt_limit_24h", limited, ""
    if is_last and strategy.other_user_next:
        return "other_user_next", None, ""
    return "", None, ""  # ready: who asks because nothing was given knows that somebody is claiming it at this moment


def _add(waiting: dict[str, Waiting], reason: str, count: int, first_at: datetime | None, where: str) -> None:
    known = waiting.get(reason, Waiting(0))
    if first_at is None or (known.first_at is not None and known.first_at <= first_at):
        first_at, where = known.first_at, known.where
    waiting[reason] = Waiting(known.count + count, first_at, where)
