"""Wake-ups of this floor's long work: a message without arguments. Losing one costs latency only; the sweeper sends another."""

import structlog
from celery import current_app
from django.conf import settings

log = structlog.get_logger(__name__)

FILES = "leads.tasks.bulk_files"
"""Imports and exports."""


def wake(task: str) -> bool:
    """Publish a wake-up; False when the broker did not take it. Never raises, never waits longer than a second."""
    if not settings.PUBLISHES_WAKE_UPS:
        return False
    try:
        current_app.send_task(task, retry=False, ignore_result=True)
    except Exception as error:  # noqa: BLE001 -- whatever ails the broker, the job is safe in its row
        log.warning("wake_up.not_published", task=task, error=type(error).__name__)
        return False
    return True
