"""The entries of one lead in the queues: judged, and written anew as a whole."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from leads.enums import LeadOutcome
from leads.models import Lead
from pullqueue.domain.calling import Spot, attempt_limit, limited_until, recent_attempts
from pullqueue.enums import Place
from pullqueue.hours import spot_of
from pullqueue.locks import Floor
from pullqueue.models import Placement, PullStrategy, QueueEntry, Segment
from pullqueue.services.judging import Subject, Verdict, fields_of, judge

OUTCOMES: dict[str, LeadOutcome] = {
    Place.READY: LeadOutcome.QUEUED,
    Place.COOLING: LeadOutcome.QUEUED,
    Place.HELD: LeadOutcome.QUEUED,
    Place.CALLBACK: LeadOutcome.QUEUED,
    Place.OWNED: LeadOutcome.PUSHED,
    Place.EXHAUSTED: LeadOutcome.FINISHED,
    Place.UNROUTED: LeadOutcome.UNROUTED,
    Place.FINISHED: LeadOutcome.FINISHED,
}
"""What a lead's outcome is in each place."""
QUEUED = (Place.READY, Place.COOLING, Place.HELD, Place.CALLBACK)
"""Places whose leads keep their entries: they come back to the queue."""


def strategies_now() -> list[PullStrategy]:
    """Every pull strategy that is in use, in its order; also those that are off, which are judged too so that they can be put on."""
    return list(PullStrategy.objects.filter(archived_at=None).order_by("position", "pk"))


def spot_of_lead(lead: Lead) -> Spot:
    return spot_of(lead.states, lead.zones)


def segment_for(floor: Floor, spot: Spot, branch: int | None) -> int:
    """Return the segment of leads that are there and belong so; a new one is made when it is the first."""
    for known in floor.segments:
        if known.spot == spot and known.branch == branch:
            return known.pk
    whose: Any = branch
    made, _ = Segment.objects.get_or_create(states=list(spot.states), zones=list(spot.zones), branch_id=whose)
    return made.pk


def verdicts_on(lead: Lead, placement: Placement, strategies: Iterable[PullStrategy], *, now: datetime) -> list[Verdict]:
    subject = Subject(lead, placement, fields_of(lead))
    return [judge(strategy, subject, now) for strategy in strategies]


def write_entries(lead: Lead, placement: Placement, verdicts: Sequence[Verdict], floor: Floor, *, now: datetime) -> None:
    """Replace the lead's entries by those of the verdicts, and say on the placement where it stands."""
    spot = spot_of_lead(lead)
    placement.segment_id = segment_for(floor, spot, placement.branch_id)
    placement.attempts_day = recent_attempts(placement.attempts_day, now)
    QueueEntry.objects.filter(lead_id=lead.pk, generation=floor.generation).delete()
    if placement.place not in QUEUED:
        return
    limit = limited_until(attempt_limit(floor.rules, spot), placement.attempts_day, now)
    QueueEntry.objects.bulk_create(
        QueueEntry(
            generation=floor.generation,
            strategy=verdict.strategy,
            lead_id=lead.pk,
            number=lead.number,
            segment_id=placement.segment_id,
            key1=verdict.keys[0],
            key2=verdict.keys[1],
            key3=verdict.keys[2],
            is_match=verdict.matches,
            is_ready=verdict.matches and placement.place == Place.READY,
            last_holder_id=placement.last_holder_id,
            limited_until=limit,
            judge_at=verdict.judge_at,
        )
        for verdict in verdicts
        if verdict.stays
    )


def settle(lead: Lead, placement: Placement, floor: Floor, *, now: datetime) -> list[Verdict]:
    """Judge the lead anew where it is, write its entries, and save lead and placement; return what the strategies said.

    A lead that stood ready or cooled down and has no queue any more is exhausted, when only its attempts are against it, or
    unrouted. Lead and placement are locked.
    """
    verdicts: list[Verdict] = []
    if placement.place in QUEUED:
        verdicts = verdicts_on(lead, placement, strategies_now(), now=now)
        if (
            placement.place in (Place.READY, Place.COOLING)
            and not any(verdict.stays for verdict in verdicts)
            and not _waits_at_branch(placement)
        ):
            is_exhausted = any(verdict.why == "exhausted" for verdict in verdicts)
            placement.place, placement.due_at, placement.since = Place.EXHAUSTED if is_exhausted else Place.UNROUTED, None, now
    write_entries(lead, placement, verdicts, floor, now=now)
    save(lead, placement, floor, now=now)
    return verdicts


def _waits_at_branch(placement: Placement) -> bool:
    """A lead that was pushed to a branch stays there, also while no strategy offers the branch's leads."""
    return placement.branch_id is not None and placement.push_strategy_id is not None and placement.strategy_id is None


def save(lead: Lead, placement: Placement, floor: Floor, *, now: datetime) -> None:
    """Write placement and lead as they are now; the lead's outcome follows from its place."""
    placement.revision = floor.revision
    placement.save()
    if lead.due_at is not None:  # its routes are open: the conductor writes what becomes of it
        Lead.objects.filter(pk=lead.pk).update(attempts=lead.attempts, pull_count=lead.pull_count, last_disposition=lead.last_disposition)
        return
    lead.outcome = OUTCOMES[placement.place]
    is_final = lead.outcome in (LeadOutcome.FINISHED, LeadOutcome.UNROUTED)
    lead.finished_at = (lead.finished_at or now) if is_final else None
    Lead.objects.filter(pk=lead.pk).update(
        attempts=lead.attempts,
        pull_count=lead.pull_count,
        last_disposition=lead.last_disposition,
        outcome=lead.outcome,
        finished_at=lead.finished_at,
    )
