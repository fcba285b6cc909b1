from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from leads.ids import uuid7
from leads.models import Lead
from leads.models.fields import Archivable
from pullqueue.enums import PullSource, Switch
from pullqueue.models.branch import Branch
from pullqueue.models.recipient import ONE_OF, Recipient
from pullqueue.models.user import User


def default_order() -> list[list[str]]:
    return [["pull_count", "asc"], ["created", "desc"]]


class PullStrategy(Archivable):
    """A queue: which leads are in it, in which order, who may pull from it, and how they come back."""

    name = models.CharField(max_length=120, unique=True)
    position = models.PositiveIntegerField("order", default=0, help_text="The lowest is asked first")
    is_on = models.BooleanField("on", default=True)
    criteria = models.JSONField(null=True, blank=True, help_text="Empty takes every lead")
    source = models.CharField(max_length=13, choices=PullSource, default=PullSource.COMPANY)
    branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    order = models.JSONField("order inside", default=default_order, help_text='Up to three keys, such as [["pull_count", "asc"]]')
    calling_hours = models.BooleanField("state calling hours", default=True)
    cool_down_minutes = models.PositiveIntegerField("cool-down", default=30, help_text="Minutes, unless the outcome has its own")
    max_attempts = models.PositiveIntegerField("most attempts", default=6, validators=[MinValueValidator(1)])
    hold_minutes = models.PositiveIntegerField("longest hold", default=20, validators=[MinValueValidator(1)])
    other_user_next = models.BooleanField("next pull by another user", default=True)
    delay_minutes = models.PositiveIntegerField("delay after intake", default=0, help_text="Minutes before a new lead is offered")
    changed_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When what is judged was last changed: criteria, source, order, limits"
    )
    built_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When all open leads were last judged by it")
    created = models.DateTimeField(auto_now_add=True)
    history = HistoricalRecords(excluded_fields=["changed_at", "built_at"])

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "pull strategies"
        constraints = [
            models.CheckConstraint(
                condition=Q(source=PullSource.BRANCH) ^ Q(branch=None),
                name="one_branch_is_named",
                violation_error_message="Name the branch whose leads are offered, and only then.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PullRecipient(Recipient):
    """Who may pull from a strategy. A branch stands for its users and those of the branches below."""

    strategy = models.ForeignKey(PullStrategy, on_delete=models.CASCADE, related_name="recipients")

    class Meta(Recipient.Meta):
        constraints = [
            models.CheckConstraint(condition=ONE_OF, name="pull_recipient_is_one"),
            models.UniqueConstraint(fields=["strategy", "user", "group", "branch"], nulls_distinct=False, name="pull_recipient_once"),
        ]


class PullSwitch(models.Model):
    """What was said about one user at a strategy; without a row it is on for its recipients."""

    strategy = models.ForeignKey(PullStrategy, on_delete=models.CASCADE, related_name="switches")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="pull_switches")
    rule = models.CharField(max_length=6, choices=Switch, default=Switch.CHOICE)
    chosen = models.BooleanField("chosen by the user", default=True)

    class Meta:
        ordering = ["strategy__position", "user__username"]
        verbose_name_plural = "pull switches"
        constraints = [models.UniqueConstraint(fields=["strategy", "user"], name="one_switch_a_user")]

    def __str__(self) -> str:
        return f"{self.strategy} for {self.user}: {self.rule}"

    @property
    def is_on(self) -> bool:
        return self.rule == Switch.ON or (self.rule == Switch.CHOICE and self.chosen)


class PullLog(models.Model):
    """Why a pull brought which lead, or none. Rows are only ever added."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="pulls")
    lead = models.ForeignKey(Lead, null=True, blank=True, on_delete=models.PROTECT, related_name="pulls")
    strategy = models.ForeignKey(PullStrategy, null=True, blank=True, on_delete=models.PROTECT, related_name="logs")
    reason = models.CharField(max_length=20, blank=True, help_text="Why nothing was given")
    data = models.JSONField(default=dict, help_text="Strategies tried, the winner's keys, better ones passed over by reason, counts")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["user", "-at"], name="pull_of_user"),
            models.Index(fields=["lead", "-at"], condition=Q(lead__isnull=False), name="pull_of_lead"),
        ]

    def __str__(self) -> str:
        return f"Pull by {self.user_id}"


class FloorSettings(models.Model):
    """What holds for the whole floor. One row; without it the defaults count."""

    presence_minutes = models.PositiveIntegerField("active within", default=5, help_text="Minutes since a user was last seen")
    most_held = models.PositiveSmallIntegerField(
        "pulled leads at once", default=1, validators=[MinValueValidator(1), MaxValueValidator(10)], help_text="For each user, up to 10"
    )
    calls_unplaced = models.BooleanField(
        "call leads without a place",
        default=False,
        help_text="Off: held back. On: they may be called when every state and every zone allows it",
    )
    missed_callback_minutes = models.PositiveIntegerField(
        "callback missed after", default=30, help_text="Minutes; then a callback goes back to the queue"
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = "floor settings"
        verbose_name_plural = "floor settings"

    def __str__(self) -> str:
        return "Floor settings"

    @classmethod
    def current(cls) -> "FloorSettings":
        return cls.objects.order_by("pk").first() or cls()
