"""Who of a push strategy's recipients gets the next lead, and why each of the others does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import blake2b

from leads.domain.shares import Booking, PoolState, Sharing, balanced, book, learned_rates, owed, scaled, split, use_turn
from pullqueue.enums import PushMethod, ShareReset

PERIODS: Mapping[ShareReset, timedelta] = {ShareReset.WEEK: timedelta(days=7), ShareReset.MONTH: timedelta(days=30)}


@dataclass(frozen=True, slots=True)
class Person:
    """A user as a push sees them: when last seen, and what they have had."""

    pk: int
    is_here: bool = True
    """Active, and not away."""
    seen_at: datetime | None = None
    hour: int = 0
    day: int = 0
    open: int = 0
    own_hour: int = 0
    own_day: int = 0
    limit_hour: int | None = None
    limit_day: int | None = None
    limit_open: int | None = None
    """`own_*` counts what this strategy pushed, the others what all did; the limits are the user's own."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One recipient: a user, a group of users, or a branch."""

    pk: int
    kind: str
    people: tuple[Person, ...] = ()
    branch: int | None = None
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the strategy asks of its recipients."""

    method: PushMethod
    active_within: timedelta | None = None
    limit_hour: int | None = None
    limit_day: int | None = None
    limit_open: int | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who gets the lead, with the shares as they are afterwards."""

    user: int | None
    branch: int | None
    state: PoolState


@dataclass(frozen=True, slots=True)
class Choice:
    """What came of asking a strategy: `chosen` or nobody, and why not for each of the others, by `u7`, `b3`, `g2`."""

    chosen: Chosen | None
    why: Mapping[str, str]


def why_not(person: Person, terms: Terms, now: datetime) -> str:
    """Code of what keeps a person from getting a lead now, empty when nothing does."""
    if not person.is_here:
        return "not_active"
    if terms.active_within is not None and (person.seen_at is None or now - person.seen_at > terms.active_within):
        return "not_active"
    if _full(person.own_hour, terms.limit_hour) or _full(person.hour, person.limit_hour):
        return "limit_hour"
    if _full(person.own_day, terms.limit_day) or _full(person.day, person.limit_day):
        return "limit_day"
    if _full(person.open, terms.limit_open) or _full(person.open, person.limit_open):
        return "open_leads"
    return ""


def _full(had: int, limit: int | None) -> bool:
    return limit is not None and had >= limit


def choose(seats: Sequence[Seat], terms: Terms, state: PoolState, now: datetime) -> Choice:
    """Choose by turns or by shares among those who can take the lead."""
    why: dict[str, str] = {}
    able: dict[int, tuple[Person, ...]] = {}
    for seat in seats:
        reason = _seat_reason(seat, terms, now, why)
        if reason:
            why[_name(seat)] = reason
        else:
            able[seat.pk] = tuple(person for person in seat.people if not why.get(f"u{person.pk}"))
    open_seats = [seat for seat in seats if seat.pk in able]
    if not open_seats:
        return Choice(None, why)
    pick = _by_turns if terms.method == PushMethod.ROUND_ROBIN else _by_shares
    return Choice(pick(open_seats, able, state), why)


def _name(seat: Seat) -> str:
    if seat.kind == "user":
        return f"u{seat.people[0].pk}"
    return f"b{seat.branch}" if seat.kind == "branch" else f"g{seat.pk}"


def _seat_reason(seat: Seat, terms: Terms, now: datetime, why: dict[str, str]) -> str:
    if terms.method == PushMethod.WEIGHTED and not seat.percent:
        return "weight_missing"
    if seat.kind == "branch":
        return ""
    reasons = {person.pk: why_not(person, terms, now) for person in seat.people}
    why.update({f"u{pk}": reason for pk, reason in reasons.items() if reason})
    if any(not reason for reason in reasons.values()):
        return ""
    return reasons[seat.people[0].pk] if seat.kind == "user" else "nobody"


def _by_turns(seats: Sequence[Seat], able: Mapping[int, tuple[Person, ...]], state: PoolState) -> Chosen:
    """Whose last turn is longest ago, in the order of entry where that is equal. Branches stand in line under negative numbers."""
    line = [member for seat in seats for member in ([-(seat.branch or 0)] if seat.kind == "branch" else [one.pk for one in able[seat.pk]])]
    member = min(dict.fromkeys(line), key=state.rotation.key)
    return _turn(member, state)


def _turn(member: int, state: PoolState) -> Chosen:
    rotation, _ = use_turn(state.rotation, member)
    after = PoolState(state.credits, state.learned, state.percentage, rotation)
    return Chosen(member if member > 0 else None, -member if member < 0 else None, after)


def _by_shares(seats: Sequence[Seat], able: Mapping[int, tuple[Person, ...]], state: PoolState) -> Chosen:
    """Who is furthest behind its share, as among clients; inside a group whose turn it is."""
    weights = scaled((seat.pk, seat.percent) for seat in seats)
    basis = blake2b(repr(sorted(weights.items())).encode(), digest_size=8).hexdigest()
    claims = owed(state.credits, split(weights))
    keys = balanced(claims, learned_rates(state.learned, weights, basis), len(weights))
    chosen = min(seats, key=lambda seat: keys[seat.pk])
    after, _ = book(state, Booking(member=chosen.pk), weighted=Sharing(weights, basis))
    return _by_turns([chosen], able, after)


def begins_afresh(reset: ShareReset, began_at: datetime | None, today: datetime, now: datetime) -> datetime | None:
    """When the shares begin anew, if that is now: `today` is the beginning of the company's day. None to go on."""
    if began_at is None:
        return today if reset == ShareReset.DAY else now
    if reset == ShareReset.DAY:
        return today if began_at < today else None
    period = PERIODS.get(reset)
    if period is None or now - began_at < period:
        return None
    return began_at + period * ((now - began_at) // period)
