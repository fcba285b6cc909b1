"""Thin entry points for the workers."""

from celery import shared_task

from leads.clock import database_now
from leads.services.exports import KEPT, drop_exports
from leads.services.file_work import drain_files
from leads.services.imports import drop_old_files
from leads.services.replays import delete_old_keys
from leads.wake import FILES, wake

BATCH = 5_000
FILE_SECONDS = 100.0
"""How long one wake-up takes files in before other long work has its turn."""
LONGEST = 1_800
"""A dry run is not broken off; it judges a million rows in some minutes."""


@shared_task(ignore_result=True)
def bulk_clean_up() -> None:
    """Forget old answers to repeated posts, in batches, so that no lock is long; and files that have served."""
    now = database_now()
    while delete_old_keys(now=now, limit=BATCH) == BATCH:
        pass
    drop_old_files(now=now)
    drop_exports(before=now - KEPT)


@shared_task(name=FILES, ignore_result=True, soft_time_limit=LONGEST, time_limit=LONGEST + 20)
def bulk_files() -> None:
    """Dry runs, imports, their undoing, and exports."""
    if drain_files(seconds=FILE_SECONDS):
        wake(FILES)
