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


def claim_job(*, kind: str, now: datetime, resumes: bool = False) -> Job | None:
    """Take the oldest job that is due; nobody else gets it before its lease runs out. One that kills its workers fails.

    A job that `resumes` goes on where it was, and fails only when it kills its workers without getting on.
    """
    with transaction.atomic():
        job = Job.objects.due(now).filter(kind=kind).order_by("created", "id").select_for_update(skip_locked=True).first()
        if job is None:
            return None
        job.claim += 1
        job.idle_claims += 1
        if job.idle_claims > MOST_CLAIMS:
            job.state, job.finished, job.lease_until = JobState.FAILED, now, None
            job.error = f"Begun {MOST_CLAIMS} times and never finished: the worker died each time."
        else:
            job.state, job.lease_until = JobState.RUNNING, now + LEASE
            job.started, job.done = (job.started or now, job.done) if resumes else (now, 0)
        job.save()
    return job


def tell_progress(*, job: Job, done: int, total: int, now: datetime) -> bool:
    """Say how far the job is. False when it was cancelled or is in other hands: stop."""
    return bool(_held(job).update(done=done, total=total, lease_until=now + LEASE))


def get_on(*, job: Job, done: int, total: int, now: datetime) -> bool:
    """Say how far a job that resumes is, in the transaction of what it did; False when it is paused, cancelled or in other hands."""
    return bool(_held(job).update(done=done, total=total, lease_until=now + LEASE, idle_claims=0))


def release_job(*, job: Job) -> bool:
    """Hand the job back before its worker's time is up: it waits, and whoever takes it next goes on."""
    return bool(_held(job).update(state=JobState.QUEUED, lease_until=None, idle_claims=0))


def finish_job(*, job: Job, result: dict[str, Any], now: datetime) -> bool:
    return bool(_held(job).update(state=JobState.DONE, result=result, done=F("total"), finished=now, lease_until=None))


def fail_job(*, job: Job, error: str, now: datetime) -> bool:
    return bool(_held(job).update(state=JobState.FAILED, error=error[:500], finished=now, lease_until=None))


def pause_job(*, job: Job) -> bool:
    """Let the job rest where it is; False when it rests or has ended. Its worker notices when it next says how far it is."""
    still_open = Job.objects.filter(pk=job.pk, state__in=[JobState.QUEUED, JobState.RUNNING])
    return bool(still_open.update(state=JobState.PAUSED, lease_until=None))


def resume_job(*, job: Job) -> bool:
    return bool(Job.objects.filter(pk=job.pk, state=JobState.PAUSED).update(state=JobState.QUEUED, idle_claims=0))


def cancel_job(*, job: Job, now: datetime) -> bool:
    """Stop the job; False when it had ended. Its worker notices when it next says how far it is."""
    still_open = Job.objects.filter(pk=job.pk, state__in=[JobState.QUEUED, JobState.RUNNING, JobState.PAUSED])
    return bool(still_open.update(state=JobState.CANCELLED, finished=now, lease_until=None))


def _held(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, claim=job.claim, state=JobState.RUNNING)
