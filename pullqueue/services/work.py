"""What a user does with a lead in hand: call it, pick its outcome, take the outcome back, release it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from leads.models import Lead
from leads.services.events import record
from pullqueue.domain.calling import may_call, recent_attempts
from pullqueue.domain.following import UNDO_SECONDS, Following, Outcome, following, problem_of
from pullqueue.domain.reasons import sentence
from pullqueue.enums import HoldEnd, Place, ResultState, Then
from pullqueue.locks import Floor, enter_floor, lock_lead, lock_placement
from pullqueue.models import Branch, CallAttempt, Disposition, FloorSettings, Hold, Placement, PullStrategy, Result, User
from pullqueue.services.entries import settle, spot_of_lead
from pullqueue.services.pull import call_refused


class Refused(Exception):
    """What a user wanted cannot be done: `code`, and the sentence that says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(sentence(code))


def take_in_hand(user: User, lead_id: UUID) -> tuple[Lead, Placement, Hold | None]:
    """Lock a lead that the user holds, owns or is to call back. Raises Refused when it is none of these, or does not exist."""
    try:
        lead = lock_lead(lead_id)
    except Lead.DoesNotExist:
        raise Refused("not_held") from None
    placement = lock_placement(lead_id)
    if placement is None or not is_theirs(user, placement):
        raise Refused("not_held")
    return lead, placement, Hold.objects.filter(lead=lead, user=user, ended_at=None).first()


def is_theirs(user: User, placement: Placement) -> bool:
    """Whether the user may work on the lead now."""
    if placement.place == Place.HELD:
        return placement.holder_id == user.pk
    if placement.place == Place.CALLBACK:
        return placement.callback_by_id == user.pk
    return placement.owner_id == user.pk and placement.place in (Place.OWNED, Place.READY)


def record_call(*, user: User, lead_id: UUID, now: datetime) -> CallAttempt:
    """The user calls: the attempt is written down, one a hold. Raises Refused outside the hours or beyond the 24-hour limit."""
    with transaction.atomic():
        floor = enter_floor()
        lead, placement, hold = take_in_hand(user, lead_id)
        if (hold is None or not obeys_no_hours(hold)) and (code := call_refused(lead, placement, floor, now=now)):
            raise Refused(code)
        attempt = add_attempt(lead, placement, user, hold, at=now)
        settle(lead, placement, floor, now=now)
    return attempt


def obeys_no_hours(hold: Hold) -> bool:
    """The strategy of the hold has calling hours switched off."""
    return hold.strategy is not None and not hold.strategy.calling_hours


def add_attempt(lead: Lead, placement: Placement, user: User, hold: Hold | None, *, at: datetime) -> CallAttempt:
    """Count an attempt, or return the one that this hold, or this turn of an owner, has had already."""
    if (known := attempt_of(lead, user, hold)) is not None:
        return known
    attempt = CallAttempt.objects.create(lead=lead, user=user, hold=hold, strategy=hold.strategy if hold else None, at=at)
    if hold is not None:
        Hold.objects.filter(pk=hold.pk).update(called_at=at)
    lead.attempts += 1
    placement.attempts_day = [*recent_attempts(placement.attempts_day, at), at]
    placement.last_attempt_at = at
    placement.first_attempt_at = placement.first_attempt_at or at
    if placement.place == Place.READY and placement.owner_id == user.pk:  # offered to others as unworked: now it is worked
        placement.place, placement.is_unworked = Place.OWNED, False
    if placement.place == Place.OWNED:
        placement.due_at = None
    return attempt


def attempt_of(lead: Lead, user: User, hold: Hold | None) -> CallAttempt | None:
    if hold is not None:
        return CallAttempt.objects.filter(hold=hold).first()
    last = Result.objects.filter(lead=lead, user=user).exclude(state=ResultState.UNDONE).order_by("-at").first()
    since = {"at__gt": last.at} if last and last.state == ResultState.APPLIED else {}
    return CallAttempt.objects.filter(lead=lead, user=user, hold=None, **since).order_by("-at").first()


def record_disposition(
    *,
    user: User,
    lead_id: UUID,
    disposition: Disposition,
    now: datetime,
    callback_at: datetime | None = None,
    note: str = "",
    transfer_user: User | None = None,
    transfer_branch: Branch | None = None,
    distributes: bool | None = None,
) -> Result:
    """Pick the outcome of a lead in hand. It can be taken back for some seconds; then `apply_result` lets it take effect.

    Raises Refused: not_held, already_picked, callback_needed, callback_past, callback_hours, transfer_to_one.
    """
    with transaction.atomic():
        floor = enter_floor()
        lead, _placement, hold = take_in_hand(user, lead_id)
        if Result.objects.filter(lead=lead, state=ResultState.PENDING).exists():
            raise Refused("already_picked")
        result = Result(
            lead=lead,
            user=user,
            hold=hold,
            disposition=disposition,
            at=now,
            due_at=now + timedelta(seconds=UNDO_SECONDS),
            note=note[:4000],
            callback_at=callback_at if disposition.then == Then.CALLBACK else None,
            transfer_user=transfer_user or (disposition.transfer_user if transfer_branch is None else None),
            transfer_branch=transfer_branch or (disposition.transfer_branch if transfer_user is None else None),
            distributes=disposition.distributes_after_transfer if distributes is None else distributes,
            contacted=disposition.contacted,
            then=disposition.then,
        )
        free = hold is not None and obeys_no_hours(hold)
        code = problem_of(outcome_of(result), may_be_called=lambda at: free or may_call(floor.rules, spot_of_lead(lead), at))
        if code:
            raise Refused(code)
        result.save(force_insert=True)
    return result


def outcome_of(result: Result) -> Outcome:
    return Outcome(
        then=Then(result.then),
        at=result.at,
        cool_down_minutes=result.disposition.cool_down_minutes,
        callback_at=result.callback_at,
        transfer_user=result.transfer_user_id,
        transfer_branch=result.transfer_branch_id,
        distributes=result.distributes,
    )


def what_follows(result: Result) -> Following:
    """Where the lead will go when the outcome takes effect. A lead that its user owns stays theirs where others would recycle."""
    strategy = result.hold.strategy if result.hold and result.hold.strategy else PullStrategy()
    if result.then == Then.RECYCLE and result.hold is None:
        return Following(Place.OWNED)
    return following(outcome_of(result), strategy.cool_down_minutes)


def undo_disposition(*, user: User, result_id: UUID, now: datetime) -> Result:
    """Take back an outcome within its seconds: the lead is in hand as before. Raises Refused."""
    with transaction.atomic():
        result = Result.objects.select_for_update().filter(pk=result_id, user=user).first()
        if result is None:
            raise Refused("not_held")
        if result.state != ResultState.PENDING or now >= result.due_at:
            raise Refused("too_late")
        result.state = ResultState.UNDONE
        result.save(update_fields=["state"])
    return result


def release_hold(*, user: User, lead_id: UUID, now: datetime, by: Any = None, end: HoldEnd = HoldEnd.RELEASED) -> Placement:
    """Give a pulled lead back to the queue, or a callback to its time. Raises Refused. `by` is who did it, if not the user."""
    with transaction.atomic():
        floor = enter_floor()
        lead, placement, hold = take_in_hand(user, lead_id)
        if hold is None:
            raise Refused("not_held")
        Result.objects.filter(lead=lead, state=ResultState.PENDING).update(state=ResultState.UNDONE)
        back_from_hold(lead, placement, hold, floor, end=end, now=now)
        if by is not None and by.pk != user.pk:
            record(kind="lead.released", at=now, lead=lead, by=by, user=user.pk)
    return placement


def back_from_hold(lead: Lead, placement: Placement, hold: Hold, floor: Floor, *, end: HoldEnd, now: datetime) -> None:
    """End a hold without an outcome: a callback waits for its user again, everything else stands ready."""
    end_hold(hold, end, now=now)
    placement.holder, placement.since, placement.due_at = None, now, None
    if placement.callback_by_id is not None:
        placement.place = Place.CALLBACK
        placement.due_at = missed_at(placement)
    else:
        placement.place = Place.READY
    settle(lead, placement, floor, now=now)


def missed_at(placement: Placement) -> datetime | None:
    """When a callback that came back unworked goes to the queue; one that stays with its user has no such time."""
    last = Result.objects.filter(lead_id=placement.pk, then=Then.CALLBACK, state=ResultState.APPLIED).order_by("-at").first()
    if last is None or last.disposition.is_personal or placement.callback_at is None:
        return None
    return placement.callback_at + timedelta(minutes=missed_minutes(last.disposition))


def missed_minutes(disposition: Disposition) -> int:
    return FloorSettings.current().missed_callback_minutes if disposition.missed_minutes is None else disposition.missed_minutes


def end_hold(hold: Hold, end: HoldEnd, *, now: datetime) -> None:
    Hold.objects.filter(pk=hold.pk, ended_at=None).update(ended_at=now, end=end)
