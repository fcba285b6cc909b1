import signal
import time
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections, connection

from distribution.services.sweep import collect_answers, sweep_once

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Watch the queues for ever: wake workers, free what dead workers held, work alone when the broker is dead."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--every", type=float, default=1.0, help="Seconds between two looks (default 1)")
        parser.add_argument("--once", action="store_true", help="Look once and stop")

    def handle(self, *_: Any, every: float, once: bool, **__: Any) -> None:
        stopped: list[int] = []
        signal.signal(signal.SIGTERM, lambda number, _frame: stopped.append(number))
        while not stopped:
            try:
                sweep_once()
            except Error as error:
                log.warning("sweeper.database_not_ready", error=type(error).__name__)
                connection.close()
            if once:
                break
            close_old_connections()
            time.sleep(every)
        collect_answers(wait=True)
