from django.db import models
from django.db.models import Q

from clients.models import DeliveryMethod
from distribution.enums import FINAL_STATES, LOST_STATES, OPEN_STATES, DeliveryState
from distribution.models.delivery import Delivery
from leads.ids import uuid7


class DeliveryCopy(models.Model):
    """A sold lead going the same client's way once more, by a method that is used *always*. It moves no money and no place."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="copies")
    method = models.ForeignKey(DeliveryMethod, on_delete=models.PROTECT, related_name="copies")
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED)
    is_tainted = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    claim = models.PositiveIntegerField(default=0)
    attempts_made = models.PositiveSmallIntegerField(default=0)
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    payload = models.JSONField(null=True)
    reason = models.CharField(max_length=40, blank=True)
    message = models.CharField(max_length=300, blank=True)
    created = models.DateTimeField()

    class Meta:
        ordering = ["created", "id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=OPEN_STATES), name="copy_due"),
            models.Index(fields=["finished_at"], condition=Q(state__in=LOST_STATES), name="copy_lost"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "method"], name="one_copy_a_method"),
            models.CheckConstraint(condition=Q(state__in=FINAL_STATES) ^ Q(finished_at=None), name="copy_finish_time_of_final_states_only"),
            models.CheckConstraint(condition=Q(state__in=OPEN_STATES) ^ Q(due_at=None), name="copy_due_time_of_open_states_only"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery} by {self.method}"

    @property
    def is_lost(self) -> bool:
        return self.state in LOST_STATES
