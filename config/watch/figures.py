"""Figures for Prometheus, read from PostgreSQL when they are asked for: every queue, state and outcome.

Each is one query over an index, of the open rows or of the last hour; one that takes longer than two seconds is left out and counted.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import Error, connection, transaction
from django.db.models import Count
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from clients.models import DeliveryMethod
from distribution.enums import OPEN_STATES, DeliveryState
from distribution.models import Delivery, Heartbeat, MailPause
from distribution.services.sweep import oldest_due
from leads.clock import database_now
from leads.enums import JobState
from leads.models import Job, Lead
from pullqueue.models import Notice, Placement

LIMIT = "SET LOCAL statement_timeout = '2s'"
HOUR = timedelta(hours=1)
type Rows = Iterable[tuple[tuple[str, ...], float]]
"""Values of the labels, and the figure."""


def _by(rows: Any, *names: str) -> Rows:
    counted = rows.order_by().values_list(*names).annotate(number=Count("pk"))
    return [(tuple(str(value or "none") for value in row[:-1]), row[-1]) for row in counted]


def _leads(now: datetime) -> Rows:
    return _by(Lead.objects.filter(received_at__gt=now - HOUR), "outcome")


def _deliveries(now: datetime) -> Rows:
    return _by(Delivery.objects.filter(created__gt=now - HOUR), "state")


def _open(now: datetime) -> Rows:
    return _by(Delivery.objects.filter(state__in=OPEN_STATES), "state", "method__kind")


def _unknown(now: datetime) -> Rows:
    return [((), Delivery.objects.filter(state=DeliveryState.UNKNOWN).count())]


def _late(now: datetime) -> Rows:
    return [((task.rpartition(".")[2],), (now - since).total_seconds()) for task, since in oldest_due(now=now).items()]


def _places(now: datetime) -> Rows:
    return _by(Placement.objects.all(), "place")


def _jobs(now: datetime) -> Rows:
    return _by(Job.objects.filter(state__in=[JobState.QUEUED, JobState.RUNNING, JobState.PAUSED]), "kind", "state")


def _heartbeats(now: datetime) -> Rows:
    return [((name,), (now - last).total_seconds()) for name, last in Heartbeat.objects.values_list("name", "last_tick")]


def _paused(now: datetime) -> Rows:
    return [((), DeliveryMethod.objects.filter(paused_until__gt=now, archived_at=None).count())]


def _mail_pauses(now: datetime) -> Rows:
    return [((), MailPause.objects.filter(lifted_at=None).count())]


def _notices(now: datetime) -> Rows:
    return [((), Notice.objects.filter(mail_due=True).count())]


FIGURES: tuple[tuple[str, str, tuple[str, ...], Callable[[datetime], Rows]], ...] = (
    ("leads_last_hour", "Leads received in the last hour, by outcome", ("outcome",), _leads),
    ("deliveries_last_hour", "Deliveries begun in the last hour, by state", ("state",), _deliveries),
    ("deliveries_open", "Deliveries that wait or are under way", ("state", "kind"), _open),
    ("deliveries_in_doubt", "Deliveries that somebody must settle", (), _unknown),
    ("oldest_due_seconds", "How long the oldest due row of a queue waits", ("queue",), _late),
    ("leads_in_house", "Leads kept in house, by place", ("place",), _places),
    ("jobs_open", "Long work that waits, runs or rests", ("kind", "state"), _jobs),
    ("heartbeat_age_seconds", "Since when a process was not heard of", ("process",), _heartbeats),
    ("methods_paused", "Delivery methods paused after failures", (), _paused),
    ("mail_addresses_paused", "Addresses to which no mail goes after a complaint", (), _mail_pauses),
    ("notices_to_mail", "Notices whose mail is due", (), _notices),
)


class Collector:
    def collect(self) -> Iterator[Metric]:
        now, left_out = database_now(), 0
        for name, text, labels, read in FIGURES:
            family = GaugeMetricFamily(f"switchyard_{name}", text, labels=labels)
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(LIMIT)
                    for values, figure in read(now):
                        family.add_metric(values, figure)
            except Error:
                left_out += 1
                continue
            yield family
        yield GaugeMetricFamily("switchyard_figures_left_out", "Figures whose query failed or took too long", value=left_out)


def as_text() -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collector())
    return generate_latest(registry)
