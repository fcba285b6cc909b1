"""The API behind the server that production runs: lengths that lie, bodies without end, senders that go away."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection, transaction

from leads.models import Lead
from tests.leads.intake_world import ANA, Sender, make_sender

pytestmark = pytest.mark.django_db(transaction=True)
BODY = json.dumps({"fields": ANA}).encode()
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def port(django_db_setup: None) -> Iterator[int]:
    """A granian on the tests' database."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = os.environ | {"DATABASE_URL": urlunsplit(address), "SWITCHYARD_ROLE": "web", "SECRET_KEY": settings.SECRET_KEY}
    words = [
        "--interface",
        "wsgi",
        "--port",
        str(number),
        "--workers",
        "1",
        "--blocking-threads",
        "4",
        "--no-ws",
        "config.wsgi:application",
    ]
    quiet = subprocess.DEVNULL
    with subprocess.Popen([sys.executable, "-m", "granian", *words], cwd=ROOT, env=environment, stdout=quiet, stderr=quiet) as server:
        try:
            wait_for(number)
            yield number
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()


def wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the server did not start")


def head(sender: Sender, *more: str) -> bytes:
    lines = [
        "POST /api/v1/leads/ HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {sender.plain}",
        "Content-Type: application/json",
        *more,
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def talk(port: int, *parts: bytes, half_close: bool = False) -> tuple[int, bytes]:
    """Send the parts as they are and return the answer's status and body; 0 when the server only hung up."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
        try:
            for part in parts:
                wire.sendall(part)
            if half_close:
                wire.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it hung up while we were still talking: what it said before counts
        said = b""
        try:
            while b"\r\n\r\n" not in said or not _is_whole(said):
                got = wire.recv(65_536)
                if not got:
                    break
                said += got
        except ConnectionError:
            pass
    return (int(said.split()[1]), said.partition(b"\r\n\r\n")[2]) if said else (0, b"")


def _is_whole(said: bytes) -> bool:
    top, _, body = said.partition(b"\r\n\r\n")
    length = [line.split(b":")[1] for line in top.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(length) and len(body) >= int(length[0])


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def test_a_post_over_the_wire(port: int) -> None:
    http, body = talk(port, head(make_sender(), f"Content-Length: {len(BODY)}"), BODY)
    assert (http, json.loads(body)) == (201, {"id": str(Lead.objects.get().pk), "status": "accepted"})


def test_x013_a_body_without_a_length_is_read_to_its_end(port: int) -> None:
    http, _ = talk(port, head(make_sender(), "Transfer-Encoding: chunked"), chunk(BODY[:10]), chunk(BODY[10:]), b"0\r\n\r\n")
    assert (http, Lead.objects.get().phone) == (201, "+13125550100")


def test_x013_a_body_without_length_and_end_is_cut_off(port: int) -> None:
    endless = [chunk(b"x" * 65_536)] * 200
    http, body = talk(port, head(make_sender(), "Transfer-Encoding: chunked"), chunk(b'{"a": "'), *endless)
    assert http in {0, 413}
    assert not body or json.loads(body)["errors"][0]["code"] == "too_large"
    assert Lead.objects.count() == 0


def test_x013_an_announced_10_mb_is_refused_before_it_is_sent(port: int) -> None:
    http, body = talk(port, head(make_sender(), "Content-Length: 10000000"), b"{")
    assert (http, json.loads(body)["errors"][0]["code"], Lead.objects.count()) == (413, "too_large", 0)


def test_x014_a_body_shorter_than_its_length_is_no_lead(port: int) -> None:
    http, _ = talk(port, head(make_sender(), f"Content-Length: {len(BODY) + 5}"), BODY, half_close=True)
    assert (http in {0, 400}, Lead.objects.count()) == (True, 0)


def test_x014_two_different_lengths_are_one_request_or_none(port: int) -> None:
    sender = make_sender()
    hidden = head(sender, f"Content-Length: {len(BODY)}") + BODY
    http, _ = talk(port, head(sender, "Content-Length: 4", "Transfer-Encoding: chunked"), b"0\r\n\r\n", hidden)
    assert http == 400
    assert Lead.objects.count() <= 1
    http, _ = talk(port, head(sender, "Content-Length: 4", f"Content-Length: {len(BODY)}"), BODY)
    assert http == 400


def test_x047_the_lead_of_a_sender_that_went_away_is_kept(port: int) -> None:
    """The line is cut while the server works on the lead: a lock holds it there, so that it is surely before the answer."""
    request = head(make_sender(), f"Content-Length: {len(BODY)}") + BODY
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE leads_lead IN ACCESS EXCLUSIVE MODE")
        with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
            wire.sendall(request)
            wait_until(lambda: waits_for_leads(cursor))
    wait_until(Lead.objects.exists)
    assert [lead.status for lead in Lead.objects.all()] == ["accepted"]


def waits_for_leads(cursor: Any) -> bool:
    cursor.execute("SELECT count(*) FROM pg_locks WHERE relation = 'leads_lead'::regclass AND NOT granted")
    return bool(cursor.fetchone()[0])


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < until, "it did not happen within 20 seconds"
        time.sleep(0.05)


def test_x046_what_is_no_address_of_ours(port: int) -> None:
    for path, codes in (
        ("/api/v1/" + "x" * 20_000, {400, 404, 414}),
        ("/api//v1/leads/", {404}),
        ("/api/v1/leads/../../../etc/passwd", {400, 404}),
    ):
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
        assert talk(port, request)[0] in codes
