"""Post a lead, post a batch, and read what became of one."""

from hashlib import sha256
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from leads.api.body import FORM, JSON, LEAD_BYTES, content_type, lead_of_form, lead_of_json, read_body
from leads.api.caller import Caller, caller_of, idempotency_of
from leads.api.door import door
from leads.api.problems import answer, not_found
from leads.api.waiting import outcome_within, seconds_of
from leads.domain.criteria_fields import Kind
from leads.domain.lead_types import LeadTypeSpec
from leads.enums import LeadStatus
from leads.models import Campaign, Lead
from leads.sales import price_of, sales_of
from leads.services.drafts import Arrival
from leads.services.lead_types import spec_from_json
from leads.services.receipts import Receipt
from leads.services.receive import Origin, receive_leads


@door("POST")
def post_lead(request: HttpRequest) -> HttpResponse:
    caller = caller_of(request)
    kind = content_type(request, JSON, FORM)
    seconds = seconds_of(request)
    body = read_body(request, LEAD_BYTES, "64 KiB a lead")
    spec = spec_of(caller)
    arrival = lead_of_json(body) if kind == JSON else lead_of_form(body, multiples(spec))
    (receipt,) = receive(request, caller, spec, [arrival], body)
    told = receipt.to_json()
    if receipt.status == LeadStatus.ACCEPTED and "wait" in request.GET:
        told |= routed(receipt, caller.holder.key.campaign, seconds)
    return answer(receipt.http, told, replayed(receipt))


def spec_of(caller: Caller) -> LeadTypeSpec:
    return spec_from_json(caller.holder.key.campaign.lead_type.name, caller.holder.fields)


def multiples(spec: LeadTypeSpec) -> frozenset[str]:
    return frozenset(field.name for field in spec.fields if field.kind == Kind.MULTIPLE)


def receive(request: HttpRequest, caller: Caller, spec: LeadTypeSpec, arrivals: list[Arrival | Receipt], body: bytes) -> list[Receipt]:
    digest = sha256(request.path_info.encode() + b"\x00" + body).digest()
    return receive_leads(
        campaign=caller.holder.key.campaign,
        arrivals=arrivals,
        origin=Origin("api", caller.address, caller.agent),
        idempotency=idempotency_of(request, digest),
        spec=spec,
        now=caller.holder.now,
    )


def replayed(receipt: Receipt) -> dict[str, str]:
    return {"Idempotent-Replayed": "true"} if receipt.is_replay else {}


def routed(receipt: Receipt, campaign: Campaign, seconds: float) -> dict[str, Any]:
    """Say what became of the lead within the time, and for how much if the campaign tells."""
    assert receipt.lead_id is not None  # noqa: S101 -- an accepted lead has one
    told: dict[str, Any] = {"outcome": outcome_within(receipt.lead_id, seconds)}
    if campaign.tells_price:
        price = price_of(sales_of(receipt.lead_id))
        told["price"] = None if price is None else f"{price:.2f}"
    return told


@door("GET")
def get_lead(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Tell a campaign of one of its own leads. A foreign lead is as absent as one that never was."""
    campaign = caller_of(request).holder.key.campaign
    lead = Lead.objects.filter(pk=lead_id, campaign=campaign).first()
    if lead is None:
        raise not_found()
    return answer(200, described(lead, campaign))


def described(lead: Lead, campaign: Campaign) -> dict[str, Any]:
    sales = sales_of(lead.pk)
    told = {
        "id": str(lead.pk),
        "number": lead.spoken,
        "received": lead.received_at.isoformat(),
        "test": lead.is_test,
        "status": lead.status,
        "outcome": lead.outcome or None,
        "errors": lead.errors,
        "duplicate_of": str(lead.duplicate_of_id) if lead.duplicate_of_id and _is_own(lead, campaign) else None,
        "deliveries": [
            {
                "number": sale.number,
                "state": sale.state,
                "created": sale.created.isoformat(),
                "finished": sale.finished.isoformat() if sale.finished else None,
            }
            | ({"price": f"{sale.price:.2f}"} if campaign.tells_price and sale.is_accepted else {})
            for sale in sales
        ],
    }
    if campaign.tells_price:
        price = price_of(sales)
        told["price"] = None if price is None else f"{price:.2f}"
    return told


def _is_own(lead: Lead, campaign: Campaign) -> bool:
    """Whether the lead's original came by the same campaign; another campaign's leads are not told."""
    return bool(lead.duplicate_of and lead.duplicate_of.campaign_id == campaign.pk)
