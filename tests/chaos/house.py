"""The product's processes, started, watched and restarted by the harness, each in a group of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from config.services import Services

TIMES = {
    "LEASE_SECONDS": "9",
    "DRAIN_SECONDS": "3",
    "EXCHANGE_SECONDS": "2",
    "SOFT_LIMIT_SECONDS": "6",
    "HARD_LIMIT_SECONDS": "7",
}
"""The product's own limits, scaled down together, in the same order of size."""


class House:
    def __init__(self, services: Services, folder: Path, port: int, sink: int, bad: list[int] | None = None) -> None:
        self.services, self.folder, self.port, self.sink = services, folder, port, sink
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.restarts = 0
        python, celery = sys.executable, [sys.executable, "-m", "celery", "-A", "config", "-q", "worker", "--without-gossip"]
        celery += ["--without-mingle", "-c", "2", "-Q", "pipeline,mail,bulk"]
        web = [python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
        web += ["--blocking-threads", "8", "--no-ws", "--log-level", "error", "config.wsgi:application"]
        log = str(folder / "sink.jsonl")
        receiver = [python, "-m", "tests.chaos.sink", "--port", str(sink), "--log", log]
        receiver += [] if bad is None else ["--bad", ",".join(map(str, bad))]
        self.commands = {
            "sink": receiver,
            "web": web,
            "worker-1": [*celery, "-n", "one@%h"],
            "worker-2": [*celery, "-n", "two@%h"],
            "sweep": [python, "manage.py", "sweep", "--every", "0.5"],
        }
        self.roles = {"web": "web", "worker-1": "worker", "worker-2": "worker", "sweep": "worker"}

    def start(self, name: str) -> None:
        environment = os.environ | TIMES | {"SWITCHYARD_ROLE": self.roles.get(name, "command")}
        with (self.folder / f"{name}.log").open("ab") as log:
            self.children[name] = subprocess.Popen(
                self.commands[name], env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )

    def start_all(self) -> None:
        for name in self.commands:
            self.start(name)

    def look_after(self) -> None:
        """Start anew what died, servers first."""
        for name in self.services.dead():
            self.services.revive(name)
        for name, child in self.children.items():
            if child.poll() is not None:
                self.restarts += 1
                self.start(name)

    def kill_tree(self, name: str) -> None:
        self._signal(self.children[name].pid, group=True)

    def kill_child_of(self, name: str) -> None:
        """Kill one pool process of a worker, as the kernel does when memory runs out."""
        found = subprocess.run(["pgrep", "-P", str(self.children[name].pid)], capture_output=True, text=True, check=False).stdout.split()
        if found:
            self._signal(int(found[-1]), group=False)

    def _signal(self, pid: int, *, group: bool) -> None:
        try:
            (os.killpg if group else os.kill)(pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def kill_server(self, name: str) -> None:
        """Postgres by an immediate shutdown, as a crash; the broker by SIGKILL, empty afterwards."""
        self.services.children[name].send_signal(signal.SIGQUIT if name == "PostgreSQL" else signal.SIGKILL)
        self.services.children[name].wait(10)

    def stop(self) -> None:
        for name, child in self.children.items():
            self.kill_tree(name)
            child.wait()

    def wait_for_web(self) -> None:
        for _ in range(1_200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise RuntimeError("the web server did not start; see its log in " + str(self.folder))
