import uuid
from collections.abc import Callable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from leads.enums import LeadOutcome, LeadStatus, Route
from leads.ids import uuid7
from leads.models.campaign import Campaign
from leads.models.fields import MoneyField
from leads.models.leadtype import LeadType
from leads.models.numbers import NextNumber


def _begins(*names: str) -> list[OpClass]:
    """Index texts so that `LIKE 'BEGINNING%'` finds them, whatever their case and the database's language."""
    return [OpClass(Upper(name), name="text_pattern_ops") for name in names]


SCOPES: list[Callable[[Any], Q]] = []
"""Which leads somebody sees who does not see all: each floor above adds what it knows of."""


class LeadQuerySet(models.QuerySet["Lead"]):
    def due(self, now: datetime) -> Self:
        """Leads whose route is open, due, and not in somebody's hands."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lt=now), due_at__lte=now)

    def visible_to(self, user: Any) -> Self:
        """The leads that this person may see (spec: roles): all, or those placed with the branch or the person, by `pullqueue`."""
        if user.is_active and user.sees_all_leads:
            return self.all()
        return self.filter(reduce(or_, (scope(user) for scope in SCOPES), Q(pk__in=[]))) if user.is_active else self.none()


class Lead(models.Model):
    """A person who may be sold or called. `status` is what intake said; `outcome` is what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("lead_number"), help_text="Spoken as L-10482")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="leads", db_index=False)  # lead_campaign_newest
    lead_type = models.ForeignKey(LeadType, on_delete=models.PROTECT, related_name="leads")
    received_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=LeadStatus)
    outcome = models.CharField(max_length=10, choices=LeadOutcome, blank=True, help_text="Empty when intake did not accept")
    errors = models.JSONField(default=list, blank=True)
    duplicate_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="duplicates")
    is_test = models.BooleanField("test", default=False)
    cost = MoneyField(default=0)

    first_name = models.CharField(max_length=200, blank=True)
    last_name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    phone2 = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=2000, blank=True)
    city = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=2, blank=True)
    zip = models.CharField(max_length=10, blank=True)
    country = models.CharField(max_length=2, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    date_of_birth = models.DateField(null=True, blank=True)
    ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=2000, blank=True)
    landing_url = models.CharField(max_length=2000, blank=True)
    consent_text = models.CharField(max_length=4000, blank=True)
    consent_url = models.CharField(max_length=2000, blank=True)
    external_id = models.CharField(max_length=200, blank=True)
    custom = models.JSONField(default=dict, blank=True, help_text="The lead type's own fields")
    unmapped = models.JSONField(default=dict, blank=True, help_text="Kept, never trusted")
    zones = ArrayField(models.CharField(max_length=64), default=list, blank=True, help_text="Every plausible time zone")
    states = ArrayField(models.CharField(max_length=2), default=list, blank=True, help_text="Every plausible state")

    attempts = models.PositiveIntegerField(default=0)
    pull_count = models.PositiveIntegerField(default=0)
    last_disposition = models.CharField(max_length=80, blank=True)

    # The row is the queue: while a route is open the lead is due at some time, claimed under a lease and a number.
    routes_left = ArrayField(models.CharField(max_length=10, choices=Route), default=list, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    claim = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0, help_text="Claims since the last result")
    stuck_reason = models.CharField(max_length=200, blank=True, help_text="Why a person must look")
    finished_at = models.DateTimeField(null=True, blank=True)
    from_import = models.ForeignKey(
        "leads.Import", null=True, blank=True, on_delete=models.PROTECT, related_name="leads", db_index=False, editable=False
    )

    objects = LeadQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-id"]
        indexes = [
            # Leads of files wait in a queue of their own, behind those that come one by one.
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False, from_import=None), name="lead_due"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False, from_import__isnull=False), name="lead_due_of_files"),
            # Counted for the menu of every page: hardly ever is there one.
            models.Index(fields=["received_at"], condition=Q(due_at__isnull=False) & ~Q(stuck_reason=""), name="lead_stuck"),
            models.Index(fields=["from_import", "id"], condition=Q(from_import__isnull=False), name="lead_of_import"),
            models.Index(fields=["-received_at", "-id"], name="lead_newest"),
            models.Index(fields=["campaign", "-received_at"], name="lead_campaign_newest"),
            models.Index(fields=["outcome", "-received_at"], name="lead_outcome_newest"),
            models.Index(fields=["status", "-received_at"], name="lead_status_newest"),
            models.Index(fields=["-received_at"], condition=Q(is_test=True), name="lead_tests_newest"),
            # What people search by. Names and e-mails are found by how they begin, in capitals; numbers by how they begin.
            models.Index(*_begins("last_name", "first_name"), name="lead_last_name"),
            models.Index(*_begins("first_name", "last_name"), name="lead_first_name"),
            models.Index(*_begins("email"), condition=~Q(email=""), name="lead_email_begins"),
            models.Index(fields=["phone"], opclasses=["text_pattern_ops"], condition=~Q(phone=""), name="lead_phone_begins"),
            models.Index(fields=["phone2"], opclasses=["text_pattern_ops"], condition=~Q(phone2=""), name="lead_phone2_begins"),
            models.Index(fields=["external_id"], condition=~Q(external_id=""), name="lead_external_id"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=LeadStatus.ACCEPTED) ^ Q(outcome="") | Q(outcome=LeadOutcome.ERASED),
                name="outcome_of_accepted_leads_only",
            ),
            models.CheckConstraint(
                condition=Q(due_at=None) | Q(outcome__in=[LeadOutcome.PENDING, LeadOutcome.SOLD]), name="only_open_leads_are_due"
            ),
        ]

    def __str__(self) -> str:
        return self.spoken

    @property
    def spoken(self) -> str:
        return f"L-{self.number}"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def saved_value(self, field: str) -> Any:
        """Return the value of a standard field or of one of the lead type's own."""
        return getattr(self, field, None) if field in STANDARD_COLUMNS else self.custom.get(field)


STANDARD_COLUMNS = (
    "first_name",
    "last_name",
    "email",
    "phone",
    "phone2",
    "address",
    "city",
    "state",
    "zip",
    "country",
    "latitude",
    "longitude",
    "date_of_birth",
    "ip",
    "user_agent",
    "landing_url",
    "consent_text",
    "consent_url",
    "external_id",
)


class Submission(models.Model):
    """What was posted, as received. Never changed; it leaves by erasure only."""

    lead = models.OneToOneField(Lead, on_delete=models.PROTECT, primary_key=True, related_name="submission")
    body = models.JSONField()
    channel = models.CharField(max_length=10, help_text="api, file or form")
    address = models.CharField(max_length=45, blank=True, help_text="The connection's own address")
    agent = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"Submission of {self.lead_id}"


class Fingerprint(models.Model):
    """A digest of one set of a lead's values, by which its duplicates are found."""

    id = models.BigAutoField(primary_key=True)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="fingerprints")
    digest = models.UUIDField(default=uuid.uuid4)
    received_at = models.DateTimeField()
    is_accepted = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["digest", "-received_at"], name="fingerprint_newest")]

    def __str__(self) -> str:
        return str(self.digest)
