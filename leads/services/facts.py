"""A stored lead as the criteria see it: typed values, and what follows from them and from the clock."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from leads.domain.criteria_fields import STANDARD, FieldSpec, Kind
from leads.domain.facts import derive
from leads.domain.kept_values import from_json
from leads.models import Lead, LeadField
from leads.models.lead import STANDARD_COLUMNS


def field_specs(fields: Iterable[LeadField]) -> dict[str, FieldSpec]:
    """Return the standard fields and those of a lead type, as criteria may name them.

    One that a lead type names to require it keeps the kind that it has for every lead.
    """
    own = {field.name: FieldSpec(field.name, Kind(field.kind), field.label or field.name, tuple(field.choices)) for field in fields}
    return own | STANDARD


def facts_of(lead: Lead, fields: Mapping[str, FieldSpec], *, now: datetime) -> dict[str, Any]:
    """Return the facts of a lead at `now`. Its campaign and source must be loaded with it."""
    values = {name: getattr(lead, name) for name in STANDARD_COLUMNS} | from_json(lead.custom, fields)
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
