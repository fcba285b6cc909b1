"""A hostile client of the product: it writes down what it received before it answers, and misbehaves by plan."""

import argparse
import asyncio
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from aiohttp import web

PLAN = (("accept", 87), ("refuse", 3), ("error", 4), ("busy", 2), ("take_and_drop", 2), ("take_and_stall", 1), ("take_and_babble", 1))
"""In percent, by the delivery's id: so that a run can be repeated."""
BAD = (("accept", 40), ("refuse", 5), ("error", 15), ("busy", 10), ("take_and_drop", 12), ("take_and_stall", 10), ("take_and_babble", 8))
"""Of a client that misbehaves, where the others are chosen to behave."""
TAKES = {"accept", "take_and_drop", "take_and_stall", "take_and_babble"}
STALL_SECONDS = 4.0


def behaviour(delivery: str, seed: int, plan: tuple[tuple[str, int], ...] = PLAN) -> str:
    point = int.from_bytes(hashlib.sha256(f"{seed}:{delivery}".encode()).digest()[:4], "big") % 100
    for name, share in plan:
        if point < share:
            return name
        point -= share
    return "accept"


class Sink:
    def __init__(self, log: Path, seed: int, bad: set[str] | None = None) -> None:
        """Without `bad` every client misbehaves now and then; with it those do, and the others accept."""
        self.log = log.open("a")
        self.seed = seed
        self.bad = bad
        self.taken: set[str] = set()
        self.seen: set[str] = set()

    def write(self, entry: dict[str, Any]) -> None:
        self.log.write(json.dumps(entry) + "\n")
        self.log.flush()
        os.fsync(self.log.fileno())

    async def receive(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        delivery, client = request.headers["X-Delivery-Id"], request.match_info["client"]
        repeats = delivery in self.seen
        plan = self.repeated(delivery) if repeats else self.first(delivery, client)
        takes = plan in TAKES and delivery not in self.taken
        self.seen.add(delivery)
        if takes:
            self.taken.add(delivery)
        lead = json.loads(body)["external_id"]
        digest = hashlib.sha256(body).hexdigest()
        self.write({"delivery": delivery, "client": client, "lead": lead, "body": digest, "plan": plan, "takes": takes, "repeats": repeats})
        return await ANSWERS[plan](request)

    def first(self, delivery: str, client: str) -> str:
        if self.bad is None:
            return behaviour(delivery, self.seed)
        return behaviour(delivery, self.seed, BAD) if client in self.bad else "accept"

    def repeated(self, delivery: str) -> str:
        """Half of the clients recognise a repeat and say yes again, the others call it a duplicate."""
        if delivery not in self.taken:
            return "accept"
        return "again" if int(delivery[-1], 16) % 2 else "duplicate"


async def _say(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text, content_type="application/json")


async def _drop(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _stall(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(STALL_SECONDS)
    return await _say(200, '{"status": "ok"}')


ANSWERS = {
    "accept": lambda _: _say(200, '{"status": "ok"}'),
    "again": lambda _: _say(200, '{"status": "ok"}'),
    "duplicate": lambda _: _say(200, '{"status": "duplicate"}'),
    "refuse": lambda _: _say(200, '{"status": "no"}'),
    "error": lambda _: _say(500, "broken"),
    "busy": lambda _: _say(503, "busy"),
    "take_and_drop": _drop,
    "take_and_stall": _stall,
    "take_and_babble": lambda _: _say(200, "<html>welcome</html>"),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bad", help="ids of the clients that misbehave, separated by commas")
    chosen = parser.parse_args()
    sink = Sink(chosen.log, chosen.seed, None if chosen.bad is None else set(chosen.bad.split(",")))
    app = web.Application()
    app.router.add_post("/{client}", sink.receive)
    web.run_app(app, host="127.0.0.1", port=chosen.port, print=None, access_log=None)


if __name__ == "__main__":
    main()
