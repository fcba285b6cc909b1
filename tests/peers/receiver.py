"""A client's server as it may be met: keeps every byte it received, then behaves as it was told.

The behaviours are named after what they do to a lead. `log` holds one entry a request, written before any answer.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass
class Request:
    line: str
    headers: dict[str, str]
    body: bytes
    behaviour: str

    @property
    def key(self) -> str:
        return self.headers.get("idempotency-key", "")

    @property
    def took_it(self) -> bool:
        """Whether a client with this behaviour has the lead now, whatever it answered."""
        return self.behaviour in TAKES

    @property
    def answered(self) -> bool:
        """Whether a whole answer went back."""
        return self.behaviour not in BREAKS


type Act = Callable[["Receiver", asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]

TAKES = {"accept", "take_then_drop", "take_then_hang", "take_then_garbage", "take_then_500", "take_then_half"}

BREAKS = {"take_then_drop", "take_then_hang", "take_then_garbage", "take_then_half", "drip", "endless", "gigabyte", "interim", "big"}


def answer(status: int = 200, body: bytes = b"{}", headers: Iterable[str] = (), kind: str = "application/json") -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def says(raw: bytes) -> Act:
    async def act(_receiver: "Receiver", _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    return act


async def hang(receiver: "Receiver", _reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await asyncio.wait_for(receiver.stopped.wait(), 60)


async def drip(receiver: "Receiver", _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while not receiver.stopped.is_set():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def endless(receiver: "Receiver", _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not receiver.stopped.is_set():
        writer.write(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
        await writer.drain()


GIGABYTE = 1_000_000_000


async def gigabyte(receiver: "Receiver", _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {GIGABYTE}\r\n\r\n".encode())
    chunk = b"x" * 0x10000
    while receiver.poured < GIGABYTE and not receiver.stopped.is_set():
        writer.write(chunk)
        await writer.drain()
        receiver.poured += len(chunk)


async def interim(receiver: "Receiver", _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while not receiver.stopped.is_set():
        writer.write(b"HTTP/1.1 102 Processing\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def drop(_receiver: "Receiver", _reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    return


BEHAVIOURS: dict[str, Act] = {
    "accept": says(answer(200, b'{"status": "accepted", "price": "12.50", "id": "buyer-77"}')),
    "refuse": says(answer(200, b'{"status": "rejected", "reason": "out of area"}')),
    "duplicate": says(answer(409, b'{"status": "duplicate"}')),
    "busy": says(answer(503)),
    "too_many": says(answer(429, headers=["Retry-After: 60"])),
    "broken": says(answer(500)),
    "unauthorised": says(answer(401)),
    "unprocessable": says(answer(422)),
    "take_then_drop": drop,
    "take_then_hang": hang,
    "take_then_garbage": says(b"\x00\xff\x00 no http at all\r\n\r\n"),
    "take_then_500": says(answer(500)),
    "take_then_half": says(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"status": "acc'),
    "drip": drip,
    "endless": endless,
    "gigabyte": gigabyte,
    "interim": interim,
    "redirect_inside": says(answer(302, headers=["Location: http://127.0.0.1:1/inside"])),
    "big": says(answer(200, b"x" * (64 * 1024 + 1))),
    "just_fits": says(answer(200, b"x" * (64 * 1024))),
}


@dataclass
class Receiver:
    """One server on a port of its own. `behaviour` is a name, or chooses one by the request's body."""

    behaviour: str | Callable[[Request], str] = "accept"
    log: list[Request] = field(default_factory=list)
    connections: int = 0
    open_now: int = 0
    most_open: int = 0
    poured: int = 0
    """Bytes of an answer of a gigabyte that went out."""
    hangs_up: str = ""
    """"at_once", or "before_body": the line is cut when it is made, or when the head of the request is there."""
    acts: dict[str, Act] = field(default_factory=lambda: dict(BEHAVIOURS))

    def __enter__(self) -> Self:
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self.stopped.set)
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/leads"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self.stopped = asyncio.Event()
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self.stopped.wait()
        server.close()
        server.close_clients()
        await server.wait_closed()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        try:
            if self.hangs_up:
                await self._hang_up(reader, writer)
            elif (request := await self._read(reader)) is not None:
                await self.acts[request.behaviour](self, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            pass
        finally:
            self.open_now -= 1
            writer.close()

    async def _hang_up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.hangs_up == "before_body":
            await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()

    async def _read(self, reader: asyncio.StreamReader) -> Request | None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        request = Request(head[0], headers, body, "")
        request.behaviour = self.behaviour(request) if callable(self.behaviour) else self.behaviour
        self.log.append(request)
        return request

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(request.body) for request in self.log]
