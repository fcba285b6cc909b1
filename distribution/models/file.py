from django.db import models
from django.db.models import Q

from clients.models import DeliveryMethod
from distribution.enums import FINAL_STATES, OPEN_STATES, DeliveryState
from leads.ids import uuid7


class DeliveryFile(models.Model):
    """One CSV of a client's hour or day. Its rows are those of its deliveries; all of them share what becomes of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    method = models.ForeignKey(DeliveryMethod, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=200, help_text="The same in every attempt")
    starts = models.DateTimeField(help_text="The hour or day in the client's zone, up to but not including `ends`")
    ends = models.DateTimeField()
    columns = models.JSONField(default=list, help_text="The first line")
    lines = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, help_text="Of the bytes that every attempt sends")

    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED)
    is_tainted = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    claim = models.PositiveIntegerField(default=0)
    attempts_made = models.PositiveSmallIntegerField(default=0)
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    message = models.CharField(max_length=300, blank=True)
    is_settled = models.BooleanField(default=False, help_text="Its outcome stands on all of its deliveries")
    created = models.DateTimeField()

    class Meta:
        ordering = ["-created", "-id"]
        indexes = [models.Index(fields=["due_at"], condition=Q(is_settled=False), name="file_open")]
        constraints = [
            models.UniqueConstraint(fields=["method", "starts"], name="one_file_a_period"),
            models.CheckConstraint(condition=Q(state__in=FINAL_STATES) ^ Q(finished_at=None), name="file_finish_time_of_final_states_only"),
            models.CheckConstraint(condition=Q(state__in=OPEN_STATES) ^ Q(due_at=None), name="file_due_time_of_open_states_only"),
        ]

    def __str__(self) -> str:
        return self.name
