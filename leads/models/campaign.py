from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from leads.enums import CampaignStatus, Channel, Route
from leads.models.fields import Archivable, Capped, MoneyField
from leads.models.leadtype import LeadType


class Source(Archivable):
    """Where leads come from: a vendor, an own site, a partner."""

    name = models.CharField(max_length=120, unique=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


def default_routes() -> list[str]:
    return [Route.DISTRIBUTE, Route.PUSH, Route.PULL]


class Campaign(Archivable, Capped):
    """One stream of leads of a source: what they are, what they cost, and where they go."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="campaigns")
    lead_type = models.ForeignKey(LeadType, on_delete=models.PROTECT, related_name="campaigns")
    name = models.CharField(max_length=120, unique=True)
    status = models.CharField(
        max_length=10, choices=CampaignStatus, default=CampaignStatus.ACTIVE, help_text="Only an active campaign takes leads"
    )
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.WEB)
    cost = MoneyField(default=0, help_text="What one lead costs, in the company's currency")
    routes = ArrayField(
        models.CharField(max_length=10, choices=Route),
        default=default_routes,
        help_text="In this order; a lead goes to the first route that takes it",
    )
    duplicate_hours = models.PositiveIntegerField(
        "duplicate look-back", null=True, blank=True, help_text="Hours; empty = as the lead type says"
    )
    is_test = models.BooleanField("test mode", default=False, help_text="Leads are validated and answered, never delivered")
    tells_price = models.BooleanField("answer tells the price", default=False, help_text="The source sees for how much its lead was sold")
    treats_555_as_test = models.BooleanField("treat 555-01xx as tests", default=False)
    created = models.DateTimeField(auto_now_add=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CampaignKeyQuerySet(models.QuerySet["CampaignKey"]):
    def usable(self, now: datetime) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)


class CampaignKey(models.Model):
    """A key to post leads with: 256 random bits, shown once, of which only the SHA-256 is kept."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=80, blank=True)
    prefix = models.CharField(max_length=12, editable=False)
    last4 = models.CharField(max_length=4, editable=False)
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = CampaignKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.prefix}…{self.last4}"
