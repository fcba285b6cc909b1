"""A lead in house moved by a manager: to a user, a branch or the company, if wished through its routes again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from leads.services.events import record
from pullqueue.enums import HoldEnd, NoticeKind, ResultState
from pullqueue.locks import enter_floor, lock_lead, lock_placement
from pullqueue.models import Branch, Hold, Placement, Result, User
from pullqueue.services.effects import goes_round, move_to
from pullqueue.services.entries import settle
from pullqueue.services.notices import tell
from pullqueue.services.work import Refused, end_hold


def transfer_lead(
    *,
    lead_id: UUID,
    by: Any,
    now: datetime,
    user: User | None = None,
    branch: Branch | None = None,
    distributes: bool = False,
    revision: int | None = None,
) -> Placement:
    """Move the lead; whoever holds it loses it, and an outcome that can still be taken back is dropped. Raises Refused.

    With a `revision` only the lead that was looked at is moved, not one that somebody changed meanwhile.
    """
    if user is not None and branch is not None:
        raise Refused("transfer_to_one")
    with transaction.atomic():
        floor = enter_floor()
        lead, placement = lock_lead(lead_id), lock_placement(lead_id)
        if placement is None:
            raise Refused("not_held")
        if revision is not None and placement.revision != revision:
            raise Refused("changed")
        Result.objects.filter(lead=lead, state=ResultState.PENDING).update(state=ResultState.UNDONE)
        for hold in Hold.objects.filter(lead=lead, ended_at=None):
            end_hold(hold, HoldEnd.MOVED, now=now)
        placement.ending = ""
        move_to(placement, user=user.pk if user else None, branch=branch.pk if branch else None, now=now)
        if distributes:
            goes_round(lead, placement, now=now)
        elif user is not None:
            tell(user=user, kind=NoticeKind.TRANSFERRED, lead=lead, at=now)
        settle(lead, placement, floor, now=now)
        record(kind="lead.moved", at=now, lead=lead, by=by, user=user.pk if user else None, branch=branch.pk if branch else None)
    return placement
