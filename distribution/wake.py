"""Wake-ups: messages without arguments that say "there is due work". Losing one costs latency only."""

import time

import structlog
from celery import current_app
from django.conf import settings

log = structlog.get_logger(__name__)

ROUTES = "distribution.tasks.drain_routes"
WEBHOOKS = "distribution.tasks.drain_webhooks"
MAILS = "distribution.tasks.drain_mails"
PINGS = "distribution.tasks.drain_pings"
OTHERS = "distribution.tasks.drain_others"
"""What goes by portal, in files, or besides another way."""
FLOOR = "distribution.tasks.drain_floor"
"""Holds, cool-downs, callbacks and outcomes whose time has come."""
BACKTESTS = "distribution.tasks.bulk_backtest"
REBUILDS = "distribution.tasks.bulk_rebuild"

SKIP_SECONDS = 5.0
"""After a failed publish this process does not ask the broker again for so long; the sweeper covers."""


class _Broker:
    """What this process knows of the broker's health."""

    silent_until = 0.0
    failures = 0


def wake(task: str) -> bool:
    """Publish a wake-up for the task; False when the broker did not take it. Never raises, never waits longer than a second."""
    if not settings.PUBLISHES_WAKE_UPS or time.monotonic() < _Broker.silent_until:
        return False
    try:
        current_app.send_task(task, retry=False, ignore_result=True)
    except Exception as error:  # noqa: BLE001 -- whatever ails the broker, the lead is safe in its row
        _Broker.failures += 1
        _Broker.silent_until = time.monotonic() + SKIP_SECONDS
        log.warning("wake_up.not_published", task=task, error=type(error).__name__, failures=_Broker.failures)
        return False
    return True


def wake_senders() -> None:
    """A delivery is due, whichever way it goes."""
    for task in (WEBHOOKS, MAILS, OTHERS):
        wake(task)
