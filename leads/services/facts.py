"""A stored lead as the criteria see it: typed values, and what follows from them and from the clock."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from leads.domain.criteria_fields import STANDARD, FieldSpec, Kind
from leads.domain.facts import derive
from leads.models import Lead, LeadField
from leads.models.lead import STANDARD_COLUMNS

TYPED: dict[str, Callable[[Any], Any]] = {
    Kind.INTEGER: int,
    Kind.DECIMAL: lambda value: Decimal(str(value)),
    Kind.DATE: date.fromisoformat,
    Kind.DATETIME: datetime.fromisoformat,
    Kind.MULTIPLE: tuple,
}
"""How a value that was kept as JSON becomes what it was."""


def field_specs(fields: Iterable[LeadField]) -> dict[str, FieldSpec]:
    """Return the standard fields and those of a lead type, as criteria may name them."""
    own = {field.name: FieldSpec(field.name, Kind(field.kind), field.label or field.name, tuple(field.choices)) for field in fields}
    return STANDARD | own


def custom_values(custom: Mapping[str, Any], fields: Mapping[str, FieldSpec]) -> dict[str, Any]:
    """Return the lead type's own values with their types; what the type no longer knows stays as it is kept."""
    typed = {}
    for name, value in custom.items():
        read = TYPED.get(fields[name].kind) if name in fields else None
        typed[name] = read(value) if read and value not in (None, "") else value
    return typed


def facts_of(lead: Lead, fields: Mapping[str, FieldSpec], *, now: datetime) -> dict[str, Any]:
    """Return the facts of a lead at `now`. Its campaign and source must be loaded with it."""
    values = {name: getattr(lead, name) for name in STANDARD_COLUMNS} | custom_values(lead.custom, fields)
    campaign = lead.campaign
    return derive(
        values,
        now=now,
        received_at=lead.received_at,
        zone=ZoneInfo(lead.zones[0]) if lead.zones else None,
        source=campaign.source.name,
        campaign=campaign.name,
        channel=campaign.channel,
        cost=lead.cost,
        status=lead.status,
        attempts=lead.attempts,
        pull_count=lead.pull_count,
        last_disposition=lead.last_disposition,
        duplicate_of=str(lead.duplicate_of_id) if lead.duplicate_of_id else None,
    )
