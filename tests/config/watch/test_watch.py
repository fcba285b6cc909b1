"""What the engineer on call reads: one word for strangers, the rest for those who watch; and figures that agree with the rows."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from logging.config import dictConfig
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse

from config.logs import logging_settings
from config.watch.outside import start_watching, without_data
from distribution.demo import factories as make
from distribution.enums import DeliveryState
from distribution.models import Heartbeat
from distribution.services.sweep import beat
from distribution.tasks import bulk_tick, tick
from leads.clock import database_now
from leads.models import Lead
from leads.services.events import record

READY, METRICS = "/readyz", "/metrics"


@pytest.fixture
def alive(db: None) -> None:
    beat("sweeper", now=database_now())
    tick()
    bulk_tick()


@pytest.fixture
def administrator(db: None) -> Client:
    browser = Client()
    browser.force_login(make.AdministratorFactory.create())
    return browser


def test_it_is_ready_when_all_answer_and_strangers_learn_one_word(alive: None) -> None:
    answer = Client().get(READY)
    assert (answer.status_code, answer.content) == (200, b"ready")


def test_an_administrator_reads_what_is_wrong_and_what_to_do(alive: None, administrator: Client) -> None:
    Heartbeat.objects.filter(name="pipeline").update(last_tick=database_now() - timedelta(minutes=10))
    assert (Client().get(READY).status_code, Client().get(READY).content) == (503, b"not ready")
    told = administrator.get(READY).json()
    assert (told["ready"], [name for name, one in told["checks"].items() if not one["well"]]) == (False, ["pipeline"])
    assert told["checks"]["pipeline"]["text"].startswith("The worker of the queue pipeline was heard of 6")


def test_a_row_that_waits_too_long_makes_it_not_ready(alive: None, administrator: Client) -> None:
    make.LeadFactory.create(due_at=database_now() - timedelta(minutes=6))
    told = administrator.get(READY).json()
    assert told["checks"]["oldest_due"]["text"].endswith("(drain_routes). Look whether the workers run.")


@pytest.mark.parametrize(("address", "status"), [("10.1.2.3", 200), ("192.0.2.1", 404), ("::1", 404)])
def test_figures_are_for_the_networks_that_watch(alive: None, settings: Any, address: str, status: int) -> None:
    settings.WATCH_NETWORKS = ["10.0.0.0/8"]
    assert Client(REMOTE_ADDR=address).get(METRICS).status_code == status


@pytest.mark.parametrize("factory", [make.ManagerFactory, make.BranchManagerFactory, make.RepFactory])
def test_other_roles_are_strangers_here(alive: None, factory: Any) -> None:
    browser = Client()
    browser.force_login(factory.create())
    assert browser.get(METRICS).status_code == 404
    assert browser.get(READY).content == b"ready"


def test_figures_agree_with_the_rows(alive: None, administrator: Client, django_assert_num_queries: Any) -> None:
    make.LeadFactory.create_batch(3)
    make.DeliveryFactory.create(state=DeliveryState.UNKNOWN, due_at=None, finished_at=database_now())
    text = administrator.get(METRICS).content.decode()
    outcomes = {line for line in text.splitlines() if line.startswith("switchyard_leads_last_hour{")}
    assert sum(float(line.split()[-1]) for line in outcomes) == Lead.objects.count()
    assert "switchyard_deliveries_in_doubt 1.0" in text.splitlines()
    assert "switchyard_figures_left_out 0.0" in text.splitlines()


def test_an_error_goes_to_sentry_without_peoples_data() -> None:
    event = {
        "exception": {"values": [{"type": "ValueError", "value": "+13125550142", "stacktrace": {"frames": [{"lineno": 3}]}}]},
        "request": {"method": "POST", "url": "https://a/?phone=312", "data": "canary"},
        "user": {"id": 3},
        "message": "canary",
    }
    kept = without_data(event)
    assert kept == {
        "exception": {"values": [{"type": "ValueError", "value": "", "stacktrace": {"frames": [{"lineno": 3}]}}]},
        "request": {"method": "POST"},
    }


def test_an_address_without_its_library_is_said_clearly(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    settings.SENTRY_DSN = "https://key@sentry.example/1"
    with pytest.raises(ImproperlyConfigured, match="SENTRY_DSN is set, but the package sentry_sdk is not installed"):
        start_watching()
    settings.SENTRY_DSN = ""
    start_watching()


@pytest.fixture
def lines() -> Iterator[Any]:
    """What is logged as JSON, line by line."""
    root, written = logging.getLogger(), io.StringIO()
    before = root.handlers[:]
    dictConfig(logging_settings(json=True))
    root.handlers[0].setStream(written)  # type: ignore[attr-defined]

    def read() -> list[Any]:
        told = written.getvalue()
        written.seek(0)
        written.truncate()
        return [json.loads(line) for line in told.splitlines()]

    yield read
    root.handlers[:] = before


def test_each_step_of_a_lead_is_a_line_with_its_id_and_nothing_of_the_person(db: None, settings: Any, lines: Any) -> None:
    lead = make.LeadFactory.create(last_name="canary")
    settings.LOG_STEPS = True
    record(kind="lead.noted", at=database_now(), lead=lead, about="delivery:D-1")
    (line,) = [one for one in lines() if one["event"] == "lead.noted"]
    assert (line["lead"], line["about"], "canary" in json.dumps(line)) == (str(lead.pk), "delivery:D-1", False)
    settings.LOG_STEPS = False
    record(kind="lead.noted", at=database_now(), lead=lead)
    assert lines() == []


def test_no_line_is_longer_than_8_kb_or_breaks_into_two(lines: Any) -> None:
    logging.getLogger("test").warning("x%s\n\x1b[31m%s", "\n", "é" * 1_000_000)
    logging.getLogger("test").warning("many", extra={f"name{n}": "y" * 900 for n in range(50)})
    told = lines()
    assert len(told) == 2
    assert all(len(json.dumps(line).encode()) < 8_192 for line in told)


def test_readiness_has_an_address_of_its_own() -> None:
    assert (reverse("healthz"), reverse("readyz"), reverse("metrics")) == ("/healthz", READY, METRICS)
