"""Which processes make up the product, in the order they start and the order they stop."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


class Stop(IntEnum):
    """Stopping goes up these steps: nothing new comes in, what is in flight ends, then those it talks to."""

    SOURCES = 1
    WEB = 2
    WORKERS = 3
    PARTNERS = 4


@dataclass(frozen=True, slots=True)
class Process:
    name: str
    command: tuple[str, ...]
    stop: Stop
    seconds: float = 3  # how long it may take to stop before it is killed
    role: str = "command"  # SWITCHYARD_ROLE: database pools and time limits go by it
    ends: bool = False  # ending with 0 is its aim, not a fault
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ports:
    web: int
    mail: int
    mail_page: int
    buyer: int
    files: int


def manage(*words: str) -> tuple[str, ...]:
    return (sys.executable, str(CHECKOUT / "manage.py"), *words)


def celery(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "celery", "--app", "config", "--quiet", *words)


def worker(name: str, queues: str, at_once: int) -> Process:
    flags = ("--concurrency", str(at_once), "--loglevel", "INFO", "--without-gossip", "--without-mingle")
    command = celery("worker", "--hostname", f"{name}@%h", "--queues", queues, *flags)
    return Process(f"worker-{name}", command, Stop.WORKERS, seconds=5, role="worker")


def processes(ports: Ports, *, demo: bool) -> list[Process]:
    """Return the table; without `demo` no buyer answers and no leads trickle in."""
    threads = ("--workers", "2", "--blocking-threads", "8", "--respawn-failed-workers")
    web = ("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(ports.web), *threads, "--no-ws", "config.wsgi:application")
    mail: tuple[str, ...] = ("--port", str(ports.mail), "--page-port", str(ports.mail_page))
    mail += ("--read-for", f"http://127.0.0.1:{ports.web}") if demo else ()
    product = [
        Process("mail-sink", manage("smtp_sink", *mail), Stop.PARTNERS, seconds=1),
        Process("web", (sys.executable, "-m", "granian", *web), Stop.WEB, role="web"),
        worker("pipeline", "pipeline", 3),
        worker("mail", "mail,bulk", 2),
        Process("beat", celery("beat", "--pidfile="), Stop.SOURCES, seconds=2),
        Process("sweep", manage("sweep"), Stop.SOURCES, seconds=2, role="worker"),
    ]
    samples = [
        Process("demo-buyer", manage("demo_buyer", "--port", str(ports.buyer), "--sftp-port", str(ports.files)), Stop.PARTNERS, seconds=1),
        Process("trickle", manage("trickle"), Stop.SOURCES, seconds=2, ends=True),
    ]
    return product + samples if demo else product
