"""*Why does this user get nothing?*: asked of the same rules that pull and push ask."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from leads.domain.windows import WindowKind, window
from leads.viewer import viewer
from pullqueue.desk import spoken_time
from pullqueue.domain.push import why_not
from pullqueue.domain.reasons import Waiting, sentence
from pullqueue.domain.why import PUSH, USER, USER_AT_STRATEGY, Said, said
from pullqueue.enums import Place, PullSource, PushMethod, Role, Switch
from pullqueue.floor.board import look_at_floor
from pullqueue.floor.words import name
from pullqueue.locks import Floor
from pullqueue.models import FloorSettings, Placement, PullLog, PullStrategy, PullSwitch, PushStrategy, User
from pullqueue.queries import strategies_of
from pullqueue.services.empty import what_waits_by_strategy
from pullqueue.services.pull import branches_for, held_by
from pullqueue.services.push import read_seats, terms_of

PULLS_SHOWN = 20
NEEDS_A_BRANCH = (PullSource.OWN_BRANCH, PullSource.PARENT_BRANCH)


class Wait(NamedTuple):
    """So many leads, what they wait for, and when the first stops to."""

    leads: int
    text: str
    when: str


class AtStrategy(NamedTuple):
    strategy: PullStrategy
    said: Said
    waits: list[Wait]
    ready: int


class AtPush(NamedTuple):
    strategy: PushStrategy
    text: str
    tone: str


class WhyUser(NamedTuple):
    user: User
    said: list[Said]
    strategies: list[AtStrategy]
    pushes: list[AtPush]
    pulls: list[tuple[PullLog, str]]


def why_user(user: User, *, now: datetime) -> WhyUser:
    """What keeps the user from a lead, worst first, then each strategy."""
    floor = look_at_floor()
    rows = _pulls_from(user, floor, now)
    return WhyUser(user, _headlines(user, rows, now), rows, _pushes_to(user, now), _last_pulls(user))


def _headlines(user: User, rows: list[AtStrategy], now: datetime) -> list[Said]:
    if not user.is_active:
        return [said(USER, "inactive", user=name(user))]
    if user.role != Role.REP:
        return [said(USER, "no_desk", user=name(user))]
    held, most = held_by(user), FloorSettings.current().most_held
    due = Placement.objects.filter(place=Place.CALLBACK, callback_by=user, callback_at__lte=now).exists()
    codes = []
    if held >= most:
        codes.append("holding_limit")
    if due:
        codes.append("callback_due")
    if not any(row.said.code == "" for row in rows):
        codes.append("no_strategy")
    elif not codes:
        codes.append("" if any(row.ready for row in rows if row.said.code == "") else "nothing_now")
    return [said(USER, code, user=name(user), held=str(held), most=str(most)) for code in codes]


def _pulls_from(user: User, floor: Floor, now: datetime) -> list[AtStrategy]:
    is_open = {one.pk for one in strategies_of(user)}
    switches = {one.strategy_id: one for one in PullSwitch.objects.filter(user=user)}
    query = PullStrategy.objects.filter(archived_at=None).order_by("position", "pk").select_related("branch")
    every = list(query.prefetch_related("recipients__user", "recipients__group", "recipients__branch"))
    serving = [one for one in every if one.pk in is_open]
    branches = {one.pk: branches_for(user, one) for one in serving}
    waiting = what_waits_by_strategy(user, serving, floor, branches=branches, now=now) if serving else {}
    return [_row(one, user, switches.get(one.pk), waiting.get(one.pk, {}) if one.pk in is_open else None, now) for one in every]


def _row(strategy: PullStrategy, user: User, switch: PullSwitch | None, waiting: Mapping[str, Waiting] | None, now: datetime) -> AtStrategy:
    """`waiting` is None where the strategy is not open to the user."""
    recipients = [str(one) if not one.user else name(one.user) for one in strategy.recipients.all()]
    code = "" if waiting is not None else _closed(strategy, switch, recipients)
    if not code and strategy.source in NEEDS_A_BRANCH and not user.branch_id:
        code = "no_branch"
    told = said(USER_AT_STRATEGY, code, user=name(user), recipients=", ".join(recipients))
    found = waiting or {}
    waits = [Wait(one.count, sentence(reason), _first(one, now)) for reason, one in found.items() if reason != "ready"]
    return AtStrategy(strategy, told, sorted(waits, key=lambda one: -one.leads), found["ready"].count if "ready" in found else 0)


def _closed(strategy: PullStrategy, switch: PullSwitch | None, recipients: list[str]) -> str:
    if not strategy.is_on:
        return "off"
    if switch is not None and not switch.is_on:
        return "switch_off" if switch.rule == Switch.OFF else "own_choice"
    return "not_for" if recipients else "for_nobody"


def _first(one: Waiting, now: datetime) -> str:
    return f"the next in {spoken_time(one.first_at - now)}" if one.first_at else ""


def _pushes_to(user: User, now: datetime) -> list[AtPush]:
    """One look at each strategy's recipients, as a push does it."""
    zone: ZoneInfo = viewer().company_zone
    hour, day = window(WindowKind.HOUR, zone, now).start, window(WindowKind.DAY, zone, now).start
    found = []
    for strategy in PushStrategy.objects.filter(archived_at=None).order_by("position", "pk"):
        text, tone = PUSH[_push_code(strategy, user, hour, day, now)]
        found.append(AtPush(strategy, text.format(minutes=strategy.active_within_minutes), tone))
    return found


def _push_code(strategy: PushStrategy, user: User, hour: datetime, day: datetime, now: datetime) -> str:
    if not strategy.is_on:
        return "off"
    terms: Any = terms_of(strategy)
    seated = [(seat, person) for seat in read_seats(strategy, hour=hour, day=day) for person in seat.people if person.pk == user.pk]
    if not seated:
        return "not_for"
    codes = {
        "weight_missing" if terms.method == PushMethod.WEIGHTED and not seat.percent else why_not(person, terms, now)
        for seat, person in seated
    }
    if "" in codes:
        return ""
    code = min(codes)
    return "not_here" if code == "not_active" and not seated[0][1].is_here else code


def _last_pulls(user: User) -> list[tuple[PullLog, str]]:
    logs = PullLog.objects.filter(user=user).select_related("lead", "strategy")[:PULLS_SHOWN]
    return [(log, sentence(log.reason) if log.lead is None else "") for log in logs]
