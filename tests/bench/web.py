"""The product's own web server, as `make run` starts it, for as long as a bench needs it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def serving(**more: str) -> Iterator[str]:
    """Yield the address of a server of two processes, with more in its environment if need be; it is gone afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "2"]
    command += ["--blocking-threads", "8", "--no-ws", "--log-level", "error", "config.wsgi:application"]
    environment = os.environ | {"SWITCHYARD_ROLE": "web", "INTAKE_RATE": "100000", "INTAKE_BURST": "100000"} | more
    server = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        _wait(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        _end(server)


def _end(server: subprocess.Popen[bytes]) -> None:
    """Ask it to end, and make it when it still waits for a connection that is open."""
    server.terminate()
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _wait(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the web server did not start")
