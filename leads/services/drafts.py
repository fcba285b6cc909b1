"""A lead as it stands before the database is asked: judged, located, and with what it will be looked up by. Nothing is written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models.base import ModelState

from leads.domain.fingerprints import fingerprints
from leads.domain.intake import FieldError, judge
from leads.domain.kept_values import to_json
from leads.domain.lead_types import LeadTypeSpec
from leads.domain.normalise_place import HOME
from leads.enums import SuppressionKind
from leads.ids import uuid7
from leads.models import Campaign, Lead
from leads.places import locate
from leads.queries import Original
from leads.services.suppress import suppression_digest

FICTITIOUS = re.compile(r"\+1\d{3}55501\d\d")
"""Numbers that nobody has: 555-0100 to 555-0199 in every area code."""
CONTACTS = (("phone", SuppressionKind.PHONE), ("phone2", SuppressionKind.PHONE), ("email", SuppressionKind.EMAIL))


@dataclass(frozen=True, slots=True)
class Arrival:
    """A lead as somebody sent it: its fields, and the whole of it as received."""

    fields: Mapping[str, object]
    raw: Any = None
    is_test: bool = False
    problems: tuple[FieldError, ...] = ()
    """What was already wrong with the envelope."""
    at: datetime | None = None
    """When it came, where leads of a made-up day are taken together; else they come when they are taken."""


@dataclass(slots=True)
class Draft:
    """A lead that is not yet saved, with its fingerprints and the digests it would be suppressed by."""

    lead: Lead
    raw: Any
    errors: tuple[FieldError, ...]
    prints: tuple[UUID, ...] = ()
    people: dict[bytes, str] = field(default_factory=dict)
    """Kind by digest."""
    original: Original | None = None
    is_known: bool = False
    """Whether the lead is in the database already, with its id and number, and is judged anew."""


def draft(arrival: Arrival, campaign: Campaign, spec: LeadTypeSpec, *, now: datetime) -> Draft:
    """Judge and locate one arrival."""
    judged = judge(arrival.fields, spec, now=now)
    values = judged.values
    lead = new_lead(
        campaign,
        values,
        received_at=now,
        is_test=arrival.is_test or campaign.is_test or _is_fictitious(campaign, values),
        custom=to_json(judged.custom) if judged.custom else {},
        unmapped=storable(judged.unmapped) if judged.unmapped else {},
    )
    _place(lead)
    prints = fingerprints(campaign.lead_type.duplicate_sets, values | judged.custom, lead_type=campaign.lead_type_id)
    people = {suppression_digest(kind, values[name]): str(kind) for name, kind in CONTACTS if values.get(name)}
    errors = arrival.problems + judged.errors
    return Draft(lead, storable(_raw(arrival)), errors, tuple(UUID(bytes=digest) for digest in prints), people)


@cache
def _blank() -> dict[str, Any]:
    """What a lead is before anything is known of it, without lists and dicts, which no two may share."""
    return {name: value for name, value in Lead().__dict__.items() if not isinstance(value, list | dict) and name != "_state"}


def new_lead(campaign: Campaign, values: Mapping[str, Any], **more: Any) -> Lead:
    """Return an unsaved lead of these values: a model's own way takes a third of the time of everything else that intake does."""
    lead = Lead.__new__(Lead)
    lead._state = ModelState()  # noqa: SLF001 -- where every object of a model keeps what it knows of the database
    lead._state.fields_cache = {"campaign": campaign}  # noqa: SLF001
    own = {"id": uuid7(), "campaign_id": campaign.pk, "lead_type_id": campaign.lead_type_id}
    lead.__dict__ |= _blank() | {"errors": [], "zones": [], "states": [], "routes_left": []} | own | dict(values) | more
    return lead


def _raw(arrival: Arrival) -> Any:
    return {"fields": dict(arrival.fields)} if arrival.raw is None else arrival.raw


def _is_fictitious(campaign: Campaign, values: Mapping[str, Any]) -> bool:
    return campaign.treats_555_as_test and bool(FICTITIOUS.fullmatch(values.get("phone", "")))


def _place(lead: Lead) -> None:
    """Fill in what ZIP and phone say; what the source said itself stands."""
    located = locate(lead.zip, lead.state, lead.phone, lead.country or HOME)
    lead.zones, lead.states = list(located.zones), list(located.states)
    lead.state = lead.state or located.state or ""
    if lead.latitude is None or lead.longitude is None:
        lead.latitude, lead.longitude = located.latitude, located.longitude
    else:
        lead.latitude, lead.longitude = float(lead.latitude), float(lead.longitude)


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(value: Any) -> Any:
    """Return the same as JSON in the database can hold it: NUL and lone surrogates written out, exact numbers as text."""
    if isinstance(value, str):
        return value if value.isascii() and "\x00" not in value else _UNSTORABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", value)
    if isinstance(value, Mapping):
        if _is_plain(value):
            return value
        return {storable(key): storable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [storable(part) for part in value]
    return _number(value) if isinstance(value, Decimal) else value


def _is_plain(value: Mapping[Any, Any]) -> bool:
    """Whether it holds nothing but ASCII texts, as most rows of files do; one look at all of them together."""
    try:
        text = "".join([*value, *value.values()])
    except TypeError:
        return False
    return text.isascii() and "\x00" not in text


def _number(value: Decimal) -> float | str:
    near = float(value)
    return near if Decimal(repr(near)) == value else str(value)
