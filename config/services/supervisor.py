"""One pair of servers for one checkout: whoever comes first runs them, whoever comes later joins."""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

from config.services.children import Guise, choose_guise, processes_in
from config.services.errors import ServiceError, did_not_start, disk_full, is_disk_full, require_space
from config.services.locks import FolderLock
from config.services.servers import Postgres, Server, Valkey

KEPT = Path("/var/tmp")  # noqa: S108 -- shared, but kept over a restart of the machine; our folder in it is checked
START_SECONDS = 60
STOP_SECONDS = 10
LEFTOVER_SECONDS = 10  # how long servers of a killed supervisor may take to write everything and end


class Services:
    """The servers whose data lie in `root`; `durable=False` (tests) trades safety of the data for speed."""

    def __init__(self, root: Path, *, durable: bool = True, guise: Guise | None = None, say: Callable[[str], None] | None = None) -> None:
        self.root, self.say = root.resolve(), say or (lambda _: None)
        guise = guise or choose_guise()
        self.root.mkdir(parents=True, exist_ok=True)
        own = f"switchyard-{os.geteuid()}-{hashlib.sha256(str(self.root).encode()).hexdigest()[:12]}"
        sockets = Path(tempfile.gettempdir()) / own  # a socket's path has 107 bytes at most
        home = sockets if guise.user is None else KEPT / own
        self.postgres = Postgres(self.root, sockets, home, guise=guise, durable=durable)
        self.valkey = Valkey(self.root, sockets, durable=durable)
        self.servers: tuple[Server, ...] = (self.postgres, self.valkey)
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.lock = FolderLock(self.root)

    def settings(self) -> dict[str, str]:
        """Return the environment variables with which Django and Celery find the servers."""
        return {"DATABASE_URL": self.postgres.url(), "REDIS_URL": self.valkey.url(), "CELERY_BROKER_URL": self.valkey.broker_url()}

    @property
    def is_owner(self) -> bool:
        return self.lock.is_owner

    def start(self, *, join: bool = True) -> Self:
        """Start the servers, or join those that another process of this checkout runs; without `join` wait until it has stopped them."""
        deadline = time.monotonic() + START_SECONDS
        if not join and not self.lock.own():
            self.say(f"Another command of this folder (process {self.lock.owner()}) uses PostgreSQL and Valkey; waiting for it to end")
            self.lock.own(wait=True)
        while not self.lock.own():
            if self._answer() and self.lock.join():
                return self
            if time.monotonic() > deadline:
                raise ServiceError(
                    f"Another process of this folder (number {self.lock.owner()}) holds {self.lock.path}, but its PostgreSQL and Valkey "
                    f"do not answer. Stop it (kill {self.lock.owner()}) and start again."
                )
            time.sleep(0.05)
        try:
            self._start_all()
        except BaseException as problem:
            self.stop()
            if isinstance(problem, OSError) and is_disk_full(problem):
                raise disk_full(self.root) from None
            raise
        return self

    def _answer(self) -> bool:
        return all(server.answers() for server in self.servers)

    def _start_all(self) -> None:
        require_space(self.root)
        for folder in {self.postgres.sockets, self.postgres.home}:
            _make_private(folder, {os.geteuid(), self.postgres.guise.user})
        for server in self.servers:
            self._clear_leftovers(server)
            server.prepare()
            self.children[server.name] = server.spawn()
        for server in self.servers:
            self._wait_for(server)
            server.finish()

    def _clear_leftovers(self, server: Server) -> None:
        """End a server that outlived its supervisor: we hold the lock, so nobody else may be using it."""
        began = time.monotonic()
        asked = False
        while left := processes_in(server.data):
            waited = time.monotonic() - began
            if waited > 2 * LEFTOVER_SECONDS:
                raise ServiceError(
                    f"{server.name} of an earlier start (process {left[0]}) still works in {server.data} and does not end. "
                    f"Stop it (kill {left[0]}) and start again."
                )
            if waited > LEFTOVER_SECONDS / 5 and not asked:
                self.say(f"Ending {server.name} of an earlier start (process {left[0]})")
                os.kill(left[0], server.stop_signal)
                asked = True
            time.sleep(0.05)

    def _wait_for(self, server: Server) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not server.answers():
            if self.children[server.name].poll() is not None or time.monotonic() > deadline:
                raise did_not_start(server.name, server.log)
            time.sleep(0.02)

    def dead(self) -> list[str]:
        """Return the names of our servers that have ended by themselves."""
        return [name for name, child in self.children.items() if child.poll() is not None]

    def revive(self, name: str) -> None:
        """Start one of our servers anew after it ended by itself; its data are kept."""
        server = next(server for server in self.servers if server.name == name)
        self._clear_leftovers(server)
        server.prepare()
        self.children[name] = server.spawn()
        self._wait_for(server)

    def stop(self) -> None:
        """Stop what this process started, once those that joined have left; leave alone what another one runs."""
        if self.is_owner:
            self.lock.wait_until_alone(lambda: self.say("Another command still uses PostgreSQL and Valkey; they stop when it ends"))
            for server in reversed(self.servers):
                if child := self.children.pop(server.name, None):
                    _end(child, server)
            with suppress(OSError):
                self.postgres.sockets.rmdir()  # empty by now, unless it holds more than sockets
        self.lock.release()

    def discard(self) -> None:
        """Stop and delete everything: for tests, whose data nobody wants back."""
        self.stop()
        for folder in (self.root, self.postgres.sockets, self.postgres.home):
            shutil.rmtree(folder, ignore_errors=True)


def _end(child: subprocess.Popen[bytes], server: Server) -> None:
    if child.poll() is None:
        child.send_signal(server.stop_signal)
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _make_private(folder: Path, owners: set[int | None]) -> None:
    """Make a folder of our own in a shared place; refuse one that a stranger put there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid not in owners:
        raise ServiceError(f"{folder} belongs to somebody else. Remove it, or set TMPDIR to a folder of your own, and start again.")
