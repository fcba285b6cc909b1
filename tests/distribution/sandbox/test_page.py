"""*Distribution > Sandbox*: a day written or uploaded, run in a process of its own, its result as a table and a file."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client
from distribution.demo.factories import AdministratorFactory, ManagerFactory
from distribution.sandbox import job as days
from distribution.sandbox.examples import EXAMPLES, text_of
from leads.models import Job, Lead

pytestmark = pytest.mark.django_db

ADDRESS = "/admin/distribution/sandbox/"


@pytest.fixture
def browser(db: None, monkeypatch: Any) -> Browser:
    monkeypatch.setattr(days, "start_process", lambda: None)  # the test itself runs what waits, below
    made = Browser()
    made.force_login(AdministratorFactory.create())
    return made


def asked(browser: Browser, text: str) -> Job:
    answer = browser.post(ADDRESS, {"day": text})
    assert answer.status_code == 302, answer.content.decode()
    return Job.objects.get(kind=days.KIND)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_a_day_that_can_be_run(name: str) -> None:
    assert days.judge(text_of(name)) == len(EXAMPLES[name][1]["events"])


def test_a_day_is_run_and_its_result_is_a_table_and_a_file(browser: Browser) -> None:
    job = asked(browser, text_of("shares"))
    page = reverse("admin:sandbox_day", args=[job.pk])
    assert "Its process is starting." in browser.get(page).content.decode()
    assert browser.get(reverse("admin:sandbox_result", args=[job.pk])).status_code == 404

    assert days.drain_days() == 1
    said = browser.get(page).content.decode()
    assert "12 leads, 12 sales, 300.00 in all." in said
    assert "Acme › Acme auto" in said
    result = json.loads(browser.get(reverse("admin:sandbox_result", args=[job.pk])).content)
    assert [result["totals"]["clients"][name]["sold"] for name in ("Acme", "Bluewater", "Cedar")] == [6, 4, 2]
    assert (Lead.objects.count(), Client.objects.count()) == (0, 0)


def test_a_skipped_client_is_told_in_a_sentence(browser: Browser) -> None:
    job = asked(browser, text_of("caps"))
    days.drain_days()
    said = browser.get(reverse("admin:sandbox_day", args=[job.pk])).content.decode()
    assert "3 of 3 leads today, a limit of the account, reopens Tue 00:00" in said
    assert "Closed now, opens Mon 10:00" in said


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("{", "JSON"),
        ('{"events": [{"at": "noon", "do": "lead"}]}', "events[0].at: "),
        ('{"event": []}', "event: "),
    ],
)
def test_a_mistake_names_its_place_and_keeps_the_text(browser: Browser, text: str, mistake: str) -> None:
    answer = browser.post(ADDRESS, {"day": text})
    said = answer.content.decode()
    assert answer.status_code == 422
    assert mistake in said
    assert "The day was not run." in said
    assert not Job.objects.exists()


def test_too_large_too_many_and_no_text_are_refused(browser: Browser) -> None:
    large = SimpleUploadedFile("day.json", b" " * (days.MOST_BYTES + 1))
    assert "more than 256 KB" in browser.post(ADDRESS, {"file": large}).content.decode()
    assert "not a text in UTF-8" in browser.post(ADDRESS, {"file": SimpleUploadedFile("day.json", b"\xff\xfe")}).content.decode()
    for _ in range(days.MOST_OPEN):
        browser.post(ADDRESS, {"file": SimpleUploadedFile("day.json", text_of("refusals").encode())})
    assert "2 days are running." in browser.post(ADDRESS, {"day": text_of("shares")}).content.decode()
    assert Job.objects.count() == days.MOST_OPEN


def test_a_cancelled_day_is_not_run(browser: Browser) -> None:
    job = asked(browser, text_of("shares"))
    browser.post(reverse("admin:sandbox_cancel", args=[job.pk]))
    assert days.drain_days() == 0
    assert "It was cancelled." in browser.get(reverse("admin:sandbox_day", args=[job.pk])).content.decode()


def test_managers_do_not_see_it(browser: Browser) -> None:
    job = asked(browser, text_of("shares"))
    browser.force_login(ManagerFactory.create())
    for name in ("day", "progress", "result"):
        assert browser.get(reverse(f"admin:sandbox_{name}", args=[job.pk])).status_code == 404
    assert browser.post(reverse("admin:sandbox_cancel", args=[job.pk])).status_code == 404


def test_a_day_keeps_to_its_own_tables_where_connections_are_pooled(db: None) -> None:
    """The web's role keeps a pool; a day that began with it must still see nothing but its own schema."""
    environment = {**os.environ, "SWITCHYARD_ROLE": "web", "SECRET_KEY": "k" * 60}
    run = subprocess.run(
        [sys.executable, "manage.py", "sandbox", "-"],
        input=text_of("refusals"),
        capture_output=True,
        text=True,
        env=environment,
        cwd=settings.BASE_DIR,
        check=False,
        timeout=100,
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["totals"]["leads"] == 6
