"""Factories of the `leads` floor: what comes in, and from where."""

import hashlib
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from leads.enums import CapKind, CapScope, FieldKind, FileKind, LeadOutcome, LeadStatus, SuppressionKind
from leads.models import (
    Campaign,
    CampaignKey,
    CapWindow,
    Company,
    Correction,
    Event,
    Fingerprint,
    Import,
    IntakeKey,
    Job,
    Lead,
    LeadField,
    LeadType,
    Note,
    Source,
    Submission,
    Suppression,
)

AREA_CODES = ("312", "773", "708", "847", "630", "815", "309", "217", "618", "224")
"""Of Illinois, where the lead of the factory lives."""


def fictitious_phone(n: int) -> str:
    """The n-th number of the block 555-0100 to 555-0199, which nobody has; they repeat after a thousand."""
    return f"+1{AREA_CODES[n // 100 % len(AREA_CODES)]}55501{n % 100:02d}"


class CompanyFactory(DjangoModelFactory[Company]):
    name = "Prairie Lead Exchange"

    class Meta:
        model = Company


class LeadTypeFactory(DjangoModelFactory[LeadType]):
    name = factory.Sequence(lambda n: f"Lead type {n}")

    class Meta:
        model = LeadType


class LeadFieldFactory(DjangoModelFactory[LeadField]):
    lead_type = factory.SubFactory(LeadTypeFactory)
    position = factory.Sequence(lambda n: n)
    name = factory.Sequence(lambda n: f"field_{n}")
    label = factory.LazyAttribute(lambda field: field.name.replace("_", " ").capitalize())
    kind = FieldKind.TEXT

    class Meta:
        model = LeadField


class SourceFactory(DjangoModelFactory[Source]):
    name = factory.Sequence(lambda n: f"Source {n}")

    class Meta:
        model = Source


class CampaignFactory(DjangoModelFactory[Campaign]):
    source = factory.SubFactory(SourceFactory)
    lead_type = factory.SubFactory(LeadTypeFactory)
    name = factory.Sequence(lambda n: f"Campaign {n}")
    cost = Decimal("5.00")

    class Meta:
        model = Campaign


class CampaignKeyFactory(DjangoModelFactory[CampaignKey]):
    """`plain` is what a source would post with; only its digest is stored."""

    class Params:
        plain = factory.Sequence(lambda n: f"sw_live_{n:043d}")

    campaign = factory.SubFactory(CampaignFactory)
    name = "test"
    prefix = factory.LazyAttribute(lambda key: key.plain[:12])
    last4 = factory.LazyAttribute(lambda key: key.plain[-4:])
    digest = factory.LazyAttribute(lambda key: hashlib.sha256(key.plain.encode()).digest())

    class Meta:
        model = CampaignKey


class LeadFactory(DjangoModelFactory[Lead]):
    """A woman in Chicago whose route is open; `sold`, `duplicate` and `rejected` are what may become of her."""

    campaign = factory.SubFactory(CampaignFactory)
    lead_type = factory.SelfAttribute("campaign.lead_type")
    received_at = factory.LazyFunction(timezone.now)
    status = LeadStatus.ACCEPTED
    outcome = LeadOutcome.PENDING
    cost = factory.SelfAttribute("campaign.cost")
    routes_left = factory.LazyAttribute(lambda lead: list(lead.campaign.routes) if lead.outcome == LeadOutcome.PENDING else [])
    due_at = factory.LazyAttribute(lambda lead: lead.received_at if lead.outcome == LeadOutcome.PENDING else None)
    first_name = "Ada"
    last_name = factory.Sequence(lambda n: f"Sample{n}")
    email = factory.LazyAttribute(lambda lead: f"{lead.first_name}.{lead.last_name}@mail.example".lower())
    phone = factory.Sequence(fictitious_phone)
    city = "Chicago"
    state = "IL"
    zip = "60601"
    country = "US"
    latitude = 41.8858
    longitude = -87.6181
    zones = factory.LazyFunction(lambda: ["America/Chicago"])
    states = factory.LazyFunction(lambda: ["IL"])

    class Meta:
        model = Lead

    class Params:
        sold = factory.Trait(outcome=LeadOutcome.SOLD, finished_at=factory.SelfAttribute("received_at"))
        duplicate = factory.Trait(status=LeadStatus.DUPLICATE, outcome="", finished_at=factory.SelfAttribute("received_at"))
        rejected = factory.Trait(
            status=LeadStatus.REJECTED,
            outcome="",
            finished_at=factory.SelfAttribute("received_at"),
            errors=factory.LazyFunction(lambda: [{"field": "zip", "code": "bad_zip", "message": "Give five digits."}]),
        )


class SubmissionFactory(DjangoModelFactory[Submission]):
    lead = factory.SubFactory(LeadFactory)
    body = factory.LazyAttribute(lambda submission: {"fields": {"phone": submission.lead.phone, "zip": submission.lead.zip}})
    channel = "api"

    class Meta:
        model = Submission


class FingerprintFactory(DjangoModelFactory[Fingerprint]):
    lead = factory.SubFactory(LeadFactory)
    digest = factory.LazyAttribute(lambda print_: uuid.UUID(bytes=hashlib.sha256(print_.lead.phone.encode()).digest()[:16]))
    received_at = factory.SelfAttribute("lead.received_at")

    class Meta:
        model = Fingerprint


class IntakeKeyFactory(DjangoModelFactory[IntakeKey]):
    campaign = factory.SubFactory(CampaignFactory)
    key = factory.Sequence(lambda n: f"key-{n}")
    body_sha256 = factory.LazyAttribute(lambda kept: hashlib.sha256(kept.key.encode()).digest())
    answer_status = 201
    answer_body = factory.LazyFunction(lambda: {"status": "accepted"})
    created = factory.LazyFunction(timezone.now)

    class Meta:
        model = IntakeKey


class SuppressionFactory(DjangoModelFactory[Suppression]):
    """Known by a digest of its own; one that intake recognises is made by `leads.services.suppress`."""

    kind = SuppressionKind.PHONE
    shown = factory.Sequence(fictitious_phone)
    digest = factory.LazyAttribute(lambda person: hashlib.sha256(person.shown.encode()).digest())
    reason = "Asked by phone"

    class Meta:
        model = Suppression


class EventFactory(DjangoModelFactory[Event]):
    at = factory.LazyFunction(timezone.now)
    kind = "lead.accepted"

    class Meta:
        model = Event


class NoteFactory(DjangoModelFactory[Note]):
    lead = factory.SubFactory(LeadFactory)
    at = factory.LazyFunction(timezone.now)
    text = "Asked to be called in the evening"

    class Meta:
        model = Note


class CorrectionFactory(DjangoModelFactory[Correction]):
    lead = factory.SubFactory(LeadFactory)
    at = factory.LazyFunction(timezone.now)
    before = factory.LazyFunction(lambda: {"zip": "6060"})
    after = factory.LazyFunction(lambda: {"zip": "60601"})

    class Meta:
        model = Correction


class JobFactory(DjangoModelFactory[Job]):
    kind = "backtest"
    created = factory.LazyFunction(timezone.now)

    class Meta:
        model = Job


class CapWindowFactory(DjangoModelFactory[CapWindow]):
    scope = CapScope.CLIENT
    scope_id = factory.Sequence(lambda n: n + 1)
    kind = CapKind.TOTAL
    start = datetime(1, 1, 1, tzinfo=UTC)
    used: Any = Decimal(1)

    class Meta:
        model = CapWindow


class ImportFactory(DjangoModelFactory[Import]):
    """A small CSV that nobody has taken in yet, without the file itself."""

    name = factory.Sequence(lambda n: f"leads-{n}.csv")
    kind = FileKind.CSV
    size = 120
    encoding = "utf-8"
    delimiter = ","
    columns = ("First name", "Phone")
    created = factory.LazyFunction(timezone.now)

    class Meta:
        model = Import
