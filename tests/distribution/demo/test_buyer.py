"""The demo buyer over real HTTP: it answers as each sample client does, and knows a lead that it took."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from xml.etree import ElementTree as ET

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from distribution.demo.behaviour import MANNERS, REASONS, Buyer, Kind
from distribution.demo.buyer import HERE, application

type Story = Callable[[aiohttp.ClientSession], Awaitable[None]]
LEAD = {"first": "Ada", "phone": "3125550100", "state": "IL", "lead": "10482", "price": "25.00"}


def told(story: Story, seed: int = 1) -> None:
    """Run a story against a receiver of its own."""

    async def run() -> None:
        async with TestServer(application(seed), host=HERE) as server, aiohttp.ClientSession(server.make_url("/")) as session:
            await story(session)

    asyncio.run(run())


def nth(manner: str, kind: Kind, seed: int = 1) -> int:
    """How many requests a buyer has had before its first of this kind."""
    buyer = Buyer(manner, "blue-harbor", seed)
    return next(number for number in range(500) if buyer.answer().kind is kind)


async def post(session: aiohttp.ClientSession, path: str, delivery: str, **options: Any) -> tuple[int, dict[str, Any]]:
    async with session.post(path, json=LEAD, headers={"Idempotency-Key": delivery}, **options) as answer:
        text = await answer.text()
        return answer.status, json.loads(text) if text.startswith("{") else {}


async def skip(session: aiohttp.ClientSession, manner: str, number: int) -> None:
    for count in range(number):
        try:
            await post(session, f"/{manner}/blue-harbor", f"before-{count}")
        except aiohttp.ClientError:
            continue


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for slow buyers here."""
    answer = Buyer.answer

    def without_waiting(buyer: Buyer) -> Any:
        found = answer(buyer)
        object.__setattr__(found, "seconds", 0.0)
        return found

    monkeypatch.setattr(Buyer, "answer", without_waiting)


def test_a_prompt_buyer_accepts_with_its_own_number() -> None:
    async def story(session: aiohttp.ClientSession) -> None:
        assert await post(session, "/prompt/blue-harbor", "d1") == (200, {"status": "accepted", "reference": "BH-1001"})
        assert await post(session, "/prompt/blue-harbor", "d2") == (200, {"status": "accepted", "reference": "BH-1002"})

    told(story)


def test_a_refusal_says_why() -> None:
    async def story(session: aiohttp.ClientSession) -> None:
        await skip(session, "picky", nth("picky", Kind.REFUSE))
        status, said = await post(session, "/picky/blue-harbor", "d1")
        assert (status, said["status"], said["reason"] in REASONS, "reference" in said) == (200, "rejected", True, False)

    told(story)


def test_a_buyer_confirms_a_price_and_never_more_than_was_asked() -> None:
    async def story(session: aiohttp.ClientSession) -> None:
        prices = [(await post(session, "/pricing/blue-harbor", f"d{number}"))[1].get("price") for number in range(40)]
        assert set(prices) - {None} == {"25.00", "23.75", "23.00", "22.50", "21.25"}

    told(story)


@pytest.mark.parametrize(
    ("manner", "kind", "status"), [("busy", Kind.BUSY, 503), ("busy", Kind.TOO_MANY, 429), ("shaky", Kind.BROKEN, 500)]
)
def test_some_are_busy_or_break(manner: str, kind: Kind, status: int) -> None:
    async def story(session: aiohttp.ClientSession) -> None:
        await skip(session, manner, nth(manner, kind))
        async with session.post(f"/{manner}/blue-harbor", json=LEAD) as answer:
            assert (answer.status, answer.headers.get("Retry-After")) == (status, "20" if status == 429 else None)

    told(story)


def test_one_has_moved_away_for_good() -> None:
    async def story(session: aiohttp.ClientSession) -> None:
        assert [(await post(session, "/moved/blue-harbor", f"d{number}"))[0] for number in range(3)] == [404, 404, 404]

    told(story)


def test_one_takes_the_lead_drops_the_line_and_knows_it_when_asked_again() -> None:
    async def story(session: aiohttp.ClientSession) -> None:
        await skip(session, "shaky", nth("shaky", Kind.DROP))
        with pytest.raises(aiohttp.ClientError):
            await post(session, "/shaky/blue-harbor", "d1")
        status, said = await post(session, "/shaky/blue-harbor", "d1")
        assert (status, said["status"]) == (200, "accepted")
        assert await post(session, "/shaky/blue-harbor", "d1") == (status, said)

    told(story)


def test_a_repeat_gets_the_first_answer_and_uses_up_none() -> None:
    async def story(session: aiohttp.ClientSession) -> None:
        first = await post(session, "/prompt/blue-harbor", "d1")
        assert await post(session, "/prompt/blue-harbor", "d1") == first
        assert (await post(session, "/prompt/blue-harbor", "d2"))[1]["reference"] == "BH-1002"

    told(story)


def test_xml_is_answered_in_xml_and_a_form_in_json() -> None:
    async def story(session: aiohttp.ClientSession) -> None:
        async with session.post(
            "/prompt/a", data="<lead><price>10.00</price></lead>", headers={"Content-Type": "application/xml; charset=utf-8"}
        ) as answer:
            found = ET.fromstring(await answer.text())  # noqa: S314 -- our own answer
            assert {child.tag: child.text for child in found} == {"status": "accepted", "reference": "A-1001"}
        async with session.post("/prompt/b", data={"price": "10.00"}) as answer:
            assert await answer.json() == {"status": "accepted", "reference": "B-1001"}

    told(story)


@pytest.mark.parametrize("body", [b"", b"{", b"[1, 2]", b"\xff\xfe", b'{"price": "much"}', b'{"price": "NaN"}', b'{"price": "1e99"}'])
def test_what_cannot_be_read_is_answered_all_the_same(body: bytes) -> None:
    async def story(session: aiohttp.ClientSession) -> None:
        async with session.post("/pricing/blue-harbor", data=body, headers={"Content-Type": "application/json"}) as answer:
            assert answer.status == 200

    told(story)


def test_a_test_lead_is_always_welcome_and_an_unknown_manner_is_not() -> None:
    async def story(session: aiohttp.ClientSession) -> None:
        for number in range(30):
            assert await post(session, "/test/blue-harbor", f"d{number}") == (200, {"status": "accepted", "reference": "TEST-1"})
        assert await post(session, "/rude/blue-harbor", "d") == (404, {"status": "error", "reason": "No such buyer"})

    told(story)


def test_the_page_lists_what_came_lately_without_names_or_numbers_of_people() -> None:
    async def story(session: aiohttp.ClientSession) -> None:
        await post(session, "/prompt/blue-harbor", "d1")
        await post(session, "/prompt/blue-harbor", "d1")
        async with session.get("/") as answer:
            page = await answer.text()
        assert page.count("<td>/prompt/blue-harbor<td>10482<td>IL<td>accept") == 2
        assert page.count("(repeated)") == 1
        assert "2 requests" in page
        assert "Ada" not in page
        assert "3125550100" not in page

    told(story)


@pytest.mark.parametrize("manner", sorted(manner for manner, chances in MANNERS.items() if len(chances) > 1))
def test_answers_are_repeatable_by_seed_and_differ_between_buyers(manner: str) -> None:
    def kinds(name: str, seed: int) -> list[Kind]:
        buyer = Buyer(manner, name, seed)
        return [buyer.answer().kind for _ in range(200)]

    assert kinds("a", 1) == kinds("a", 1)
    assert kinds("a", 1) != kinds("a", 2)
    assert kinds("a", 1) != kinds("b", 1)


@pytest.mark.parametrize("manner", sorted(MANNERS))
def test_the_chances_of_a_manner_make_a_hundred_percent(manner: str) -> None:
    assert sum(MANNERS[manner].values()) == 100
