"""Every lock of the sales floor, in one order: the queue (shared, or alone while a rebuild switches), a user, a lead, its placement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from leads.models import Lead
from pullqueue.domain.calling import CallRules, Spot
from pullqueue.hours import read_rules, spot_of
from pullqueue.models import Placement, Segment, User

QUEUE = 0x5155_4555
"""Advisory lock of the queue ("QUEU"): shared by whoever changes entries, taken alone for the moment of a switch."""
BEGIN_SHARED, BEGIN_ALONE = "pg_advisory_xact_lock_shared", "pg_advisory_xact_lock"

LOOK = """
    SELECT {lock}(%s::bigint);
    SELECT coalesce((SELECT generation FROM pullqueue_queuestate WHERE id = 1), 1),
        (SELECT array[count(*), coalesce(sum(hashtext(ctid::text || ' ' || xmin::text)), 0)] FROM pullqueue_statehours),
        (SELECT array[count(*), coalesce(sum(hashtext(ctid::text || ' ' || xmin::text)), 0)] FROM pullqueue_nocalldate),
        (SELECT array[count(*), coalesce(sum(hashtext(ctid::text || ' ' || xmin::text)), 0)] FROM pullqueue_floorsettings),
        (SELECT array[count(*), coalesce(max(id), 0), coalesce(max(xmin::text::bigint), 0)] FROM pullqueue_segment),
        nextval('queue_revision')
"""
"""Which entries serve, and marks by which rows kept from before are known to be the newest. The second statement sees what
was committed while the first one waited."""


class Place(NamedTuple):
    """A segment of the queue: where its leads are and whose."""

    pk: int
    spot: Spot
    branch: int | None


@dataclass(slots=True)
class _Kept:
    """What this process read before, with the marks of then."""

    rules_mark: Any = None
    rules: CallRules | None = None
    segments_mark: Any = None
    segments: Sequence[Place] = ()


_kept = _Kept()


class Floor(NamedTuple):
    """The floor as one transaction sees it."""

    generation: int
    rules: CallRules
    segments: Sequence[Place]
    revision: int


def enter_floor(*, alone: bool = False) -> Floor:
    """Hold back a switch of the queue until this transaction ends, and read what all work on the floor needs."""
    with connection.cursor() as cursor:
        cursor.execute(LOOK.format(lock=BEGIN_ALONE if alone else BEGIN_SHARED), [QUEUE])
        cursor.nextset()
        generation, *marks, segments_mark, revision = cursor.fetchone()
    if _kept.rules is None or _kept.rules_mark != marks:
        _kept.rules, _kept.rules_mark = read_rules(), marks
    if _kept.segments_mark != segments_mark:
        rows = Segment.objects.order_by("pk").values_list("pk", "states", "zones", "branch_id")
        _kept.segments, _kept.segments_mark = (
            [Place(pk, spot_of(states, zones), branch) for pk, states, zones, branch in rows],
            segments_mark,
        )
    return Floor(generation, _kept.rules, _kept.segments, revision)


def lock_user(user_id: int) -> User:
    """One pull at a time for each user, in however many tabs."""
    return User.objects.select_for_update(no_key=True).get(pk=user_id)


def lock_lead(lead_id: UUID) -> Lead:
    """The lead with what its facts need. Raises Lead.DoesNotExist."""
    query = Lead.objects.select_related("campaign__source", "lead_type").select_for_update(no_key=True, of=("self",))
    return query.get(pk=lead_id)


def lock_placement(lead_id: UUID) -> Placement | None:
    """Where the lead is; None when it was never kept in house. Its lead is locked already."""
    return (
        Placement.objects.select_for_update(no_key=True, of=("self",))
        .select_related("strategy", "push_strategy")
        .filter(pk=lead_id)
        .first()
    )
