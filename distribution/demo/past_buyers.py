"""The sample buyers of the past: they answer in a simulation as `manage.py demo_buyer` answers over HTTP."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from urllib.parse import urlsplit
from uuid import UUID

from clients.enums import MethodKind
from clients.models import DeliveryMethod
from distribution.demo.behaviour import Answer, Buyer, Kind
from distribution.domain.retry import Outcome
from distribution.models import Delivery, Ping
from distribution.services.files import name_of, period_of
from distribution.services.simulate import SimulatedAnswer

BOUNCES_PERCENT = 3


@dataclass(slots=True)
class PastBuyers:
    """Answers to attempts, repeatable by the seed; who took a lead recognises it when it comes again."""

    seed: int
    until: datetime
    """The present: nothing is answered later."""
    buyers: dict[str, Buyer] = field(default_factory=dict)
    taken: dict[UUID, Answer] = field(default_factory=dict)
    mail: Random = field(init=False)

    def __post_init__(self) -> None:
        self.mail = Random(f"{self.seed} mail")  # noqa: S311 -- repeatable on purpose

    def __call__(self, delivery: Delivery) -> SimulatedAnswer:
        method = delivery.method
        if method is None or method.kind == MethodKind.EMAIL:
            return self.handed_over()
        if method.kind == MethodKind.PORTAL:
            return SimulatedAnswer(Outcome.ACCEPTED, "Shown in the client's own view.")
        if method.kind == MethodKind.FILE:
            return self.filed(method, delivery.first_attempt_at or self.until)
        if earlier := self.taken.get(delivery.pk):
            return said(earlier, delivery)
        _, manner, name = urlsplit(method.url).path.split("/")
        answer = self.buyers.setdefault(method.url, Buyer(manner, name, self.seed)).answer()
        if answer.kind is Kind.DROP:
            self.taken[delivery.pk] = Answer(Kind.ACCEPT, answer.reference)
        return said(answer, delivery)

    def bid(self, ping: Ping) -> SimulatedAnswer:
        """What it says when it is asked before."""
        name = urlsplit(ping.method.ping_url).path.split("/")[-1]
        answer = self.buyers.setdefault(ping.method.ping_url, Buyer("bids", name, self.seed)).answer()
        if answer.kind is Kind.REFUSE:
            return SimulatedAnswer(Outcome.REJECTED, answer.reason, status=200)
        price = answer.price(ping.account.price)
        return SimulatedAnswer(Outcome.ACCEPTED, price=price, reference=answer.reference, status=200, text=json.dumps({"bid": str(price)}))

    def filed(self, method: DeliveryMethod, at: datetime) -> SimulatedAnswer:
        """The file goes when its hour is over; the one of the running hour went just now."""
        hour = period_of(method, at)
        seconds = max((min(hour.end, self.until) - at).total_seconds(), 0.0)
        name = name_of(method, hour)
        return SimulatedAnswer(Outcome.ACCEPTED, f"Stored as {name}.", reference=name, seconds=seconds)

    def handed_over(self) -> SimulatedAnswer:
        bounces = self.mail.randrange(100) < BOUNCES_PERCENT
        return SimulatedAnswer(Outcome.ACCEPTED, "Taken by the mail server", status=250, seconds=0.2, bounces=bounces, text="250 2.0.0 OK")


def said(answer: Answer, delivery: Delivery) -> SimulatedAnswer:
    return SAYERS.get(answer.kind, _accepted)(answer, delivery)


def _accepted(answer: Answer, delivery: Delivery) -> SimulatedAnswer:
    body = {"status": "accepted", "reference": answer.reference}
    price = answer.price(delivery.price) if answer.kind is Kind.CONFIRM else None
    if price is not None:
        body["price"] = str(price)
    return SimulatedAnswer(
        Outcome.ACCEPTED, price=price, reference=answer.reference, status=200, seconds=answer.seconds, text=json.dumps(body)
    )


def _refused(answer: Answer, _: Delivery) -> SimulatedAnswer:
    body = json.dumps({"status": "rejected", "reason": answer.reason})
    return SimulatedAnswer(Outcome.REJECTED, answer.reason, status=200, seconds=answer.seconds, text=body)


def _busy(answer: Answer, _: Delivery) -> SimulatedAnswer:
    return SimulatedAnswer(Outcome.NOT_TAKEN, "The client is busy (503)", status=503, seconds=answer.seconds, text="Not now")


def _too_many(answer: Answer, _: Delivery) -> SimulatedAnswer:
    return SimulatedAnswer(
        Outcome.NOT_TAKEN, "The client asks to wait (429)", status=429, retry_after=20.0, seconds=answer.seconds, text="Not now"
    )


def _broken(answer: Answer, _: Delivery) -> SimulatedAnswer:
    return SimulatedAnswer(Outcome.IN_DOUBT, "The client's server failed (500)", status=500, seconds=answer.seconds, text="Not now")


def _gone(answer: Answer, _: Delivery) -> SimulatedAnswer:
    return SimulatedAnswer(Outcome.CONFIG_ERROR, "The address is not there (404)", status=404, seconds=answer.seconds, text="Not now")


def _dropped(answer: Answer, _: Delivery) -> SimulatedAnswer:
    return SimulatedAnswer(Outcome.IN_DOUBT, "The line was cut before an answer came", seconds=answer.seconds)


SAYERS: Mapping[Kind, Callable[[Answer, Delivery], SimulatedAnswer]] = {
    Kind.REFUSE: _refused,
    Kind.BUSY: _busy,
    Kind.TOO_MANY: _too_many,
    Kind.BROKEN: _broken,
    Kind.DROP: _dropped,
    Kind.GONE: _gone,
}
