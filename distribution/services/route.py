"""A lead's way through its routes: claim it, decide, reserve, and write down why. Nothing is sent here."""

import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction

from distribution.locks import lock_lead_and
from distribution.models import Delivery
from distribution.services.distribute import PlaceTaken, Progress, distribute
from distribution.services.market import NEWEST, LiveMarket, live_market
from leads.enums import LeadOutcome, Route
from leads.models import Event, Lead
from leads.services.events import record
from leads.services.rows import Writes
from pullqueue.services.enqueue import enqueue_lead
from pullqueue.services.push import push_lead

log = structlog.get_logger(__name__)

CLAIM = """
    WITH single AS MATERIALIZED (
        SELECT id FROM leads_lead
        WHERE due_at <= %(now)s AND (lease_until IS NULL OR lease_until < %(now)s) AND from_import_id IS NULL
        ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ), of_files AS MATERIALIZED (
        SELECT id FROM leads_lead
        WHERE due_at <= %(now)s AND (lease_until IS NULL OR lease_until < %(now)s) AND from_import_id IS NOT NULL
        ORDER BY due_at LIMIT %(limit)s - (SELECT count(*) FROM single) FOR UPDATE SKIP LOCKED
    ), picked AS (SELECT id FROM single UNION ALL SELECT id FROM of_files)
    UPDATE leads_lead SET lease_until = %(lease)s, claim = claim + 1, tries = tries + 1
    FROM picked WHERE leads_lead.id = picked.id
    RETURNING leads_lead.id, leads_lead.claim, leads_lead.tries
"""

MAX_TRIES = 10
"""Claims without a result after which a person must look; the lead stays safe and is tried again each hour."""
STUCK_FOR = timedelta(hours=1)
RACES = 50
"""How often a place may be taken by somebody else between the decision and its reservation."""


class Claimed(NamedTuple):
    lead_id: UUID
    claim: int
    tries: int


def claim_leads(*, now: datetime, limit: int) -> list[Claimed]:
    """Take up to `limit` due leads under a lease; nobody else gets them before it runs out.

    Leads of imported files are taken when no other lead is due, so that a million of them hold up nobody.
    """
    lease = now + timedelta(seconds=settings.LEASE_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"now": now, "limit": limit, "lease": lease})
        return [Claimed(*row) for row in cursor.fetchall()]


def route_due(*, now: datetime, limit: int = 20) -> int:
    """Route up to `limit` due leads and return how many were claimed. A lead that raises never stops the others."""
    claimed = claim_leads(now=now, limit=limit)
    for one in claimed:
        try:
            route_lead(lead_id=one.lead_id, claim=one.claim, now=now)
        except Exception as error:  # noqa: BLE001 -- the row is set aside with its reason and the next one goes on
            set_aside(one, error, now=now)
    return len(claimed)


def route_lead(*, lead_id: UUID, claim: int, now: datetime) -> Delivery | None:
    """Take the lead one step further and return what it was offered by, if it was; a claim that is no longer the lead's does nothing."""
    for _ in range(RACES):
        try:
            with transaction.atomic():
                newest, lead = lock_lead_and(NEWEST, lead_id)
                if lead.claim == claim and lead.due_at is not None:
                    return step(lead, live_market(newest), now=now)
                return None
        except PlaceTaken:
            continue
    Lead.objects.filter(pk=lead_id, claim=claim).update(lease_until=None)
    return None


def step(lead: Lead, live: LiveMarket, *, now: datetime) -> Delivery | None:
    """Ask the lead's routes in their order until one takes it or waits; untaken it stands among the unrouted. Return the offer made."""
    passed: dict[str, str] = {}
    writes = Writes()
    while lead.routes_left:
        progress = ROUTES[Route(lead.routes_left[0])](lead, live, now, writes)
        if progress.taken:
            _write(lead, writes, outcome=progress.outcome, due_at=progress.due_at, now=now, is_final=progress.is_final)
            return progress.offer
        passed[lead.routes_left.pop(0)] = progress.reason
    if lead.outcome == LeadOutcome.SOLD:
        _write(lead, writes, outcome=LeadOutcome.SOLD, due_at=None, now=now, is_final=True)
        return None
    writes.insert(Event(kind="lead.unrouted", at=now, lead=lead, data={"routes": passed}))
    _write(lead, writes, outcome=LeadOutcome.UNROUTED, due_at=None, now=now, is_final=True)
    return None


WRITTEN = ("outcome", "due_at", "lease_until", "tries", "stuck_reason", "finished_at", "routes_left")


def _write(lead: Lead, writes: Writes, *, outcome: str, due_at: datetime | None, now: datetime, is_final: bool) -> None:
    """Make all changes of the step in one statement, the lead's own among them."""
    lead.outcome, lead.due_at, lead.lease_until, lead.tries, lead.stuck_reason = outcome, due_at, None, 0, ""
    lead.finished_at = now if is_final else None
    writes.update(Lead, {name: getattr(lead, name) for name in WRITTEN}, id=lead.pk)
    writes.run()


def push(lead: Lead, _live: LiveMarket, now: datetime, _writes: Writes) -> Progress:
    """Hand the lead to a user or a branch; one that was sold has its home."""
    if lead.outcome == LeadOutcome.SOLD:
        return Progress(taken=False, reason="sold")
    pushed = push_lead(lead=lead, now=now)
    if pushed.due_at is not None:
        return Progress(taken=True, outcome=LeadOutcome.PENDING, due_at=pushed.due_at)
    return Progress(taken=pushed.taken, reason=pushed.reason, outcome=LeadOutcome.PUSHED, is_final=False)


def pull(lead: Lead, _live: LiveMarket, now: datetime, _writes: Writes) -> Progress:
    """Put the lead into the queues that it matches; one that was sold has its home."""
    if lead.outcome == LeadOutcome.SOLD:
        return Progress(taken=False, reason="sold")
    queued = enqueue_lead(lead=lead, now=now)
    return Progress(taken=queued.taken, reason=queued.reason, outcome=LeadOutcome.QUEUED, is_final=False)


ROUTES: dict[Route, Callable[[Lead, LiveMarket, datetime, Writes], Progress]] = {
    Route.DISTRIBUTE: distribute,
    Route.PUSH: push,
    Route.PULL: pull,
}


def set_aside(one: Claimed, error: Exception, *, now: datetime) -> None:
    """Push a lead that raised into the future with the reason why a person must look."""
    log.error("lead.set_aside", lead=str(one.lead_id), error=type(error).__name__, where=where(error))
    wait = min(timedelta(seconds=5 * 2**one.tries), STUCK_FOR)
    Lead.objects.filter(pk=one.lead_id, claim=one.claim, due_at__isnull=False).update(
        due_at=now + wait, lease_until=None, stuck_reason=f"Routing failed {one.tries} times: {type(error).__name__}"[:200]
    )


def where(error: BaseException) -> str:
    """The line that raised, for the log: unlike the message it never holds a person's data."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


def rerun_lead(*, lead: Lead, by: object, now: datetime) -> bool:
    """Open an unrouted lead's routes anew; False when it is not unrouted any more."""
    opened = Lead.objects.filter(pk=lead.pk, outcome=LeadOutcome.UNROUTED).update(
        outcome=LeadOutcome.PENDING, due_at=now, routes_left=lead.campaign.routes, finished_at=None, tries=0, stuck_reason=""
    )
    if opened:
        record(kind="lead.rerun", at=now, lead=lead.pk, by=by)
    return bool(opened)
