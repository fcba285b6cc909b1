"""Strict reading of JSON: an unknown key or a value of the wrong kind is an error that names its place."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any


class SettingsError(ValueError):
    """Settings that cannot be read: `place` (such as `groups[1].automation`) and what is wrong there."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.place = place
        self.message = message


type Reader = Callable[[Any, str], Any]
"""Reads a value that stands at a place."""


def written(record: Any) -> dict[str, Any]:
    """The fields of a dataclass as JSON can hold them, decimals as text."""
    return {field.name: _plain(getattr(record, field.name)) for field in fields(record)}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, StrEnum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def read(value: Any, place: str, readers: Mapping[str, Reader]) -> dict[str, Any]:
    """The parts of an object, each read by the reader of its name."""
    if not isinstance(value, Mapping):
        raise SettingsError(place, "Give an object with the options by name.")
    inside = f"{place}." if place else ""
    for name in value:
        if name not in readers:
            raise SettingsError(f"{inside}{name}", f"Not known. Known are: {', '.join(readers)}.")
    return {name: readers[name](part, f"{inside}{name}") for name, part in value.items()}


def choice(kind: type[StrEnum]) -> Reader:
    def read_choice(value: Any, place: str) -> StrEnum:
        try:
            return kind(value)
        except ValueError:
            raise SettingsError(place, f"Use one of: {', '.join(kind)}.") from None

    return read_choice


def optional(reader: Reader) -> Reader:
    return lambda value, place: None if value is None else reader(value, place)


def flag(value: Any, place: str) -> bool:
    if not isinstance(value, bool):
        raise SettingsError(place, "Use true or false.")
    return value


def whole(value: Any, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise SettingsError(place, "Use a whole number.")
    return value


def decimal(value: Any, place: str) -> Decimal:
    try:
        number = Decimal(str(value)) if isinstance(value, int | float | str | Decimal) and not isinstance(value, bool) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        raise SettingsError(place, "Use a number, such as 250 or 12.5.")
    return number


def text(value: Any, place: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise SettingsError(place, "Use a text.")
    return value


def listed[T](reader: Callable[[Any, str], T]) -> Callable[[Any, str], tuple[T, ...]]:
    def read_list(value: Any, place: str) -> tuple[T, ...]:
        if not isinstance(value, list | tuple):
            raise SettingsError(place, "Use a list.")
        return tuple(reader(part, f"{place}[{number}]") for number, part in enumerate(value))

    return read_list
