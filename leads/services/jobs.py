"""Long work: asked for, claimed under a lease, told how far it is, and stopped by whoever asked."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from leads.enums import JobState
from leads.models import Job

LEASE = timedelta(seconds=60)
"""A worker that tells nothing for so long has died; the job begins again with another."""
MOST_CLAIMS = 3


def start_job(*, kind: str, parameters: dict[str, Any], by: Any, now: datetime) -> Job:
    return Job.objects.create(kind=kind, parameters=parameters, by=by, created=now)


def claim_job(*, kind: str, now: datetime) -> Job | None:
    """Take the oldest job that is due; nobody else gets it before its lease runs out. One that kills its workers fails."""
    with transaction.atomic():
        job = Job.objects.due(now).filter(kind=kind).order_by("created", "id").select_for_update(skip_locked=True).first()
        if job is None:
            return None
        job.claim += 1
        if job.claim > MOST_CLAIMS:
            job.state, job.finished, job.lease_until = JobState.FAILED, now, None
            job.error = f"Begun {MOST_CLAIMS} times and never finished: the worker died each time."
        else:
            job.state, job.started, job.lease_until, job.done = JobState.RUNNING, now, now + LEASE, 0
        job.save()
    return job


def tell_progress(*, job: Job, done: int, total: int, now: datetime) -> bool:
    """Say how far the job is. False when it was cancelled or is in other hands: stop."""
    return bool(_held(job).update(done=done, total=total, lease_until=now + LEASE))


def finish_job(*, job: Job, result: dict[str, Any], now: datetime) -> bool:
    return bool(_held(job).update(state=JobState.DONE, result=result, done=F("total"), finished=now, lease_until=None))


def fail_job(*, job: Job, error: str, now: datetime) -> bool:
    return bool(_held(job).update(state=JobState.FAILED, error=error[:500], finished=now, lease_until=None))


def cancel_job(*, job: Job, now: datetime) -> bool:
    """Stop the job; False when it had ended. Its worker notices when it next says how far it is."""
    still_open = Job.objects.filter(pk=job.pk, state__in=[JobState.QUEUED, JobState.RUNNING])
    return bool(still_open.update(state=JobState.CANCELLED, finished=now, lease_until=None))


def _held(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, claim=job.claim, state=JobState.RUNNING)
