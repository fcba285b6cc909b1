"""The one door: every lead is judged here, however it came, and an accepted one is safe once this returns.

In one transaction: the idempotency key, the locks on the people's fingerprints, one look-up, the places in the campaign's
caps, and the rows. Nothing outside the database is asked before the commit.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from leads.domain.intake import FieldError
from leads.domain.lead_types import LeadTypeSpec
from leads.enums import CampaignStatus, DuplicateAgainst, LeadOutcome, LeadStatus
from leads.locks import look_behind_locks
from leads.models import Campaign, Event, Fingerprint, Lead, Submission
from leads.models.lead import STANDARD_COLUMNS
from leads.queries import Known, Original
from leads.services.campaign_caps import is_capped, take_places
from leads.services.drafts import Arrival, Draft, draft
from leads.services.lead_types import spec_of
from leads.services.receipts import Receipt
from leads.services.replays import Idempotency, claim, kept
from leads.services.rows import insert_plain
from leads.signals import lead_ready

JUDGED: tuple[str, ...] = (
    *(*STANDARD_COLUMNS, "custom", "unmapped", "zones", "states", "is_test", "cost"),
    *("status", "outcome", "errors", "duplicate_of_id", "routes_left", "due_at", "finished_at"),
)
"""What intake says of a lead, and nothing else does before its routes open."""
FULL = FieldError(None, "campaign_full", "This campaign takes no more leads in this hour, day, week, month or at all. Send it later.")


@dataclass(frozen=True, slots=True)
class Origin:
    """How leads came: the door, and for the API the connection's own address and program."""

    channel: str
    address: str = ""
    agent: str = ""
    by: Any = None


class CampaignShut(Exception):
    """The campaign is paused or closed: nothing is taken and nothing is stored."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


def receive_lead(
    *,
    campaign: Campaign,
    fields: Mapping[str, object],
    channel: str,
    now: datetime,
    raw: Any = None,
    idempotency: Idempotency | None = None,
    is_test: bool = False,
    address: str = "",
    agent: str = "",
    by: Any = None,
) -> Receipt:
    """Take one lead; see `receive_leads`."""
    origin = Origin(channel, address, agent, by)
    arrivals = [Arrival(fields, raw, is_test)]
    (receipt,) = receive_leads(campaign=campaign, arrivals=arrivals, origin=origin, idempotency=idempotency, now=now)
    return receipt


def receive_leads(
    *,
    campaign: Campaign,
    arrivals: Sequence[Arrival | Receipt],
    origin: Origin,
    now: datetime,
    idempotency: Idempotency | None = None,
    spec: LeadTypeSpec | None = None,
) -> list[Receipt]:
    """Judge leads and store every one, accepted or not; return one receipt each, in order.

    `spec` is the compiled lead type, for callers who have it. What was no lead at all comes with its receipt and keeps its
    place. All are stored or, when the database fails, none. Leads with times of their own come in the order of time, none
    before `now`, by a campaign without caps; each is judged as if it had been taken then.

    Raises:
        CampaignShut: only an active campaign takes leads; a repeated post is answered all the same.
        KeyReused, InProgress: see `replays`.
    """
    spec = spec or spec_of(campaign.lead_type)
    drafts = [one if isinstance(one, Receipt) else draft(one, campaign, spec, now=one.at or now) for one in arrivals]
    with transaction.atomic(durable=True):
        row, receipts = claim(campaign, idempotency, now=now) if idempotency else (None, [])
        if receipts:
            return receipts
        refuse_unless_open(campaign)
        leads = [one for one in drafts if isinstance(one, Draft)]
        settle(leads, campaign, now=now)
        receipts = [_receipt(one) if isinstance(one, Draft) else one for one in drafts]
        write(leads, origin, then=None if row is None else kept(row, receipts))
    return receipts


def refuse_unless_open(campaign: Campaign) -> None:
    """Raises CampaignShut."""
    if campaign.is_archived:
        raise CampaignShut(CampaignStatus.CLOSED)
    if campaign.status != CampaignStatus.ACTIVE:
        raise CampaignShut(campaign.status)


def _receipt(one: Draft) -> Receipt:
    return Receipt(one.lead.id, one.lead.status, one.errors, one.lead)


def settle(drafts: Sequence[Draft], campaign: Campaign, *, now: datetime) -> None:
    """Say what each lead is, and take its places in the campaign's caps, inside the caller's transaction."""
    hours = hours_of(campaign)
    against_accepted = campaign.lead_type.duplicate_against == DuplicateAgainst.ACCEPTED
    unnumbered = [one.lead for one in drafts if not one.is_known]
    numbers, known = look_behind_locks(
        {(kind, digest) for one in drafts for digest, kind in one.people.items()},
        {digest for one in drafts for digest in one.prints},
        numbers=len(unnumbered),
        hours=hours,
        accepted_only=against_accepted,
        now=now,
    )
    for lead, number in zip(unnumbered, numbers, strict=True):
        lead.number = number
    _settle(drafts, campaign, Desk(known, timedelta(hours=hours), against_accepted=against_accepted), now=now)


def hours_of(campaign: Campaign) -> int:
    """For how many hours duplicates are looked for."""
    own = campaign.duplicate_hours
    return campaign.lead_type.duplicate_hours if own is None else own


class Desk:
    """Says what a lead is, one after the other, so that a lead may also be a duplicate of one that came with it."""

    def __init__(self, known: Known, looks_back: timedelta, *, against_accepted: bool) -> None:
        self.known = known
        self.looks_back = looks_back
        self.against_accepted = against_accepted
        self.seen: dict[UUID, Original] = {}

    def status_of(self, one: Draft) -> str:
        if one.errors:
            return LeadStatus.REJECTED
        if any(digest in self.known.suppressed for digest in one.people):
            return LeadStatus.SUPPRESSED
        return LeadStatus.DUPLICATE if self.original_of(one) else LeadStatus.ACCEPTED

    def original_of(self, one: Draft) -> Original | None:
        if not self.looks_back:
            return None
        since = one.lead.received_at - self.looks_back
        found = (self.seen.get(digest) or self.known.originals.get(digest) for digest in one.prints)
        return next((original for original in found if original and original.received_at > since), None)

    def remember(self, one: Draft) -> None:
        """Let the leads after this one be its duplicates. Tests count for nobody."""
        if one.lead.is_test or (self.against_accepted and one.lead.status != LeadStatus.ACCEPTED):
            return
        came = Original(one.lead.id, one.lead.number, one.lead.received_at)
        for digest in one.prints:
            if digest not in self.seen or self.seen[digest].received_at < came.received_at:  # the last, as it is looked up
                self.seen[digest] = came


def _settle(drafts: Sequence[Draft], campaign: Campaign, desk: Desk, *, now: datetime) -> None:
    places = take_places(campaign, _count_accepted(drafts, desk), now=now) if is_capped(campaign) else len(drafts)
    desk.seen.clear()
    for one in drafts:
        status = desk.status_of(one)
        if status == LeadStatus.ACCEPTED and not one.lead.is_test:
            places -= 1
            if places < 0:
                status, one.errors = LeadStatus.REJECTED, (FULL,)
        _set(one, status, desk)
        desk.remember(one)


def _count_accepted(drafts: Sequence[Draft], desk: Desk) -> int:
    """Count the places that these leads need if all fit."""
    count = 0
    for one in drafts:
        one.lead.status = desk.status_of(one)
        count += one.lead.status == LeadStatus.ACCEPTED and not one.lead.is_test
        desk.remember(one)
    return count


def _set(one: Draft, status: str, desk: Desk) -> None:
    lead, now = one.lead, one.lead.received_at
    lead.status = status
    lead.errors = [{"field": error.field, "code": error.code, "message": error.message} for error in one.errors]
    if status == LeadStatus.DUPLICATE and (original := desk.original_of(one)):
        lead.duplicate_of_id, one.original = original.lead_id, original
    if status == LeadStatus.ACCEPTED and not lead.is_test:
        lead.outcome, lead.due_at, lead.routes_left, lead.cost = LeadOutcome.PENDING, now, list(lead.campaign.routes), lead.campaign.cost
    else:
        lead.outcome, lead.finished_at = LeadOutcome.FINISHED if status == LeadStatus.ACCEPTED else "", now


def write(drafts: Sequence[Draft], origin: Origin, *, then: tuple[str, list[Any]] | None = None) -> None:
    """Store settled drafts inside the caller's transaction, and the answer for repeats (`then`) in the same message."""
    insert_plain(
        (Lead, [one.lead.__dict__ for one in drafts]),
        (Submission, [_submission(one, origin) for one in drafts]),
        (Fingerprint, [print_ for one in drafts if not one.lead.is_test for print_ in _fingerprints(one.lead, one.prints)]),
        (Event, [_event(one, origin) for one in drafts]),
        then=then,
    )
    if any(one.lead.due_at for one in drafts):
        transaction.on_commit(_announce, robust=True)


def write_anew(drafts: Sequence[Draft], origin: Origin) -> None:
    """Store settled drafts over the leads that they are, inside the caller's transaction; what was submitted stays."""
    insert_plain(
        (Fingerprint, [print_ for one in drafts if not one.lead.is_test for print_ in _fingerprints(one.lead, one.prints)]),
        (Event, [_event(one, origin) for one in drafts]),
    )
    for one in drafts:
        Lead.objects.filter(pk=one.lead.pk).update(**{name: getattr(one.lead, name) for name in JUDGED})
    if any(one.lead.due_at for one in drafts):
        transaction.on_commit(_announce, robust=True)


def _submission(one: Draft, origin: Origin) -> dict[str, Any]:
    return {"lead_id": one.lead.id, "body": one.raw, "channel": origin.channel, "address": origin.address, "agent": origin.agent}


def _fingerprints(lead: Lead, prints: Sequence[UUID]) -> Iterator[dict[str, Any]]:
    is_accepted = lead.status == LeadStatus.ACCEPTED
    for digest in prints:
        yield {"lead_id": lead.id, "digest": digest, "received_at": lead.received_at, "is_accepted": is_accepted}


def _event(one: Draft, origin: Origin) -> dict[str, Any]:
    lead, by = one.lead, origin.by.pk if origin.by else None
    data = _told(one) | {"channel": origin.channel}
    return {"kind": f"lead.{lead.status}", "at": lead.received_at, "lead_id": lead.id, "by_id": by, "about": "", "data": data}


def _told(one: Draft) -> dict[str, Any]:
    if one.lead.status == LeadStatus.REJECTED:
        return {"codes": sorted({error.code for error in one.errors})}
    if one.original:
        return {"of": f"L-{one.original.number}"}
    return {"test": True} if one.lead.is_test else {}


def _announce() -> None:
    lead_ready.send_robust(sender=Lead)
