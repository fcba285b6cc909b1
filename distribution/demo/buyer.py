"""The sample buyers as a real HTTP receiver: accepts, refuses, names a price, is slow, is busy, breaks, drops the line.

The first part of the path says how the buyer behaves, the second who it is: `/picky/blue-harbor-solar`. A delivery that it took
is recognised when it is repeated, whatever became of the first answer.
"""

import asyncio
import json
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from html import escape
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

from aiohttp import web

from distribution.demo.behaviour import MANNERS, Answer, Buyer, Kind
from distribution.demo.dropbox import dropbox
from distribution.demo.local import no_port

HERE = "127.0.0.1"
LISTED = 200
REMEMBERED = 20_000
DEFAULT_PRICE = Decimal("20.00")
HIGHEST_PRICE = Decimal(1_000_000)
SFTP_PORT = web.AppKey("sftp_port", int)
TEST = Answer(Kind.ACCEPT, "TEST-1")


@dataclass(frozen=True, slots=True)
class Receipt:
    """One request as the page lists it; nothing of the person but the state stands in it."""

    at: datetime
    path: str
    lead: str
    state: str
    answer: str
    is_repeat: bool


@dataclass(slots=True)
class Receiver:
    """All sample buyers of one seed."""

    seed: int
    buyers: dict[tuple[str, str], Buyer] = field(default_factory=dict)
    taken: OrderedDict[tuple[str, str], Answer] = field(default_factory=OrderedDict)
    lately: deque[Receipt] = field(default_factory=lambda: deque(maxlen=LISTED))
    received: int = 0
    files: deque[tuple[datetime, str, int]] = field(default_factory=lambda: deque(maxlen=LISTED))
    """When, which file, how many leads."""

    def decide(self, manner: str, name: str, delivery: str) -> tuple[Answer, bool]:
        """Return the answer, and whether it was given before to the same delivery."""
        if manner == "test":
            return TEST, False
        known = (f"{manner}/{name}", delivery)
        if delivery and known in self.taken:
            return self.taken[known], True
        answer = self.buyers.setdefault((manner, name), Buyer(manner, name, self.seed)).answer()
        if delivery and (answer.takes or answer.kind is Kind.DROP):
            self.taken[known] = Answer(Kind.ACCEPT, answer.reference) if answer.kind is Kind.DROP else answer
            while len(self.taken) > REMEMBERED:
                self.taken.popitem(last=False)
        return answer, False

    async def receive(self, request: web.Request) -> web.StreamResponse:
        manner, name = request.match_info["manner"], request.match_info["name"]
        if manner not in MANNERS and manner != "test":
            return web.json_response({"status": "error", "reason": "No such buyer"}, status=404)
        fields = read_fields(request.content_type, (await request.read()).decode(errors="replace")) or dict(request.query)
        answer, is_repeat = self.decide(manner, name, request.headers.get("Idempotency-Key", ""))
        self.received += 1
        where = fields.get("state", "")
        self.lately.appendleft(Receipt(datetime.now(UTC), f"/{manner}/{name}", fields.get("lead", ""), where, answer.kind, is_repeat))
        if not is_repeat:
            await asyncio.sleep(answer.seconds)
        if answer.kind is Kind.DROP:
            drop(request)
        return respond(answer, asked_price(fields), is_xml="xml" in request.content_type)

    def filed(self, name: str, leads: int) -> None:
        self.files.appendleft((datetime.now(UTC), name, leads))

    async def page(self, request: web.Request) -> web.Response:
        return web.Response(text=render(self), content_type="text/html")


RECEIVER = web.AppKey("receiver", Receiver)


def application(seed: int, *, sftp_port: int | None = None) -> web.Application:
    """Return the buyers of a seed; with a port, also the one that takes files (0 chooses one)."""
    receiver = Receiver(seed)
    app = web.Application(client_max_size=1024 * 1024)
    app[RECEIVER] = receiver
    if sftp_port is not None:
        app.cleanup_ctx.append(takes_files(sftp_port))
    app.router.add_get("/", receiver.page)
    app.router.add_route("*", "/{manner}/{name}", receiver.receive)
    return app


def takes_files(port: int) -> Callable[[web.Application], AsyncIterator[None]]:
    async def while_it_runs(app: web.Application) -> AsyncIterator[None]:
        try:
            async with dropbox(port, app[RECEIVER].filed) as app[SFTP_PORT]:
                yield
        except OSError as problem:
            raise no_port(problem, str(port)) from None

    return while_it_runs


def read_fields(content_type: str, body: str) -> dict[str, str]:
    """Return the outermost fields of a JSON, XML or form body; nothing of one that cannot be read."""
    try:
        if "json" in content_type:
            found = json.loads(body)
            return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
        if "xml" in content_type:
            return {child.tag: child.text or "" for child in ET.fromstring(body)}  # noqa: S314 -- from our own sender, on loopback
    except (ValueError, ET.ParseError):
        return {}
    return dict(parse_qsl(body))


def asked_price(fields: Mapping[str, str]) -> Decimal:
    """Return the price that the sender names; the default for one that is none."""
    try:
        price = Decimal(fields.get("price") or DEFAULT_PRICE)
    except InvalidOperation:
        return DEFAULT_PRICE
    return price if price.is_finite() and 0 <= price <= HIGHEST_PRICE else DEFAULT_PRICE


def drop(request: web.Request) -> None:
    """Cut the line without an answer."""
    if request.transport is not None:
        request.transport.abort()


def respond(answer: Answer, asked: Decimal, *, is_xml: bool) -> web.Response:
    status, headers = STATUSES.get(answer.kind, (200, {}))
    if status != 200:
        return web.Response(status=status, headers=headers, text="Not now")
    said = (
        {"status": "accepted", "reference": answer.reference}
        if answer.kind is not Kind.REFUSE
        else {"status": "rejected", "reason": answer.reason}
    )
    if answer.kind in NAMES_PRICE:
        said[NAMES_PRICE[answer.kind]] = str(answer.price(asked))
    return web.Response(text=as_xml(said), content_type="application/xml") if is_xml else web.json_response(said)


NAMES_PRICE: Mapping[Kind, str] = {Kind.CONFIRM: "price", Kind.BID: "bid"}
STATUSES: Mapping[Kind, tuple[int, dict[str, str]]] = {
    Kind.BUSY: (503, {}),
    Kind.TOO_MANY: (429, {"Retry-After": "20"}),
    Kind.BROKEN: (500, {}),
    Kind.GONE: (404, {}),
}


def as_xml(said: Mapping[str, str]) -> str:
    root = ET.Element("answer")
    for name, value in said.items():
        ET.SubElement(root, name).text = value
    return ET.tostring(root, encoding="unicode")


PAGE = """<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>Demo buyer</title>
<style>body{{font:14px system-ui;margin:2em}}td,th{{padding:.2em 1em .2em 0;text-align:left}}</style>
<h1>Demo buyer</h1><p>{received:,} requests since the start. The sample clients' webhooks end here; the newest {listed} are listed.</p>
<table><tr><th>Time (UTC)<th>Buyer<th>Lead<th>State<th>Answer</tr>{rows}</table>{files}"""
FILES = "<h2>Files by SFTP</h2><table><tr><th>Time (UTC)<th>File<th>Leads</tr>{rows}</table>"


def render(receiver: Receiver) -> str:
    rows = "".join(
        f"<tr><td>{one.at:%H:%M:%S}<td>{escape(one.path)}<td>{escape(one.lead[:20])}<td>{escape(one.state[:2])}"
        f"<td>{escape(one.answer)}{' (repeated)' if one.is_repeat else ''}</tr>"
        for one in receiver.lately
    )
    files = "".join(f"<tr><td>{at:%H:%M:%S}<td>{escape(name)}<td>{leads}" for at, name, leads in receiver.files)
    return PAGE.format(received=receiver.received, listed=LISTED, rows=rows, files=FILES.format(rows=files) if files else "")
