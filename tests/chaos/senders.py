"""Sources that post until they get a definite answer, and remember what was acknowledged."""

import asyncio
from itertools import count

import aiohttp

SENDERS = 4
DEFINITE = {200, 201, 422}


class Sources:
    """`acknowledged` maps each external id to the lead id that the product answered with."""

    def __init__(self, port: int, key: str, leads: int) -> None:
        self.url, self.key, self.leads = f"http://127.0.0.1:{port}/api/v1/leads/", key, leads
        self.acknowledged: dict[str, str] = {}
        self.server_errors: list[int] = []
        self._next = count()

    async def run(self) -> None:
        timeout = aiohttp.ClientTimeout(total=5)
        async with aiohttp.ClientSession(timeout=timeout, headers={"Authorization": f"Bearer {self.key}"}) as session:
            await asyncio.gather(*(self._send(session) for _ in range(SENDERS)))

    async def _send(self, session: aiohttp.ClientSession) -> None:
        while (n := next(self._next)) < self.leads:
            fields = {"external_id": f"x{n}", "first_name": f"Chaos{n}", "email": f"chaos{n}@mail.example", "zip": "60601"}
            while not await self._post(session, f"x{n}", fields):  # noqa: ASYNC110 -- a source that waits before it tries again
                await asyncio.sleep(0.2)

    async def _post(self, session: aiohttp.ClientSession, marker: str, fields: dict[str, str]) -> bool:
        try:
            async with session.post(self.url, json={"fields": fields}, headers={"Idempotency-Key": marker}) as answer:
                if answer.status in DEFINITE:
                    self.acknowledged[marker] = (await answer.json())["id"]
                    return True
                if answer.status >= 500 and answer.status != 503:
                    self.server_errors.append(answer.status)
        except (aiohttp.ClientError, TimeoutError, ConnectionError):
            pass
        return False
