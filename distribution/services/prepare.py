"""Between claim and sending: what must not go out is ended, what may is written and kept before anything is opened."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from django.db import connection

from clients.enums import ServerErrorMeans
from clients.models import DeliveryMethod
from distribution.crash import crash_here
from distribution.domain.answers import Rule
from distribution.domain.retry import Outcome, Why
from distribution.models import Delivery
from distribution.services.claim import Claimed
from distribution.services.finish import end_without_sending, write_lost_attempt
from distribution.services.mail_prepare import mark_mails, without_paused
from distribution.services.payload import delivery_values, own_fields, write_payload
from distribution.transports.envelope import Envelope, Report
from distribution.transports.template import TemplateProblem
from leads.enums import LeadOutcome
from leads.models import Lead
from leads.services.suppress import is_suppressed

log = structlog.get_logger(__name__)

MOST_LOST = 10
"""Claims without a result after which a person must look: what kills workers must not kill them for ever."""

KEEP = """
    UPDATE distribution_delivery d SET payload = v.payload
    FROM unnest(%s::uuid[], %s::int[], %s::jsonb[]) AS v (id, claim, payload)
    WHERE d.id = v.id AND d.claim = v.claim AND d.state = 'sending' AND d.payload IS NULL
    RETURNING d.id
"""


class Ready(NamedTuple):
    """A delivery to send, or one whose request could not even be written."""

    delivery: Delivery
    envelope: Envelope | None
    failure: Report | None = None


def prepare(claimed: list[Claimed], *, now: datetime) -> list[Ready]:
    """Return what is to be sent, each with its request kept."""
    going = [one.delivery for one in claimed if not _is_over(one, now=now)]
    unwanted = _unwanted(going, now=now) if going else set()
    going = [delivery for delivery in going if delivery.pk not in unwanted]
    crash_here("before_payload")
    unwritable = dict(_write_payloads(going, now=now))
    crash_here("after_payload")
    return [_ready(delivery, unwritable, now=now) for delivery in going]


def _is_over(one: Claimed, *, now: datetime) -> bool:
    """Whether a delivery that a lost worker held ends here instead of going out again."""
    delivery = one.delivery
    if one.was_lost:
        write_lost_attempt(delivery, now=now)
    if delivery.claim - delivery.attempts_made > MOST_LOST:
        return end_without_sending(delivery, why=Why.LEASE_LOST, now=now) or True
    if one.was_lost and delivery.is_tainted and not _may_repeat(delivery, now=now):
        return end_without_sending(delivery, why=Why.IN_DOUBT, now=now) or True
    return False


def _may_repeat(delivery: Delivery, *, now: datetime) -> bool:
    began = delivery.first_attempt_at or now
    method = delivery.method
    return method is not None and method.recognises_repeats and now <= began + timedelta(seconds=delivery.budget_seconds)


def _unwanted(deliveries: list[Delivery], *, now: datetime) -> set[UUID]:
    """End what must not be sent any more: the person was erased, or asked not to be contacted, after the lead was routed."""
    outcomes = dict(Lead.objects.filter(pk__in=[one.lead_id for one in deliveries]).values_list("pk", "outcome"))
    erased = {one.pk for one in deliveries if outcomes.get(one.lead_id) == LeadOutcome.ERASED}
    if _are_suppressed(deliveries):
        erased |= {one.pk for one in deliveries if _are_suppressed([one])}
    for delivery in deliveries:
        if delivery.pk in erased:
            end_without_sending(delivery, why=Why.SUPPRESSED, now=now)
    return erased


def is_unwanted(delivery: Delivery) -> bool:
    """Whether the person was erased, or asked not to be contacted, since the lead was routed."""
    return delivery.lead.outcome == LeadOutcome.ERASED or _are_suppressed([delivery])


def _are_suppressed(deliveries: list[Delivery]) -> bool:
    leads = [delivery.lead for delivery in deliveries]
    phones = [phone for lead in leads for phone in (lead.phone, lead.phone2) if phone]
    return is_suppressed(phones=phones, emails=[lead.email for lead in leads if lead.email])


def _write_payloads(deliveries: list[Delivery], *, now: datetime) -> Iterator[tuple[UUID, str]]:
    """Write and keep the requests that are not written yet; yield those that cannot be, with what is wrong."""
    new = [delivery for delivery in deliveries if delivery.payload is None]
    own = own_fields(delivery.lead.lead_type_id for delivery in new) if new else {}
    for delivery in new:
        names = own.get(delivery.lead.lead_type_id, [])
        try:
            written = write_payload(delivery.method, delivery_values(delivery, names), names, now=now)  # type: ignore[arg-type]
            delivery.payload = without_paused(written)
        except TemplateProblem as problem:
            yield delivery.pk, str(problem)
        except Exception as error:  # noqa: BLE001 -- a method that cannot be written fails its own deliveries only
            log.warning("delivery.unwritable", delivery=str(delivery.pk), error=type(error).__name__)
            yield delivery.pk, f"The request could not be written ({type(error).__name__}): check the delivery method."
    kept = [delivery for delivery in new if delivery.payload is not None]
    mark_mails(kept)
    if kept:
        columns: list[Any] = [[one.pk for one in kept], [one.claim for one in kept], [json.dumps(one.payload) for one in kept]]
        with connection.cursor() as cursor:
            cursor.execute(KEEP, columns)


def _ready(delivery: Delivery, unwritable: dict[UUID, str], *, now: datetime) -> Ready:
    if delivery.pk in unwritable:
        return Ready(delivery, None, Report(Outcome.CONFIG_ERROR, message=unwritable[delivery.pk]))
    try:
        return Ready(delivery, envelope_of(delivery, now=now))
    except (KeyError, TypeError, ValueError):
        return Ready(
            delivery, None, Report(Outcome.CONFIG_ERROR, message="The response rules cannot be read: save the delivery method again.")
        )


def envelope_of(delivery: Delivery, *, now: datetime) -> Envelope:
    """Return what the transport needs; it touches no database."""
    method = delivery.method
    assert method is not None  # noqa: S101 -- claimed by its method
    return write_envelope(method, delivery.pk, delivery.payload or {}, now=now)


def write_envelope(method: DeliveryMethod, delivery: UUID, payload: dict[str, Any], *, now: datetime) -> Envelope:
    """Return a request with what the method says of sending it and of its answers."""
    return Envelope(
        delivery=delivery,
        payload=payload,
        sent_at=now,
        secret=method.secret or "",
        auth_kind=method.auth_kind,
        auth_user=method.auth_user,
        token_url=method.token_url,
        token_scope=method.token_scope,
        rules=tuple(Rule.from_json(rule) for rule in method.rules),
        server_error=SERVER_ERRORS[ServerErrorMeans(method.server_error_means)],
        seconds=float(method.timeout_seconds),
    )


SERVER_ERRORS = {ServerErrorMeans.IN_DOUBT: Outcome.IN_DOUBT, ServerErrorMeans.NOT_TAKEN: Outcome.NOT_TAKEN}
