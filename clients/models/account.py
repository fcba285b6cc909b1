from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from clients.enums import AccountStatus, MethodUse, OffHours, WindowName
from clients.models.client import Buying, Client
from clients.models.method import DeliveryMethod
from leads.models import LeadType
from leads.models.fields import Archivable, MoneyField, check_zone


class DeliveryAccountQuerySet(models.QuerySet["DeliveryAccount"]):
    def visible_to(self, user: Any) -> Self:
        return self.all() if user.is_active and user.sees_clients else self.none()


class DeliveryAccount(Archivable, Buying):
    """One standing demand of a client for one lead type: price, criteria, schedule, caps and how it is delivered."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="accounts")
    lead_type = models.ForeignKey(LeadType, on_delete=models.PROTECT, related_name="accounts")
    name = models.CharField(max_length=160)
    status = models.CharField(max_length=10, choices=AccountStatus, default=AccountStatus.OPEN)
    is_automated = models.BooleanField("automated delivery", default=True)
    price = MoneyField(default=0, help_text="Paid for one lead")
    is_exclusive = models.BooleanField("exclusive", default=False, help_text="Buys a lead only if nobody else does")
    priority = models.IntegerField(null=True, blank=True, help_text="Among this client's accounts; the lowest stands for the client")
    criteria = models.JSONField(null=True, blank=True, help_text="Empty takes every lead of the type")
    schedule = models.JSONField(null=True, blank=True, help_text="Hours a weekday; empty = always open")
    closed_dates = ArrayField(models.DateField(), default=list, blank=True)
    time_zone = models.CharField(max_length=64, blank=True, validators=[check_zone], help_text="Empty = the client's")
    off_hours = models.CharField(max_length=4, choices=OffHours, default=OffHours.SKIP)
    may_exceed_caps = models.BooleanField(
        default=False, help_text="If nothing else is sold, this account's own caps may be passed over; the client's never"
    )
    required_revenue = MoneyField(null=True, blank=True)
    required_profit = MoneyField(null=True, blank=True)
    required_profit_percent = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    qualified_percent = models.DecimalField(
        "share of qualified leads", max_digits=5, decimal_places=2, null=True, blank=True, help_text="At most this percent of what matches"
    )
    qualified_window = models.CharField(max_length=5, choices=WindowName, blank=True)
    methods = models.ManyToManyField(DeliveryMethod, through="AccountMethod", related_name="accounts")
    created = models.DateTimeField(auto_now_add=True)
    history = HistoricalRecords()

    objects = DeliveryAccountQuerySet.as_manager()

    class Meta:
        ordering = ["client__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["client", "name"], name="one_account_a_name"),
            models.CheckConstraint(condition=Q(qualified_percent=None) ^ ~Q(qualified_window=""), name="qualified_share_has_a_window"),
        ]

    def __str__(self) -> str:
        return f"{self.client.name} › {self.name}"


class AccountMethod(models.Model):
    """A delivery method in use by an account, in its order."""

    account = models.ForeignKey(DeliveryAccount, on_delete=models.CASCADE, related_name="uses")
    method = models.ForeignKey(DeliveryMethod, on_delete=models.PROTECT, related_name="uses")
    position = models.PositiveSmallIntegerField(default=0)
    use = models.CharField(max_length=10, choices=MethodUse, default=MethodUse.FIRST)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "method"], name="one_use_of_a_method"),
            models.UniqueConstraint(fields=["account"], condition=Q(use=MethodUse.FIRST), name="one_first_choice"),
        ]

    def __str__(self) -> str:
        return f"{self.method} ({self.get_use_display()})"
