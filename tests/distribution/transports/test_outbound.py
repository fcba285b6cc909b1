"""One exchange with a client that behaves as clients do."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest

from distribution.transports.outbound import Call, Interrupted, NotSent, Outbound, Reply
from tests.peers.receiver import Receiver, answer, says


@pytest.fixture
def client(settings: Any) -> Iterator[Receiver]:
    with Receiver() as receiver:
        settings.OUTBOUND_ALLOWED_NETWORKS = ["127.0.0.1/32"]
        settings.OUTBOUND_PORTS = [receiver.port, 1]
        yield receiver


def exchange(url: str, seconds: float = 1.0, verb: str = "POST", body: bytes | None = b"{}") -> Reply:
    async def run() -> Reply:
        async with Outbound() as outbound:
            return await outbound.exchange(Call(verb, url, body=body, seconds=seconds))

    return asyncio.run(run())


def test_a_whole_answer_comes_back_as_it_was(client: Receiver) -> None:
    reply = exchange(client.url)
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert reply.body == b'{"status": "accepted", "price": "12.50", "id": "buyer-77"}'


def test_an_answer_of_64_kib_is_read_and_one_byte_more_is_not(client: Receiver) -> None:
    client.behaviour = "just_fits"
    assert len(exchange(client.url).body) == 64 * 1024
    client.behaviour = "big"
    with pytest.raises(Interrupted, match="longer than 64 KiB"):
        exchange(client.url)


@pytest.mark.parametrize("behaviour", ["take_then_drop", "take_then_garbage", "take_then_half", "endless"])
def test_what_breaks_after_the_request_went_out_is_interrupted(client: Receiver, behaviour: str) -> None:
    client.behaviour = behaviour
    with pytest.raises(Interrupted):
        exchange(client.url)
    assert len(client.log) == 1


@pytest.mark.parametrize("length", [2, 900_000], ids=["a small body", "a long body"])
def test_cut_before_the_body_is_read_it_may_have_been_taken_all_the_same(client: Receiver, length: int) -> None:
    """The line says nothing of what the other side read, so it is in doubt and never taken for not sent."""
    client.hangs_up = "before_body"
    with pytest.raises(Interrupted):
        exchange(client.url, seconds=5.0, body=b"x" * length)
    assert (client.connections, client.log) == (1, [])


def test_cut_as_soon_as_it_is_made_the_line_brings_no_answer(client: Receiver) -> None:
    client.hangs_up = "at_once"
    with pytest.raises((Interrupted, NotSent)):
        exchange(client.url)
    assert (client.connections, client.log) == (1, [])


def test_of_an_answer_of_a_gigabyte_little_is_read_and_at_once(client: Receiver) -> None:
    client.behaviour = "gigabyte"
    began = time.monotonic()
    with pytest.raises(Interrupted, match="longer than 64 KiB"):
        exchange(client.url, seconds=20.0)
    assert time.monotonic() - began < 5
    assert client.poured < 50_000_000, "what the sockets hold between them, and no more"


@pytest.mark.parametrize("behaviour", ["take_then_hang", "drip", "interim"])
def test_f19_the_deadline_is_for_the_whole_exchange(client: Receiver, behaviour: str) -> None:
    client.behaviour = behaviour
    began = time.monotonic()
    with pytest.raises(Interrupted, match=r"No whole answer within 0\.4 seconds"):
        exchange(client.url, seconds=0.4)
    assert time.monotonic() - began < 2


def test_a_closed_port_is_not_sent() -> None:
    with pytest.raises(NotSent):
        exchange("http://127.0.0.1:1/")


def test_a_name_that_nobody_knows_is_not_sent() -> None:
    with pytest.raises(NotSent):
        exchange("http://no-such-client.invalid/", seconds=4.0)


def test_a_client_without_encryption_on_an_encrypted_address_is_not_sent(client: Receiver) -> None:
    with pytest.raises(NotSent, match="No connection in time"):
        exchange(client.url.replace("http://", "https://"))
    assert client.log == []


def test_x117_a_redirect_is_an_answer_and_is_not_followed(client: Receiver) -> None:
    client.behaviour = "redirect_inside"
    assert exchange(client.url).status == 302
    assert len(client.log) == 1


def test_x118_no_proxy_of_the_environment_and_no_cookie_of_an_earlier_answer(client: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1/")
    client.acts["accept"] = says(answer(headers=["Set-Cookie: a=b"]))

    async def twice() -> None:
        async with Outbound() as outbound:
            for _ in range(2):
                await outbound.exchange(Call("POST", client.url, body=b"{}"))

    asyncio.run(twice())
    assert [request.headers.get("cookie") for request in client.log] == [None, None]
    assert [request.line for request in client.log] == ["POST /leads HTTP/1.1"] * 2


def test_x125_a_packed_answer_is_not_unpacked_and_none_is_asked_for(client: Receiver) -> None:
    client.acts["accept"] = says(answer(body=b"\x1f\x8b packed", headers=["Content-Encoding: gzip"]))
    assert exchange(client.url).body == b"\x1f\x8b packed"
    assert client.log[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "raw", [b"HTTP/1.1 200 OK\r\nX-A: " + b"x" * 1_000_000 + b"\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X-A: 1\r\n" * 10_000 + b"\r\n"]
)
def test_x124_a_head_without_end_is_interrupted(client: Receiver, raw: bytes) -> None:
    client.acts["accept"] = says(raw)
    with pytest.raises(Interrupted):
        exchange(client.url)
