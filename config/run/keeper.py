"""Keeps processes running: starts them, starts anew what died, stops all in order."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config.run.table import CHECKOUT, Process, Stop
from config.services.children import spawn

LOG_BYTES = 10_000_000  # a longer log is set aside at the next start
LONGEST_PAUSE = 30.0  # seconds
SOUND_AFTER = 60.0  # a process that ran so long (seconds) begins its pauses anew


@dataclass(slots=True)
class Kept:
    process: Process
    child: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 1.0
    due: float = 0.0
    done: bool = False


class Keeper:
    def __init__(self, table: Sequence[Process], *, logs: Path, environment: Mapping[str, str], say: Callable[[str], None]) -> None:
        self.kept = [Kept(process) for process in table]
        self.logs, self.environment, self.say = logs, environment, say
        logs.mkdir(parents=True, exist_ok=True)

    def start(self, *names: str) -> None:
        """Start those named, without names all that were not started yet."""
        for kept in self.kept:
            if not kept.started and (not names or kept.process.name in names):
                set_aside(self.log(kept.process))
                self._start(kept, time.monotonic())

    def log(self, process: Process) -> Path:
        return self.logs / f"{process.name}.log"

    def running(self) -> list[str]:
        return [kept.process.name for kept in self.kept if kept.child]

    def planned(self) -> int:
        """Return how many should be running: all but those that reached their aim."""
        return sum(not kept.done for kept in self.kept)

    def tick(self, now: float) -> None:
        """Notice what ended and start anew what is due; `now` is monotonic, in seconds."""
        for kept in self.kept:
            if kept.child and kept.child.poll() is not None:
                self._ended(kept, kept.child.returncode, now)
            elif kept.child is None and kept.started and not kept.done and now >= kept.due:
                self._start(kept, now)

    def _start(self, kept: Kept, now: float) -> None:
        process = kept.process
        environment = {**self.environment, **process.environment, "SWITCHYARD_ROLE": process.role}
        kept.started = now
        kept.child = spawn(process.command, log=self.log(process), env=environment, last_wish=signal.SIGTERM, folder=CHECKOUT)

    def _ended(self, kept: Kept, code: int, now: float) -> None:
        name, log = kept.process.name, self.log(kept.process)
        sweep_group(kept.child)
        kept.child = None
        if kept.process.ends and code == 0:
            kept.done = True
            self.say(f"{name} has finished.")
            return
        if now - kept.started > SOUND_AFTER:
            kept.pause = 1.0
        kept.due = now + kept.pause
        self.say(f"{name} ended ({how(code)}) and is started again in {kept.pause:.0f} s. Its log: {log}")
        kept.pause = min(2 * kept.pause, LONGEST_PAUSE)

    def stop(self) -> None:
        """Stop all, step by step (see `Stop`); what does not end in its time is killed with everything it started."""
        for step in Stop:
            leaving = [kept for kept in self.kept if kept.process.stop is step and kept.child]
            began = time.monotonic()
            for kept in leaving:
                if kept.child and kept.child.poll() is None:
                    kept.child.terminate()
            for kept in leaving:
                end(kept, began)


def end(kept: Kept, began: float) -> None:
    """Wait until the process ends, at most its own seconds since `began`, then see to it."""
    child = kept.child
    if child is None:
        return
    with suppress(subprocess.TimeoutExpired):
        child.wait(max(0.01, began + kept.process.seconds - time.monotonic()))
    sweep_group(child)
    kept.child = None


def sweep_group(child: subprocess.Popen[bytes] | None) -> None:
    """Kill what is left of the child's group, for instance its own workers."""
    if child is None:
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)  # spawn() made the child the leader of its group
    child.wait()


def how(code: int) -> str:
    return f"exit {code}" if code >= 0 else f"by {signal.Signals(-code).name}"


def set_aside(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
