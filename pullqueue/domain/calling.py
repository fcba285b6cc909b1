"""When a lead may be called: inside the hours of every place where it plausibly is, on no closed date, and not too often.

Sources: 47 CFR 64.1200(c)(1) for the hours by the wall clock where the called party is, and the table of states that is
shipped and edited by the administrator.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from leads.domain.clocks import SECOND, change_between, instant
from leads.domain.hours import DAY, MIDNIGHT, WeekHours, is_open, next_opening

A_DAY = timedelta(hours=24)
"""Attempts are counted over this, rolling."""
HORIZON_DAYS = 370
WEEK = 7


@dataclass(frozen=True, slots=True)
class StateRule:
    """The row of one state: its week, its closed dates, and how many attempts in 24 hours (None = no limit)."""

    hours: WeekHours
    closed: frozenset[date] = frozenset()
    max_attempts: int | None = None


@dataclass(frozen=True, slots=True)
class CallRules:
    """All rows. `anywhere` are the states and zones that a lead without a place must satisfy all at once, None = held back."""

    rows: Mapping[str, StateRule]
    anywhere: "Spot | None" = None
    windows: dict["Spot", "tuple[datetime, datetime | None, bool]"] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a lead plausibly is: states by code, zones by name."""

    states: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()


def effective(rules: CallRules, spot: Spot) -> Spot | None:
    """The places that count: the lead's own, or everywhere when one is not known; None when it is held back."""
    if spot.states and spot.zones and all(state in rules.rows for state in spot.states):
        return spot
    return rules.anywhere


@lru_cache(maxsize=512)
def zone_of(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def pairs(rules: CallRules, spot: Spot) -> Iterator[tuple[StateRule, ZoneInfo]]:
    """Every rule with every zone; rules that are equal come once."""
    known: list[StateRule] = []
    for state in spot.states:
        if (rule := rules.rows[state]) not in known:
            known.append(rule)
    return ((rule, zone_of(zone)) for rule in known for zone in spot.zones)


def may_call(rules: CallRules, spot: Spot, now: datetime) -> bool:
    """Whether every plausible place is inside its hours at `now`; where no place is known, what `anywhere` says."""
    found = effective(rules, spot)
    return found is not None and all(is_open(rule.hours, rule.closed, zone, now) for rule, zone in pairs(rules, found))


def opens_at(rules: CallRules, spot: Spot, now: datetime) -> datetime | None:
    """First instant from `now` on at which all plausible places are open (UTC); None when there is none within a year."""
    found = effective(rules, spot)
    if found is None:
        return None
    places, at, end = tuple(pairs(rules, found)), now.astimezone(UTC), now + timedelta(days=HORIZON_DAYS)
    while at <= end:
        latest = at
        for rule, zone in places:
            opening = next_opening(rule.hours, rule.closed, zone, latest, HORIZON_DAYS)
            if opening is None:
                return None
            latest = opening
        if latest == at:
            return at
        at = latest
    return None


def closes_at(rules: CallRules, spot: Spot, now: datetime) -> datetime | None:
    """First instant after `now` at which a plausible place is not open any more; None when it stays open for a week.

    Only asked while the lead may be called.
    """
    found = effective(rules, spot)
    if found is None:
        return None
    ends = [end for rule, zone in pairs(rules, found) if (end := next_closing(rule, zone, now))]
    return min(ends, default=None)


def next_closing(rule: StateRule, zone: ZoneInfo, now: datetime) -> datetime | None:
    """First instant after `now` at which the hours are closed, looked for through one week."""
    day = now.astimezone(zone).date()
    for number in range(WEEK + 1):
        closings = [at for at in _ends(rule.hours, zone, day + number * DAY) if at > now and not is_open(rule.hours, rule.closed, zone, at)]
        if closings:
            return min(closings)
    return None


def _ends(hours: WeekHours, zone: ZoneInfo, day: date) -> Iterator[datetime]:
    midnight = datetime.combine(day, time())
    weekday = day.weekday()
    for minute in {0, hours.spilt[weekday], *(end for _, end in hours.begun[weekday])}:
        wall = midnight + timedelta(minutes=min(minute, MIDNIGHT))
        yield instant(wall, zone)
        yield instant(wall, zone, fold=1)
    change = change_between(zone, instant(midnight, zone, fold=1) - SECOND, instant(midnight + DAY, zone, fold=1))
    if change:
        yield change


def is_open_cached(rules: CallRules, spot: Spot, now: datetime) -> bool:
    """As `may_call`, worked out once until the verdict next turns; for many leads of the same places."""
    known = rules.windows.get(spot)
    if known is None or not known[0] <= now or (known[1] is not None and now >= known[1]):
        is_now = may_call(rules, spot, now)
        turn = closes_at(rules, spot, now) if is_now else opens_at(rules, spot, now)
        known = rules.windows[spot] = (now, turn, is_now)
    return known[2]


def attempt_limit(rules: CallRules, spot: Spot) -> int | None:
    """The least that any plausible state allows in 24 hours; None without a limit, or without a place."""
    found = effective(rules, spot)
    if found is None:
        return None
    return min((limit for state in found.states if (limit := rules.rows[state].max_attempts) is not None), default=None)


def limited_until(limit: int | None, attempts: Sequence[datetime], now: datetime) -> datetime | None:
    """When one more attempt is allowed again, None when it is now. An attempt stops counting 24 hours after it."""
    recent = recent_attempts(attempts, now)
    if limit is None or len(recent) < limit:
        return None
    return now + A_DAY if limit == 0 else recent[-limit] + A_DAY


def recent_attempts(attempts: Iterable[datetime], now: datetime) -> list[datetime]:
    """Those of the last 24 hours, oldest first."""
    return sorted(at for at in attempts if now - at < A_DAY)
