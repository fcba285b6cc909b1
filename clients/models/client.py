from typing import Any, Self

from django.db import models
from simple_history.models import HistoricalRecords

from clients.enums import AccountAutomation, ClientStatus
from leads.models.fields import Archivable, Capped, MoneyField, ZoneField


class Buying(Capped):
    """Limits of whoever buys: leads and money, in calendar windows of the client's zone."""

    budget_day = MoneyField("budget a day", null=True, blank=True)
    budget_month = MoneyField("budget a month", null=True, blank=True)

    class Meta:
        abstract = True


class ClientQuerySet(models.QuerySet["Client"]):
    def visible_to(self, user: Any) -> Self:
        return self.all() if user.is_active and user.sees_clients else self.none()


class Client(Archivable, Buying):
    """A company that buys leads. What it is given (priority, weight, percentage) stands in the settings version."""

    name = models.CharField(max_length=160, unique=True)
    status = models.CharField(max_length=10, choices=ClientStatus, default=ClientStatus.ACTIVE)
    time_zone = ZoneField(default="America/New_York")
    zip = models.CharField("ZIP", max_length=5, blank=True, help_text="For nearest-first, where no coordinates are given")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    account_automation = models.CharField(
        max_length=12, choices=AccountAutomation, default=AccountAutomation.PRICE, help_text="Which account stands for the client"
    )
    tier_delivery = models.BooleanField(
        default=False, help_text="Refused by one account, the lead is offered to the client's other accounts"
    )
    duplicate_hours = models.PositiveIntegerField(
        "duplicate window", default=720, help_text="Hours in which this client does not buy the same person again; 0 = no such window"
    )
    activations = models.PositiveIntegerField(
        default=0, editable=False, help_text="How often it became active anew; counted by the database"
    )
    contact_email = models.EmailField(blank=True)
    notes = models.TextField(blank=True)
    created = models.DateTimeField(auto_now_add=True)
    history = HistoricalRecords(excluded_fields=["activations"])

    objects = ClientQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ClientGroup(models.Model):
    """A named set of clients that a campaign may sell to exclusively."""

    name = models.CharField(max_length=80, unique=True)
    clients = models.ManyToManyField(Client, related_name="groups", blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ConfigRevision(models.Model):
    """One row that the database raises with every change of who buys what, so that a cached market knows it is old."""

    number = models.BigIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.number)
