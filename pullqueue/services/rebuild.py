"""Rebuilding the queue: all open leads are judged anew beside the queue that serves, which is replaced in one step.

A crash or a cancellation before that step leaves the old queue. What changes meanwhile is marked by its revision and judged
once more; holds, counts and cool-downs stand in the placements and are not touched.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from leads.clock import database_now
from leads.enums import JobState
from leads.models import Job, Lead
from leads.services.events import record
from leads.services.jobs import claim_job, fail_job, finish_job, start_job, tell_progress
from pullqueue.enums import Place
from pullqueue.locks import Floor, enter_floor, lock_lead, lock_placement
from pullqueue.models import Placement, PullStrategy, QueueEntry, QueueState
from pullqueue.services.candidates import COLUMNS, OPEN, selections
from pullqueue.services.entries import settle, strategies_now, verdicts_on, write_entries

KIND = "rebuild"
PREVIEW = {"preview": True}
"""Parameters of a job that only looks what a rebuild would do."""
INTO = "INSERT INTO pullqueue_queueentry ({columns}, generation) SELECT one.*, {coming} FROM ({selection}) AS one"
DELETED_AT_ONCE = 50_000
FEW = 200
"""So many changed leads may be judged while the queue stands still."""
MOST_ROUNDS = 10

type Tell = Callable[[int, int], bool]
"""Says how many verdicts of how many are given, one for each lead and strategy; False to stop."""


class Cancelled(Exception):
    """Somebody stopped the rebuild: the old queue serves on."""


class Change(NamedTuple):
    """What a rebuild would do to a strategy."""

    strategy: PullStrategy
    has: int
    gains: int
    loses: int


def rebuild_now(*, now: datetime, tell: Tell = lambda _done, _total: True) -> dict[str, int]:
    """Judge all open leads by all strategies and let the new queue serve; return how many entries it has. Raises Cancelled."""
    strategies = strategies_now()
    QueueState.current()
    with transaction.atomic():
        floor = enter_floor(alone=True)
    coming, leads = floor.generation + 1, Placement.objects.filter(place__in=OPEN).count()
    _delete(above=floor.generation)
    entries = 0
    for number, strategy in enumerate(strategies):
        if not tell(number * leads, len(strategies) * leads):
            raise Cancelled
        entries += _build(strategy, coming, now=now)
    mark = floor.revision
    for _ in range(MOST_ROUNDS):
        changed, latest = _changed_since(mark)
        if len(changed) <= FEW:
            break
        with transaction.atomic():
            _catch_up(changed, enter_floor()._replace(generation=coming), strategies, now=now)
        mark = latest
    if not tell(len(strategies) * leads, len(strategies) * leads):
        raise Cancelled
    _switch(strategies, coming, mark, now=now)
    _delete(below=coming)
    moved = _settle_places(coming, now=now)
    return {"entries": entries, "strategies": len(strategies), "moved": moved}


def _build(strategy: PullStrategy, coming: int, *, now: datetime) -> int:
    made = 0
    for selection in selections(strategy, now=now):
        statement, words = selection.order_by().query.sql_with_params()
        columns = ", ".join(COLUMNS)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(INTO.format(columns=columns, coming=coming, selection=statement), words)
            made += cursor.rowcount
    return made


def _changed_since(mark: int) -> tuple[list[Any], int]:
    rows = list(Placement.objects.filter(revision__gt=mark).values_list("pk", "revision"))
    return [pk for pk, _ in rows], max((revision for _, revision in rows), default=mark)


def _catch_up(changed: list[Any], floor: Floor, strategies: list[PullStrategy], *, now: datetime) -> None:
    """Judge what changed while the new queue was built. Leads are read, not locked: who changes one later says so again."""
    placements = Placement.objects.in_bulk(changed)
    for lead in Lead.objects.filter(pk__in=changed).select_related("campaign__source", "lead_type"):
        placement = placements[lead.pk]
        write_entries(lead, placement, verdicts_on(lead, placement, strategies, now=now), floor, now=now)


def _switch(strategies: list[PullStrategy], coming: int, mark: int, *, now: datetime) -> None:
    with transaction.atomic():
        floor = enter_floor(alone=True)
        changed, _ = _changed_since(mark)
        _catch_up(changed, floor._replace(generation=coming), strategies, now=now)
        QueueState.objects.update(generation=coming, rebuilt_at=now)
        PullStrategy.objects.filter(pk__in=[one.pk for one in strategies]).update(built_at=now)


def _delete(*, below: int | None = None, above: int | None = None) -> None:
    """Delete the entries of queues that do not serve, a part at a time."""
    side, generation = ("<", below) if below is not None else (">", above)
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM pullqueue_queueentry WHERE id = ANY(ARRAY("  # noqa: S608
                f"SELECT id FROM pullqueue_queueentry WHERE generation {side} %s LIMIT {DELETED_AT_ONCE}))",
                [generation],
            )
            if cursor.rowcount < DELETED_AT_ONCE:
                return


MISPLACED = """
    SELECT p.lead_id FROM pullqueue_placement p WHERE
        (p.place IN ('ready', 'cooling') AND NOT EXISTS (
            SELECT 1 FROM pullqueue_queueentry e WHERE e.lead_id = p.lead_id AND e.generation = %(generation)s))
        OR (p.place IN ('exhausted', 'unrouted') AND EXISTS (
            SELECT 1 FROM pullqueue_queueentry e WHERE e.lead_id = p.lead_id AND e.generation = %(generation)s))
        OR (p.place IN ('ready', 'cooling', 'held', 'callback') AND cardinality(p.attempts_day) > 0)
"""


def _settle_places(generation: int, *, now: datetime) -> int:
    """Bring leads that lost their last queue, found one, or near their limit of attempts to their place; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(MISPLACED, {"generation": generation})
        found = [row[0] for row in cursor.fetchall()]
    for lead_id in found:
        with transaction.atomic():
            floor = enter_floor()
            lead, placement = lock_lead(lead_id), lock_placement(lead_id)
            if placement is None:
                continue
            if placement.place in (Place.EXHAUSTED, Place.UNROUTED) and lead.due_at is None:
                placement.place, placement.since, placement.due_at = Place.READY, now, None
            settle(lead, placement, floor, now=now)
    return len(found)


def preview_rebuild(*, now: datetime, tell: Tell = lambda _done, _total: True) -> list[Change]:
    """How many leads each strategy has now, would gain and would lose. Raises Cancelled."""
    generation, leads = QueueState.current().generation, Placement.objects.filter(place__in=OPEN).count()
    found, strategies = list[Change](), strategies_now()
    for number, strategy in enumerate(strategies):
        if not tell(number * leads, len(strategies) * leads):
            raise Cancelled
        gains = kept = 0
        for selection in selections(strategy, now=now):
            statement, words = selection.order_by().query.sql_with_params()
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT count(*) FILTER (WHERE e.id IS NULL), count(e.id) FROM ({statement}) AS one ({', '.join(COLUMNS)})"  # noqa: S608
                    " LEFT JOIN pullqueue_queueentry e ON e.lead_id = one.lead_id AND e.strategy_id = %s AND e.generation = %s"
                    " AND e.is_match"
                    " WHERE one.is_match",
                    [*words, strategy.pk, generation],
                )
                new, same = cursor.fetchone()
            gains, kept = gains + new, kept + same
        has = QueueEntry.objects.filter(strategy=strategy, generation=generation, is_match=True).count()
        found.append(Change(strategy, has, gains, has - kept))
    return found


def request_rebuild(*, by: Any, now: datetime) -> Job:
    """Ask for a rebuild; one that waits or runs already is joined."""
    return _join_or_start({}, by=by, now=now)


def request_preview(*, by: Any, now: datetime) -> Job:
    """Ask what a rebuild would do; a look that waits or is under way is joined."""
    return _join_or_start(PREVIEW, by=by, now=now)


def _join_or_start(parameters: dict[str, Any], *, by: Any, now: datetime) -> Job:
    with transaction.atomic():
        enter_floor(alone=True)
        waiting = Job.objects.filter(kind=KIND, parameters=parameters, state__in=[JobState.QUEUED, JobState.RUNNING]).first()
        return waiting or start_job(kind=KIND, parameters=parameters, by=by, now=now)


def is_changed(strategy: PullStrategy) -> bool:
    """Whether it was changed since all leads were last judged by it; the database keeps the time of the change."""
    return strategy.changed_at is not None and (strategy.built_at is None or strategy.changed_at > strategy.built_at)


def changed_strategies() -> list[PullStrategy]:
    """Those that were changed since all leads were last judged by them."""
    return [one for one in strategies_now() if is_changed(one)]


def drain_rebuilds() -> int:
    """Do the rebuilds and previews that were asked for; return how many."""
    done = 0
    while (job := claim_job(kind=KIND, now=database_now())) is not None:
        _work(job)
        done += 1
    return done


def _work(job: Job) -> None:
    def tell(number: int, total: int) -> bool:
        return tell_progress(job=job, done=number, total=total, now=database_now())

    try:
        result = _preview(tell) if job.parameters == PREVIEW else rebuild_now(now=database_now(), tell=tell)
    except Cancelled:
        _delete(above=QueueState.current().generation)
        return
    except Exception as error:
        fail_job(job=job, error=f"It stopped, the old queue serves on: {type(error).__name__}", now=database_now())
        raise
    finish_job(job=job, result=dict(result), now=database_now())
    if job.parameters != PREVIEW:
        record(kind="queue.rebuilt", at=database_now(), by=job.by, about=f"job:{job.pk}", counts=result)


def _preview(tell: Tell) -> dict[str, Any]:
    """What each strategy has, gains and loses, as a job keeps it."""
    return {"changes": [[one.strategy.pk, one.has, one.gains, one.loses] for one in preview_rebuild(now=database_now(), tell=tell)]}
