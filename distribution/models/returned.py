from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from clients.models import Client
from distribution.enums import DeliveryState
from distribution.models.delivery import Delivery
from leads.models.fields import MoneyField


class ReturnState(models.TextChoices):
    REQUESTED = "requested", "Asked for"
    GRANTED = "granted", "Granted"
    REFUSED = "refused", "Refused"


class ReturnQuerySet(models.QuerySet["Return"]):
    def pending(self) -> Self:
        return self.filter(state=ReturnState.REQUESTED)

    def granted(self) -> Self:
        return self.filter(state=ReturnState.GRANTED)

    def visible_to(self, user: Any) -> Self:
        return self.all() if user.is_active and user.sees_all_leads else self.none()


class Return(models.Model):
    """A sold lead that the client gives back. Granted, it is a booking of its own, on the day of `decided_at`.

    The sale stays where it was, on the day it was accepted: a closed month never changes.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="returns")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="returns")
    state = models.CharField(max_length=10, choices=ReturnState, default=ReturnState.REQUESTED)
    reason = models.CharField(max_length=300, help_text="Why it is given back, in the words of whoever asked")
    price = MoneyField(help_text="At which it was sold, and is credited")
    sold_at = models.DateTimeField()
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=300, blank=True, help_text="What the client is told of a refusal")
    goes_on = models.BooleanField(default=False, help_text="The lead went on past this client")

    objects = ReturnQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-id"]
        indexes = [
            models.Index(fields=["decided_at", "client"], condition=Q(state=ReturnState.GRANTED), name="return_booked"),
            models.Index(fields=["requested_at"], condition=Q(state=ReturnState.REQUESTED), name="return_pending"),
            models.Index(fields=["client", "sold_at"], name="return_of_month"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["delivery"], condition=~Q(state=ReturnState.REFUSED), name="one_open_or_granted_return_a_delivery"
            ),
            models.CheckConstraint(condition=Q(state=ReturnState.REQUESTED) ^ ~Q(decided_at=None), name="decided_returns_have_their_time"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_return_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"Return of {self.delivery_id}"

    @property
    def asker(self) -> str:
        return _name(self.requested_by) or "the client"

    @property
    def decider(self) -> str:
        return _name(self.decided_by) or "the system"


def _name(user: Any) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""


SOLD_STATES = (DeliveryState.ACCEPTED, DeliveryState.RETURNED)
"""States of a delivery that was a sale on its day; a return is booked beside it."""
