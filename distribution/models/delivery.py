from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q

from clients.models import Client, DeliveryAccount, DeliveryMethod
from distribution.enums import FINAL_STATES, LIVE_STATES, OPEN_STATES, DeliveryState, Tracking
from distribution.models.decision import Decision
from distribution.models.file import DeliveryFile
from leads.ids import uuid7
from leads.models import Lead
from leads.models.fields import MoneyField
from leads.models.numbers import NextNumber


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> Self:
        return self.filter(Q(lease_until=None) | Q(lease_until__lt=now), state__in=OPEN_STATES, due_at__lte=now)

    def visible_to(self, user: Any) -> Self:
        return self.all() if user.is_active and user.sees_all_leads else self.none()


class Delivery(models.Model):
    """One offer of a lead to one account of a client, from the reserved place to the client's answer.

    Price and cost are fixed at the reservation. `windows` and `booking` are what a refusal gives back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("delivery_number"), help_text="Spoken as D-10482")
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="deliveries")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="deliveries")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    account = models.ForeignKey(DeliveryAccount, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    method = models.ForeignKey(DeliveryMethod, null=True, on_delete=models.PROTECT, related_name="deliveries")
    slot = models.PositiveSmallIntegerField(help_text="1 for the first sale of the lead, 2 for the second ...")
    rank = models.PositiveSmallIntegerField()
    keys = models.JSONField(default=dict, help_text="The keys of the rank it had when it was offered")
    decided_by = models.CharField(max_length=12, blank=True)
    pool = models.CharField(max_length=60)
    is_exclusive = models.BooleanField(default=False)
    closes_scan = models.BooleanField(default=True, help_text="Once accepted, nobody else may buy this lead")
    hold_until = models.DateTimeField(null=True, blank=True, help_text="Off hours: waits for this opening")
    is_over_cap = models.BooleanField(default=False)
    price = MoneyField()
    cost = MoneyField(default=0)
    windows = models.JSONField(default=list, help_text="Cap windows reserved: [[id, amount], ...]")
    booking = models.JSONField(null=True, help_text="What was booked on the pool's shares and turns")

    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED)
    is_tainted = models.BooleanField("tainted", default=False, help_text="The client may have taken it: never sold elsewhere")
    due_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    claim = models.PositiveIntegerField(default=0)
    attempts_made = models.PositiveSmallIntegerField(default=0)
    attempts_before = models.PositiveSmallIntegerField(default=0, help_text="Of them those by methods that failed before this one")
    file = models.ForeignKey(DeliveryFile, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries")
    budget_seconds = models.PositiveIntegerField(default=300)
    created = models.DateTimeField()
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    payload = models.JSONField(null=True, help_text="The request as it was first written; every attempt sends the same")
    reason = models.CharField(max_length=40, blank=True, help_text="Code of why it ended as it did")
    message = models.CharField(max_length=300, blank=True)
    client_reference = models.CharField(max_length=200, blank=True)
    tracking = models.CharField(max_length=10, choices=Tracking, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-id"]
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=OPEN_STATES), name="delivery_due"),
            models.Index(fields=["method", "due_at"], condition=Q(state__in=OPEN_STATES), name="delivery_due_by_method"),
            models.Index(fields=["client"], condition=Q(state=DeliveryState.SENDING), name="delivery_sending"),
            # these two also serve the foreign keys, which have no index of their own: every one costs each write
            models.Index(fields=["client", "-created"], name="delivery_of_client"),
            models.Index(fields=["account", "-created"], name="delivery_of_account"),
            models.Index(fields=["-created", "-id"], name="delivery_newest"),
            models.Index(fields=["state", "-created"], name="delivery_state_newest"),
            models.Index(
                fields=["client", "finished_at"],
                condition=Q(state__in=[DeliveryState.ACCEPTED, DeliveryState.RETURNED]),
                name="delivery_sold",
            ),
            models.Index(fields=["client", "finished_at"], condition=~Q(tracking=""), name="delivery_mails_of_client"),
            models.Index(fields=["method", "finished_at"], condition=~Q(tracking=""), name="delivery_mails_of_method"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["lead", "slot"], condition=Q(state__in=LIVE_STATES), name="one_live_delivery_a_slot"),
            models.UniqueConstraint(fields=["lead", "client"], condition=Q(state__in=LIVE_STATES), name="one_live_delivery_a_client"),
            models.CheckConstraint(condition=Q(state__in=FINAL_STATES) ^ Q(finished_at=None), name="finish_time_of_final_states_only"),
            models.CheckConstraint(condition=Q(state__in=OPEN_STATES) ^ Q(due_at=None), name="due_time_of_open_states_only"),
            models.CheckConstraint(condition=Q(state=DeliveryState.SENDING) | Q(lease_until=None), name="lease_while_sending_only"),
        ]

    def __str__(self) -> str:
        return self.spoken

    @property
    def spoken(self) -> str:
        return f"D-{self.number}"
