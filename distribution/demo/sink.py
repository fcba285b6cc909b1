"""A mail server that keeps what it gets in memory and delivers nothing. Addresses may ask to be refused: `refuse@`, `busy@`."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from html import escape
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP

from distribution.demo.sink_readers import Readers

HERE = "127.0.0.1"
KEPT = 200
REFUSALS = {"refuse": "550 5.1.1 No such mailbox", "busy": "451 4.3.0 Try again later"}


@dataclass(frozen=True, slots=True)
class Mail:
    at: datetime
    to: tuple[str, ...]
    subject: str
    octets: int


@dataclass(slots=True)
class Sink:
    """Counts every mail and keeps the newest; its methods are those that aiosmtpd calls."""

    lately: deque[Mail] = field(default_factory=lambda: deque(maxlen=KEPT))
    received: int = 0
    readers: Readers | None = None

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        refusal = REFUSALS.get(address.partition("@")[0].lower())
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.received += 1
        self.lately.appendleft(Mail(datetime.now(UTC), tuple(envelope.rcpt_tos), str(message.get("Subject", "")), len(envelope.content)))
        if self.readers:
            self.readers.take(message, sender=envelope.mail_from or "", recipients=envelope.rcpt_tos)
        return f"250 OK kept as {self.received}"

    async def page(self, _request: web.Request) -> web.Response:
        return web.Response(text=render(self), content_type="text/html")


PAGE = """<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>Mail sink</title>
<style>body{{font:14px system-ui;margin:2em}}td,th{{padding:.2em 1em .2em 0;text-align:left}}</style>
<h1>Mail sink</h1><p>{received:,} mails since the start; none went anywhere.</p>
<table><tr><th>Time (UTC)<th>To<th>Subject<th>Bytes</tr>{rows}</table>"""


def render(sink: Sink) -> str:
    rows = "".join(
        f"<tr><td>{mail.at:%H:%M:%S}<td>{escape(', '.join(mail.to))}<td>{escape(mail.subject)}<td>{mail.octets:,}</tr>"
        for mail in sink.lately
    )
    return PAGE.format(received=sink.received, rows=rows)


async def serve(sink: Sink, *, port: int, page_port: int | None) -> None:
    """Take mail on this machine's own address until cancelled. Raises OSError for a port that is taken."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, hostname="localhost", enable_SMTPUTF8=True, loop=loop), HERE, port)
    app = web.Application()
    app.router.add_get("/", sink.page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        if page_port:
            await web.TCPSite(runner, HERE, page_port).start()
        await server.serve_forever()
    finally:
        server.close()
        await runner.cleanup()
