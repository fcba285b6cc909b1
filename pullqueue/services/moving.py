"""A manager gives leads back to the queue, or hands them to somebody: one by one, each whole or not at all."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from pullqueue.enums import HoldEnd, NoticeKind, Place
from pullqueue.models import Branch, Placement, User
from pullqueue.services.notices import tell
from pullqueue.services.transfer import transfer_lead
from pullqueue.services.work import Refused, release_hold

MOVABLE = (Place.READY, Place.COOLING, Place.HELD, Place.CALLBACK, Place.OWNED, Place.EXHAUSTED, Place.UNROUTED)
"""Places out of which a lead can be moved; what is finished stays so."""


class Target(NamedTuple):
    """Where leads go: to a user, to a branch, to the company, or with none of these back to the queue they belong to."""

    user: User | None = None
    branch: Branch | None = None
    to_company: bool = False
    distributes: bool = False

    @property
    def is_queue(self) -> bool:
        return self.user is None and self.branch is None and not self.to_company and not self.distributes


def movable(by: Any, ids: Iterable[UUID]) -> Any:
    """Those of the leads that the person may move: placements with their people."""
    rows = Placement.objects.visible_to(by).filter(pk__in=list(ids), place__in=MOVABLE)
    return rows.select_related("lead", "holder", "owner", "callback_by", "branch").order_by("since", "pk")


def move_leads(*, placements: Sequence[Placement], target: Target, by: Any, now: datetime) -> int:
    """Move them and return how many were; what somebody else changed in the meantime is left alone. Who loses a lead is told."""
    return sum(_move(one, target, by, now) for one in placements)


def _move(placement: Placement, target: Target, by: Any, now: datetime) -> bool:
    loses = placement.holder or placement.owner or placement.callback_by
    try:
        if target.is_queue and placement.place == Place.HELD and placement.holder is not None:
            release_hold(user=placement.holder, lead_id=placement.pk, now=now, by=by, end=HoldEnd.MOVED)
        else:
            branch = placement.branch if target.is_queue or (target.distributes and not target.to_company) else None
            transfer_lead(
                lead_id=placement.pk,
                by=by,
                now=now,
                user=target.user,
                branch=target.branch or branch,
                distributes=target.distributes,
                revision=placement.revision,
            )
    except Refused:
        return False
    if loses is not None and loses != target.user:
        tell(user=loses, kind=NoticeKind.TAKEN_BACK, lead=placement.pk, at=now)
    return True
