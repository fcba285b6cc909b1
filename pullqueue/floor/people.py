"""Who works on the floor at this moment, and what each has done today."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F

from leads.viewer import viewer
from pullqueue.enums import Role
from pullqueue.models import FloorSettings, User

SHOWN = 300

DONE = """
    SELECT u.id,
        (SELECT count(*) FROM pullqueue_hold h WHERE h.user_id = u.id AND h.at >= %(since)s),
        (SELECT count(*) FROM pullqueue_callattempt c WHERE c.user_id = u.id AND c.at >= %(since)s),
        (SELECT count(*) FROM pullqueue_result r WHERE r.user_id = u.id AND r.at >= %(since)s AND r.contacted AND r.state <> 'undone'),
        (SELECT count(*) FROM pullqueue_placement p WHERE p.holder_id = u.id),
        (SELECT count(*) FROM pullqueue_placement p WHERE p.owner_id = u.id AND p.place IN ('owned', 'ready')),
        (SELECT count(*) FROM pullqueue_placement p WHERE p.callback_by_id = u.id)
    FROM unnest(%(users)s::bigint[]) AS u (id)
"""


class AtWork(NamedTuple):
    """A user with their presence: `active`, `away` or `gone`, and figures since midnight of the company's day."""

    user: User
    presence: str
    pulled: int
    attempts: int
    contacts: int
    held: int
    owned: int
    callbacks: int


class Crew(NamedTuple):
    people: list[AtWork]
    total: int
    """All of them, when more than are shown."""

    @property
    def active(self) -> int:
        return sum(one.presence == "active" for one in self.people)


def crew(by: Any, *, now: datetime) -> Crew:
    """The sales reps that the person sees, those at work first; three queries and one for the settings."""
    seen = User.objects.visible_to(by).filter(role=Role.REP, is_active=True).select_related("branch")
    users = list(seen.order_by("away", F("seen_at").desc(nulls_last=True), "username")[: SHOWN + 1])
    total = seen.count() if len(users) > SHOWN else len(users)
    since = now.astimezone(viewer().company_zone).replace(hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(DONE, {"users": [one.pk for one in users[:SHOWN]], "since": since})
        done = {pk: figures for pk, *figures in cursor.fetchall()}
    within = timedelta(minutes=FloorSettings.current().presence_minutes)
    people = [AtWork(one, presence(one, within, now), *done[one.pk]) for one in users[:SHOWN]]
    return Crew(sorted(people, key=lambda one: ORDER[one.presence]), total)


ORDER = {"active": 0, "away": 1, "gone": 2}


def presence(user: User, within: timedelta, now: datetime) -> str:
    """Active means seen within the floor's minutes and not set to away."""
    if user.seen_at is None or now - user.seen_at > within:
        return "gone"
    return "away" if user.away else "active"
