"""The thread in which exchanges run: one event loop and one outbound client for each process.

Rows are read and written by the caller's thread; this one knows no database.
"""

import asyncio
import atexit
import os
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future

from distribution.transports.envelope import Envelope, Report
from distribution.transports.outbound import Outbound

type Send = Callable[[Envelope, Outbound], Awaitable[Report]]


class _Exchanges:
    """A running loop with its client."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="exchanges", daemon=True)
        self._thread.start()
        self.outbound: Outbound = asyncio.run_coroutine_threadsafe(self._open(), self.loop).result()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    async def _open(self) -> Outbound:
        return Outbound()

    def close(self) -> None:
        if self.pid != os.getpid() or self.loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self.outbound.close(), self.loop).result(timeout=5)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=5)
        self.loop.close()


_lock = threading.Lock()
_running: list[_Exchanges] = []


def exchanges() -> _Exchanges:
    """Return this process's loop, started at first use; a forked child starts its own."""
    with _lock:
        if not _running or _running[0].pid != os.getpid():
            _running[:] = [_Exchanges()]
            atexit.register(_running[0].close)
        return _running[0]


def submit(send: Send, envelope: Envelope) -> "Future[Report]":
    """Begin one exchange and return at once."""
    running = exchanges()

    async def run() -> Report:
        return await send(envelope, running.outbound)

    return asyncio.run_coroutine_threadsafe(run(), running.loop)
