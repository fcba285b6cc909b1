"""The two servers: how each is made, started, asked whether it answers, and stopped."""

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from typing import Protocol

from config.services.binaries import postgres_programs, valkey_program
from config.services.children import Guise, run, spawn
from config.services.errors import did_not_start

DATABASE = "switchyard"
ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


class Server(Protocol):
    name: str
    data: Path
    log: Path
    stop_signal: signal.Signals

    def prepare(self) -> None: ...
    def spawn(self) -> subprocess.Popen[bytes]: ...
    def answers(self) -> bool: ...
    def finish(self) -> None: ...


class Postgres:
    """PostgreSQL on a UNIX socket in `sockets`, its cluster below `root`."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # PostgreSQL's fast shutdown: sessions end, everything is written

    def __init__(self, root: Path, sockets: Path, home: Path, *, guise: Guise, durable: bool) -> None:
        """`home` holds programs and data when they must be readable by the user `guise` drops to."""
        self.sockets, self.home, self.guise, self.durable = sockets, home, guise, durable
        self.data = (root if guise.user is None else home) / "postgres"
        self.log = root / "postgres.log"
        self.installed = self.programs = postgres_programs()

    def prepare(self) -> None:
        if self.guise.user is not None:
            self._move_out(self.guise.user)
        (self.data / "postmaster.pid").unlink(missing_ok=True)  # the caller made sure that no server works here
        for stale in self.sockets.glob(".s.PGSQL.*"):
            stale.unlink()
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()

    def _make_cluster(self) -> None:
        new = self.data.with_name("postgres.new")  # renamed when whole, so that a half-made cluster is never used
        shutil.rmtree(new, ignore_errors=True)
        how = [
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-sync",
        ]
        try:
            run([self.programs / "initdb", "-D", new, *how], env=ENVIRONMENT, guise=self.guise)
        except subprocess.CalledProcessError as problem:
            self.log.write_text(problem.stderr)
            raise did_not_start(self.name, self.log) from None
        new.rename(self.data)

    def _move_out(self, user: int) -> None:
        # The user `nobody` cannot enter a checkout below a closed home folder, so programs and data move to a folder it can.
        package = self.installed.parents[1]
        for part in (package, package.with_name(package.name + ".libs")):  # side by side: the programs find libpq by a relative path
            shutil.rmtree(self.home / part.name, ignore_errors=True)
            if part.exists():
                shutil.copytree(part, self.home / part.name, symlinks=True, ignore=shutil.ignore_patterns("include", "__pycache__"))
        self.programs = self.home / package.name / "pginstall/bin"
        for folder in (self.home, self.sockets):
            folder.chmod(0o711)
            os.chown(folder, user, -1)

    def spawn(self) -> subprocess.Popen[bytes]:
        options = {"listen_addresses": "", "unix_socket_directories": self.sockets, "shared_buffers": "128MB", "max_connections": 200}
        options |= {"io_method": "sync", "timezone": "UTC", "log_timezone": "UTC"}
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        flags = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return spawn(
            [self.programs / "postgres", "-D", self.data, *flags],
            log=self.log,
            env=ENVIRONMENT,
            last_wish=self.stop_signal,
            guise=self.guise,
        )

    def answers(self) -> bool:
        return subprocess.run([self.programs / "pg_isready", "-q", "-h", self.sockets], env=ENVIRONMENT, check=False).returncode == 0

    def finish(self) -> None:
        to_server: list[str | Path] = ["-h", self.sockets, "-U", "postgres"]
        listed = run([self.programs / "psql", *to_server, "-qAtc", "select datname from pg_database"], env=ENVIRONMENT)
        if DATABASE not in listed.splitlines():
            run([self.programs / "createdb", *to_server, DATABASE], env=ENVIRONMENT)

    def url(self) -> str:
        return f"postgresql://postgres@/{DATABASE}?host={self.sockets}"


class Valkey:
    """Valkey on a UNIX socket in `sockets`: the broker in database 0, cache and rate limits in database 1."""

    name = "Valkey"
    stop_signal = signal.SIGTERM

    def __init__(self, root: Path, sockets: Path, *, durable: bool) -> None:
        self.socket, self.durable = sockets / "valkey.sock", durable
        self.data, self.log = root / "valkey", root / "valkey.log"

    def prepare(self) -> None:
        self.data.mkdir(exist_ok=True)
        self.socket.unlink(missing_ok=True)

    def spawn(self) -> subprocess.Popen[bytes]:
        options = {"port": 0, "unixsocket": self.socket, "unixsocketperm": 700, "dir": self.data, "databases": 64, "save": ""}
        options |= {"appendonly": "yes" if self.durable else "no", "appendfsync": "everysec", "maxmemory-policy": "noeviction"}
        flags = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
        return spawn([valkey_program(), *flags], log=self.log, env=ENVIRONMENT, last_wish=self.stop_signal)

    def answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(1)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def finish(self) -> None:
        """Nothing more to make: Valkey's databases are numbers."""

    def url(self, database: int = 1) -> str:
        return f"unix://{self.socket}?db={database}"

    def broker_url(self, database: int = 0) -> str:
        return f"redis+socket://{self.socket}?virtual_host={database}"
