from django.db import models
from django.db.models import Q

from leads.ids import uuid7
from leads.models import Lead
from pullqueue.enums import HoldEnd
from pullqueue.models.pull import PullStrategy
from pullqueue.models.user import User


class Hold(models.Model):
    """A lead borrowed by a user. While it has no end it is the only one of its lead."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="holds")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="holds")
    strategy = models.ForeignKey(
        PullStrategy, null=True, blank=True, on_delete=models.PROTECT, related_name="holds", help_text="Empty for the user's own callback"
    )
    at = models.DateTimeField()
    until = models.DateTimeField()
    called_at = models.DateTimeField(null=True, blank=True, help_text="When its one attempt was recorded")
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=11, choices=HoldEnd, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["user"], condition=Q(ended_at=None), name="hold_open_of_user"),
            models.Index(fields=["user", "-at"], name="hold_of_user"),
            models.Index(fields=["-ended_at"], condition=Q(end=HoldEnd.RAN_OUT), name="hold_ran_out"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["lead"], condition=Q(ended_at=None), name="one_holder_a_lead"),
            models.CheckConstraint(condition=Q(ended_at=None, end="") | Q(ended_at__isnull=False) & ~Q(end=""), name="hold_end_says_how"),
            models.CheckConstraint(condition=Q(until__gt=models.F("at")), name="hold_lasts"),
        ]

    def __str__(self) -> str:
        return f"Hold of {self.lead_id}"


class CallAttempt(models.Model):
    """A call that was tried. Rows are only ever added."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="calls")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="calls")
    hold = models.ForeignKey(Hold, null=True, blank=True, on_delete=models.PROTECT, related_name="calls")
    strategy = models.ForeignKey(PullStrategy, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["lead", "-at"], name="call_of_lead"),
            models.Index(fields=["user", "-at"], name="call_of_user"),
            models.Index(fields=["-at"], name="call_newest"),
        ]
        constraints = [models.UniqueConstraint(fields=["hold"], condition=Q(hold__isnull=False), name="one_attempt_a_hold")]

    def __str__(self) -> str:
        return f"Call of {self.lead_id}"
