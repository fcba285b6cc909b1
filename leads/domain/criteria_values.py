"""The values of a condition, read strictly by the kind of its field, and written back for people."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from unicodedata import normalize

from leads.domain.criteria_fields import FieldSpec, Kind

type Value = str | Decimal | bool | date | datetime

_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,10})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ZIP = re.compile(r"[0-9]{5}|(?=.*[A-Za-z -])[0-9A-Za-z -]{3,10}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
LONGEST_TEXT = 500


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("Give a text; for a missing value use is_empty.")
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"Give at most {LONGEST_TEXT} characters.")
    if _UNSTORABLE.search(value):
        raise ValueError("Take the unreadable characters out.")
    return normalize("NFC", value).casefold()


def _zip(value: object) -> str:
    text = _text(value)
    if not _ZIP.fullmatch(text):
        raise ValueError('Write the ZIP as text with five digits, such as "02134".')
    return text


def _decimal(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal) or not _NUMBER.fullmatch(str(value)):
        raise ValueError("Give a number, such as 25 or 12.50.")
    return Decimal(str(value))


def _integer(value: object) -> Decimal:
    number = _decimal(value)
    if number != number.to_integral_value():
        raise ValueError("Give a whole number.")
    return number


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("Give true or false.")  # noqa: TRY004 - the reader of a criterion raises one kind of error
    return value


def _date(value: object) -> date:
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError("Give a date as YYYY-MM-DD.")


def _datetime(value: object) -> datetime:
    try:
        if isinstance(value, str) and (at := datetime.fromisoformat(value)).tzinfo:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError("Give a date and time with its offset, such as 2026-03-01T09:00:00-06:00.")


_READERS: dict[Kind, Callable[[object], Value]] = {
    Kind.TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.DATETIME: _datetime,
    Kind.CHOICE: _text,
    Kind.MULTIPLE: _text,
    Kind.ZIP: _zip,
}


def read_value(field: FieldSpec, value: object) -> Value:
    """The typed value: text case-folded in NFC, numbers as Decimal, instants in UTC. Raises ValueError with a remedy."""
    typed = _READERS[field.kind](value)
    if field.choices and typed not in {choice.casefold() for choice in field.choices}:
        raise ValueError(f"Not a choice of {field.label}. Use one of: {listed(field.choices)}.")
    return typed


def plain(value: object) -> object:
    """A value as JSON can hold it: dates and decimals as text, sets of choices as lists."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else written(value)


def written(value: object) -> str:
    """A value in words: `yes`, `12.50`, `IA, MN, ND`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return listed(value)
    if isinstance(value, float | Decimal):
        return f"{Decimal(str(value)):f}"
    return str(value)


def listed(values: tuple[object, ...] | list[object] | tuple[str, ...], most: int = 12) -> str:
    """The values with commas, cut after `most`."""
    shown = ", ".join(written(value) for value in values[:most])
    return f"{shown} and {len(values) - most} more" if len(values) > most else shown
