"""A lead's fields as they were sent and corrected since: what judges it anew begins with."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from leads.domain.normalise_text import is_blank
from leads.imports.mapping import Mapper
from leads.imports.rows import Row
from leads.models import Correction, Import, Lead, Submission
from leads.models.lead import STANDARD_COLUMNS
from leads.services.imports import mapper_of
from leads.services.lead_types import spec_of

type Fields = dict[str, Any]


def fields_sent(leads: Sequence[Lead]) -> dict[UUID, Fields]:
    """Return each lead's fields by its id, in three queries. What was erased, or never kept as sent, is taken from the lead itself."""
    ids = [lead.pk for lead in leads]
    bodies = dict(Submission.objects.filter(pk__in=ids).values_list("pk", "body"))
    files = {lead.from_import_id for lead in leads if lead.from_import_id}
    mappers: dict[UUID | None, Mapper | None] = {
        one.pk: _mapper(one) for one in Import.objects.filter(pk__in=files).select_related("campaign__lead_type")
    }
    corrections = list(Correction.objects.filter(lead__in=ids).order_by("id"))
    sent = {lead.pk: _sent(bodies.get(lead.pk), mappers.get(lead.from_import_id)) or stored(lead) for lead in leads}
    for one in corrections:
        sent[one.lead_id] = corrected(sent[one.lead_id], one.after)
    return sent


def _mapper(one: Import) -> Mapper | None:
    return mapper_of(one, spec_of(one.campaign.lead_type)) if one.campaign else None


def corrected(fields: Mapping[str, Any], changes: Mapping[str, Any]) -> Fields:
    """Return the fields with the changes in them; None takes a field away."""
    return {name: value for name, value in {**fields, **changes}.items() if value is not None}


def stored(lead: Lead) -> Fields:
    """Return what is kept of the lead's values, as one would send them."""
    own = {name: _plain(getattr(lead, name)) for name in STANDARD_COLUMNS}
    return {name: value for name, value in {**own, **lead.custom, **lead.unmapped}.items() if value not in (None, "", [])}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _sent(body: Any, mapper: Mapper | None) -> Fields:
    """Read what each door keeps: the row of a file, the envelope of the API and the form, fields alone."""
    if not isinstance(body, dict):
        return {}
    if mapper is not None:
        cells = {name: cell for name, cell in body.get("cells", {}).items() if not is_blank(cell)}
        return mapper.fields(Row(line=body.get("line", 0), fields=cells))
    if isinstance(body.get("fields"), dict):
        return dict(body["fields"])
    return {name: value for name, value in body.items() if name != "test"}
