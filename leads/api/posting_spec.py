"""The posting instructions of a campaign, made from its lead type, so that they are never out of date."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from leads.api.batch import MOST_LEADS
from leads.api.body import FORM, JSON, LEAD_BYTES
from leads.api.caller import caller_of
from leads.api.door import door
from leads.api.leads import spec_of
from leads.api.problems import answer
from leads.domain.criteria_fields import STANDARD, Kind
from leads.domain.criteria_values import plain
from leads.domain.lead_types import STANDARD_NAMES, LeadTypeSpec, TypeField
from leads.models import Campaign

EXAMPLES: dict[str, Any] = {
    "first_name": "Ana",
    "last_name": "Example",
    "email": "ana@example.com",
    "phone": "312 555 0100",
    "phone2": "+13125550101",
    "address": "1 Main Street",
    "city": "Chicago",
    "state": "IL",
    "zip": "60601",
    "country": "US",
    "latitude": 41.8858,
    "longitude": -87.6181,
    "date_of_birth": "1980-02-29",
    "ip": "203.0.113.7",
    "user_agent": "Mozilla/5.0",
    "landing_url": "https://www.example.com/quote",
    "consent_text": "I agree to be called.",
    "consent_url": "https://cert.trustedform.com/0123456789abcdef",
    "external_id": "your-own-id-1",
}
"""By standard field, in the order in which they are told."""

OWN_EXAMPLES: dict[Kind, Any] = {
    Kind.TEXT: "text",
    Kind.INTEGER: 12,
    Kind.DECIMAL: "12.50",
    Kind.BOOLEAN: True,
    Kind.DATE: "2026-03-02",
    Kind.DATETIME: "2026-03-02T09:00:00-05:00",
}


@door("GET")
def get_posting_spec(request: HttpRequest) -> HttpResponse:
    caller = caller_of(request)
    return answer(200, posting_spec(caller.holder.key.campaign, spec_of(caller)))


def posting_spec(campaign: Campaign, spec: LeadTypeSpec) -> dict[str, Any]:
    """Tell how to post to the campaign. It holds no key."""
    fields = _fields(spec)
    return {
        "campaign": campaign.name,
        "status": campaign.status,
        "test_mode": campaign.is_test,
        "lead_type": spec.name,
        "post_to": settings.PUBLIC_URL.rstrip("/") + reverse("api_leads"),
        "batch_to": settings.PUBLIC_URL.rstrip("/") + reverse("api_batch"),
        "content_types": [JSON, FORM],
        "headers": {"Authorization": "Bearer <campaign key>", "Idempotency-Key": "a new UUID for each lead; optional"},
        "limits": {"lead_bytes": LEAD_BYTES, "batch_leads": MOST_LEADS, "per_second": settings.INTAKE_RATE, "burst": settings.INTAKE_BURST},
        "fields": fields,
        "example": {"fields": {field["name"]: field["example"] for field in fields if _is_worth_showing(field)}, "test": True},
    }


def _fields(spec: LeadTypeSpec) -> list[dict[str, Any]]:
    required = {field.name for field in spec.required}
    standard = [
        {
            "name": name,
            "label": STANDARD[name].label,
            "kind": STANDARD[name].kind.value,
            "required": name in required,
            "example": example,
        }
        for name, example in EXAMPLES.items()
    ]
    return standard + [_own(field) for field in spec.fields if field.name not in STANDARD_NAMES]


def _own(field: TypeField) -> dict[str, Any]:
    told: dict[str, Any] = {"name": field.name, "label": field.label, "kind": field.kind.value, "required": field.required}
    limits = {"choices": list(field.choices), "minimum": _bound(field.minimum), "maximum": _bound(field.maximum), "pattern": field.pattern}
    return told | {name: limit for name, limit in limits.items() if limit not in (None, [], "")} | {"example": _example(field)}


def _bound(bound: Any) -> Any:
    return f"{bound.normalize():f}" if isinstance(bound, Decimal) else plain(bound)


def _example(field: TypeField) -> Any:
    if field.kind == Kind.CHOICE:
        return next(iter(field.choices), None)
    if field.kind == Kind.MULTIPLE:
        return list(field.choices[:1])
    if field.kind in (Kind.INTEGER, Kind.DECIMAL) and (bound := field.minimum if field.minimum is not None else field.maximum) is not None:
        return _bound(bound)
    return OWN_EXAMPLES[field.kind]


def _is_worth_showing(field: dict[str, Any]) -> bool:
    return field["required"] or field["name"] in {"first_name", "last_name", "email", "phone", "zip"}
