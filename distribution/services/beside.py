"""A second processor for pure rules: a forked process that is given work and answers, and touches nothing but its two pipes."""

import os
import pickle
import signal
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import Any, BinaryIO, Self

INHERITED = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)
"""Signals that mean something else to the worker which we come from."""


class Lost(Exception):
    """The process ended before it answered."""


class Beside:
    """Runs `work` in a process of its own: `ask` it, do something else meanwhile, take its `answer`.

    The process is a copy of this one as it was at the beginning, so `work` may keep what it learns from question to question.
    It must be pure: an inherited connection to the database belongs to two from then on. It ends with the block, with this
    process, or with the first mistake.
    """

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self._work = work
        self.processor_seconds = 0.0
        """What it took, known when the block has ended."""

    def __enter__(self) -> Self:
        asked, self._asks, self._answers, answers = *_pipe(), *_pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads that hold locks: the copy takes none that others hold
            self._pid = os.fork()
        if not self._pid:
            self._asks.close()
            self._answers.close()
            _serve(self._work, asked, answers)
        asked.close()
        answers.close()
        return self

    def __exit__(self, kind: type[BaseException] | None, _problem: BaseException | None, _trace: TracebackType | None) -> None:
        if kind is not None:
            os.kill(self._pid, signal.SIGKILL)
        for end in (self._asks, self._answers):
            try:
                end.close()
            except BrokenPipeError:
                continue  # what was still to be sent has nobody to read it
        _, _, used = os.wait4(self._pid, 0)
        self.processor_seconds = used.ru_utime + used.ru_stime

    def ask(self, question: Any) -> None:
        """Give it work. Raises Lost."""
        try:
            _send(question, self._asks)
        except BrokenPipeError as problem:
            raise Lost from problem

    def answer(self) -> Any:
        """Wait for what the oldest question brought. Raises Lost, and what the work itself raised."""
        try:
            answer, problem = pickle.load(self._answers)  # noqa: S301 -- written by the copy of ourselves
        except (EOFError, pickle.UnpicklingError) as cut:
            raise Lost from cut
        if problem is not None:
            raise problem
        return answer


def _pipe() -> tuple[BinaryIO, BinaryIO]:
    reads, writes = os.pipe()
    return os.fdopen(reads, "rb"), os.fdopen(writes, "wb")


def _send(what: Any, to: BinaryIO) -> None:
    pickle.dump(what, to, protocol=pickle.HIGHEST_PROTOCOL)
    to.flush()


def _serve(work: Callable[[Any], Any], asked: BinaryIO, answers: BinaryIO) -> None:
    """Answer until nobody asks any more, and end without tidying up what belongs to the process that we are a copy of."""
    status = 1
    try:
        for one in INHERITED:
            signal.signal(one, signal.SIG_DFL)
        while True:
            question = pickle.load(asked)  # noqa: S301 -- written by the process that we are a copy of
            try:
                answer: Any = (work(question), None)
            except Exception as problem:  # noqa: BLE001 -- whoever asked decides
                answer = (None, problem)
            _send(answer, answers)
    except EOFError:
        status = 0
    finally:
        os._exit(status)
