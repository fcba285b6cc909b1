"""Thin entry points for the workers."""

from celery import shared_task

from leads.clock import database_now
from leads.services.replays import delete_old_keys

BATCH = 5_000


@shared_task(ignore_result=True)
def bulk_clean_up() -> None:
    """Forget old answers to repeated posts, in batches, so that no lock is long."""
    now = database_now()
    while delete_old_keys(now=now, limit=BATCH) == BATCH:
        pass
