"""A lead type as the judge of intake wants it, compiled once for each state of its fields."""

import json
from decimal import Decimal
from functools import lru_cache
from typing import Any

from leads.domain.criteria_fields import Kind
from leads.domain.lead_types import LeadTypeSpec, TypeField
from leads.models import LeadType

type FieldRow = tuple[str, str, str, bool, tuple[str, ...], Any, Any, str]


def spec_of(lead_type: LeadType) -> LeadTypeSpec:
    """Return what the lead type asks for; one query unless its fields were fetched with it."""
    rows = tuple(
        (
            field.name,
            field.kind,
            field.label or field.name,
            field.is_required,
            tuple(field.choices),
            field.minimum,
            field.maximum,
            field.pattern,
        )
        for field in lead_type.fields.all()
    )
    return compiled(lead_type.name, rows)


@lru_cache(maxsize=256)
def compiled(name: str, rows: tuple[FieldRow, ...]) -> LeadTypeSpec:
    return LeadTypeSpec(name, tuple(map(_field, rows)))


def _field(row: FieldRow) -> TypeField:
    name, kind, label, required, choices, minimum, maximum, pattern = row
    return TypeField(name, label, Kind(kind), required, choices, minimum, maximum, pattern)


@lru_cache(maxsize=256)
def spec_from_json(name: str, fields: str) -> LeadTypeSpec:
    """Return the same from the rows as the database writes them, which are the key of the cache."""
    rows = json.loads(fields, parse_int=Decimal, parse_float=Decimal)
    return compiled(name, tuple((*row[:2], row[2] or row[0], row[3], tuple(row[4]), *row[5:]) for row in rows))
