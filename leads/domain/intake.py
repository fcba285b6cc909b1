"""Judges a submitted lead: the same verdict for the API, a file and the form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leads.domain.criteria_fields import STANDARD
from leads.domain.lead_types import PLAIN, STANDARD_NAMES, LeadTypeSpec
from leads.domain.normalise_phone import read_phone
from leads.domain.normalise_place import HOME, read_country, read_state, read_zip
from leads.domain.normalise_text import Reader, Refused, is_blank, is_storable
from leads.domain.normalise_values import birth_reader

MOST_FIELDS = 200
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class FieldError:
    """`field` is None when the lead as a whole is meant; `message` names problem and remedy, never the value."""

    field: str | None
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Typed `values` of standard fields and `custom` of the lead type's; `unmapped` as sent, never trusted.

    With errors the lead is rejected; what is here can be stored all the same.
    """

    values: dict[str, Any]
    custom: dict[str, Any]
    unmapped: dict[str, Any]
    errors: tuple[FieldError, ...]


@dataclass(slots=True)
class _Desk:
    """One lead on the desk while it is judged."""

    lead_type: LeadTypeSpec
    now: datetime
    country: str = HOME
    values: dict[str, Any] = field(default_factory=dict)
    custom: dict[str, Any] = field(default_factory=dict)
    unmapped: dict[str, Any] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)

    def refuse(self, name: str | None, code: str, message: str) -> None:
        self.errors.append(FieldError(name, code, message))

    def take(self, name: str, raw: object) -> None:
        reader = PLAIN.get(name)
        if reader is not None:
            self.read(name, raw, reader, self.values)
        elif name in _SPECIAL:
            _SPECIAL[name](self, name, raw)
        elif (own := self.lead_type.readers.get(name)) is not None:
            self.read(name, raw, own, self.custom)
        else:
            self.keep(name, raw)

    def read(self, name: str, raw: object, reader: Reader, into: dict[str, Any]) -> None:
        if is_blank(raw):
            return
        try:
            into[name] = reader(raw)
        except Refused as refused:
            self.refuse(name, refused.code, refused.message)

    def keep(self, name: str, raw: object) -> None:
        if len(name) > LONGEST_NAME:
            self.refuse(None, "bad_name", f"A field name has more than {LONGEST_NAME} characters. Shorten it.")
        elif not is_storable(name):
            self.refuse(None, "bad_character", "A field name holds a character that cannot be kept. Take it out.")
        elif not is_storable(raw):
            self.refuse(name, "bad_character", "The value holds a character or number that cannot be kept. Take it out.")
        else:
            self.unmapped[name] = raw

    def phone(self, name: str, raw: object) -> None:
        if is_blank(raw):
            return
        try:
            self.values[name], extension = read_phone(raw)
        except Refused as refused:
            self.refuse(name, refused.code, refused.message)
        else:
            if extension:
                self.unmapped[f"{name}_extension"] = extension

    def state(self, name: str, raw: object) -> None:
        self.read(name, raw, lambda value: read_state(value, self.country), self.values)

    def zip_code(self, name: str, raw: object) -> None:
        self.read(name, raw, lambda value: read_zip(value, self.country), self.values)

    def born(self, name: str, raw: object) -> None:
        self.read(name, raw, birth_reader(self.now.date()), self.values)

    def abroad(self, name: str, raw: object) -> None:
        self.read(name, raw, read_country, self.values)

    def finish(self) -> None:
        refused = {error.field for error in self.errors}
        for wanted in self.lead_type.required:
            name = wanted.name
            if name not in self.values and name not in self.custom and name not in refused:
                self.refuse(name, "required", f"Send a value for {wanted.label}.")
        if not (self.values or self.custom or self.errors):
            self.refuse(None, "empty", "The lead has no field with a value. Send at least a phone or an e-mail.")


_SPECIAL = {
    "phone": _Desk.phone,
    "phone2": _Desk.phone,
    "state": _Desk.state,
    "zip": _Desk.zip_code,
    "date_of_birth": _Desk.born,
    "country": _Desk.abroad,
}


def judge(fields: Mapping[str, object], lead_type: LeadTypeSpec, *, now: datetime) -> Judged:
    """Normalise and validate every field, and report every problem at once.

    Fields that neither the standard nor the lead type knows (also `status`, `price`, `client_id`, `id`, ...) are kept in
    `unmapped` as sent. State and ZIP are read by the country, the United States when none is given.
    """
    if len(fields) > MOST_FIELDS:
        return Judged({}, {}, {}, (FieldError(None, "too_many_fields", f"Send at most {MOST_FIELDS} fields."),))
    desk = _Desk(lead_type, now)
    country = fields.get("country")
    if country is not None:
        desk.country = _country(country)
    for name, raw in fields.items():
        desk.take(name, raw)
    desk.finish()
    return Judged(desk.values, desk.custom, desk.unmapped, tuple(desk.errors))


def _country(raw: object) -> str:
    try:
        return HOME if is_blank(raw) else read_country(raw)
    except Refused:
        return HOME


def label_of(name: str, lead_type: LeadTypeSpec) -> str:
    """How a form calls the field."""
    own = {wanted.name: wanted.label for wanted in lead_type.fields}
    return own.get(name) or (STANDARD[name].label if name in STANDARD_NAMES else name)
