"""The trickle against a real HTTP server whose answers are written down: it waits, repeats safely, stops, and tells no names."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from distribution.demo.trickle import NoKeys, Trickle
from distribution.demo.verticals import CAMPAIGNS

NAMES = [plan.name for plan in CAMPAIGNS if plan.traffic]
ACCEPTED = (201, {"status": "accepted"}, {})


class Intake:
    """Answers posts in the order of `answers`, and the last one for ever; keeps what it was sent."""

    def __init__(self, *answers: tuple[int, dict[str, Any], dict[str, str]]) -> None:
        self.answers = list(answers)
        self.posts: list[tuple[str, str, dict[str, Any]]] = []
        kept = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                kept.posts.append((self.headers["Authorization"], self.headers["Idempotency-Key"], body))
                status, said, headers = kept.answers.pop(0) if len(kept.answers) > 1 else kept.answers[0]
                text = json.dumps(said).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(text))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def intakes() -> Iterator[list[Intake]]:
    opened: list[Intake] = []
    yield opened
    for one in opened:
        one.close()


class Clock:
    """Time that passes by sleeping only."""

    def __init__(self) -> None:
        self.at = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds

    def now(self) -> float:
        return self.at


def trickle(url: str, clock: Clock, *, most: int = 3, **options: Any) -> tuple[Trickle, list[str]]:
    lines: list[str] = []
    keys = {name: f"sw_live_{place}" for place, name in enumerate(NAMES)}
    made = Trickle(url=url, keys=keys, per_minute=20, most=most, seed=7, say=lines.append, sleep=clock.sleep, clock=clock.now, **options)
    return made, lines


def test_it_stops_when_enough_leads_are_stored(intakes: list[Intake]) -> None:
    intakes.append(Intake(ACCEPTED, (200, {"status": "duplicate"}, {}), (422, {"status": "rejected"}, {})))
    posting, lines = trickle(intakes[0].url, Clock())
    posting.run()
    assert len(intakes[0].posts) == 3
    assert lines == ["Enough leads are there; the trickle ends. Posted 1 accepted, 1 duplicate, 1 rejected."]


def test_it_posts_with_the_key_of_the_campaign_at_the_given_pace(intakes: list[Intake]) -> None:
    intakes.append(Intake(ACCEPTED))
    clock = Clock()
    posting, _ = trickle(intakes[0].url, clock, most=60)
    posting.run()
    assert {key for key, _, _ in intakes[0].posts} <= {f"Bearer sw_live_{place}" for place in range(len(NAMES))}
    assert 2.4 <= clock.at / 60 <= 3.6
    assert len({repeat for _, repeat, _ in intakes[0].posts}) == 60


def test_while_the_web_is_busy_it_waits_as_asked_and_repeats_the_same_post(intakes: list[Intake]) -> None:
    busy = (503, {"status": "error"}, {"Retry-After": "7"})
    intakes.append(Intake(busy, (429, {}, {}), ACCEPTED))
    clock = Clock()
    posting, _ = trickle(intakes[0].url, clock, most=1)
    posting.run()
    assert clock.slept[:2] == [7.0, 2.0]
    assert len({json.dumps(post) for post in intakes[0].posts}) == 1
    assert len(intakes[0].posts) == 3


def test_with_nobody_there_it_waits_longer_and_longer_up_to_a_minute() -> None:
    clock = Clock()
    posting, _ = trickle("http://127.0.0.1:9", clock, most=1)

    def give_up(seconds: float) -> None:
        clock.sleep(seconds)
        if len(clock.slept) == 9:
            raise KeyboardInterrupt

    posting.sleep = give_up
    with pytest.raises(KeyboardInterrupt):
        posting.run()
    assert clock.slept == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert posting.stored == 0


def test_a_key_that_is_not_taken_any_more_is_put_away_and_without_keys_it_ends(intakes: list[Intake]) -> None:
    intakes.append(Intake((401, {"status": "error"}, {})))
    posting, lines = trickle(intakes[0].url, Clock(), most=1000)
    with pytest.raises(NoKeys):
        posting.run()
    assert len(intakes[0].posts) == len(NAMES)
    assert len(lines) >= len(NAMES)
    assert posting.stored == 0


def test_a_second_start_goes_on_where_the_first_stopped(intakes: list[Intake]) -> None:
    intakes += [Intake(ACCEPTED), Intake(ACCEPTED), Intake(ACCEPTED)]
    trickle(intakes[0].url, Clock(), most=6)[0].run()
    trickle(intakes[1].url, Clock(), most=3)[0].run()
    trickle(intakes[2].url, Clock(), most=3, begin=3)[0].run()
    whole, first, second = ([body for _, _, body in one.posts] for one in intakes)
    assert [body["fields"]["external_id"] for body in first + second] == [body["fields"]["external_id"] for body in whole]


def test_what_it_says_names_nobody(intakes: list[Intake]) -> None:
    intakes.append(Intake(ACCEPTED))
    posting, lines = trickle(intakes[0].url, Clock(), most=80)
    posting.run()
    assert len(lines) >= 2
    said = " ".join(lines)
    for _, _, body in intakes[0].posts:
        for name in ("first_name", "last_name", "email", "phone", "address", "city"):
            assert body["fields"][name] not in said
