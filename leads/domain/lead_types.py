"""What a lead type asks for, and the standard fields that every lead may have."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial

import re2

from leads.domain.criteria_fields import STANDARD, FieldSpec, Kind
from leads.domain.normalise_consent import read_consent_url
from leads.domain.normalise_email import read_email
from leads.domain.normalise_text import Reader, Refused, as_text, text_reader
from leads.domain.normalise_values import (
    choice_reader,
    degrees_reader,
    multiple_reader,
    read_boolean,
    read_date,
    read_datetime,
    read_decimal,
    read_integer,
)

LONGEST_TEXT = 200
LONGEST_OWN_TEXT = 4000

type Bound = Decimal | date | datetime


@dataclass(frozen=True, slots=True)
class TypeField:
    """A field of a lead type. Named like a standard field it keeps that field's kind, and can only make it required.

    `minimum` and `maximum` bound numbers, dates and instants; for text `maximum` is the longest length (default 200, at most
    4,000). `pattern` (RE2) must match the whole text.
    """

    name: str
    label: str
    kind: Kind
    required: bool = False
    choices: tuple[str, ...] = ()
    minimum: Bound | None = None
    maximum: Bound | None = None
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class LeadTypeSpec:
    """A lead type ready to judge leads. Raises re2.error for a pattern that is none."""

    name: str
    fields: tuple[TypeField, ...] = ()
    readers: dict[str, Reader] = field(init=False, compare=False, repr=False)
    required: tuple[TypeField, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        own = {wanted.name: reader_of(wanted) for wanted in self.fields if wanted.name not in STANDARD_NAMES}
        object.__setattr__(self, "readers", own)
        object.__setattr__(self, "required", tuple(wanted for wanted in self.fields if wanted.required))

    def criteria_fields(self) -> dict[str, FieldSpec]:
        """The standard fields and those of this type, for criteria."""
        own = (FieldSpec(wanted.name, wanted.kind, wanted.label, wanted.choices) for wanted in self.fields)
        return {spec.name: spec for spec in own} | STANDARD


PLAIN: dict[str, Reader] = {
    "first_name": text_reader(LONGEST_TEXT),
    "last_name": text_reader(LONGEST_TEXT),
    "email": read_email,
    "address": text_reader(2000, lines=True),
    "city": text_reader(LONGEST_TEXT),
    "latitude": degrees_reader(90),
    "longitude": degrees_reader(180),
    "ip": text_reader(45),
    "user_agent": text_reader(2000),
    "landing_url": text_reader(2000),
    "consent_text": text_reader(4000, lines=True),
    "consent_url": read_consent_url,
    "external_id": text_reader(LONGEST_TEXT),
}
"""Standard fields that are read by themselves. The address of a connection (`ip`) is kept as claimed."""
STANDARD_NAMES = frozenset(PLAIN) | {"phone", "phone2", "country", "state", "zip", "date_of_birth"}


def _text(wanted: TypeField) -> Reader:
    longest = min(int(wanted.maximum), LONGEST_OWN_TEXT) if isinstance(wanted.maximum, Decimal) else LONGEST_TEXT
    if not wanted.pattern:
        return text_reader(longest)
    options = re2.Options()
    options.log_errors = False
    whole = re2.compile(wanted.pattern, options).fullmatch

    def read(value: object) -> str:
        text = as_text(value, longest)
        if not whole(text):
            raise Refused("bad_pattern", f"{wanted.label} does not have the form that this lead type asks for.")
        return text

    return read


def _bounded(read: Callable[[object], Bound | int], wanted: TypeField) -> Reader:
    low, high = wanted.minimum, wanted.maximum
    if low is None and high is None:
        return read

    def read_bounded(value: object) -> object:
        typed = read(value)
        if (low is not None and typed < low) or (high is not None and typed > high):  # type: ignore[operator]
            raise Refused("out_of_range", f"Send a value {_range(low, high)}.")
        return typed

    return read_bounded


def _range(low: Bound | None, high: Bound | None) -> str:
    low_text, high_text = (f"{bound.normalize():f}" if isinstance(bound, Decimal) else str(bound) for bound in (low, high))
    if low is None:
        return f"of at most {high_text}"
    return f"of at least {low_text}" if high is None else f"between {low_text} and {high_text}"


_OWN: dict[Kind, Callable[[TypeField], Reader]] = {
    Kind.TEXT: _text,
    Kind.INTEGER: partial(_bounded, read_integer),
    Kind.DECIMAL: partial(_bounded, read_decimal),
    Kind.BOOLEAN: lambda _wanted: read_boolean,
    Kind.DATE: partial(_bounded, read_date),
    Kind.DATETIME: partial(_bounded, read_datetime),
    Kind.CHOICE: lambda wanted: choice_reader(wanted.choices),
    Kind.MULTIPLE: lambda wanted: multiple_reader(wanted.choices),
}


def reader_of(wanted: TypeField) -> Reader:
    """The reader of a lead type's own field."""
    return _OWN[wanted.kind](wanted)
