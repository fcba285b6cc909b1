"""Readers of what stands in a day's file: each takes a value and its place, and refuses what it cannot be, with the remedy."""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, cast
from zoneinfo import ZoneInfo, available_timezones

from distribution.domain.strict import Reader, SettingsError, decimal, read, whole
from leads.domain.hours import ScheduleError, parse_schedule

ZONES = frozenset(available_timezones())
LARGEST = Decimal(10**9)
MOST = 2_147_483_647
ANSWERS = ("accept", "reject", "fail", "unknown", "bounce")
_BID = re.compile(r"bid:(\d{1,9}(?:\.\d{1,2})?)")
_WORDS = re.compile(r"[A-Za-z]\w*")


def record[T](kind: Callable[..., T], readers: Mapping[str, Reader]) -> Callable[[Any, str], T]:
    """Read an object into a dataclass; what has no default there must be given."""
    needed = [field.name for field in fields(cast("Any", kind)) if field.default is MISSING and field.default_factory is MISSING]

    def read_record(value: Any, place: str) -> T:
        found = read(value, place, readers)
        for name in needed:
            if name not in found:
                raise SettingsError(inside(place, name), "Needed here.")
        return kind(**found)

    return read_record


def inside(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def name(value: Any, place: str) -> str:
    if not isinstance(value, str) or not value.strip() or value != value.strip() or not value.isprintable():
        raise SettingsError(place, "Use a text on one line, without blanks at its ends.")
    if len(value) > 80:
        raise SettingsError(place, "Use at most 80 letters.")
    return value


def identifier(value: Any, place: str) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", value):
        raise SettingsError(place, "Use lower-case letters, digits and underscores, with a letter first.")
    return value


def words(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise SettingsError(place, "Use a text.")
    return value


def zone(value: Any, place: str) -> str:
    if not isinstance(value, str) or value not in ZONES:
        raise SettingsError(place, "Not a time zone. Use a name such as America/New_York.")
    return value


def money(value: Any, place: str) -> Decimal:
    amount = decimal(value, place)
    if amount < 0 or amount > LARGEST or amount != round(amount, 2):
        raise SettingsError(place, 'Use an amount of 0 or more with at most 2 decimals, such as "25.00".')
    return round(amount, 2)


def any_money(value: Any, place: str) -> Decimal:
    amount = decimal(value, place)
    if abs(amount) > LARGEST or amount != round(amount, 2):
        raise SettingsError(place, 'Use an amount with at most 2 decimals, such as "25.00".')
    return round(amount, 2)


def percent(value: Any, place: str) -> Decimal:
    number = decimal(value, place)
    if not 0 < number <= 100 or number != round(number, 2):
        raise SettingsError(place, "Use a number above 0 and up to 100 with at most 2 decimals.")
    return number


def number(low: int, high: int = MOST) -> Reader:
    def read_number(value: Any, place: str) -> int:
        found = whole(value, place)
        if not low <= found <= high:
            raise SettingsError(place, f"Use a whole number from {low} to {high}.")
        return found

    return read_number


def degrees(limit: int) -> Reader:
    def read_degrees(value: Any, place: str) -> float:
        found = decimal(value, place)
        if abs(found) > limit:
            raise SettingsError(place, f"Use degrees from -{limit} to {limit}.")
        return float(found)

    return read_degrees


def zip_code(value: Any, place: str) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"([0-9]{5})?", value):
        raise SettingsError(place, 'Use five digits as text, such as "02134".')
    return value


def schedule(value: Any, place: str) -> Any:
    """Hours by weekday, kept as they are written; None is always open."""
    try:
        parse_schedule(value)
    except ScheduleError as problem:
        raise SettingsError(inside(place, problem.place) if problem.place else place, problem.message) from None
    return value


def day(value: Any, place: str) -> date:
    try:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise ValueError  # noqa: TRY301 -- one sentence for every way to write no date
        return date.fromisoformat(value)
    except ValueError:
        raise SettingsError(place, "Use a date such as 2026-12-25.") from None


def moment(value: Any, place: str) -> datetime:
    """An instant with its offset, between 1970 and 9000, which calendars around it can hold."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or not isinstance(value, str) or "T" not in value.upper():
        raise SettingsError(place, "Use a time such as 2026-03-02T09:00:00-05:00.")
    if found.tzinfo is None:
        raise SettingsError(place, "The time needs its offset, such as 2026-03-02T09:00:00-05:00.")
    if not 1970 <= found.year <= 9000:
        raise SettingsError(place, "Use a year from 1970 to 9000.")
    return found


def answer(value: Any, place: str) -> str:
    """What a made-up client says: one of the words, or a bid such as `bid:12.50`."""
    if not isinstance(value, str) or not (value in ANSWERS or _BID.fullmatch(value)):
        raise SettingsError(place, f"Use one of: {', '.join(ANSWERS)}, or a bid such as bid:12.50.")
    return value


def some[T](reader: Callable[[Any, str], T]) -> Callable[[Any, str], tuple[T, ...]]:
    """A list with at least one part."""

    def read_some(value: Any, place: str) -> tuple[T, ...]:
        if not isinstance(value, list) or not value:
            raise SettingsError(place, "Use a list with at least one part.")
        return tuple(reader(part, f"{place}[{count}]") for count, part in enumerate(value))

    return read_some


def zone_of(text: str) -> ZoneInfo:
    return ZoneInfo(text)


def one_of(kind: type[StrEnum], *left_out: StrEnum) -> Reader:
    offered = [member for member in kind if member not in left_out]

    def read_one(value: Any, place: str) -> StrEnum:
        if not isinstance(value, str) or value not in offered:
            raise SettingsError(place, f"Use one of: {', '.join(offered)}.")
        return kind(value)

    return read_one
