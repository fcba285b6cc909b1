"""Ports of this machine's own address."""

import os
import socket
import time
from pathlib import Path

from config.run.screen import say
from config.services import ServiceError

HERE = "127.0.0.1"
WEB = 8000
BUYER = 8790
FILES = 2222
MAIL = 8025
TRIED = 100
LEFTOVER_SECONDS = 10.0  # processes of a killed start need some time to end


def is_free(port: int) -> bool:
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do: a closed connection's wait is no hindrance
        try:
            line.bind((HERE, port))
        except OSError:
            return False
    return True


def next_free(first: int, taken: frozenset[int] = frozenset()) -> int:
    """Return the first free port from `first` on."""
    for port in range(first, min(first + TRIED, 65536)):
        if port not in taken and is_free(port):
            return port
    raise ServiceError(f"All ports from {first} to {first + TRIED - 1} are taken. Choose another one: PORT=9000 make run")


def wanted_port() -> int:
    """Return PORT, or 8000."""
    text = os.environ.get("PORT", "").strip() or str(WEB)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ServiceError(f"PORT is {text!r}, which is no port. Choose a number from 1024 to 65535.")
    return int(text)


def web_port() -> int:
    """Return PORT or 8000, else the next free one, and say so."""
    wanted = wanted_port()
    chosen = next_free(wanted)
    if chosen != wanted:
        say(f"Port {wanted} is taken by another program; using {chosen}. (PORT=9000 make run chooses one.)")
    return chosen


def buyer_port(var: Path) -> int:
    """Return the demo buyer's port."""
    return _kept_port(var / "demo-buyer-port", BUYER)


def files_port(var: Path) -> int:
    """Return the port at which the demo buyer takes files."""
    return _kept_port(var / "demo-files-port", FILES)


def _kept_port(kept: Path, first: int) -> int:
    """The sample clients' addresses hold it, so it stays the same from start to start."""
    if not kept.exists():
        chosen = next_free(first)
        kept.write_text(f"{chosen}\n")
        return chosen
    port = int(kept.read_text())
    deadline = time.monotonic() + LEFTOVER_SECONDS
    while not is_free(port):
        if time.monotonic() > deadline:
            raise ServiceError(
                f"Port {port} is taken by another program, and the sample clients expect the demo buyer there. "
                "Stop that program and start again, or begin anew with: rm -rf var"
            )
        time.sleep(0.1)
    return port
