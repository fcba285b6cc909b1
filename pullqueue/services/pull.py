"""*Pull next lead*: the user's own callback that is due, else the best eligible lead of the first strategy that has one."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from leads.models import Lead
from leads.services.suppress import is_suppressed
from pullqueue.domain.calling import Spot, attempt_limit, is_open_cached, limited_until
from pullqueue.domain.reasons import Waiting, commonest
from pullqueue.enums import Ending, Place, PullSource, ResultState
from pullqueue.locks import Floor, enter_floor, lock_lead, lock_placement, lock_user
from pullqueue.models import Branch, FloorSettings, Hold, Placement, PullLog, PullStrategy, QueueEntry, Result, User
from pullqueue.queries import strategies_of
from pullqueue.services.empty import what_waits
from pullqueue.services.entries import save, settle, spot_of_lead, write_entries
from pullqueue.services.judging import Subject, fields_of, judge

REACHES = (8, 64, 512)
"""How many of the best are looked at, until one is found that nobody else is claiming."""
MOST_STALE = 200
"""Leads in one pull that turn out not to match any more; each leaves the queue by the way."""

HEADS = """
    WITH heads AS MATERIALIZED (
        SELECT e.* FROM unnest(%(segments)s::bigint[]) AS s (id) CROSS JOIN LATERAL (
            SELECT lead_id, key1, key2, key3, number FROM pullqueue_queueentry
            WHERE strategy_id = %(strategy)s AND generation = %(generation)s AND segment_id = s.id AND is_ready
                AND (%(not_last)s::bigint IS NULL OR last_holder_id IS DISTINCT FROM %(not_last)s::bigint)
                AND (limited_until IS NULL OR limited_until <= %(now)s OR NOT %(hours)s)
            ORDER BY key1, key2, key3, number LIMIT {reach}
        ) AS e ORDER BY key1, key2, key3, number LIMIT {reach}
    )
    SELECT h.lead_id, h.key1, h.key2, h.key3, h.number FROM heads h
    JOIN pullqueue_placement p ON p.lead_id = h.lead_id JOIN leads_lead l ON l.id = h.lead_id
    WHERE p.place = 'ready' ORDER BY h.key1, h.key2, h.key3, h.number LIMIT 1 FOR NO KEY UPDATE OF p, l SKIP LOCKED
"""
"""The head of every segment that may be called now, merged: the best first. Whoever is claimed by others is passed over."""


class Pulled(NamedTuple):
    """What a pull brought, or the reason why nothing; `waiting` are the counts behind it."""

    lead: Lead | None
    hold: Hold | None
    strategy: PullStrategy | None
    reason: str
    waiting: Mapping[str, Waiting]


def pull_next(*, user: User, now: datetime) -> Pulled:
    """Give the user the next lead at once, held for them, or say why there is none."""
    with transaction.atomic():
        user = lock_user(user.pk)
        floor = enter_floor()
        if not may_work(user):
            return _nothing(user, "no_strategy", {}, {}, now=now)
        if (held := held_by(user)) and held >= FloorSettings.current().most_held:
            return _nothing(user, "holding_limit", {}, {}, now=now)
        if (found := _own_callback(user, floor, now=now)) is not None:
            return found
        strategies = strategies_of(user)
        tried: dict[str, Any] = {}
        for strategy in strategies:
            found = _from_strategy(user, strategy, floor, tried, now=now)
            if found is not None:
                return found
        if not strategies:
            return _nothing(user, "no_strategy", {}, tried, now=now)
        waiting = what_waits(user, strategies, floor, branches={one.pk: branches_for(user, one) for one in strategies}, now=now)
        return _nothing(user, commonest(waiting), waiting, tried, now=now)


def may_work(user: User) -> bool:
    return user.is_active and user.role != "client"


def held_by(user: User) -> int:
    """How many pulled leads the user still works on: those whose outcome is picked do not count."""
    picked = Result.objects.filter(state=ResultState.PENDING, hold__isnull=False).values("hold")
    return Hold.objects.filter(user=user, ended_at=None).exclude(pk__in=picked).count()


def _nothing(user: User, reason: str, waiting: Mapping[str, Waiting], tried: dict[str, Any], *, now: datetime) -> Pulled:
    counts = {code: one.count for code, one in waiting.items()}
    PullLog.objects.create(at=now, user=user, reason=reason, data={"tried": tried, "waiting": counts})
    return Pulled(None, None, None, reason, waiting)


def _own_callback(user: User, floor: Floor, *, now: datetime) -> Pulled | None:
    due = Placement.objects.filter(place=Place.CALLBACK, callback_by=user, callback_at__lte=now).order_by("callback_at", "pk")
    for lead_id in due.values_list("pk", flat=True)[:50]:
        lead, placement = lock_lead(lead_id), lock_placement(lead_id)
        if placement is None or placement.place != Place.CALLBACK or not callable_now(lead, placement, floor, now=now):
            continue
        minutes = placement.strategy.hold_minutes if placement.strategy else PullStrategy().hold_minutes
        return _claim(user, None, lead, placement, floor, {"callback": True}, hold_minutes=minutes, now=now)
    return None


def callable_now(lead: Lead, placement: Placement, floor: Floor, *, now: datetime) -> bool:
    """Whether the law of every plausible place lets the lead be called at this moment."""
    return call_refused(lead, placement, floor, now=now) == ""


def call_refused(lead: Lead, placement: Placement, floor: Floor, *, now: datetime) -> str:
    """Code of what forbids a call now: no place known, outside the hours, or too many attempts in 24 hours."""
    spot = spot_of_lead(lead)
    if not is_open_cached(floor.rules, spot, now):
        return "no_location" if not (spot.states and spot.zones) and floor.rules.anywhere is None else "outside_hours"
    return "attempt_limit_24h" if limited_until(attempt_limit(floor.rules, spot), placement.attempts_day, now) else ""


BRANCHES: Mapping[str, Callable[[User, PullStrategy], list[int | None]]] = {
    PullSource.COMPANY: lambda _user, _strategy: [None],
    PullSource.BRANCH: lambda _user, strategy: [strategy.branch_id],
    PullSource.OWN_BRANCH: lambda user, _strategy: [user.branch_id] if user.branch_id else [],
    PullSource.PARENT_BRANCH: lambda user, _strategy: list(Branch.objects.filter(children=user.branch_id).values_list("pk", flat=True)),
}


def branches_for(user: User, strategy: PullStrategy) -> list[int | None] | None:
    """Whose leads the strategy offers to this user: ids of branches, None among them for the company; None alone for anybody's."""
    made = BRANCHES.get(strategy.source)
    return made(user, strategy) if made else None


def open_segments(strategy: PullStrategy, branches: list[int | None] | None, floor: Floor, *, now: datetime) -> list[int]:
    """The segments that the strategy may offer this user now."""
    open_spots: dict[Spot, bool] = {}
    found = []
    for place in floor.segments:
        if branches is not None and place.branch not in branches:
            continue
        if strategy.calling_hours:
            if place.spot not in open_spots:
                open_spots[place.spot] = is_open_cached(floor.rules, place.spot, now)
            if not open_spots[place.spot]:
                continue
        found.append(place.pk)
    return found


def _from_strategy(user: User, strategy: PullStrategy, floor: Floor, tried: dict[str, Any], *, now: datetime) -> Pulled | None:
    segments = open_segments(strategy, branches_for(user, strategy), floor, now=now)
    passed: dict[str, int] = {}
    tried[str(strategy.pk)] = passed
    for _ in range(MOST_STALE if segments else 0):
        head = _lock_head(user, strategy, segments, floor, now=now)
        if head is None:
            return None
        lead_id, *keys = head
        lead, placement = lock_lead(lead_id), lock_placement(lead_id)
        assert placement is not None  # noqa: S101 -- the head was joined with it
        why = _stale(strategy, lead, placement, floor, now=now)
        if not why:
            log = {"tried": tried, "keys": [str(key) for key in keys], "passed": passed}
            return _claim(user, strategy, lead, placement, floor, log, hold_minutes=strategy.hold_minutes, now=now)
        passed[why] = passed.get(why, 0) + 1
    return None


def _lock_head(user: User, strategy: PullStrategy, segments: list[int], floor: Floor, *, now: datetime) -> Any:
    words: dict[str, Any] = {
        "segments": segments,
        "strategy": strategy.pk,
        "generation": floor.generation,
        "not_last": user.pk if strategy.other_user_next else None,
        "now": now,
        "hours": strategy.calling_hours,
    }
    with connection.cursor() as cursor:
        for reach in REACHES:
            cursor.execute(HEADS.format(reach=reach), words)
            if (row := cursor.fetchone()) is not None:
                return row
    return None


def _stale(strategy: PullStrategy, lead: Lead, placement: Placement, floor: Floor, *, now: datetime) -> str:
    """Why a lead may not be given although its entry said so, empty when it may. One that is stale is judged anew by the way."""
    if is_suppressed(phones=[lead.phone, lead.phone2], emails=[lead.email]):
        placement.place, placement.ending, placement.since, placement.due_at = Place.FINISHED, Ending.DO_NOT_CALL, now, None
        write_entries(lead, placement, [], floor, now=now)
        save(lead, placement, floor, now=now)
        return "suppressed"
    verdict = judge(strategy, Subject(lead, placement, fields_of(lead)), now)
    limit = strategy.calling_hours and limited_until(attempt_limit(floor.rules, spot_of_lead(lead)), placement.attempts_day, now)
    if verdict.matches and not limit:
        return ""
    settle(lead, placement, floor, now=now)
    entry = QueueEntry.objects.filter(lead_id=lead.pk, strategy=strategy, generation=floor.generation)
    if not verdict.matches:
        entry.filter(is_match=True).update(is_match=False, is_ready=False)  # settle agrees; this ends the loop whatever it says
    return "attempt_limit_24h" if verdict.matches else verdict.why


def _claim(
    user: User,
    strategy: PullStrategy | None,
    lead: Lead,
    placement: Placement,
    floor: Floor,
    log: dict[str, Any],
    *,
    hold_minutes: int,
    now: datetime,
) -> Pulled:
    """Give the lead to the user: the one holder that it has."""
    until = now + timedelta(minutes=hold_minutes)
    hold = Hold.objects.create(lead=lead, user=user, strategy=strategy, at=now, until=until)
    placement.place, placement.holder, placement.last_holder = Place.HELD, user, user
    placement.due_at, placement.since = until, now
    if strategy is not None:
        placement.strategy = strategy
        if placement.is_unworked:
            placement.owner = None
    lead.pull_count += 1
    QueueEntry.objects.filter(lead_id=lead.pk, is_ready=True).update(is_ready=False)
    save(lead, placement, floor, now=now)
    PullLog.objects.create(at=now, user=user, lead=lead, strategy=strategy, data=log)
    return Pulled(lead, hold, strategy, "", {})


def held_lead(user: User, lead_id: UUID) -> Hold | None:
    """The user's own open hold of the lead."""
    return Hold.objects.filter(user=user, lead_id=lead_id, ended_at=None).first()
