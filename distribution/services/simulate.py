"""Made-up days through the real code: intake, routing, claims and answers, with a clock of their own and nothing sent.

The clock is whatever the caller says; what is due happens at its own time, in the order of time, before what comes next.
"""

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from clients.models import DeliveryMethod
from distribution.domain.retry import Outcome
from distribution.enums import DeliveryState, PingState
from distribution.locks import lock_lead
from distribution.models import Delivery, Ping, SettingsVersion
from distribution.services.book import reverse_sale
from distribution.services.claim import Claimed, live_switches
from distribution.services.finish import Finished, finish
from distribution.services.paused import give_up_on_paused
from distribution.services.pings import finish_ping
from distribution.services.prepare import prepare
from distribution.services.route import route_lead
from distribution.transports.envelope import Report
from leads.models import Campaign, Lead
from leads.queries import columns, objects
from leads.services.drafts import Arrival
from leads.services.receive import Origin, receive_lead, receive_leads
from pullqueue.services.due import DueThing, happen

PARTS = (Delivery, DeliveryMethod)

NEXT = """
    SELECT kind, id, claim, at FROM (
        SELECT 1 AS kind, d.id, d.claim, d.number, greatest(d.due_at, CASE
            WHEN m.is_enabled AND m.archived_at IS NULL THEN CASE WHEN m.paused_until > d.due_at THEN least(m.paused_until, given_up.at) END
            ELSE given_up.at END) AS at
        FROM distribution_delivery d JOIN clients_deliverymethod m ON m.id = d.method_id, LATERAL (
            SELECT coalesce(d.first_attempt_at, greatest(d.created, d.hold_until)) + make_interval(secs => d.budget_seconds) AS at
        ) given_up
        WHERE d.state = 'queued'
        UNION ALL
        SELECT 2, id, claim, number, due_at FROM leads_lead WHERE due_at IS NOT NULL AND number <= %(newest)s
        UNION ALL
        SELECT 0, id, claim, account_id, created FROM distribution_ping WHERE state = 'queued'
        UNION ALL
        SELECT 3, id, 0, 0, due_at FROM pullqueue_result WHERE state = 'pending'
        UNION ALL
        SELECT 4, lead_id, 0, 0, due_at FROM pullqueue_placement WHERE due_at IS NOT NULL
        UNION ALL
        SELECT 5, lead_id, 0, number, judge_at FROM pullqueue_queueentry WHERE judge_at IS NOT NULL
    ) waiting ORDER BY at, kind, number LIMIT 1
"""
"""What is due first. A delivery whose method is paused waits for the end of the pause or of its own budget, as in `claim`
and `paused`. Leads above the number `newest` have not come in yet."""

CLAIM_NEXT = f"""
    WITH due AS MATERIALIZED ({NEXT}), claimed AS (
        UPDATE distribution_delivery part0 SET
            state = 'sending', claim = part0.claim + 1, lease_until = due.at + %(lease)s,
            first_attempt_at = coalesce(part0.first_attempt_at, due.at)
        FROM due, clients_deliverymethod part1
        WHERE due.kind = 1 AND due.at <= %(until)s AND (due.at < %(before)s OR %(before)s IS NULL)
            AND part0.id = due.id AND part0.claim = due.claim AND part0.state = 'queued' AND part1.id = part0.method_id
            AND part1.is_enabled AND part1.archived_at IS NULL AND (part1.paused_until IS NULL OR part1.paused_until <= due.at)
        RETURNING {columns(PARTS)}
    )
    SELECT due.*, claimed.* FROM due LEFT JOIN claimed ON true
"""  # noqa: S608 -- names from the models
"""The same, claimed by the way when it is a delivery that may go out until then, before the next answer comes."""

CLAIM_ONE = f"""
    UPDATE distribution_delivery d SET
        state = 'sending', claim = d.claim + 1, lease_until = %(until)s, first_attempt_at = coalesce(d.first_attempt_at, %(now)s)
    FROM clients_deliverymethod part0
    WHERE d.id = %(id)s AND d.claim = %(claim)s AND d.state = 'queued' AND d.due_at <= %(now)s AND part0.id = d.method_id
        AND part0.is_enabled AND part0.archived_at IS NULL AND part0.paused_until IS NULL
    RETURNING {columns((DeliveryMethod,))}
"""  # noqa: S608 -- names from the models
"""One delivery that may go out now."""


@dataclass(frozen=True, slots=True)
class SimulatedAnswer:
    """What a made-up client does with one attempt. `seconds` is how long it takes; `bounces` takes the acceptance back."""

    outcome: Outcome
    message: str = ""
    price: Decimal | None = None
    reference: str = ""
    status: int | None = None
    retry_after: float | None = None
    seconds: float = 0.0
    bounces: bool = False
    text: str = ""
    """The answer's text as a person will read it."""

    def report(self, request: Mapping[str, Any]) -> Report:
        return Report(
            outcome=self.outcome,
            message=self.message,
            status=self.status,
            price=self.price,
            bid=self.price,
            reference=self.reference,
            retry_after=self.retry_after,
            request=request,
            answer=self.text,
        )


type Answers = Callable[[Delivery], SimulatedAnswer]
"""What the client says to one attempt of a delivery. What it belongs to (lead, client, account) is read when asked for."""


type Bids = Callable[[Ping], SimulatedAnswer]
"""What the client says when it is asked before; a price is its bid."""


def says_yes(_ping: Ping) -> SimulatedAnswer:
    """Would buy at the price of its account."""
    return SimulatedAnswer(Outcome.ACCEPTED)


PING, LEAD, FLOOR = 0, 2, 3
ALL = 2**63 - 1
"""The number of no lead: all are below."""
LEASE = timedelta(hours=1)
"""Nobody else works on these rows: it only has to be there."""


class Due(NamedTuple):
    """A lead to route, a delivery to hand over, an account to ask before, or what happens on the sales floor by itself."""

    kind: int
    """0 is a ping, 1 a delivery, 2 a lead, from 3 on what happens on the sales floor: at one instant in this order."""
    id: UUID
    claim: int
    at: datetime
    delivery: Delivery | None = None
    """Claimed already, with its method."""


@dataclass(order=True, slots=True)
class Awaited:
    """An answer that is under way; ordered by when it comes."""

    at: datetime
    number: int
    delivery: Delivery = field(compare=False)
    started: datetime = field(compare=False)
    answer: SimulatedAnswer = field(compare=False)
    request: Mapping[str, Any] = field(compare=False)


class Simulation:
    """One made-up world's time. Nobody else may work on its rows meanwhile: no workers, no sweeper.

    `keeps_requests` writes down the request of every delivery as if it were sent; without it the days go by faster.
    Wake-ups are the caller's to switch off (PUBLISHES_WAKE_UPS). What makes rows due behind its back says so by `look_again`.
    """

    def __init__(self, answers: Answers, *, bids: Bids | None = None, keeps_requests: bool = False) -> None:
        self.answers, self.bids, self.keeps_requests = answers, bids or says_yes, keeps_requests
        self._awaited: list[Awaited] = []
        self._newest = ALL
        self._known: Due | None = None
        self._looked = False
        self.over: set[UUID] = set()
        """Leads of `receive_all` that were sold as they came in and are looked at no more."""

    def receive(self, *, campaign: Campaign, fields: Mapping[str, object], now: datetime, channel: str = "api") -> Lead:
        """Let a lead come in at `now`, after all that is due until then, and go as far as it gets in that instant.

        The lead is as intake left it: what became of it since stands in its row.
        """
        self.run_until(now)
        lead = receive_lead(campaign=campaign, fields=fields, channel=channel, now=now).lead
        assert lead is not None  # noqa: S101 -- only repeats come without their lead
        self._came(lead)
        return lead

    def receive_all(self, *, campaign: Campaign, arrivals: Sequence[Arrival], channel: str = "api") -> Iterator[Lead]:
        """The same for leads that come one after the other, each at its `at`; yield each when it has come as far as it got.

        They are taken together, as `receive_leads` has it, and nothing else may change meanwhile.
        """
        begin = arrivals[0].at
        assert begin is not None  # noqa: S101 -- said above
        self.run_until(begin)
        receipts = receive_leads(campaign=campaign, arrivals=arrivals, origin=Origin(channel), now=begin)
        leads = [receipt.lead for receipt in receipts if receipt.lead]
        self._newest = 0
        with transaction.atomic():
            for lead in leads:
                self.run_until(lead.received_at)
                self._newest = lead.number
                self._came(lead)
                yield lead
        self._newest = ALL

    def _came(self, lead: Lead) -> None:
        if (now := lead.due_at) is None:
            return
        offer = route_lead(lead_id=lead.pk, claim=lead.claim, now=now)
        if offer is not None and self._sells_at_once(offer, now):
            self.over.add(lead.pk)  # all else is due when it was
            return
        self.look_again()
        self.run_until(now)

    def _sells_at_once(self, offer: Delivery, now: datetime) -> bool:
        """Hand over the one offer of a lead that has just come in; False when more follows from that, or may."""
        if self.keeps_requests or not claim_one(offer, now):
            return False
        answer = self.answers(offer)
        self._attempt(offer, now, answer)
        return offer.state == DeliveryState.ACCEPTED and offer.closes_scan and not answer.bounces

    def taken_over(self) -> set[UUID]:
        """Return `over`, and begin anew."""
        over, self.over = self.over, set()
        return over

    def look_again(self) -> None:
        """Forget what was due next: rows have changed."""
        self._looked = False

    def run_until(self, now: datetime) -> int:
        """Let everything that is due until `now` happen, each at its own time; return how much did."""
        happened = 0
        while (due := self._next(now)) is not None:
            self._happen(due)
            happened += 1
        return happened

    def settle(self, now: datetime) -> int:
        """The same, and then write down the answers that would come later, so that nothing is left under way."""
        happened = self.run_until(now)
        while self._awaited:
            happened += self.run_until(self._awaited[0].at)
        return happened

    def _next(self, until: datetime) -> Due | Awaited | None:
        answer = self._awaited[0].at if self._awaited else None
        if not self._looked or (self._known and self._known.at <= until):
            self._known, self._looked = next_due(self._newest, until=until, before=answer), True
        due = self._known if self._known and self._known.at <= until else None
        if answer is not None and answer <= (due.at if due else until):
            return heapq.heappop(self._awaited)
        return due

    def _happen(self, due: Due | Awaited) -> None:
        self.look_again()
        if isinstance(due, Awaited):
            self._answered(due)
        elif due.kind == PING:
            self._ask(due)
        elif due.kind == LEAD:
            route_lead(lead_id=due.id, claim=due.claim, now=due.at)
        elif due.kind >= FLOOR:
            happen(DueThing(due.kind - FLOOR, due.id, due.at), now=due.at)
        elif (delivery := due.delivery) is None:
            give_up_on_paused(now=due.at)
        else:
            self._attempt(delivery, due.at, None)

    def _ask(self, due: Due) -> None:
        """Ask an account whether it would buy; it answers at once."""
        Ping.objects.filter(pk=due.id, claim=due.claim, state=PingState.QUEUED).update(state=PingState.SENDING, claim=due.claim + 1)
        ping = Ping.objects.select_related("method", "account").get(pk=due.id)
        report = self.bids(ping).report({})
        finish_ping(ping=ping, report=report, started=due.at, ended=due.at, limit=live_switches().breaker_failures)

    def _attempt(self, delivery: Delivery, now: datetime, answer: SimulatedAnswer | None) -> None:
        """Hand one delivery over, as a worker would that saw it due; what the client says, unless it said it already."""
        request: Mapping[str, Any] = {}
        if self.keeps_requests:
            delivery = Delivery.objects.select_related("lead__campaign__source", "client", "account", "method").get(pk=delivery.pk)
            if not prepare([Claimed(delivery, was_lost=False)], now=now):
                return
            request = delivery.payload or {}
        answer = answer or self.answers(delivery)
        one = Awaited(now + timedelta(seconds=answer.seconds), delivery.number, delivery, now, answer, request)
        if answer.seconds:
            heapq.heappush(self._awaited, one)
        else:
            self._answered(one)

    def _answered(self, one: Awaited) -> None:
        failures = 0 if one.answer.outcome in (Outcome.ACCEPTED, Outcome.REJECTED) else live_switches().breaker_failures
        report = one.answer.report(one.request)
        finish(Finished(delivery=one.delivery, report=report, started=one.started, ended=one.at, breaker_failures=failures))
        if one.answer.bounces and tracks_mail():
            with transaction.atomic():
                lock_lead(one.delivery.lead_id)
                reverse_sale(delivery=one.delivery, now=one.at, reason="bounced")


def next_due(newest: int, *, until: datetime, before: datetime | None) -> Due | None:
    """What is due first among leads up to the number `newest`; a delivery due until then, and `before` the next answer, is claimed."""
    words: dict[str, Any] = {"newest": newest, "until": until, "before": before, "lease": LEASE}
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_NEXT, words)
        row = cursor.fetchone()
    if row is None:
        return None
    kind, pk, claim, at, *claimed = row
    delivery, method = tuple[Any, ...](objects(PARTS, claimed))
    if delivery is not None:
        delivery.method = method
    return Due(kind, pk, claim, at, delivery)


def claim_one(offer: Delivery, now: datetime) -> bool:
    """Claim an offer just made, if it may go out now, and give it its method; nothing else may be due before it."""
    words: dict[str, Any] = {"id": offer.pk, "claim": offer.claim, "now": now, "until": now + LEASE}
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_ONE, words)
        row = cursor.fetchone()
    if row is None:
        return False
    (offer.method,) = tuple[Any, ...](objects((DeliveryMethod,), row))
    offer.state, offer.claim, offer.lease_until, offer.first_attempt_at = DeliveryState.SENDING, offer.claim + 1, now + LEASE, now
    return True


def tracks_mail() -> bool:
    """Whether the settings in force let a bounce take a sale back."""
    return bool(SettingsVersion.objects.values_list("data__email_tracking", flat=True).first())
