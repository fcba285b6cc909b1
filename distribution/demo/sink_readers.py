"""Readers behind the mail sink: they open some mails, follow a link of a few and send a few back, by the product's own addresses."""

import asyncio
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

OPENED_EVERY, FOLLOWED_EVERY, RETURNED_EVERY = 2, 4, 20
"""Of the tracked mails that come in: one in so many."""
MOST_WAITING = 200
ADDRESS = re.compile(r"""(?:src|href)="([^"]+)\"""")


@dataclass(slots=True)
class Readers:
    """`product` is where the product answers; nothing else is ever called. They wait `seconds`, or they would pass for scanners."""

    product: str
    seconds: float = 8.0
    seen: int = 0
    told: list[str] = field(default_factory=list)
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def take(self, message: Any, *, sender: str, recipients: Iterable[str]) -> None:
        """Begin to do with this mail what its turn says; a mail that is not tracked is let lie."""
        pixel, links = self._marks(message)
        if not pixel or len(self._running) >= MOST_WAITING:
            return
        self.seen += 1
        if self.seen % RETURNED_EVERY == 0 and "+" in sender:
            self._begin(self._send_back(report(sender, recipients)))
        elif self.seen % OPENED_EVERY == 0:
            self._begin(self._read([pixel, *links[: self.seen % FOLLOWED_EVERY == 0]]))

    def _marks(self, message: Any) -> tuple[str, list[str]]:
        page = message.get_body(("html",))
        found = [unescape(one) for one in ADDRESS.findall(page.get_content())] if page is not None else []
        ours = [one for one in found if one.startswith(f"{self.product}/mail/")]
        return next((one for one in ours if "/mail/open/" in one), ""), [one for one in ours if "/mail/link/" in one]

    def _begin(self, doing: Any) -> None:
        task = asyncio.ensure_future(doing)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _read(self, addresses: list[str]) -> None:
        for address in addresses:
            await self._call("GET", address)

    async def _send_back(self, body: bytes) -> None:
        await self._call("POST", f"{self.product}/mail/bounce/", body)

    async def _call(self, verb: str, address: str, body: bytes | None = None) -> None:
        """Where a link leads is not followed; a product that is not there is no matter."""
        await asyncio.sleep(self.seconds)
        headers = {"Content-Type": "message/rfc822"} if body else {}
        with suppress(ClientError, OSError, TimeoutError):
            async with (
                ClientSession(timeout=ClientTimeout(10)) as session,
                session.request(verb, address, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                self.told.append(f"{verb} {answer.status}")
                del self.told[:-MOST_WAITING]


REPORT = """From: MAILER-DAEMON@mx.example
To: <{sender}>
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The mail could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

{recipients}
--b--
"""
RECIPIENT = """Final-Recipient: rfc822;{address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such mailbox
"""


def report(sender: str, recipients: Iterable[str]) -> bytes:
    """A mail server's report (RFC 3464) that these recipients do not exist, to the return address of the mail."""
    told = "\n".join(RECIPIENT.format(address=one) for one in recipients)
    return REPORT.format(sender=sender, recipients=told).replace("\n", "\r\n").encode()
