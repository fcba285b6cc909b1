"""Who we are, proven in two steps: a token fetched first (OAuth 2.0 client credentials), and a question answered (Digest)."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from clients.models import DeliveryMethod
from distribution.models import Attempt
from distribution.transports import oauth
from distribution.transports.headers import check_auth
from tests.distribution.deliver.world import World
from tests.peers.receiver import Receiver, answer, says


@pytest.fixture
def tokens(settings: Any) -> Iterator[Receiver]:
    """The client's token address; every token it gives is a new one."""
    oauth._kept.clear()
    with Receiver() as receiver:
        settings.OUTBOUND_PORTS = [*settings.OUTBOUND_PORTS, receiver.port]
        given = iter(range(1, 100))

        async def act(one: Receiver, _reader: Any, writer: Any) -> None:
            writer.write(answer(200, json.dumps({"access_token": f"CANARY-T{next(given)}", "expires_in": 3600}).encode()))
            await writer.drain()

        receiver.acts["accept"] = act
        yield receiver


def buyer(world: World, client: Receiver, tokens: Receiver, **options: Any) -> DeliveryMethod:
    written = {
        "auth_kind": "oauth2",
        "auth_user": "our id",
        "secret": "s3cret-canary",
        "token_url": tokens.url,
        "token_scope": "leads:write",
    }
    return world.buyer(client.url, **(written | options))


def attempt() -> Attempt:
    return Attempt.objects.latest("id")


def test_a_token_is_fetched_once_and_used_for_every_lead(world: World, client: Receiver, tokens: Receiver) -> None:
    method = buyer(world, client, tokens)
    for _ in range(3):
        world.offer(method)
        world.drain()
    assert [one.headers["authorization"] for one in client.log] == ["Bearer CANARY-T1"] * 3
    (asked,) = tokens.log
    assert base64.b64decode(asked.headers["authorization"].removeprefix("Basic ")) == b"our+id:s3cret-canary"
    assert asked.body == b"grant_type=client_credentials&scope=leads%3Awrite"


def test_a_token_that_is_not_taken_any_more_is_fetched_anew_once(world: World, client: Receiver, tokens: Receiver) -> None:
    method = buyer(world, client, tokens)
    world.offer(method)
    world.drain()
    seen: list[str] = []

    async def only_the_second(one: Receiver, _reader: Any, writer: Any) -> None:
        seen.append(one.log[-1].headers["authorization"])
        writer.write(answer(401) if seen[-1].endswith("T1") else answer(200))
        await writer.drain()

    client.acts["accept"] = only_the_second
    delivery = world.offer(method)
    world.drain()
    delivery.refresh_from_db()
    assert (delivery.state, seen, len(tokens.log)) == ("accepted", ["Bearer CANARY-T1", "Bearer CANARY-T2"], 2)


def test_a_new_token_that_is_refused_too_is_a_matter_of_set_up(world: World, client: Receiver, tokens: Receiver) -> None:
    client.behaviour = "unauthorised"
    delivery = world.offer(buyer(world, client, tokens))
    world.drain()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason, len(client.log), len(tokens.log)) == ("failed", "config_error", 1, 1)


@pytest.mark.parametrize(
    ("act", "outcome", "says_so"),
    [
        (
            answer(400, b'{"error": "invalid_client"}'),
            "config_error",
            "The token address answers 400: check client id, client secret and scope of the method.",
        ),
        (answer(503), "not_sent", "The token address answers 503."),
        (
            answer(200, b"<html>"),
            "config_error",
            "The token address answers without an access_token: check that the address is the right one.",
        ),
        (
            answer(200, b'{"access_token": "a b"}'),
            "config_error",
            "The token address answers without an access_token: check that the address is the right one.",
        ),
    ],
)
def test_without_a_token_the_lead_is_not_sent(
    world: World, client: Receiver, tokens: Receiver, act: bytes, outcome: str, says_so: str
) -> None:
    tokens.acts["accept"] = says(act)
    world.offer(buyer(world, client, tokens))
    world.drain()
    assert (client.log, attempt().outcome, attempt().message) == ([], outcome, says_so)


def test_i48_the_token_address_is_guarded_like_every_other(world: World, client: Receiver, tokens: Receiver, settings: Any) -> None:
    method = buyer(world, client, tokens)
    settings.OUTBOUND_ALLOWED_NETWORKS = []
    method.token_url = "http://127.0.0.1/token"
    assert [problem.field for problem in check_auth(method)] == ["token_url"]
    world.offer(method)
    world.drain()
    assert (tokens.log, attempt().outcome) == ([], "not_sent")


def test_i49_neither_secret_nor_token_is_kept_anywhere(world: World, client: Receiver, tokens: Receiver) -> None:
    client.acts["accept"] = says(answer(200, b'{"you sent": "CANARY-T1", "or": "s3cret-canary"}'))
    world.offer(buyer(world, client, tokens))
    world.drain()
    kept = attempt()
    assert kept.answer == '{"you sent": "•••", "or": "•••"}'
    assert "anary" not in json.dumps(kept.request).lower()


CHALLENGE = 'WWW-Authenticate: Digest realm="leads", qop="auth", nonce="abc123", opaque="xyz", algorithm={}'


@pytest.mark.parametrize(("algorithm", "digest"), [("MD5", hashlib.md5), ("SHA-256", hashlib.sha256)])
def test_digest_answers_the_clients_question_with_the_same_bytes(world: World, client: Receiver, algorithm: str, digest: Any) -> None:
    async def ask(one: Receiver, _reader: Any, writer: Any) -> None:
        sent = one.log[-1]
        writer.write(answer(200) if _is_right(sent, digest) else answer(401, headers=[CHALLENGE.format(algorithm)]))
        await writer.drain()

    client.acts["accept"] = ask
    delivery = world.offer(world.buyer(client.url, auth_kind="digest", auth_user="us", secret="pass:word"))
    world.drain()
    delivery.refresh_from_db()
    assert (delivery.state, len(client.log), client.log[0].body == client.log[1].body) == ("accepted", 2, True)
    assert "pass:word" not in json.dumps(attempt().request)


def test_digest_with_a_wrong_password_is_a_matter_of_set_up(world: World, client: Receiver) -> None:
    client.acts["accept"] = says(answer(401, headers=[CHALLENGE.format("MD5")]))
    delivery = world.offer(world.buyer(client.url, auth_kind="digest", auth_user="us", secret="wrong"))
    world.drain()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason, len(client.log)) == ("failed", "config_error", 2)


def _is_right(sent: Any, digest: Any) -> bool:
    """The server's side of RFC 7616, 3.4.1, by itself."""
    told = dict(re.findall(r'(\w+)="?([^",]+)"?', sent.headers.get("authorization", "")))
    if not told:
        return False
    path = sent.line.split()[1]

    def hashed(text: str) -> str:
        return str(digest(text.encode()).hexdigest())

    first, second = hashed("us:leads:pass:word"), hashed(f"POST:{path}")
    return bool(told["response"] == hashed(f"{first}:abc123:{told['nc']}:{told['cnonce']}:auth:{second}") and told["uri"] == path)
