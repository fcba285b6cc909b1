"""What happens on the floor by itself: cool-downs and holds end, callbacks are missed, leads stay unworked, outcomes take effect."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from django.db import connection, transaction

from leads.clock import database_now
from leads.models import Lead
from leads.services.events import record
from pullqueue.enums import HoldEnd, NoticeKind, Place, ResultState
from pullqueue.locks import Floor, enter_floor, lock_lead, lock_placement
from pullqueue.models import Hold, Placement, PullStrategy, QueueEntry, Result
from pullqueue.services.effects import apply_result, goes_round
from pullqueue.services.entries import settle, verdicts_on
from pullqueue.services.notices import tell
from pullqueue.services.work import back_from_hold

log = structlog.get_logger(__name__)

BATCH = 200
NEXT = """
    SELECT kind, id, at FROM (
        (SELECT 0 AS kind, id, due_at AS at FROM pullqueue_result WHERE state = 'pending' ORDER BY due_at LIMIT {limit})
        UNION ALL
        (SELECT 1, lead_id, due_at FROM pullqueue_placement WHERE due_at IS NOT NULL ORDER BY due_at LIMIT {limit})
        UNION ALL
        (SELECT 2, lead_id, judge_at FROM pullqueue_queueentry WHERE judge_at IS NOT NULL ORDER BY judge_at LIMIT {limit})
    ) AS waiting WHERE at <= %s ORDER BY at, kind, id LIMIT {limit}
"""
RESULT, PLACEMENT, ENTRY = 0, 1, 2


class DueThing(NamedTuple):
    """An outcome to take effect, a placement to move, or a lead to judge anew."""

    kind: int
    id: UUID
    at: datetime


def due_things(*, until: datetime, limit: int = 1) -> list[DueThing]:
    """What is due until then, the first first."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT.format(limit=int(limit)), [until])
        return [DueThing(*row) for row in cursor.fetchall()]


def happen(thing: DueThing, *, now: datetime) -> None:
    """Let one due thing happen; one that somebody else let happen meanwhile does nothing."""
    HAPPENS[thing.kind](thing, now)


def _result(thing: DueThing, now: datetime) -> None:
    apply_result(result_id=thing.id, now=now)


def _placement(thing: DueThing, now: datetime) -> None:
    with transaction.atomic():
        floor = enter_floor()
        lead, placement = lock_lead(thing.id), lock_placement(thing.id)
        if placement is not None and placement.due_at is not None and placement.due_at <= now:
            MOVES[Place(placement.place)](lead, placement, floor, now)


def _entry(thing: DueThing, now: datetime) -> None:
    with transaction.atomic():
        floor = enter_floor()
        lead, placement = lock_lead(thing.id), lock_placement(thing.id)
        if placement is not None:
            settle(lead, placement, floor, now=now)
        QueueEntry.objects.filter(lead_id=thing.id, judge_at__lte=now).update(judge_at=None)


HAPPENS: Mapping[int, Callable[[DueThing, datetime], None]] = {RESULT: _result, PLACEMENT: _placement, ENTRY: _entry}


def _cooled(lead: Lead, placement: Placement, floor: Floor, now: datetime) -> None:
    placement.place, placement.due_at, placement.since = Place.READY, None, now
    settle(lead, placement, floor, now=now)


def _hold_ran_out(lead: Lead, placement: Placement, floor: Floor, now: datetime) -> None:
    """The hold is over, whatever the user was doing; an outcome that was picked takes effect instead."""
    picked = Result.objects.filter(lead=lead, state=ResultState.PENDING).values_list("pk", flat=True).first()
    if picked is not None:
        apply_result(result_id=picked, now=now)
        return
    hold = Hold.objects.filter(lead=lead, ended_at=None).first()
    if hold is None:  # a holder without a hold is nobody's promise
        placement.holder = None
        _cooled(lead, placement, floor, now)
        return
    back_from_hold(lead, placement, hold, floor, end=HoldEnd.RAN_OUT, now=now)
    tell(user=hold.user, kind=NoticeKind.HOLD_RAN_OUT, lead=lead, at=now)
    record(kind="lead.hold_ran_out", at=now, lead=lead, user=hold.user_id)


def _callback_missed(lead: Lead, placement: Placement, floor: Floor, now: datetime) -> None:
    user = placement.callback_by
    placement.callback_at = placement.callback_by = placement.due_at = None
    placement.place, placement.since = (Place.OWNED if placement.owner_id else Place.READY), now
    settle(lead, placement, floor, now=now)
    if user is not None:
        tell(user=user, kind=NoticeKind.CALLBACK_MISSED, lead=lead, at=now)
    record(kind="lead.callback_missed", at=now, lead=lead)


def _unworked(lead: Lead, placement: Placement, floor: Floor, now: datetime) -> None:
    """A pushed lead without a first attempt: taken back, or offered to others, as its push strategy says."""
    owner, strategy = placement.owner, placement.push_strategy
    placement.due_at = None
    if placement.first_attempt_at is not None or owner is None:
        settle(lead, placement, floor, now=now)
        return
    if strategy is not None and strategy.takes_back:
        goes_round(lead, placement, now=now)
        tell(user=owner, kind=NoticeKind.TAKEN_BACK, lead=lead, at=now)
        record(kind="lead.taken_back", at=now, lead=lead, user=owner.pk)
    else:
        placement.is_unworked = True
        strategies = list(PullStrategy.objects.filter(archived_at=None, source="unworked"))
        if any(verdict.stays for verdict in verdicts_on(lead, placement, strategies, now=now)):
            placement.place, placement.since = Place.READY, now
    settle(lead, placement, floor, now=now)


MOVES: Mapping[Place, Callable[[Lead, Placement, Floor, datetime], None]] = {
    Place.COOLING: _cooled,
    Place.HELD: _hold_ran_out,
    Place.CALLBACK: _callback_missed,
    Place.OWNED: _unworked,
}


def drain_floor(*, seconds: float) -> int:
    """Let due things happen until none is left or the time is up; return how many did. One that raises never stops the others."""
    ends, happened, failed = time.monotonic() + seconds, 0, set[Any]()
    while time.monotonic() < ends:
        things = [one for one in due_things(until=database_now(), limit=BATCH) if (one.kind, one.id) not in failed]
        for thing in things:
            try:
                happen(thing, now=database_now())
            except Exception as error:  # noqa: BLE001 -- the row stays due and the next one goes on
                failed.add((thing.kind, thing.id))
                log.error(  # noqa: TRY400 -- a traceback may hold a person's data
                    "floor.due_failed", kind=thing.kind, row=str(thing.id), error=type(error).__name__
                )
            else:
                happened += 1
        if not things:
            break
    return happened
