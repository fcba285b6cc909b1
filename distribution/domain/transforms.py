"""What a field map may do to a value on its way to a client. An empty value stays an empty text."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from distribution.domain.problem import Problem

TRUE_WORDS = ("yes", "true", "1", "on")


def as_text(value: Any) -> str:
    """Return a value as text: dates in ISO form, lists joined by commas, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ", ".join(as_text(one) for one in value)
    return str(value)


def plain(value: Any) -> Any:
    """Return a value that every serialiser knows: text, whole number, truth, or a list of them. Decimals stay exact as text."""
    if isinstance(value, bool | int):
        return value
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return as_text(value)


def _digits(value: Any, _: str) -> str:
    return re.sub(r"\D", "", as_text(value), flags=re.ASCII)


def _ten_digits(value: Any, _: str) -> str:
    """Return a US number without its country code."""
    return _digits(value, "")[-10:]


def _date(value: Any, form: str) -> str:
    found = value
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return value
    return found.strftime(form or "%m/%d/%Y") if isinstance(found, date) else as_text(value)


def _yes_no(value: Any, words: str) -> str:
    yes, _, no = (words or "yes/no").partition("/")
    return yes if as_text(value).casefold() in TRUE_WORDS else no


def _number(value: Any, _: str) -> Any:
    try:
        number = Decimal(as_text(value))
    except InvalidOperation:
        return as_text(value)
    return int(number) if number == number.to_integral_value() else float(number)


def _words(value: Any, pairs: str) -> Any:
    """Replace a value by another: `map:Own=1;Rent=0`. What is not named stays."""
    named = dict(pair.split("=", 1) for pair in pairs.split(";") if "=" in pair)
    return next((new for old, new in named.items() if old.casefold() == as_text(value).casefold()), value)


TRANSFORMS: dict[str, Callable[[Any, str], Any]] = {
    "digits": _digits,
    "digits10": _ten_digits,
    "upper": lambda value, _: as_text(value).upper(),
    "lower": lambda value, _: as_text(value).lower(),
    "title": lambda value, _: as_text(value).title(),
    "first": lambda value, count: as_text(value)[: int(count)],
    "date": _date,
    "yes_no": _yes_no,
    "number": _number,
    "text": lambda value, _: as_text(value),
    "map": _words,
}
FILLING: dict[str, Callable[[Any, str], Any]] = {
    "fixed": lambda _, text: text,
    "default": lambda value, text: text if value in (None, "") else value,
}
"""Transforms that make something out of nothing."""

DATE_FORM = re.compile(r"(%[YymdHIMSpbBjAa%]|[^%])*")
CHECKS: dict[str, tuple[Callable[[str], bool], str]] = {
    "first": (lambda text: text.isascii() and text.isdigit() and 0 < int(text) < 10_000, "first:10 keeps ten characters"),
    "date": (lambda text: bool(DATE_FORM.fullmatch(text)), "date:%m/%d/%Y writes 11/25/2026"),
    "yes_no": (lambda text: text == "" or text.count("/") == 1, "yes_no:Y/N writes Y or N"),
    "map": (lambda text: "=" in text, "map:Own=1;Rent=0 replaces values"),
    "fixed": (bool, "fixed:ABC always writes ABC"),
    "default": (bool, "default:ABC fills an empty value"),
}


def steps(written: str) -> list[tuple[str, str]]:
    """Read a chain such as `digits|first:10` as its names and operands."""
    parts = [part.strip() for part in written.split("|") if part.strip()]
    return [(name.strip(), operand) for name, _, operand in (part.partition(":") for part in parts)]


def transform(value: Any, written: str) -> Any:
    """Apply a chain of transforms. What is empty stays empty text, except for those that fill it."""
    for name, operand in steps(written):
        if name in FILLING:
            value = FILLING[name](value, operand)
        elif value not in (None, ""):
            value = TRANSFORMS[name](value, operand)
    return "" if value is None else value


def check_transform(written: str, place: str) -> tuple[Problem, ...]:
    """Return what is wrong with a chain, with an example of how it is written."""
    found = []
    for name, operand in steps(written):
        if name not in TRANSFORMS and name not in FILLING:
            known = ", ".join(sorted({**TRANSFORMS, **FILLING}))
            found.append(Problem(place, "unknown_transform", f"There is no transform “{name}”; there are {known}."))
        elif name in CHECKS and not CHECKS[name][0](operand):
            found.append(Problem(place, "bad_transform", f"Write {name} so: {CHECKS[name][1]}."))
    return tuple(found)
