"""Posts of leads over HTTP, durable, with key, validation, duplicate check: against bare INSERTs of as many connections."""

import asyncio
import time
from collections.abc import Iterator
from itertools import count

import aiohttp

from distribution.demo.factories import CampaignFactory
from leads.clock import database_now
from leads.services.keys import create_key
from tests.bench.figures import Figure
from tests.bench.floors import inserts_a_second
from tests.bench.web import serving

CONNECTIONS = 16


def measure(*, quick: bool) -> Iterator[Figure]:
    seconds = 3 if quick else 10
    _, plain = create_key(campaign=CampaignFactory.create(), by=None, name="bench", now=database_now())
    with serving() as address:
        asyncio.run(_post(address, plain, 1))
        floor = inserts_a_second(clients=CONNECTIONS, seconds=2 if quick else 5)
        rate = asyncio.run(_post(address, plain, seconds))
    yield Figure("intake_single, 16 connections", rate, floor, "/s", at_least=0.05)


NUMBERS = count()


async def _post(address: str, plain: str, seconds: float) -> float:
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
            async with session.post(f"{address}/api/v1/leads/", json={"fields": fields}) as answer:
                if answer.status != 201:
                    raise RuntimeError(f"{answer.status}: {await answer.text()}")
                taken += 1

    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {plain}"}) as session:
        await asyncio.gather(*(send(session) for _ in range(CONNECTIONS)))
    return taken / seconds
