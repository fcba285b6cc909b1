"""The sweeper: wakes workers when rows are due, frees what a dead worker held, and works itself when the broker is dead."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache

import structlog
from django.db import connection
from django.db.models import Q

from distribution.enums import OPEN_STATES
from distribution.models import Delivery, Heartbeat
from distribution.services.claim import ALONG
from distribution.services.deliver import Drain
from distribution.services.others import Others, oldest_of_others
from distribution.services.paused import give_up_on_paused
from distribution.services.ping_flights import drain_pings, oldest_ping
from distribution.services.route import route_due
from distribution.wake import BACKTESTS, FLOOR, MAILS, OTHERS, PINGS, REBUILDS, ROUTES, WEBHOOKS, wake
from leads.clock import database_now
from leads.models import Job, Lead
from leads.services.file_work import WORKERS
from leads.services.standstill import stands_still
from leads.wake import FILES
from pullqueue.services.due import drain_floor, due_things
from pullqueue.services.rebuild import KIND as REBUILD

log = structlog.get_logger(__name__)

SWEEPER_LOCK = 7_302
LONG_WORK = {"backtest": BACKTESTS, REBUILD: REBUILDS} | dict.fromkeys(WORKERS, FILES)
"""Wake-ups by kind of job."""
INLINE_AFTER = timedelta(seconds=10)
"""Rows that are due for so long are worked by the sweeper itself, broker or no broker."""
INLINE_SECONDS = 2.0
FORGET_AFTER = timedelta(days=1)


def drain_routes_for(*, seconds: float) -> int:
    """Route due leads until none is left or the time is up; return how many were claimed."""
    ends, routed = time.monotonic() + seconds, 0
    while time.monotonic() < ends:
        claimed = route_due(now=database_now())
        if not claimed:
            break
        routed += claimed
    return routed


def sweep_once() -> bool:
    """Look once after every queue; False when another sweeper is at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [SWEEPER_LOCK])
        if not cursor.fetchone()[0]:
            return False
    try:
        now = database_now()
        beat("sweeper", now=now)
        collect_answers()
        if stands_still():
            return True
        give_up_on_paused(now=now)
        for queue, due_since in oldest_due(now=now).items():
            _attend(queue, due_since, now=now)
        for task in {LONG_WORK.get(kind, "") for kind in Job.objects.due(now).values_list("kind", flat=True)[:100]} - {""}:
            wake(task)  # long work is only ever woken, never done here
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [SWEEPER_LOCK])
    return True


def oldest_due(*, now: datetime) -> dict[str, datetime]:
    """By wake-up: since when its oldest row is due. Rows under a lease that has not run out are in good hands."""
    leads = Lead.objects.due(now).order_by("due_at").values_list("due_at", flat=True)
    single, of_file = (leads.filter(from_import__isnull=is_single).first() for is_single in (True, False))
    running = Q(method__paused_until=None) | Q(method__paused_until__lte=now)
    deliveries = Delivery.objects.due(now).filter(running, state__in=OPEN_STATES, method__is_enabled=True, method__archived_at=None)
    found: dict[str, datetime | None] = {ROUTES: single or of_file}
    for task, kind in ((WEBHOOKS, "webhook"), (MAILS, "email")):
        found[task] = (
            deliveries.filter(method__kind__in=[kind, *ALONG.get(kind, ())]).order_by("due_at").values_list("due_at", flat=True).first()
        )
    found[PINGS] = oldest_ping(now=now)
    found[FLOOR] = next((thing.at for thing in due_things(until=now)), None)
    found[OTHERS] = oldest_of_others(deliveries, now=now)
    return {task: since for task, since in found.items() if since is not None}


def _attend(task: str, due_since: datetime, *, now: datetime) -> None:
    published = wake(task)
    if published and now - due_since < INLINE_AFTER:
        return
    worked = INLINE[task]()
    if worked:
        log.info("sweeper.worked_inline", task=task, rows=worked, broker=published)


@cache
def _others() -> Others:
    return Others()


INLINE: dict[str, Callable[[], int]] = {
    ROUTES: lambda: drain_routes_for(seconds=INLINE_SECONDS),
    WEBHOOKS: lambda: _drain("webhook").run(seconds=INLINE_SECONDS),
    MAILS: lambda: _drain("email").run(seconds=INLINE_SECONDS),
    PINGS: lambda: drain_pings(seconds=INLINE_SECONDS),
    FLOOR: lambda: drain_floor(seconds=INLINE_SECONDS),
    OTHERS: lambda: _others().run(seconds=INLINE_SECONDS),
}
_drains: dict[str, Drain] = {}


def _drain(kind: str) -> Drain:
    """Return this process's own drain: what a slow client has not answered yet is under way while the next look is taken."""
    if kind not in _drains:
        _drains[kind] = Drain(kind=kind)
    return _drains[kind]


def collect_answers(*, wait: bool = False) -> None:
    """Write down the answers to what this process sent; with `wait` until nothing is under way, before it stops."""
    for drain in (*_drains.values(), *_others().parts):
        drain.collect_all() if wait else drain.collect()


def beat(name: str, *, now: datetime) -> None:
    """Say that this process is alive."""
    Heartbeat.objects.update_or_create(name=name, defaults={"last_tick": now})
