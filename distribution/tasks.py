"""Thin entry points: a wake-up drains due rows for some seconds and stops. None takes arguments; each may run twice."""

import time
from collections.abc import Callable
from functools import wraps

import structlog
from celery import shared_task
from django.conf import settings

from distribution.services.backtest import drain_backtests
from distribution.services.bounces import read_bounces
from distribution.services.deliver import drain_deliveries
from distribution.services.invariants import check_invariants
from distribution.services.others import drain_the_others
from distribution.services.ping_flights import drain_pings as send_pings
from distribution.services.queue_samples import sample_queue
from distribution.services.report_cells import fold
from distribution.services.report_mails import mail_reports
from distribution.services.sweep import beat, drain_routes_for
from distribution.services.tell_complaints import tell_of_complaints
from distribution.services.tell_notices import tell_notices
from distribution.services.tell_pauses import tell_of_pauses
from distribution.services.track import catch_up
from distribution.services.unsold import judge_unsold
from distribution.transports.mailbox import MailboxProblem
from leads.clock import database_now
from leads.services.standstill import stands_still
from pullqueue.services.due import drain_floor as drain_due_things
from pullqueue.services.link_mails import mail_links
from pullqueue.services.rebuild import drain_rebuilds

log = structlog.get_logger(__name__)

BACKTEST_SECONDS = 540
"""Most of a worker's time that backtests may take; a run of 10,000 leads needs less than half a minute of a processor."""


ROUTE_SECONDS = 1.0
"""How long answers that have come may wait for leads to be routed."""


def unless_still(task: Callable[[], None]) -> Callable[[], None]:
    """Do nothing while everything stands still: the rows wait."""

    @wraps(task)
    def guarded() -> None:
        if not stands_still():
            task()

    return guarded


@shared_task(name="distribution.tasks.drain_routes")
@unless_still
def drain_routes() -> None:
    drain_routes_for(seconds=settings.DRAIN_SECONDS)


@shared_task(name="distribution.tasks.drain_webhooks")
@unless_still
def drain_webhooks() -> None:
    """Leads are routed by the way: clients that hang must not hold the processes that route."""
    drain_deliveries(kind="webhook", seconds=settings.DRAIN_SECONDS, meanwhile=lambda: drain_routes_for(seconds=ROUTE_SECONDS))


@shared_task(name="distribution.tasks.drain_mails")
@unless_still
def drain_mails() -> None:
    drain_deliveries(kind="email", seconds=settings.DRAIN_SECONDS)


@shared_task(name="distribution.tasks.drain_pings")
@unless_still
def drain_pings() -> None:
    send_pings(seconds=settings.DRAIN_SECONDS)


@shared_task(name="distribution.tasks.drain_others")
@unless_still
def drain_others() -> None:
    """Leads are routed by the way, as above."""
    drain_the_others(seconds=settings.DRAIN_SECONDS, meanwhile=lambda: drain_routes_for(seconds=ROUTE_SECONDS))


@shared_task(name="distribution.tasks.drain_floor")
@unless_still
def drain_floor() -> None:
    drain_due_things(seconds=settings.DRAIN_SECONDS)


@shared_task(name="distribution.tasks.bulk_rebuild")
def bulk_rebuild() -> None:
    drain_rebuilds()


@shared_task(name="distribution.tasks.bulk_tell_notices")
@unless_still
def bulk_tell_notices() -> None:
    now = database_now()
    mail_links(now=now)
    tell_notices(now=now)


@shared_task(name="distribution.tasks.bulk_fold_reports")
def bulk_fold_reports() -> None:
    now = database_now()
    fold(now=now)
    sample_queue(now=now)
    mail_reports(now=now)
    ends = time.monotonic() + settings.DRAIN_SECONDS
    while judge_unsold() and time.monotonic() < ends:
        pass


@shared_task(name="distribution.tasks.tick")
def tick() -> None:
    """The worker of the pipeline is alive, and so are beat and broker, or nobody would have asked."""
    beat("pipeline", now=database_now())


@shared_task(name="distribution.tasks.bulk_tick")
def bulk_tick() -> None:
    beat("bulk", now=database_now())


@shared_task(name="distribution.tasks.bulk_check_invariants")
def bulk_check_invariants() -> None:
    check_invariants(now=database_now())


@shared_task(name="distribution.tasks.bulk_backtest", soft_time_limit=BACKTEST_SECONDS, time_limit=BACKTEST_SECONDS + 20)
def bulk_backtest() -> None:
    drain_backtests()


@shared_task(name="distribution.tasks.bulk_tell_of_pauses")
@unless_still
def bulk_tell_of_pauses() -> None:
    tell_of_pauses(now=database_now())


@shared_task(name="distribution.tasks.bulk_hear_of_mails")
@unless_still
def bulk_hear_of_mails() -> None:
    now = database_now()
    try:
        read_bounces(now=now)
    except MailboxProblem as problem:
        log.warning("bounce.mailbox", problem=str(problem))
    catch_up(now=now)
    tell_of_complaints(now=now)
