"""A lead type's own values as JSON keeps them: decimals and dates as text, choices as lists."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from leads.domain.criteria_fields import FieldSpec, Kind
from leads.domain.criteria_values import plain

_READ: dict[Kind, Callable[[Any], object]] = {
    Kind.DECIMAL: lambda kept: Decimal(str(kept)),
    Kind.DATE: date.fromisoformat,
    Kind.DATETIME: datetime.fromisoformat,
    Kind.MULTIPLE: tuple,
}


def to_json(values: Mapping[str, object]) -> dict[str, object]:
    return {name: plain(value) for name, value in values.items()}


def from_json(kept: Mapping[str, object], fields: Mapping[str, FieldSpec]) -> dict[str, object]:
    """The typed values again; what the lead type no longer knows stays as it was kept."""
    return {name: _READ.get(fields[name].kind, _same)(value) if name in fields else value for name, value in kept.items()}


def _same(value: object) -> object:
    return value
