"""The route `push`: a lead goes at once to whom the first fitting strategy finds."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from leads.domain.shares import PoolState
from leads.domain.windows import WindowKind, window
from leads.models import Company, Lead
from leads.services.suppress import is_suppressed
from pullqueue.domain.calling import may_call, opens_at
from pullqueue.domain.push import Choice, Person, Seat, Terms, begins_afresh, choose
from pullqueue.enums import NoticeKind, Place, PushMethod, Role, ShareReset
from pullqueue.locks import Floor, enter_floor, lock_placement
from pullqueue.models import Placement, PushLog, PushShare, PushStrategy, User
from pullqueue.services.enqueue import stand_ready
from pullqueue.services.entries import save, settle, spot_of_lead, write_entries
from pullqueue.services.judging import Subject, compiled, fields_of
from pullqueue.services.notices import tell

WORKERS = (Role.REP, Role.MANAGER, Role.ADMINISTRATOR)

HAD = """
    SELECT u.id,
        (SELECT count(*) FROM pullqueue_pushlog l WHERE l.user_id = u.id AND l.at >= %(hour)s),
        (SELECT count(*) FROM pullqueue_pushlog l WHERE l.user_id = u.id AND l.at >= %(day)s),
        (SELECT count(*) FROM pullqueue_pushlog l WHERE l.user_id = u.id AND l.at >= %(hour)s AND l.strategy_id = %(strategy)s),
        (SELECT count(*) FROM pullqueue_pushlog l WHERE l.user_id = u.id AND l.at >= %(day)s AND l.strategy_id = %(strategy)s),
        (SELECT count(*) FROM pullqueue_placement p WHERE p.owner_id = u.id AND p.place = 'owned')
            + (SELECT count(*) FROM pullqueue_placement p WHERE p.holder_id = u.id)
    FROM unnest(%(users)s::bigint[]) AS u (id)
"""


class Pushed(NamedTuple):
    """Whether push took the lead, and for whom; or why not. `due_at`: it waits for calling hours until then."""

    taken: bool
    reason: str = ""
    user: User | None = None
    branch_id: int | None = None
    due_at: datetime | None = None


def push_lead(*, lead: Lead, now: datetime) -> Pushed:
    """Hand the lead to whom a strategy finds, and write down why to nobody else. Inside a transaction that has locked the lead."""
    strategies = list(PushStrategy.objects.filter(is_on=True, archived_at=None).order_by("position", "pk"))
    if not strategies:
        return Pushed(taken=False, reason="no_strategies")
    if is_suppressed(phones=[lead.phone, lead.phone2], emails=[lead.email]):
        return Pushed(taken=False, reason="suppressed")
    floor = enter_floor()
    placement = lock_placement(lead.pk) or Placement(lead=lead, place=Place.UNROUTED, since=now)
    subject = Subject(lead, placement, fields_of(lead))
    asked: dict[str, Any] = {}
    for strategy in strategies:
        against = _against(strategy, subject, now=now)
        if against:
            asked[str(strategy.pk)] = against
            continue
        if strategy.calling_hours and not may_call(floor.rules, spot_of_lead(lead), now):
            opening = opens_at(floor.rules, spot_of_lead(lead), now)
            if opening is not None:
                return Pushed(taken=True, reason="calling_hours", due_at=opening)
            asked[str(strategy.pk)] = {"why": "no_location"}
            continue
        choice = _ask(strategy, now=now)
        asked[str(strategy.pk)] = {"why": "" if choice.chosen else "nobody_available", "recipients": dict(choice.why)}
        if choice.chosen:
            user = User.objects.get(pk=choice.chosen.user) if choice.chosen.user else None
            give(lead, placement, strategy, floor, user=user, branch_id=choice.chosen.branch, now=now)
            PushLog.objects.create(at=now, lead=lead, strategy=strategy, user=user, branch_id=choice.chosen.branch, data=asked)
            return Pushed(taken=True, user=user, branch_id=choice.chosen.branch)
    PushLog.objects.create(at=now, lead=lead, data=asked)
    return Pushed(taken=False, reason=_commonest(asked))


def _commonest(asked: dict[str, Any]) -> str:
    """A lead that some strategy wanted and nobody could take says so; otherwise it matched none."""
    reasons = {one["why"] for one in asked.values()}
    return next((reason for reason in ("nobody_available", "no_location") if reason in reasons), "no_match")


def _against(strategy: PushStrategy, subject: Subject, *, now: datetime) -> dict[str, Any]:
    """What speaks against the strategy for this lead; empty when it may look for a recipient."""
    if subject.placement.branch_id != strategy.from_branch_id:
        return {"why": "from"}
    criteria = compiled(strategy.criteria, subject.fields)
    if criteria is None:
        return {"why": "criteria"}
    failure = criteria.judge(subject.facts(now))
    return {"why": "criteria", "failure": failure.to_json()} if failure else {}


def _ask(strategy: PushStrategy, *, now: datetime) -> Choice:
    """Choose a recipient, and keep whose turn it was. The strategy's shares are locked: one lead at a time."""
    PushShare.objects.get_or_create(strategy=strategy)
    share = PushShare.objects.select_for_update().get(strategy=strategy)
    zone = ZoneInfo(Company.current().time_zone)
    today = window(WindowKind.DAY, zone, now).start
    if (begin := begins_afresh(ShareReset(strategy.share_reset), share.began_at, today, now)) is not None:
        share.state, share.began_at = {}, begin
    seats = read_seats(strategy, hour=window(WindowKind.HOUR, zone, now).start, day=today)
    choice = choose(seats, terms_of(strategy), PoolState.from_json(share.state), now)
    if choice.chosen:
        share.state = choice.chosen.state.to_json()
        share.save()
    return choice


def terms_of(strategy: PushStrategy) -> Terms:
    minutes = strategy.active_within_minutes
    return Terms(
        PushMethod(strategy.method),
        None if minutes is None else timedelta(minutes=minutes),
        strategy.limit_hour,
        strategy.limit_day,
        strategy.limit_open,
    )


def read_seats(strategy: PushStrategy, *, hour: datetime, day: datetime) -> list[Seat]:
    """The recipients in their order, with what each user has had since the hour and the day began."""
    recipients = list(strategy.recipients.select_related("user", "group", "branch").prefetch_related("group__members"))
    members = {one.pk: _members(one) for one in recipients}
    people = _people({user.pk: user for users in members.values() for user in users}.values(), strategy, hour=hour, day=day)
    seats = []
    for one in recipients:
        kind = "user" if one.user_id else "branch" if one.branch_id else "group"
        if one.branch is not None and one.branch.archived_at is not None:
            continue
        seated = tuple(people[user.pk] for user in members[one.pk])
        if kind != "user" or seated:
            seats.append(Seat(one.pk, kind, seated, one.branch_id, one.percent))
    return seats


def _members(recipient: Any) -> list[User]:
    if recipient.user_id:
        return [recipient.user]
    return sorted(recipient.group.members.all(), key=lambda user: user.pk) if recipient.group_id else []


def _people(users: Iterable[User], strategy: PushStrategy, *, hour: datetime, day: datetime) -> dict[int, Person]:
    known = {user.pk: user for user in users}
    with connection.cursor() as cursor:
        cursor.execute(HAD, {"users": list(known), "strategy": strategy.pk, "hour": hour, "day": day})
        rows = cursor.fetchall()
    return {pk: _person(known[pk], *had) for pk, *had in rows}


def _person(user: User, hour: int, day: int, own_hour: int, own_day: int, is_open: int) -> Person:
    return Person(
        pk=user.pk,
        is_here=user.is_active and not user.away and user.role in WORKERS,
        seen_at=user.seen_at,
        hour=hour,
        day=day,
        open=is_open,
        own_hour=own_hour,
        own_day=own_day,
        limit_hour=user.limit_hour,
        limit_day=user.limit_day,
        limit_open=user.limit_open,
    )


def give(
    lead: Lead, placement: Placement, strategy: PushStrategy, floor: Floor, *, user: User | None, branch_id: int | None, now: datetime
) -> None:
    """Make the lead the user's, or the branch's to be pulled from there."""
    stand_ready(placement, now=now)
    placement.push_strategy, placement.pushed_at, placement.strategy = strategy, now, None
    if user is None:
        placement.branch_id = branch_id
        settle(lead, placement, floor, now=now)
        return
    placement.place, placement.owner = Place.OWNED, user
    placement.first_attempt_at = None
    if strategy.unworked_minutes is not None:
        placement.due_at = now + timedelta(minutes=strategy.unworked_minutes)
    write_entries(lead, placement, [], floor, now=now)
    save(lead, placement, floor, now=now)
    if strategy.notify_app or strategy.notify_email:
        read_at = None if strategy.notify_app else now  # by e-mail alone
        tell(user=user, kind=NoticeKind.PUSHED, lead=lead, at=now, mail_due=strategy.notify_email, read_at=read_at)
