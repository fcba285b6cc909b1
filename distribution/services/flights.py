"""Rows that are claimed, sent side by side on this process's loop, and written down when their answer is there."""

import queue
import time
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from datetime import datetime
from functools import partial

import structlog

from distribution.domain.retry import Outcome
from distribution.models import DeliveryCopy, DeliveryFile, Ping
from distribution.services.claim import ANY_LIMIT
from distribution.transports.envelope import Envelope, Report
from distribution.transports.loop import Send, submit
from leads.clock import database_now

log = structlog.get_logger(__name__)

IN_FLIGHT = 16
POLL_SECONDS = 0.25


class Flights[Row: DeliveryCopy | DeliveryFile | Ping]:
    """What of one table this process has under way. The row is the queue: an answer that is not written is sent for anew."""

    def __init__(self, *, clock: Callable[[], datetime] = database_now) -> None:
        self.clock = clock
        self.in_flight = 0
        self._aloft: Counter[int] = Counter()
        """How many are under way, by method."""
        self._answers: queue.SimpleQueue[tuple[Row, datetime, Future[Report]]] = queue.SimpleQueue()

    @abstractmethod
    def claim(self, *, now: datetime, limit: int, longest: int = ANY_LIMIT, besides: Iterable[int] = ()) -> list[Row]:
        """Take up to `limit` due rows under a lease, none of a method with a longer time limit or of those in `besides`."""

    @abstractmethod
    def take_off(self, one: Row, *, now: datetime) -> None:
        """Submit a row, or end it where it must not go out."""

    @abstractmethod
    def land(self, one: Row, report: Report, *, started: datetime, ended: datetime) -> None:
        """Write down what came of it."""

    def run(self, *, seconds: float) -> int:
        """Claim and send for so long, or until nothing is due and nothing under way; return how many were claimed."""
        ends, claimed = time.monotonic() + seconds, 0
        while time.monotonic() < ends:
            begun = self.begin()
            claimed += begun
            if not begun and not self.in_flight:
                break
            self.collect(wait=0.0 if begun else min(POLL_SECONDS, max(ends - time.monotonic(), 0.0)))
        return claimed

    def begin(self, *, longest: int = ANY_LIMIT, besides: Iterable[int] = ()) -> int:
        """Claim what there is room for and set it going; return how many."""
        if self.in_flight >= IN_FLIGHT:
            return 0
        now = self.clock()
        rows = self.claim(now=now, limit=IN_FLIGHT - self.in_flight, longest=longest, besides=besides)
        for row in rows:
            self.take_off(row, now=now)
        return len(rows)

    @property
    def aloft(self) -> list[int]:
        """The methods that keep us waiting."""
        return [method for method, count in self._aloft.items() if count]

    def submit(self, one: Row, send: Send, envelope: Envelope, *, started: datetime) -> None:
        self.in_flight += 1
        self._aloft[one.method_id] += 1
        answer = submit(send, envelope)
        answer.add_done_callback(partial(self._answered, one, started))

    def _answered(self, one: Row, started: datetime, answer: Future[Report]) -> None:
        self._answers.put((one, started, answer))

    def collect(self, *, wait: float = 0.0) -> int:
        """Write down the answers that are there, the first of which may be waited for; return how many."""
        done = 0
        while self.in_flight:
            try:
                one, started, answer = self._answers.get(timeout=wait) if wait and not done else self._answers.get_nowait()
            except queue.Empty:
                break
            self.in_flight -= 1
            self._aloft[one.method_id] -= 1
            done += 1
            self._land(one, started, answer)
        return done

    def collect_all(self) -> None:
        while self.in_flight:
            self.collect(wait=1.0)

    def _land(self, one: Row, started: datetime, answer: Future[Report]) -> None:
        try:
            self.land(one, _report(answer), started=started, ended=self.clock())
        except Exception as error:  # noqa: BLE001 -- one row stops no other: its lease runs out, and it is looked at again
            log.error("flight.answer_not_written", error=type(error).__name__)  # noqa: TRY400 -- a traceback may hold a person's data


def _report(answer: Future[Report]) -> Report:
    try:
        return answer.result()
    except Exception as error:  # noqa: BLE001 -- a fault of ours: the client may have it
        return Report(Outcome.IN_DOUBT, message=f"The transport failed: {type(error).__name__}.")
