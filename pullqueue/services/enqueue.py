"""The route `pull`: a lead goes into the queue of every strategy whose criteria it matches."""

from datetime import datetime
from typing import Any, NamedTuple

from leads.models import Event, Lead
from leads.services.rows import insert_rows
from leads.services.suppress import is_suppressed
from pullqueue.enums import Place
from pullqueue.locks import enter_floor, lock_placement
from pullqueue.models import Placement
from pullqueue.services.entries import save, strategies_now, verdicts_on, write_entries
from pullqueue.services.judging import Verdict


class Queued(NamedTuple):
    """Whether the queue took the lead, into which strategies by name, or why not."""

    taken: bool
    reason: str = ""
    strategies: tuple[str, ...] = ()


def enqueue_lead(*, lead: Lead, now: datetime) -> Queued:
    """Put a lead into the queues that it matches, and write down why not into the others.

    Inside a transaction that has locked the lead. One that matches only later, by its age, is taken too, and waits.
    """
    strategies = strategies_now()
    if not any(strategy.is_on for strategy in strategies):
        return Queued(taken=False, reason="no_strategies")
    if is_suppressed(phones=[lead.phone, lead.phone2], emails=[lead.email]):
        return Queued(taken=False, reason="suppressed")
    floor = enter_floor()
    placement = lock_placement(lead.pk)
    placement = placement or Placement(lead=lead)
    stand_ready(placement, now=now)
    verdicts = verdicts_on(lead, placement, strategies, now=now)
    takes = [verdict for verdict in verdicts if verdict.stays and verdict.strategy.is_on]
    insert_rows([Event(kind="lead.queued" if takes else "lead.not_queued", at=now, lead=lead, data={"strategies": told(verdicts)})])
    if not takes:
        placement.place = Place.UNROUTED  # kept all the same: a rebuild may find a queue for it
        write_entries(lead, placement, [], floor, now=now)
        save(lead, placement, floor, now=now)
        return Queued(taken=False, reason="no_match")
    write_entries(lead, placement, verdicts, floor, now=now)
    save(lead, placement, floor, now=now)
    return Queued(taken=True, strategies=tuple(verdict.strategy.name for verdict in takes if verdict.matches))


def stand_ready(placement: Placement, *, now: datetime) -> None:
    """Let nobody hold, own or call back the lead; where it belongs and what it has been through stays."""
    placement.place, placement.since, placement.due_at, placement.ending = Place.READY, now, None, ""
    placement.holder = placement.owner = placement.callback_by = placement.callback_at = None
    placement.is_unworked = False


def told(verdicts: list[Verdict]) -> dict[str, Any]:
    """Why not, by strategy; the strategies that have the lead say nothing."""
    return {str(verdict.strategy.pk): _why(verdict) for verdict in verdicts}


def _why(verdict: Verdict) -> dict[str, Any]:
    if not verdict.strategy.is_on:
        return {"why": "off"}
    failure = {"failure": verdict.failure.to_json()} if verdict.failure else {}
    return {"why": verdict.why, **failure} if verdict.why else {"why": ""}
