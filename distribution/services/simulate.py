"""Made-up days through the real code: intake, routing, claims and answers, with a clock of their own and nothing sent.

The clock is whatever the caller says; what is due happens at its own time, in the order of time, before what comes next.
"""

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from distribution.domain.retry import Outcome
from distribution.enums import DeliveryState
from distribution.locks import lock_lead
from distribution.models import Delivery, SettingsVersion
from distribution.services.book import reverse_sale
from distribution.services.claim import Claimed, live_switches
from distribution.services.finish import Finished, finish
from distribution.services.paused import give_up_on_paused
from distribution.services.prepare import prepare
from distribution.services.route import route_lead
from distribution.transports.envelope import Report
from leads.models import Campaign, Lead
from leads.services.receive import receive_lead

NEXT_DUE = """
    SELECT is_lead, id, claim, at FROM (
        SELECT false AS is_lead, d.id, d.claim, d.number, greatest(d.due_at, CASE
            WHEN m.is_enabled AND m.archived_at IS NULL THEN CASE WHEN m.paused_until > d.due_at THEN least(m.paused_until, given_up.at) END
            ELSE given_up.at END) AS at
        FROM distribution_delivery d JOIN clients_deliverymethod m ON m.id = d.method_id, LATERAL (
            SELECT coalesce(d.first_attempt_at, greatest(d.created, d.hold_until)) + make_interval(secs => d.budget_seconds) AS at
        ) given_up
        WHERE d.state = 'queued' AND d.due_at <= %(until)s
        UNION ALL
        SELECT true, id, claim, number, due_at FROM leads_lead WHERE due_at <= %(until)s
    ) one WHERE at <= %(until)s ORDER BY at, is_lead, number LIMIT 1
"""
"""A delivery whose method is paused waits for the end of the pause or of its own budget, as in `claim` and `paused`."""


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
            reference=self.reference,
            retry_after=self.retry_after,
            request=request,
            answer=self.text,
        )


type Answers = Callable[[Delivery], SimulatedAnswer]
"""What the client says to one attempt of a delivery, which comes with its lead, client, account and method."""


class Due(NamedTuple):
    is_lead: bool
    id: UUID
    claim: int
    at: datetime


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
    Wake-ups are the caller's to switch off (PUBLISHES_WAKE_UPS).
    """

    def __init__(self, answers: Answers, *, keeps_requests: bool = False) -> None:
        self.answers, self.keeps_requests = answers, keeps_requests
        self._awaited: list[Awaited] = []

    def receive(self, *, campaign: Campaign, fields: Mapping[str, object], now: datetime, channel: str = "api") -> Lead:
        """Let a lead come in at `now`, after all that is due until then, and go as far as it gets in that instant.

        The lead is as intake left it: what became of it since stands in its row.
        """
        self.run_until(now)
        lead = receive_lead(campaign=campaign, fields=fields, channel=channel, now=now).lead
        assert lead is not None  # noqa: S101 -- only repeats come without their lead
        if lead.due_at is not None:
            route_lead(lead_id=lead.pk, claim=lead.claim, now=now)
            self.run_until(now)
        return lead

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
        with connection.cursor() as cursor:
            cursor.execute(NEXT_DUE, {"until": until})
            row = cursor.fetchone()
        due = Due(*row) if row else None
        if self._awaited and self._awaited[0].at <= (due.at if due else until):
            return heapq.heappop(self._awaited)
        return due

    def _happen(self, due: Due | Awaited) -> None:
        if isinstance(due, Awaited):
            self._answered(due)
        elif due.is_lead:
            route_lead(lead_id=due.id, claim=due.claim, now=due.at)
        else:
            self._attempt(due)

    def _attempt(self, due: Due) -> None:
        """Hand one delivery over, as a worker would that saw it due."""
        delivery = claim_known(delivery_id=due.id, claim=due.claim, now=due.at)
        if delivery is None:
            give_up_on_paused(now=due.at)
            return
        request: Mapping[str, Any] = {}
        if self.keeps_requests:
            if not prepare([Claimed(delivery, was_lost=False)], now=due.at):
                return
            request = delivery.payload or {}
        answer = self.answers(delivery)
        at = due.at + timedelta(seconds=answer.seconds)
        awaited = Awaited(at, delivery.number, delivery, due.at, answer, request)
        if answer.seconds:
            heapq.heappush(self._awaited, awaited)
        else:
            self._answered(awaited)

    def _answered(self, one: Awaited) -> None:
        failures = 0 if one.answer.outcome in (Outcome.ACCEPTED, Outcome.REJECTED) else live_switches().breaker_failures
        report = one.answer.report(one.request)
        finish(Finished(delivery=one.delivery, report=report, started=one.started, ended=one.at, breaker_failures=failures))
        if one.answer.bounces and tracks_mail():
            with transaction.atomic():
                lock_lead(one.delivery.lead_id)
                reverse_sale(delivery=one.delivery, now=one.at, reason="bounced")


def claim_known(*, delivery_id: UUID, claim: int, now: datetime) -> Delivery | None:
    """Claim one delivery that waits; None when it is no longer so or its method is paused or switched off."""
    lease = now + timedelta(seconds=settings.LEASE_SECONDS)
    waiting = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.QUEUED, claim=claim, method__is_enabled=True)
    free = waiting.filter(method__archived_at=None).exclude(method__paused_until__gt=now)
    taken = free.update(
        state=DeliveryState.SENDING, claim=claim + 1, lease_until=lease, first_attempt_at=Coalesce(F("first_attempt_at"), now)
    )
    if not taken:
        return None
    return Delivery.objects.select_related("lead__campaign__source", "client", "account", "method").get(pk=delivery_id)


def tracks_mail() -> bool:
    """Whether the settings in force let a bounce take a sale back."""
    return bool(SettingsVersion.objects.values_list("data__email_tracking", flat=True).first())
