"""What the columns of a file mean: guesses by name, what was chosen, and a row as a lead that somebody sent."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leads.domain.intake import FieldError
from leads.domain.lead_types import STANDARD_NAMES
from leads.imports.rows import Row

LEFT_OUT = ""
AS_CALLED = "="
"""Kept under the column's own name: what the lead type does not know is never trusted, and never dropped."""

SYNONYMS: dict[str, str] = {
    synonym: field
    for field, synonyms in {
        "first_name": "first fname given_name forename vorname prenom nombre name_first firstname",
        "last_name": "last lname surname family_name nachname nom apellido name_last lastname",
        "email": "e_mail mail email_address e_mail_address emailaddress correo electronic_mail",
        "phone": "telephone tel mobile cell cell_phone mobile_phone phone_number phone1 phone_1 primary_phone home_phone telefon "
        "telefono daytime_phone "
        "contact_number cellphone phonenumber",
        "phone2": "second_phone phone_2 alt_phone alternate_phone secondary_phone work_phone other_phone evening_phone",
        "address": "street address1 address_1 street_address address_line_1 addr strasse direccion mailing_address",
        "city": "town locality ort ciudad",
        "state": "st province region state_code state_province",
        "zip": "zip_code zipcode postal postal_code postcode post_code plz zip5",
        "country": "country_code nation land",
        "latitude": "lat",
        "longitude": "lon lng long",
        "date_of_birth": "dob birth_date birthdate birthday born d_o_b geburtsdatum",
        "ip": "ip_address ipaddress client_ip",
        "user_agent": "useragent browser",
        "landing_url": "landing_page url page_url source_url landing",
        "consent_text": "consent tcpa tcpa_text disclosure tcpa_consent",
        "consent_url": "trustedform trusted_form trustedform_cert_url trusted_form_cert_url xxtrustedformcerturl jornaya leadid "
        "jornaya_leadid certificate consent_certificate universal_leadid",
        "external_id": "id lead_id their_id reference ref record_id source_id external_reference leadnumber",
    }.items()
    for synonym in synonyms.split()
}
"""What sources call the standard fields, as `simple` writes names."""


def simple(name: str) -> str:
    """Write a heading as fields are named: `E-Mail Address` is e_mail_address."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[^a-z0-9]+", "_", spaced.casefold()).strip("_")


def guess(columns: Sequence[str], own_fields: Mapping[str, str], remembered: Mapping[str, str] | None = None) -> list[str]:
    """Choose a field for each column, none twice: what was chosen before, else by name; unknown ones are kept as they are called.

    `own_fields` are the lead type's, label by name; `remembered` are earlier choices by simple name.
    """
    before = remembered or {}
    known = {simple(label): name for name, label in own_fields.items()} | {name: name for name in (*STANDARD_NAMES, *own_fields)}
    chosen, taken = [LEFT_OUT] * len(columns), set[str]()
    for finds in (before.get, known.get, SYNONYMS.get):
        for place, column in enumerate(columns):
            field = finds(simple(column))
            if chosen[place] == LEFT_OUT and field and field not in taken and (field in STANDARD_NAMES or field in own_fields):
                chosen[place] = field
                taken.add(field)
    return [
        field or (LEFT_OUT if before.get(simple(column)) == LEFT_OUT else AS_CALLED) for column, field in zip(columns, chosen, strict=True)
    ]


def problems(columns: Sequence[str], mapping: Sequence[str], known: Iterable[str], labels: Mapping[str, str]) -> list[str]:
    """Say what is wrong with a mapping, in sentences; none when leads can be made by it."""
    fields = [field for field in mapping if field not in (LEFT_OUT, AS_CALLED)]
    if len(mapping) != len(columns) or not set(fields) <= set(known):
        return ["The page was older than the file or the lead type. Choose the fields again."]
    said = [
        f"{labels.get(field, field)} is chosen for {times} columns. Choose it for one of them, and leave the others out."
        for field, times in Counter(fields).items()
        if times > 1
    ]
    if not fields:
        said.append("No column is a field of a lead. Choose at least a phone or an e-mail.")
    return said


@dataclass(frozen=True, slots=True)
class Mapper:
    """Makes of a row what a source would have posted: fields by name, and what was sent as received."""

    columns: tuple[str, ...]
    mapping: tuple[str, ...]
    known: frozenset[str]

    def fields(self, row: Row) -> dict[str, Any]:
        if row.fields is not None:
            return self._of_object(row.fields)
        sent: dict[str, Any] = {}
        for column, field, cell in zip(self.columns, self.mapping, row.cells, strict=False):
            if field and cell and not cell.isspace():
                sent[field if field != AS_CALLED else self._free(column)] = cell
        return sent

    def _of_object(self, told: Mapping[str, Any]) -> dict[str, Any]:
        chosen = dict(zip(self.columns, self.mapping, strict=True))
        sent: dict[str, Any] = {}
        for name, value in told.items():
            field = chosen.get(name, AS_CALLED)
            if field:
                sent[field if field != AS_CALLED else self._free(name)] = value
        return sent

    def _free(self, column: str) -> str:
        """A column that is kept must not pass for a field that another column was chosen for."""
        return f"column {column}" if column in self.known else column

    def raw(self, row: Row) -> dict[str, Any]:
        """The row as received, for whoever asks later."""
        if row.unread:
            return {"line": row.line, "text": row.unread}
        cells = row.fields if row.fields is not None else dict(zip(self.columns, row.cells, strict=False))
        more = row.cells[len(self.columns) :]
        return {"line": row.line, "cells": cells} | ({"more": list(more)} if any(more) else {})

    def envelope(self, row: Row) -> tuple[FieldError, ...]:
        """What is wrong with the row as such, before its values are looked at."""
        if row.unread:
            return (FieldError(None, "bad_row", row.why),)
        if any(cell.strip() for cell in row.cells[len(self.columns) :]):
            said = f"The row has {len(row.cells)} cells for {len(self.columns)} columns. Put a text that holds the separator into quotes."
            return (FieldError(None, "too_many_cells", said),)
        return ()
