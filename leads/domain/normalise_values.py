"""Numbers, dates, yes and no, and choices."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

from leads.domain.normalise_text import Reader, Refused, as_text

_NUMBER = re.compile(r"[+-]?\$?(?:[0-9]{1,18}|[0-9]{1,3}(?:,[0-9]{3}){1,5})(?:\.[0-9]{1,10})?")
_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?")
_MICRODEGREE = Decimal("0.000001")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_AMERICAN = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_SEPARATOR = re.compile("[,;|]")
_YES = frozenset({"true", "yes", "y", "t", "1", "on"})
_NO = frozenset({"false", "no", "n", "f", "0", "off"})
EARLIEST_BIRTH = date(1900, 1, 1)


def read_decimal(value: object) -> Decimal:
    """An exact number: `1234.5`, `1,234.50` and `$5` are read; `1.234,50` and `1e9` are not. Else `bad_number`."""
    text = as_text(value, 60)
    if not _NUMBER.fullmatch(text):
        raise Refused("bad_number", "Send a plain number, such as 1234.50, with at most 10 decimals.")
    return Decimal(text.replace(",", "").replace("$", ""))


def read_integer(value: object) -> int:
    number = read_decimal(value)
    if number != number.to_integral_value():
        raise Refused("bad_number", "Send a whole number.")
    return int(number)


def degrees_reader(most: int) -> Reader:
    """Reads a latitude or longitude, rounded to six decimals (about 10 cm)."""

    def read(value: object) -> Decimal:
        text = as_text(value, 60)
        if not _DEGREES.fullmatch(text) or abs(Decimal(text)) > most:
            raise Refused("bad_number", f"Send degrees between -{most} and {most}.")
        return Decimal(text).quantize(_MICRODEGREE)

    return read


def read_boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = as_text(value, 20).casefold()
    if word not in _YES and word not in _NO:
        raise Refused("bad_boolean", "Send yes or no.")
    return word in _YES


def read_date(value: object) -> date:
    """`1990-12-31` or `12/31/1990`. Years of two digits and serial numbers are refused: `bad_date`."""
    text = as_text(value, 40)
    iso, american = _ISO.fullmatch(text), _AMERICAN.fullmatch(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if american:
            return date(int(american[3]), int(american[1]), int(american[2]))
    except ValueError as refused:
        raise Refused("bad_date", "There is no such day. Send a date as YYYY-MM-DD.") from refused
    raise Refused("bad_date", "Send a date as YYYY-MM-DD, such as 1990-12-31.")


def read_datetime(value: object) -> datetime:
    """An instant with its offset, in UTC. Else `bad_datetime`: without an offset nobody can tell when it was."""
    try:
        at = datetime.fromisoformat(as_text(value, 40))
        if at.tzinfo:
            return at.astimezone(UTC)
    except (ValueError, OverflowError) as refused:
        if isinstance(refused, Refused):
            raise
    raise Refused("bad_datetime", "Send date and time with the offset, such as 2026-03-01T09:00:00-06:00.")


def birth_reader(today: date) -> Reader:
    """Reads a date of birth, from 1900 to today."""

    def read(value: object) -> date:
        born = read_date(value)
        if not EARLIEST_BIRTH <= born <= today:
            raise Refused("out_of_range", f"Send a date of birth between {EARLIEST_BIRTH.year} and today.")
        return born

    return read


def choice_reader(choices: tuple[str, ...]) -> Callable[[object], str]:
    """Reads one of the choices, without case, into its own spelling. Else `bad_choice`."""
    spelt = {choice.casefold(): choice for choice in choices}
    remedy = f"Send one of: {', '.join(choices[:20])}{', ...' if len(choices) > 20 else ''}."

    def read(value: object) -> str:
        found = spelt.get(as_text(value, 200).casefold())
        if found is None:
            raise Refused("bad_choice", remedy)
        return found

    return read


def multiple_reader(choices: tuple[str, ...]) -> Reader:
    """Reads a list of choices, or one text with commas, semicolons or bars, in the order of the choices."""
    one = choice_reader(choices)
    order = {choice: place for place, choice in enumerate(choices)}

    def read(value: object) -> tuple[str, ...]:
        if isinstance(value, list | tuple):
            parts = list(value)
        else:
            text = as_text(value, 4000)
            parts = [text] if text.casefold() in {choice.casefold() for choice in choices} else _SEPARATOR.split(text)
        return tuple(sorted({one(part) for part in parts}, key=order.__getitem__))

    return read
