"""Processes are started anew when they die, stopped in order, and never outlive their keeper."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.run.keeper import LOG_BYTES, Keeper
from config.run.table import Process, Stop

CHECKOUT = Path(__file__).resolve().parents[3]
FOREVER = "import time; time.sleep(600)"
SAYS_WHEN_STOPPED = """
import signal, sys, time
def stop(*_):
    open(sys.argv[1], "a").write(sys.argv[2] + "\\n")
    sys.exit()
signal.signal(signal.SIGTERM, stop)
print("ready", flush=True)
time.sleep(600)
"""
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid, flush=True)
time.sleep(600)
"""


def python(code: str, *words: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code, *words)


def is_alive(number: int) -> bool:
    try:
        return Path("/proc", str(number), "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(condition: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


class Story:
    """A keeper and what it said."""

    def __init__(self, folder: Path, *table: Process) -> None:
        self.said: list[str] = []
        self.keeper = Keeper(table, logs=folder / "log", environment=os.environ, say=self.said.append)

    def child(self, name: str) -> subprocess.Popen[bytes]:
        child = next(kept.child for kept in self.keeper.kept if kept.process.name == name)
        assert child
        return child

    def log(self, name: str) -> str:
        path = self.keeper.logs / f"{name}.log"
        return path.read_text() if path.exists() else ""


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Callable[..., Story]]:
    told: list[Story] = []

    def begin(*table: Process) -> Story:
        told.append(Story(tmp_path, *table))
        return told[-1]

    yield begin
    for each in told:
        each.keeper.stop()


def test_a_process_that_dies_is_named_and_started_anew_after_growing_pauses(story: Callable[..., Story]) -> None:
    it = story(Process("web", python("import sys; sys.exit(3)"), Stop.WEB))
    it.keeper.start()
    now = time.monotonic()
    log = it.keeper.logs / "web.log"
    for pause in (1, 2, 4, 8, 16, 30, 30):
        it.child("web").wait()
        it.keeper.tick(now)
        assert it.said.pop() == f"web ended (exit 3) and is started again in {pause} s. Its log: {log}"
        it.keeper.tick(now + pause - 0.1)
        assert it.keeper.running() == []
        now += pause
        it.keeper.tick(now)
        assert it.keeper.running() == ["web"]


def test_after_a_sound_minute_the_pauses_begin_anew(story: Callable[..., Story]) -> None:
    it = story(Process("web", python(FOREVER), Stop.WEB))
    it.keeper.start()
    now = time.monotonic()
    for later, pause in ((1, 1), (10, 2), (100, 1)):
        it.child("web").kill()
        it.child("web").wait()
        it.keeper.tick(now := now + later)
        assert it.said.pop() == f"web ended (by SIGKILL) and is started again in {pause} s. Its log: {it.keeper.logs / 'web.log'}"
        it.keeper.tick(now := now + pause)


def test_a_process_that_reached_its_aim_rests_and_one_that_failed_does_not(story: Callable[..., Story]) -> None:
    it = story(
        Process("trickle", python(""), Stop.SOURCES, ends=True),
        Process("failing", python("raise SystemExit(1)"), Stop.SOURCES, ends=True),
        Process("web", python(""), Stop.WEB),
    )
    it.keeper.start()
    for name in ("trickle", "failing", "web"):
        it.child(name).wait()
    it.keeper.tick(now := time.monotonic())
    it.keeper.tick(now + 1)
    assert it.said[0] == "trickle has finished."
    assert it.keeper.running() == ["failing", "web"]
    assert it.keeper.planned() == 2


def test_sources_stop_first_and_partners_last(story: Callable[..., Story], tmp_path: Path) -> None:
    order = tmp_path / "order"
    table = {"buyer": Stop.PARTNERS, "web": Stop.WEB, "worker": Stop.WORKERS, "trickle": Stop.SOURCES}
    it = story(*(Process(name, python(SAYS_WHEN_STOPPED, str(order), name), stop) for name, stop in table.items()))
    it.keeper.start()
    assert until(lambda: all(it.log(name) == "ready\n" for name in table))
    it.keeper.stop()
    assert order.read_text().split() == ["trickle", "web", "worker", "buyer"]


def test_what_will_not_stop_is_killed_with_everything_it_started(story: Callable[..., Story]) -> None:
    it = story(Process("worker", python(STUBBORN), Stop.WORKERS, seconds=0.3))
    it.keeper.start()
    assert until(lambda: it.log("worker").endswith("\n"))
    grandchild = int(it.log("worker"))
    assert is_alive(grandchild)
    it.keeper.stop()
    assert until(lambda: not is_alive(grandchild))
    assert it.keeper.running() == []


def test_each_process_learns_its_role(story: Callable[..., Story]) -> None:
    it = story(Process("web", python("import os; print(os.environ['SWITCHYARD_ROLE'])"), Stop.WEB, role="web"))
    it.keeper.start()
    it.child("web").wait()
    assert it.log("web") == "web\n"


def test_a_long_log_is_set_aside_at_the_start_and_a_short_one_goes_on(story: Callable[..., Story]) -> None:
    it = story(Process("long", python("print('new')"), Stop.WEB), Process("short", python("print('new')"), Stop.WEB))
    (it.keeper.logs / "long.log").write_text("x" * (LOG_BYTES + 1))
    (it.keeper.logs / "short.log").write_text("old\n")
    it.keeper.start()
    for name in ("long", "short"):
        it.child(name).wait()
    assert it.log("long") == "new\n"
    assert (it.keeper.logs / "long.log.1").stat().st_size == LOG_BYTES + 1
    assert it.log("short") == "old\nnew\n"


def test_killing_the_keeper_leaves_nothing_running(tmp_path: Path) -> None:
    code = f"""
import os, time
from pathlib import Path
from config.run.keeper import Keeper
from config.run.table import Process, Stop
keeper = Keeper([Process("a", {python(FOREVER)!r}, Stop.WEB)], logs=Path({str(tmp_path)!r}), environment=os.environ, say=print)
keeper.start()
print(keeper.kept[0].child.pid, flush=True)
time.sleep(600)
"""
    with subprocess.Popen(python(code), cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout
        child = int(supervisor.stdout.readline())
        assert is_alive(child)
        supervisor.send_signal(signal.SIGKILL)
    assert until(lambda: not is_alive(child))
