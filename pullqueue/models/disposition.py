from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from leads.ids import uuid7
from leads.models import Lead
from leads.models.fields import Archivable
from pullqueue.enums import ResultState, Then
from pullqueue.models.branch import Branch
from pullqueue.models.hold import Hold
from pullqueue.models.user import User


class Disposition(Archivable):
    """An outcome that a rep picks, and what follows it."""

    name = models.CharField(max_length=80, unique=True)
    key = models.CharField(
        "keyboard key", max_length=1, blank=True, validators=[RegexValidator("^[1-9]$", "Use a digit from 1 to 9.")], help_text="1 to 9"
    )
    position = models.PositiveSmallIntegerField("order", default=0)
    contacted = models.BooleanField(default=False, help_text="Somebody was spoken to")
    counts_as_attempt = models.BooleanField("counts as an attempt", default=True)
    then = models.CharField("what follows", max_length=11, choices=Then, default=Then.RECYCLE)
    cool_down_minutes = models.PositiveIntegerField("cool-down", null=True, blank=True, help_text="Minutes; empty = the strategy's")
    gives_back_pull_count = models.BooleanField(default=False, help_text="The pull is not counted in the order")
    is_personal = models.BooleanField(
        "callback stays with the user", default=False, help_text="Off: one that is missed goes back to the queue"
    )
    missed_minutes = models.PositiveIntegerField(
        "callback missed after", null=True, blank=True, help_text="Minutes; empty = as the floor settings say"
    )
    transfer_user = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    transfer_branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    distributes_after_transfer = models.BooleanField("distribute after transfer", default=False)
    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key="") & Q(archived_at=None), name="one_disposition_a_key"),
            models.CheckConstraint(condition=Q(transfer_user=None) | Q(transfer_branch=None), name="transfer_to_one"),
        ]

    def __str__(self) -> str:
        return self.name


class Result(models.Model):
    """An outcome that somebody picked for a lead. Its effects begin when it cannot be taken back any more."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="results")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="results")
    hold = models.ForeignKey(Hold, null=True, blank=True, on_delete=models.PROTECT, related_name="results")
    disposition = models.ForeignKey(Disposition, on_delete=models.PROTECT, related_name="results")
    at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="When its effects begin")
    state = models.CharField(max_length=7, choices=ResultState, default=ResultState.PENDING)
    note = models.CharField(max_length=4000, blank=True)
    callback_at = models.DateTimeField(null=True, blank=True)
    transfer_user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    transfer_branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    distributes = models.BooleanField("distribute after transfer", default=False)
    contacted = models.BooleanField(default=False, help_text="As the disposition said then")
    then = models.CharField(max_length=11, choices=Then)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state=ResultState.PENDING), name="result_due"),
            models.Index(fields=["lead", "-at"], name="result_of_lead"),
            models.Index(fields=["user", "-at"], name="result_of_user"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["lead"], condition=Q(state=ResultState.PENDING), name="one_pending_result_a_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.then} of {self.lead_id}"
