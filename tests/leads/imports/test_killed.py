"""Workers are killed while a file is taken in: whoever goes on begins where the last one had come to, and every row is in once."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from leads.clock import database_now
from leads.enums import JobState
from leads.models import Import, Job, Lead, Submission
from leads.services.file_work import drain_files
from leads.services.imports import start_run
from tests.leads.intake_world import NOW, make_campaign

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

ROOT = Path(__file__).resolve().parents[3]
ROWS, CHUNK = 3_000, 40
WORKER = f"""
import django
django.setup()
from leads.services import import_chunks
import_chunks.CHUNK = {CHUNK}
from leads.services.file_work import drain_files
drain_files(seconds=100)
"""


def start_worker() -> "subprocess.Popen[bytes]":
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = os.environ | {
        "DATABASE_URL": urlunsplit(address),
        "SWITCHYARD_ROLE": "worker",
        "SECRET_KEY": settings.SECRET_KEY,
        "FILES_ROOT": str(settings.FILES_ROOT),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PUBLISHES_WAKE_UPS": "0",
    }
    return subprocess.Popen([sys.executable, "-c", WORKER], cwd=ROOT, env=environment)


def kill_after(one: Import, rows: int) -> int:
    """Let a worker take in so many rows, kill it as a machine would die, and return how far it had come."""
    begin = Import.objects.get(pk=one.pk).position
    worker = start_worker()
    until = time.monotonic() + 60
    while Import.objects.get(pk=one.pk).position < begin + rows and time.monotonic() < until and worker.poll() is None:
        time.sleep(0.005)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    Job.objects.filter(state=JobState.RUNNING).update(lease_until=database_now() - timedelta(seconds=1))  # its lease has run out
    return Import.objects.get(pk=one.pk).position


def test_f28_an_import_whose_workers_are_killed_takes_every_row_in_once(tried: Callable[..., Import], ada: Any) -> None:
    lines = [f"P{n},312{n % 8 + 2}{n:06d}" for n in range(ROWS)]
    one = tried(make_campaign(), "\n".join(["first_name,phone", *lines]))
    start_run(one=one, by=ada, now=NOW)
    positions = [kill_after(one, CHUNK * n) for n in (1, 7, 2)]
    assert 0 < positions[0] < positions[1] < positions[2] < ROWS  # each one died in the middle
    assert Lead.objects.count() == positions[2]  # what is told is what is there
    assert drain_files(seconds=100) is False

    one = Import.objects.get(pk=one.pk)
    assert one.run is not None
    assert (one.run.state, one.position, one.accepted) == (JobState.DONE, ROWS, ROWS)
    taken = Counter(Submission.objects.values_list("body__line", flat=True))
    assert taken == Counter(range(2, ROWS + 2))
    assert Lead.objects.filter(status="accepted").count() == ROWS


def test_f28_one_that_kills_its_workers_without_getting_on_fails_in_the_end(tried: Callable[..., Import], ada: Any) -> None:
    one = tried(make_campaign())
    start_run(one=one, by=ada, now=NOW)
    from leads.services.jobs import MOST_CLAIMS, claim_job

    for _ in range(MOST_CLAIMS):
        assert claim_job(kind="import_run", now=database_now(), resumes=True).state == JobState.RUNNING
        Job.objects.filter(state=JobState.RUNNING).update(lease_until=database_now() - timedelta(seconds=1))
    assert drain_files(seconds=10) is False
    run = Import.objects.get(pk=one.pk).run
    assert (run.state, run.error) == (JobState.FAILED, "Begun 3 times and never finished: the worker died each time.")
