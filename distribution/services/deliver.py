"""Sending what is due: claim, leave the transaction, transport, and write down the answer in a new one.

The exchanges run side by side on this process's loop; the rows are read and written by the caller's thread alone.
"""

import queue
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from datetime import datetime
from functools import partial

import structlog
from django.conf import settings
from django.db import OperationalError, connection

from distribution.crash import crash_here
from distribution.domain.retry import Outcome
from distribution.models import Delivery
from distribution.services.claim import ANY_LIMIT, Claimed, claim_deliveries, live_switches
from distribution.services.finish import Finished, finish, finish_sales
from distribution.services.paused import give_up_on_paused
from distribution.services.prepare import Ready, prepare
from distribution.transports.envelope import Report
from distribution.transports.loop import Send, submit
from distribution.transports.registry import SENDERS
from leads.clock import database_now

log = structlog.get_logger(__name__)

IN_FLIGHT = 64
POLL_SECONDS = 0.25
"""How often to look for new rows while answers are awaited and none comes."""
FINISH_TRIES = 6
"""A known answer is worth some patience with the database; all tries together take less than a lease."""


def drain_deliveries(
    *,
    kind: str,
    seconds: float,
    clock: Callable[[], datetime] = database_now,
    send: Send | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> int:
    """Send due deliveries of one kind until none is left or the time is up; return how many were claimed.

    What is under way when the time is up is awaited: each exchange has its own limit. A client that hangs delays nobody else:
    what falls due for others is sent, and `meanwhile` is called again and again while there is nothing to do but to wait.
    """
    drain = Drain(kind=kind, clock=clock, send=send, meanwhile=meanwhile)
    return drain.run(seconds=seconds) + drain.see_home(seconds=settings.EXCHANGE_SECONDS)


class Drain:
    """The deliveries of one kind that this process has under way."""

    def __init__(
        self,
        *,
        kind: str,
        clock: Callable[[], datetime] = database_now,
        send: Send | None = None,
        meanwhile: Callable[[], object] | None = None,
    ) -> None:
        self.kind, self.clock, self.send, self.meanwhile = kind, clock, send or SENDERS[kind], meanwhile
        self.in_flight = 0
        self._aloft: Counter[int] = Counter()
        """How many are under way, by method."""
        self._answers: queue.SimpleQueue[tuple[Delivery, datetime, Future[Report]]] = queue.SimpleQueue()
        self._switches = live_switches()

    def run(self, *, seconds: float) -> int:
        """Claim and send for so long, or until nothing is due and nothing under way; return how many were claimed."""
        ends, claimed = time.monotonic() + seconds, 0
        self._switches = live_switches()
        give_up_on_paused(now=self.clock())
        while time.monotonic() < ends:
            begun = self.begin()
            claimed += begun or 0
            if begun == 0 and not self.in_flight:
                break
            self._idle(begun)
            wait = 0.01 if begun is None else POLL_SECONDS
            self.collect(wait=0 if begun and self.in_flight < IN_FLIGHT else min(wait, max(ends - time.monotonic(), 0)))
        return claimed

    def see_home(self, *, seconds: float) -> int:
        """Await what is under way; return how many were claimed meanwhile, for methods that do not keep us waiting.

        `seconds` is the longest that anything under way may take: nothing is begun that could last longer.
        """
        ends, claimed = time.monotonic() + seconds, 0
        while self.in_flight:
            left = int(ends - time.monotonic())
            begun = self.begin(longest=left, besides=self.aloft) if left > 0 else 0
            claimed += begun or 0
            self._idle(begun)
            self.collect(wait=0.01 if begun is None or begun else POLL_SECONDS)
        return claimed

    @property
    def aloft(self) -> list[int]:
        """The methods that keep us waiting."""
        return [method for method, count in self._aloft.items() if count]

    def _idle(self, begun: int | None) -> None:
        if begun == 0 and self.meanwhile is not None:
            self.meanwhile()

    def collect_all(self) -> None:
        while self.in_flight:
            self.collect(wait=1.0)

    def collect(self, *, wait: float = 0.0) -> int:
        """Write down the answers that are there, the first of which may be waited for; return how many."""
        answers = self._answered_now(wait=wait)
        if answers:
            self._write(answers)
        elif wait and not self.in_flight:
            time.sleep(wait)
        return len(answers)

    def _answered_now(self, *, wait: float) -> list[Finished]:
        answers: list[Finished] = []
        ended: datetime | None = None
        while self.in_flight:
            try:
                delivery, started, answer = self._answers.get(timeout=wait) if wait and not answers else self._answers.get_nowait()
            except queue.Empty:
                break
            self.in_flight -= 1
            self._aloft[delivery.method_id or 0] -= 1
            ended = ended or self.clock()
            answers.append(self._finished(delivery, started, ended, _report(answer)))
        return answers

    def _finished(self, delivery: Delivery, started: datetime, ended: datetime, report: Report) -> Finished:
        chance = random.random()  # noqa: S311 -- spreads load, guards nothing
        return Finished(delivery, report, started, ended, jitter_unit=chance, breaker_failures=self._switches.breaker_failures)

    def begin(self, *, longest: int = ANY_LIMIT, besides: Iterable[int] = ()) -> int | None:
        """Claim what there is room for and set it going; None while another process claims."""
        room = IN_FLIGHT - self.in_flight
        if not room:
            return 0
        now = self.clock()
        locking = self._switches.client_locking
        claimed: list[Claimed] | None = claim_deliveries(
            kind=self.kind, now=now, limit=room, locking=locking, longest=longest, besides=besides
        )
        if not claimed:
            return claimed if claimed is None else 0
        crash_here("after_claim")
        for ready in prepare(claimed, now=now):
            self._set_going(ready, now)
        return len(claimed)

    def _set_going(self, ready: Ready, now: datetime) -> None:
        if ready.envelope is None:
            self._write([self._finished(ready.delivery, now, self.clock(), ready.failure or Report(Outcome.CONFIG_ERROR))])
            return
        self.in_flight += 1
        self._aloft[ready.delivery.method_id or 0] += 1
        answer = submit(self.send, ready.envelope)
        answer.add_done_callback(partial(self._answered, ready.delivery, now))

    def _answered(self, delivery: Delivery, started: datetime, answer: Future[Report]) -> None:
        self._answers.put((delivery, started, answer))

    def _write(self, answers: list[Finished]) -> None:
        """Write sales together, in one commit; everything else, and sales that could not be, one by one."""
        crash_here("before_finish")
        sales = [answer for answer in answers if answer.report.outcome is Outcome.ACCEPTED]
        if len(sales) > 1 and _try_sales(sales):
            answers = [answer for answer in answers if answer.report.outcome is not Outcome.ACCEPTED]
        for answer in answers:
            _finish(answer)
        crash_here("after_finish")


def _try_sales(sales: list[Finished]) -> bool:
    try:
        for sale, applied in zip(sales, finish_sales(sales), strict=True):
            _log(sale, applied=applied)
    except Exception as error:  # noqa: BLE001 -- nothing was written; each is tried by itself
        log.warning("delivery.sales_one_by_one", sales=len(sales), error=type(error).__name__)
        return False
    return True


def _finish(answer: Finished) -> None:
    """Write down one answer. It is known and must not get lost, so a database that is away is waited for."""
    for attempt in range(FINISH_TRIES):
        try:
            _log(answer, applied=finish(answer))
        except OperationalError as error:
            log.warning("delivery.finish_again", delivery=str(answer.delivery.pk), error=type(error).__name__)
            if not connection.in_atomic_block:
                connection.close()
            time.sleep(0.2 * 2**attempt)
        except Exception as error:  # noqa: BLE001 -- one row stops no other: its lease runs out, and it is looked at again as one in doubt
            _not_written(answer, type(error).__name__)
            return
        else:
            return
    _not_written(answer, "the database was away for too long")


def _log(answer: Finished, *, applied: bool) -> None:
    report = answer.report
    log.info("delivery.attempted", delivery=str(answer.delivery.pk), outcome=report.outcome.value, status=report.status, stale=not applied)


def _not_written(answer: Finished, error: str) -> None:
    """Say so without a traceback, which may hold a person's data."""
    log.error("delivery.answer_not_written", delivery=str(answer.delivery.pk), outcome=answer.report.outcome.value, error=error)


def _report(answer: "Future[Report]") -> Report:
    try:
        return answer.result()
    except Exception as error:  # noqa: BLE001 -- a fault of ours: the client may have the lead
        log.error("delivery.transport_failed", error=type(error).__name__)  # noqa: TRY400 -- a traceback may hold a person's data
        return Report(Outcome.IN_DOUBT, message=f"The transport failed: {type(error).__name__}.")
