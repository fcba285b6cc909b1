"""The long work with files, one job after the other, under leases: whoever is killed leaves it to the next."""

import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import Error

from leads.clock import database_now
from leads.enums import JobState
from leads.imports.unreadable import Unreadable
from leads.models import Campaign, Import, Job
from leads.services.events import record
from leads.services.exports import KIND as EXPORT
from leads.services.exports import write_export
from leads.services.import_run import Rests, rest, run_import
from leads.services.import_trial import Stopped, run_trial
from leads.services.imports import RUN, TRIAL, UNDO, NotNow, drop_file
from leads.services.jobs import claim_job, fail_job, finish_job, get_on, release_job
from leads.services.undoing import undo_import

log = structlog.get_logger(__name__)

type Worker = Callable[[Job, float], dict[str, Any] | None]
"""Does a job until a time on the monotonic clock, and returns what it brought; None when it is not at its end."""


def _import_of(job: Job) -> Import:
    return Import.objects.get(pk=job.parameters["import"])


def _campaign_of(one: Import) -> Campaign:
    assert one.campaign_id is not None  # noqa: S101 -- no job is begun without
    return Campaign.objects.select_related("lead_type", "source").get(pk=one.campaign_id)


def _try(job: Job, _until: float) -> dict[str, Any] | None:
    one = _import_of(job)
    return run_trial(job, one, _campaign_of(one))


def _take_in(job: Job, until: float) -> dict[str, Any] | None:
    one = _import_of(job)
    if not run_import(job, one, _campaign_of(one), until=until):
        return None
    one = _import_of(job)
    get_on(job=job, done=one.position, total=one.position, now=database_now())
    record(kind="import.done", at=database_now(), by=job.by, about=f"import:{one.pk}", counts=one.counts)
    return {"rows": one.position, "counts": one.counts, "codes": one.codes}


def _take_back(job: Job, _until: float) -> dict[str, Any] | None:
    one = _import_of(job)
    told = undo_import(job, one)
    get_on(job=job, done=sum(told.values()), total=sum(told.values()), now=database_now())
    record(kind="import.undone", at=database_now(), by=job.by, about=f"import:{one.pk}", counts=told)
    return told


def _write(job: Job, _until: float) -> dict[str, Any] | None:
    return write_export(job)


WORKERS: dict[str, Worker] = {TRIAL: _try, RUN: _take_in, UNDO: _take_back, EXPORT: _write}


def drain_files(*, seconds: float) -> bool:
    """Work on what waits for so long; True when something is left to do."""
    until = time.monotonic() + seconds
    while (job := _next()) is not None:
        if job.state == JobState.RUNNING:
            _work(job, until)
        if time.monotonic() > until:
            return True
    return False


def _next() -> Job | None:
    now = database_now()
    found = (claim_job(kind=kind, now=now, resumes=True) for kind in WORKERS)
    return next((job for job in found if job is not None), None)


def _work(job: Job, until: float) -> None:
    """Do one job, and whatever happens write down how it ended."""
    try:
        result = WORKERS[job.kind](job, until)
    except Stopped:
        return
    except Rests as why:
        rest(job, _import_of(job), str(why))
    except (Unreadable, NotNow) as why:
        _end(job, str(why))
    except SoftTimeLimitExceeded:
        release_job(job=job)
        raise
    except Error as error:  # the database was away or too slow: the lease runs out, and somebody goes on
        log.warning("files.database", job=str(job.pk), error=type(error).__name__)
        raise
    except Exception as error:  # noqa: BLE001 -- whatever it is, a person is told and may let it go on
        _say_broken(job, error)
    else:
        if result is None:
            release_job(job=job)
        else:
            finish_job(job=job, result=result, now=database_now())
            _tidy(job)


def _say_broken(job: Job, error: Exception) -> None:
    """Told without the error's message, which may hold people's data."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    log.error("files.failed", job=str(job.pk), error=type(error).__name__, where=f"{Path(frame.filename).name}:{frame.lineno}")
    said = f"{type(error).__name__} stopped it, and whoever runs this installation finds it in the log."
    if job.kind == RUN:
        rest(job, _import_of(job), f"{said} The rows until then are taken in; resume it to go on.")
    else:
        fail_job(job=job, error=said, now=database_now())


def _end(job: Job, error: str) -> None:
    fail_job(job=job, error=error, now=database_now())
    _tidy(job)


def _tidy(job: Job) -> None:
    """The uploaded file has served when its leads are in."""
    if job.kind == RUN:
        drop_file(_import_of(job))
