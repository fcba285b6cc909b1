"""Made-up days asked for on the page: each is run by a process of its own, which a process that watches it started."""

import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings

from distribution.sandbox.check import check
from distribution.sandbox.mistake import Mistake
from distribution.sandbox.parse import parse
from distribution.sandbox.steps import plan
from leads.clock import database_now
from leads.enums import JobState
from leads.models import Job
from leads.services.jobs import claim_job, fail_job, finish_job, start_job, tell_progress

log = structlog.get_logger(__name__)

KIND = "sandbox"
MOST_BYTES = 256 * 1024
MOST_EVENTS = 500
MOST_OPEN = 2
"""Days that wait or run at once; each takes a processor."""
SECONDS = 120
STALE = timedelta(minutes=10)
"""A day that was asked for so long ago and has not ended hinders nobody."""
STEP = 0.5
"""Seconds between two looks at the process."""


class TooMany(Exception):
    """So many days are under way already that another one would slow the installation down."""


def judge(text: str) -> int:
    """Read the day strictly and return how many events it has. Raises Mistake."""
    if len(text.encode()) > MOST_BYTES:
        raise Mistake("", f"The day has more than {MOST_BYTES // 1024} KB. Run larger ones with manage.py sandbox.")
    day = parse(text)
    if len(day.events) > MOST_EVENTS:
        raise Mistake("events", f"At most {MOST_EVENTS} here. Run larger days with manage.py sandbox.")
    check(day)
    plan(day)
    return len(day.events)


def ask(*, text: str, title: str, by: Any, now: datetime) -> Job:
    """Write the job down and start a process that runs it. Raises Mistake and TooMany."""
    events = judge(text)
    if Job.objects.filter(kind=KIND, state__in=[JobState.QUEUED, JobState.RUNNING], created__gte=now - STALE).count() >= MOST_OPEN:
        raise TooMany(f"{MOST_OPEN} days are running. Wait for one of them to end, or cancel it.")
    job = start_job(kind=KIND, parameters={"text": text, "title": title, "events": events}, by=by, now=now)
    start_process()
    return job


def start_process() -> None:
    """Start the process that runs what waits; it outlives the page and the web process."""
    manage = Path(settings.BASE_DIR) / "manage.py"
    subprocess.Popen(
        [sys.executable, str(manage), "run_sandbox_days"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=plain_environment(),
    )


def plain_environment() -> dict[str, str]:
    """The environment of a command: the web process's role would give it a pool of connections and short time limits."""
    return {name: value for name, value in os.environ.items() if name != "SWITCHYARD_ROLE"}


def drain_days() -> int:
    """Run the days that wait, each in a process of its own; return how many."""
    ran = 0
    while (job := claim_job(kind=KIND, now=database_now())) is not None:
        ran += 1
        if job.state == JobState.RUNNING:
            _run(job)
    return ran


def _run(job: Job) -> None:
    manage = Path(settings.BASE_DIR) / "manage.py"
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as day:
        day.write(job.parameters["text"].encode())
        day.seek(0)
        child = subprocess.Popen([sys.executable, str(manage), "sandbox", "-"], stdin=day, stdout=out, stderr=err, env=plain_environment())
        try:
            stopped = _watch(job, child)
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        for file in (out, err):
            file.seek(0)
        if not stopped:
            _write_down(job, child.returncode, out.read().decode(), err.read().decode())


def _watch(job: Job, child: "subprocess.Popen[bytes]") -> bool:
    """Wait for the process; True when it is to be forgotten, because it was cancelled or took too long."""
    began = database_now()
    while True:
        try:
            child.wait(STEP)
        except subprocess.TimeoutExpired:
            now = database_now()
            if (now - began).total_seconds() > SECONDS:
                fail_job(job=job, error=f"It took longer than {SECONDS} s. Run it with manage.py sandbox.", now=now)
                return True
            if not tell_progress(job=job, done=int((now - began).total_seconds()), total=0, now=now):
                return True
        else:
            return False


def _write_down(job: Job, code: int, out: str, err: str) -> None:
    now = database_now()
    if code == 0:
        finish_job(job=job, result=json.loads(out), now=now)
    elif code == 2:
        fail_job(job=job, error=err.strip().splitlines()[-1] if err.strip() else "There is a mistake in the day.", now=now)
    else:
        log.error("sandbox.broke_down", job=str(job.pk), code=code, said=err[-2000:])
        fail_job(job=job, error="It broke down. Nothing of the installation was touched; please report the day.", now=now)
