"""The parts of the file about those who work leads."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from distribution.domain.strict import Reader, SettingsError, decimal, flag, listed, optional
from distribution.sandbox.readers import name, number, one_of, record, some

YEAR_OF_MINUTES = 525_600


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    REP = "rep"


class Then(StrEnum):
    """What follows a disposition."""

    RECYCLE = "recycle"
    CALLBACK = "callback"
    OWN = "own"
    TRANSFER = "transfer"
    WON = "won"
    LOST = "lost"
    BAD_LEAD = "bad_lead"
    DO_NOT_CALL = "do_not_call"


class Method(StrEnum):
    ROUND_ROBIN = "round_robin"
    WEIGHTED = "weighted"


class PullSource(StrEnum):
    """Whose leads a pull strategy offers."""

    COMPANY = "company"
    BRANCH = "branch"
    OWN_BRANCH = "own_branch"
    PARENT_BRANCH = "parent_branch"
    UNWORKED = "unworked"


class Direction(StrEnum):
    ASC = "asc"
    DESC = "desc"


@dataclass(frozen=True, slots=True)
class BranchPart:
    name: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class UserPart:
    name: str
    role: Role = Role.REP
    branch: str | None = None
    away: bool = False


@dataclass(frozen=True, slots=True)
class DispositionPart:
    name: str
    then: Then
    cool_down_minutes: int | None = None
    contacted: bool = False
    attempt: bool = True


@dataclass(frozen=True, slots=True)
class PushPart:
    name: str
    criteria: Any = None
    method: Method = Method.ROUND_ROBIN
    recipients: tuple[str, ...] = ()
    active_within_minutes: int | None = None
    on: bool = True
    percents: tuple[Decimal, ...] = ()
    """Shares of a weighted strategy, in the order of its recipients."""
    limit_hour: int | None = None
    limit_day: int | None = None
    limit_open: int | None = None
    calling_hours: bool = False
    from_branch: str | None = None


@dataclass(frozen=True, slots=True)
class PullPart:
    name: str
    criteria: Any = None
    order: tuple[tuple[str, Direction], ...] = (("pull_count", Direction.ASC), ("created", Direction.DESC))
    calling_hours: bool = True
    recipients: tuple[str, ...] = ()
    cool_down_minutes: int = 30
    max_attempts: int = 6
    other_user_next: bool = True
    hold_minutes: int = 20
    on: bool = True
    delay_minutes: int = 0
    source: PullSource = PullSource.COMPANY
    branch: str | None = None


def anything(value: Any, _place: str) -> Any:
    """What is judged later, when the fields that it may name are known."""
    return value


def _order_key(value: Any, place: str) -> tuple[str, StrEnum]:
    key, direction = pair(value, place)
    return name(key, f"{place}[0]"), one_of(Direction)(direction, f"{place}[1]")


def pair(value: Any, place: str) -> tuple[Any, Any]:
    parts = listed(anything)(value, place)
    if len(parts) != 2:
        raise SettingsError(place, 'Use a key with its direction, such as ["created", "desc"].')
    return parts[0], parts[1]


MINUTES = number(0, YEAR_OF_MINUTES)
LEADS = number(0)

BRANCH: dict[str, Reader] = {"name": name, "parent": optional(name)}
USER: dict[str, Reader] = {"name": name, "role": one_of(Role), "branch": optional(name), "away": flag}
DISPOSITION: dict[str, Reader] = {
    "name": name,
    "then": one_of(Then),
    "cool_down_minutes": optional(MINUTES),
    "contacted": flag,
    "attempt": flag,
}
PUSH: dict[str, Reader] = {
    "name": name,
    "criteria": anything,
    "method": one_of(Method),
    "recipients": listed(name),
    "active_within_minutes": optional(MINUTES),
    "on": flag,
    "percents": some(decimal),
    "limit_hour": optional(LEADS),
    "limit_day": optional(LEADS),
    "limit_open": optional(LEADS),
    "calling_hours": flag,
    "from_branch": optional(name),
}
PULL: dict[str, Reader] = {
    "name": name,
    "criteria": anything,
    "order": listed(_order_key),
    "calling_hours": flag,
    "recipients": listed(name),
    "cool_down_minutes": MINUTES,
    "max_attempts": number(1, 1000),
    "other_user_next": flag,
    "hold_minutes": number(1, YEAR_OF_MINUTES),
    "on": flag,
    "delay_minutes": MINUTES,
    "source": one_of(PullSource),
    "branch": optional(name),
}

branch = record(BranchPart, BRANCH)
user = record(UserPart, USER)
disposition = record(DispositionPart, DISPOSITION)
push_strategy = record(PushPart, PUSH)
pull_strategy = record(PullPart, PULL)
