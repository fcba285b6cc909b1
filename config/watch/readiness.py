"""Whether work gets done: database, broker, the oldest row that waits, and who is alive. Each verdict is a sentence."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings
from django.db import Error

from distribution.models import Heartbeat
from distribution.services.sweep import oldest_due
from leads.clock import database_now
from leads.models import Standstill

SWEEPER_SILENT = timedelta(seconds=60)
WORKER_SILENT = timedelta(seconds=150)
"""A worker is asked to say something every half minute, behind whatever it works on."""
ALIVE = {"sweeper": SWEEPER_SILENT, "pipeline": WORKER_SILENT, "bulk": WORKER_SILENT}
"""Who must have been heard of, and since when silence is a fault."""


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    is_well: bool
    text: str


def look() -> list[Finding]:
    """Judge everything; without the database there is nothing more to ask."""
    try:
        now = database_now()
    except Error as error:
        return [Finding("database", False, f"The database does not answer ({type(error).__name__}). Look at DATABASE_URL and that server.")]
    return [Finding("database", True, "The database answers."), *(made for check in CHECKS for made in check(now))]


def _broker(now: datetime) -> Iterator[Finding]:
    try:
        with current_app.connection_for_write() as line:
            line.default_channel.client.ping()
    except Exception as error:  # noqa: BLE001 -- whatever ails it
        text = f"The broker does not answer ({type(error).__name__}). Leads are worked by the sweeper meanwhile, more slowly."
        yield Finding("broker", False, text)
    else:
        yield Finding("broker", True, "The broker answers.")


def _oldest(now: datetime) -> Iterator[Finding]:
    waiting = {task.rpartition(".")[2]: now - since for task, since in oldest_due(now=now).items()}
    name, longest = max(waiting.items(), key=lambda pair: pair[1], default=("", timedelta()))
    is_well = longest < timedelta(seconds=settings.READY_LATE_SECONDS)
    said = f"The oldest row that is due waits for {longest.total_seconds():.0f} s ({name})." if name else "No row is due."
    yield Finding("oldest_due", is_well, said if is_well else f"{said} Look whether the workers run.")


def _moving(now: datetime) -> Iterator[Finding]:
    if held := Standstill.present():
        yield Finding("standstill", False, f"Everything stands still: {held.reason}. An administrator ends it at Settings > Standstill.")


def _alive(now: datetime) -> Iterator[Finding]:
    heard = dict(Heartbeat.objects.filter(name__in=ALIVE).values_list("name", "last_tick"))
    for name, silence in ALIVE.items():
        last = heard.get(name)
        who = "The sweeper" if name == "sweeper" else f"The worker of the queue {name}"
        if last is None:
            yield Finding(name, False, f"{who} was never heard of. Start it.")
        else:
            ago = now - last
            yield Finding(name, ago <= silence, f"{who} was heard of {max(ago.total_seconds(), 0):.0f} s ago.")


CHECKS: tuple[Callable[[datetime], Iterator[Finding]], ...] = (_broker, _oldest, _moving, _alive)
