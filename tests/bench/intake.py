"""Posts of leads over HTTP, durable, with key, validation, duplicate check: against bare INSERTs of as many connections."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count

import aiohttp

from distribution.demo.factories import CampaignFactory
from leads.clock import database_now
from leads.services.keys import create_key
from tests.bench.figures import Figure
from tests.bench.floors import inserts_a_second

CONNECTIONS = 16


def measure(*, quick: bool) -> Iterator[Figure]:
    seconds = 3 if quick else 10
    _, plain = create_key(campaign=CampaignFactory.create(), by=None, name="bench", now=database_now())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "2"]
    command += ["--blocking-threads", "8", "--no-ws", "--log-level", "error", "config.wsgi:application"]
    server = subprocess.Popen(command, env=os.environ | {"SWITCHYARD_ROLE": "web", "INTAKE_RATE": "100000", "INTAKE_BURST": "100000"})
    try:
        _wait(port)
        asyncio.run(_post(port, plain, 1))
        floor = inserts_a_second(clients=CONNECTIONS, seconds=2 if quick else 5)
        rate = asyncio.run(_post(port, plain, seconds))
    finally:
        server.terminate()
        server.wait()
    yield Figure("intake_single, 16 connections", rate, floor, "/s", at_least=0.05)


def _wait(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the web server did not start")


NUMBERS = count()


async def _post(port: int, plain: str, seconds: float) -> float:
    """Post for so long and return the leads a second; an answer other than 201 is an error, not a figure."""
    ends, taken = time.perf_counter() + seconds, 0

    async def send(session: aiohttp.ClientSession) -> None:
        nonlocal taken
        while time.perf_counter() < ends:
            n = next(NUMBERS)
            fields = {
                "first_name": "Ada",
                "email": f"ada{n}@mail.example",
                "phone": f"312{n % 8 + 2}{n // 8 % 1_000_000:06d}",
                "zip": "60601",
            }
            async with session.post(f"http://127.0.0.1:{port}/api/v1/leads/", json={"fields": fields}) as answer:
                if answer.status != 201:
                    raise RuntimeError(f"{answer.status}: {await answer.text()}")
                taken += 1

    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {plain}"}) as session:
        await asyncio.gather(*(send(session) for _ in range(CONNECTIONS)))
    return taken / seconds
