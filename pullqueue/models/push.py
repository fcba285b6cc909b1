from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from leads.ids import uuid7
from leads.models import Lead
from leads.models.fields import Archivable
from pullqueue.enums import PushMethod, ShareReset
from pullqueue.models.branch import Branch
from pullqueue.models.recipient import ONE_OF, Recipient
from pullqueue.models.user import User


class PushStrategy(Archivable):
    """A rule that hands a lead to somebody at once: the first whose criteria match and which finds a recipient takes it."""

    name = models.CharField(max_length=120, unique=True)
    position = models.PositiveIntegerField("order", default=0, help_text="The lowest is asked first")
    is_on = models.BooleanField("on", default=True)
    criteria = models.JSONField(null=True, blank=True, help_text="Empty takes every lead")
    from_branch = models.ForeignKey(
        Branch, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Leads of this branch; empty = the company's"
    )
    method = models.CharField(max_length=11, choices=PushMethod, default=PushMethod.ROUND_ROBIN)
    share_reset = models.CharField("shares begin afresh", max_length=5, choices=ShareReset, default=ShareReset.NEVER)
    active_within_minutes = models.PositiveIntegerField(
        "only active within", null=True, blank=True, help_text="Minutes since a user was last seen; empty asks for no presence"
    )
    limit_hour = models.PositiveIntegerField("leads a user an hour", null=True, blank=True)
    limit_day = models.PositiveIntegerField("leads a user a day", null=True, blank=True)
    limit_open = models.PositiveIntegerField("open leads a user", null=True, blank=True, help_text="Leads that a user owns or holds")
    calling_hours = models.BooleanField(
        "wait for calling hours", default=False, help_text="Off: assigned at once, and the card waits. On: the lead waits for its window"
    )
    notify_app = models.BooleanField("notice in the app", default=True)
    notify_email = models.BooleanField("notice by e-mail", default=False)
    unworked_minutes = models.PositiveIntegerField(
        "unworked after", null=True, blank=True, help_text="Minutes without a first attempt; empty = never"
    )
    takes_back = models.BooleanField("take unworked leads back", default=False, help_text="They go through their routes again")
    created = models.DateTimeField(auto_now_add=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "push strategies"
        constraints = [
            models.CheckConstraint(
                condition=Q(takes_back=False) | Q(unworked_minutes__isnull=False),
                name="taking_back_needs_a_time",
                violation_error_message="Say after how many minutes an unworked lead is taken back.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PushRecipient(Recipient):
    """Who may get leads of a push strategy, with a share where it is weighted."""

    strategy = models.ForeignKey(PushStrategy, on_delete=models.CASCADE, related_name="recipients")
    percent = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True, help_text="Share of a weighted strategy")

    class Meta(Recipient.Meta):
        constraints = [
            models.CheckConstraint(condition=ONE_OF, name="push_recipient_is_one"),
            models.UniqueConstraint(fields=["strategy", "user", "group", "branch"], nulls_distinct=False, name="push_recipient_once"),
        ]


class PushShare(models.Model):
    """Credits and turns of a strategy's recipients: one row, one lock, as the pools of distribution."""

    strategy = models.OneToOneField(PushStrategy, on_delete=models.CASCADE, primary_key=True, related_name="share")
    state = models.JSONField(default=dict, blank=True)
    began_at = models.DateTimeField(null=True, blank=True, help_text="When the shares last began afresh")

    def __str__(self) -> str:
        return f"Shares of {self.strategy_id}"


class PushLog(models.Model):
    """Why a lead was pushed to whom, or to nobody. Rows are only ever added."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField()
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="pushes")
    strategy = models.ForeignKey(PushStrategy, null=True, blank=True, on_delete=models.PROTECT, related_name="logs")
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="pushes")
    branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    data = models.JSONField(default=dict, help_text="For each strategy asked: why not, and for each recipient why not")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["lead", "-at"], name="push_of_lead"),
            models.Index(fields=["user", "-at"], name="push_to_user"),
        ]

    def __str__(self) -> str:
        return f"Push of {self.lead_id}"
