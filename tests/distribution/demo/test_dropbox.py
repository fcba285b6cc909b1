"""The demo buyer takes files over real SFTP, from our own transport."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp.test_utils import TestServer

from distribution.demo import dropbox
from distribution.demo.buyer import HERE, SFTP_PORT, application
from distribution.domain.retry import Outcome
from distribution.transports import sftp
from distribution.transports.envelope import Envelope, Report
from leads.ids import uuid7

CONTENT = "first,phone\r\nAda,3125550142\r\nGrace,3125550143\r\n"


async def put(port: int, **changes: Any) -> Report:
    payload = {"host": HERE, "port": port, "folder": dropbox.FOLDER, "host_key": dropbox.public_host_key(), "name": "leads-1.csv"}
    return await sftp.send(
        Envelope(
            delivery=uuid7(),
            payload=payload | {"content": CONTENT},
            sent_at=datetime.now(UTC),
            auth_user=dropbox.USER,
            secret=changes.get("secret", dropbox.PASSWORD),
            seconds=10.0,
        )
    )


def test_a_file_arrives_and_the_page_tells_its_name_and_number_of_leads_but_no_person(settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_NETWORKS = ["127.0.0.1/32"]

    async def story() -> tuple[list[Report], str]:
        app = application(1, sftp_port=0)
        async with TestServer(app, host=HERE) as server, aiohttp.ClientSession(server.make_url("/")) as session:
            reports = [await put(app[SFTP_PORT]), await put(app[SFTP_PORT])]
            async with session.get("/") as answer:
                return reports, await answer.text()

    (first, again), page = asyncio.run(story())
    assert (first.outcome, first.message) == (Outcome.ACCEPTED, f"Stored as leads-1.csv, {len(CONTENT)} bytes.")
    assert (again.outcome, again.message) == (Outcome.ACCEPTED, "The file is there already, with the same content.")
    assert page.count("<td>leads-1.csv<td>2") == 1
    assert "Ada" not in page


def test_who_does_not_know_the_password_leaves_nothing(settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_NETWORKS = ["127.0.0.1/32"]
    heard: list[str] = []

    async def story() -> Report:
        async with dropbox.dropbox(0, lambda name, _leads: heard.append(name)) as port:
            return await put(port, secret="guessed")

    assert (asyncio.run(story()).outcome, heard) == (Outcome.CONFIG_ERROR, [])
