"""Believable leads, posted one by one through the public API as a source would post them."""

import http.client
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from distribution.demo.geography import FRESH_LINES
from distribution.demo.prospects import Prospect, prospects

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
TIMEOUT = 30
TOLD_SECONDS = 60.0
STORED = {201, 200, 422}
"""Answers after which the lead stands in the database."""
USELESS = {401, 403}
"""Answers to a key that was revoked, or to a campaign that is paused or closed."""


class Answered(NamedTuple):
    """An answer; `status` is 0 when nobody answered."""

    status: int
    body: dict[str, object]
    retry_after: float


class NoKeys(Exception):
    """No key works any more: the samples were cleared."""


@dataclass(slots=True)
class Trickle:
    """Posts until `most` leads were stored. `sleep` and `clock` are the machine's own but in tests."""

    url: str
    keys: dict[str, str]
    per_minute: float
    most: int
    seed: int
    begin: int = 0
    """How many leads there are already: the same prospects do not come twice."""
    say: Callable[[str], None] = print
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    counts: Counter[str] = field(default_factory=Counter)
    stored: int = 0

    def run(self) -> None:
        """Post until enough is stored. Raises NoKeys."""
        rng = Random(self.seed)  # noqa: S311 -- repeatable on purpose
        people = skipped(prospects(rng, FRESH_LINES), self.begin)
        told = self.clock()
        while self.stored < self.most:
            self.post(next(people), rng)
            if self.clock() - told >= TOLD_SECONDS:
                told = self.clock()
                self.say(self.summary())
            self.sleep(60 / self.per_minute * rng.uniform(0.4, 1.6))
        self.say(f"Enough leads are there; the trickle ends. {self.summary()}")

    def post(self, prospect: Prospect, rng: Random) -> None:
        """Post until somebody answers, always under the same idempotency key, so that a repeat makes no second lead."""
        name = prospect.campaign.name
        if name not in self.keys:
            return
        repeat = str(UUID(int=rng.getrandbits(128), version=4))
        wait = FIRST_WAIT
        while True:
            answer = send(self.url, self.keys[name], repeat, prospect.fields)
            if answer.status in STORED or answer.status in USELESS or 400 <= answer.status < 429:
                self.count(answer, name)
                return
            self.counts["not now"] += 1
            self.sleep(min(max(wait, answer.retry_after), LONGEST_WAIT))
            wait = min(2 * wait, LONGEST_WAIT)

    def count(self, answer: Answered, campaign: str) -> None:
        if answer.status in USELESS:
            del self.keys[campaign]
            self.say(f"The key of {campaign} is not taken any more ({answer.status}); nothing more is posted with it.")
            if not self.keys:
                raise NoKeys
            return
        self.counts[str(answer.body.get("status", answer.status))] += 1
        self.stored += answer.status in STORED

    def summary(self) -> str:
        """Return what came of the posts since the start, in numbers only."""
        return "Posted " + (", ".join(f"{number:,} {what}" for what, number in self.counts.most_common()) or "nothing") + "."


def skipped(people: Iterator[Prospect], number: int) -> Iterator[Prospect]:
    for _ in range(number):
        next(people)
    return people


def send(url: str, key: str, repeat: str, fields: Mapping[str, object]) -> Answered:
    """Post one lead. Nobody there, a cut line and an answer that is no JSON are answers too."""
    parts = urlsplit(url)
    connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    line = connect(parts.hostname or "127.0.0.1", parts.port, timeout=TIMEOUT)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Idempotency-Key": repeat}
    try:
        line.request("POST", f"{parts.path.rstrip('/')}/api/v1/leads/", json.dumps({"fields": fields}), headers)
        answer = line.getresponse()
        body = answer.read()
        return Answered(answer.status, read(body), seconds(answer.headers.get("Retry-After")))
    except (OSError, http.client.HTTPException):
        return Answered(0, {}, 0.0)
    finally:
        line.close()


def read(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def seconds(text: str | None) -> float:
    return float(text) if text and text.isascii() and text.isdigit() else 0.0
