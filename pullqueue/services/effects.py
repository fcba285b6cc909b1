"""What an outcome does to its lead once it cannot be taken back any more."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from leads.domain.normalise_text import Refused as NotReadable
from leads.enums import LeadOutcome, SuppressionKind
from leads.models import Lead
from leads.services.events import record
from leads.services.suppress import suppress
from leads.signals import lead_ready
from pullqueue.domain.following import Following
from pullqueue.enums import HoldEnd, NoticeKind, Place, ResultState, Then
from pullqueue.locks import Floor, enter_floor, lock_lead, lock_placement
from pullqueue.models import Placement, Result
from pullqueue.services.entries import settle
from pullqueue.services.notices import tell
from pullqueue.services.work import add_attempt, end_hold, missed_minutes, what_follows


class Scene(NamedTuple):
    """An outcome that takes effect, with its lead and placement locked."""

    result: Result
    lead: Lead
    placement: Placement
    follows: Following
    floor: Floor
    now: datetime


def apply_result(*, result_id: UUID, now: datetime) -> bool:
    """Let an outcome take effect; False when it was taken back or took effect before."""
    with transaction.atomic():
        floor = enter_floor()
        known = Result.objects.filter(pk=result_id).values_list("lead_id", flat=True).first()
        if known is None:
            return False
        lead, placement = lock_lead(known), lock_placement(known)
        query = Result.objects.select_for_update(of=("self",)).select_related("disposition", "hold__strategy", "user")
        result = query.filter(pk=result_id, state=ResultState.PENDING).first()
        if result is None or placement is None:
            return False
        result.state = ResultState.APPLIED
        result.save(update_fields=["state"])
        if result.disposition.counts_as_attempt:
            add_attempt(lead, placement, result.user, result.hold, at=result.at)
        _let_go(result, lead, placement)
        scene = Scene(result, lead, placement, what_follows(result), floor, now)
        MOVES[Then(result.then)](scene)
        settle(lead, placement, floor, now=now)
        record(kind="lead.disposed", at=result.at, lead=lead, by=result.user, disposition=result.disposition.name, then=result.then)
    return True


def _let_go(result: Result, lead: Lead, placement: Placement) -> None:
    if result.hold is not None:
        end_hold(result.hold, HoldEnd.DISPOSITION, now=result.at if result.at > result.hold.at else result.due_at)
    if result.disposition.gives_back_pull_count and result.hold is not None:
        lead.pull_count = max(lead.pull_count - 1, 0)
    lead.last_disposition = result.disposition.name
    placement.holder = None
    placement.callback_at = placement.callback_by = None


def _arrive(scene: Scene, place: Place, *, due_at: datetime | None = None) -> None:
    placement = scene.placement
    placement.place, placement.since, placement.due_at = place, scene.now, due_at


def _recycle(scene: Scene) -> None:
    if scene.follows.place == Place.OWNED:
        scene.placement.owner = scene.result.user
        _arrive(scene, Place.OWNED)
    elif scene.follows.due_at is None or scene.follows.due_at <= scene.now:
        _arrive(scene, Place.READY)
    else:
        _arrive(scene, Place.COOLING, due_at=scene.follows.due_at)


def _callback(scene: Scene) -> None:
    result, placement = scene.result, scene.placement
    placement.callback_at, placement.callback_by = result.callback_at, result.user
    minutes = timedelta(minutes=missed_minutes(result.disposition))
    missed = None if result.disposition.is_personal or result.callback_at is None else result.callback_at + minutes
    _arrive(scene, Place.CALLBACK, due_at=missed)


def _own(scene: Scene) -> None:
    scene.placement.owner, scene.placement.is_unworked = scene.result.user, False
    _arrive(scene, Place.OWNED)


def _transfer(scene: Scene) -> None:
    result = scene.result
    move_to(scene.placement, user=result.transfer_user_id, branch=result.transfer_branch_id, now=scene.now)
    if scene.follows.goes_round:
        goes_round(scene.lead, scene.placement, now=scene.now)
    elif result.transfer_user is not None:
        tell(user=result.transfer_user, kind=NoticeKind.TRANSFERRED, lead=scene.lead, at=scene.now)


def _finish(scene: Scene) -> None:
    scene.placement.ending = scene.follows.ending or ""
    _arrive(scene, Place.FINISHED)


def _do_not_call(scene: Scene) -> None:
    _finish(scene)
    lead = scene.lead
    for kind, value in ((SuppressionKind.PHONE, lead.phone), (SuppressionKind.PHONE, lead.phone2), (SuppressionKind.EMAIL, lead.email)):
        if not value:
            continue
        try:
            suppress(kind=kind, value=value, by=scene.result.user, now=scene.now, reason="Do not call")
        except NotReadable:  # what is no number and no address reaches nobody
            continue


MOVES: Mapping[Then, Callable[[Scene], None]] = {
    Then.RECYCLE: _recycle,
    Then.CALLBACK: _callback,
    Then.OWN: _own,
    Then.TRANSFER: _transfer,
    Then.WON: _finish,
    Then.LOST: _finish,
    Then.BAD_LEAD: _finish,
    Then.DO_NOT_CALL: _do_not_call,
}


def move_to(placement: Placement, *, user: int | None, branch: int | None, now: datetime) -> None:
    """Make the lead a user's, a branch's, or with neither the company's, where it stands ready."""
    placement.holder = placement.callback_by = placement.callback_at = None
    placement.owner_id, placement.is_unworked, placement.due_at, placement.since = user, False, None, now
    placement.push_strategy = None
    if user is None:
        placement.branch_id, placement.place = branch, Place.READY
    else:
        placement.place = Place.OWNED


def goes_round(lead: Lead, placement: Placement, *, now: datetime) -> None:
    """Let the lead go through its campaign's routes again; until one takes it, it stands with nobody."""
    placement.owner, placement.place, placement.due_at, placement.since = None, Place.UNROUTED, None, now
    lead.outcome, lead.due_at, lead.routes_left, lead.finished_at = LeadOutcome.PENDING, now, list(lead.campaign.routes), None
    lead.lease_until, lead.tries, lead.stuck_reason = None, 0, ""
    lead.save(update_fields=["outcome", "due_at", "routes_left", "finished_at", "lease_until", "tries", "stuck_reason"])
    transaction.on_commit(lambda: lead_ready.send_robust(sender=Lead), robust=True)
