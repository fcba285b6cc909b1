from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from leads.models import Lead
from leads.models.lead import SCOPES
from pullqueue.enums import RESTING_PLACES, Ending, Place
from pullqueue.models.branch import Branch
from pullqueue.models.pull import PullStrategy
from pullqueue.models.push import PushStrategy
from pullqueue.models.user import User


class Segment(models.Model):
    """Leads that may be called at the same instants and belong to the same branch: one head of the queue is asked for each."""

    states = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    zones = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["states", "zones", "branch"], nulls_distinct=False, name="one_segment")]

    def __str__(self) -> str:
        return f"{'/'.join(self.states) or 'nowhere'} {'/'.join(self.zones)}"


class PlacementQuerySet(models.QuerySet["Placement"]):
    def due(self, now: datetime) -> Self:
        return self.filter(due_at__lte=now)

    def visible_to(self, user: Any) -> Self:
        """The company's for who sees all leads; a branch's and those below for its manager; what they hold, own or call back for reps."""
        if not user.is_active:
            return self.none()
        if user.sees_all_leads:
            return self.all()
        own = Q(holder=user) | Q(owner=user) | Q(callback_by=user)
        if user.is_staff:
            below = Branch.objects.visible_to(user)
            return self.filter(own | Q(branch__in=below) | Q(owner__branch__in=below) | Q(holder__branch__in=below))
        return self.filter(own)


class Placement(models.Model):
    """Where a lead kept in house is, whose it is, and what happens to it next by itself."""

    lead = models.OneToOneField(Lead, on_delete=models.PROTECT, primary_key=True, related_name="placement")
    place = models.CharField(max_length=9, choices=Place)
    branch = models.ForeignKey(
        Branch, null=True, blank=True, on_delete=models.PROTECT, related_name="placements", help_text="Empty = the company's"
    )
    owner = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="owned", help_text="The user it belongs to"
    )
    holder = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="held")
    last_holder = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    strategy = models.ForeignKey(
        PullStrategy, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="By which it is or was last held"
    )
    push_strategy = models.ForeignKey(PushStrategy, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    pushed_at = models.DateTimeField(null=True, blank=True)
    is_unworked = models.BooleanField(default=False, help_text="Pushed and not worked in time: others may pull it")
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="Ready again, the hold's end, the callback missed, or unworked: when it moves by itself"
    )
    callback_at = models.DateTimeField(null=True, blank=True)
    callback_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="callbacks")
    attempts_day = ArrayField(models.DateTimeField(), default=list, blank=True, help_text="The attempts of the last 24 hours")
    last_attempt_at = models.DateTimeField(null=True, blank=True)
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=11, choices=Ending, blank=True)
    segment = models.ForeignKey(Segment, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(help_text="When it came to its place")
    revision = models.BigIntegerField(default=0, help_text="Grows with each change, so that a rebuild sees what it missed")

    objects = PlacementQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="placement_due"),
            models.Index(fields=["place", "-since"], name="placement_of_place"),
            models.Index(fields=["owner"], condition=Q(owner__isnull=False), name="placement_of_owner"),
            models.Index(fields=["branch", "place"], condition=Q(branch__isnull=False), name="placement_of_branch"),
            models.Index(fields=["callback_by", "callback_at"], condition=Q(callback_by__isnull=False), name="placement_callback"),
            models.Index(fields=["holder"], condition=Q(holder__isnull=False), name="placement_of_holder"),
            models.Index(fields=["revision"], name="placement_revision"),
        ]
        constraints = [
            models.CheckConstraint(condition=~(Q(place=Place.HELD) ^ Q(holder__isnull=False)), name="held_leads_have_a_holder"),
            models.CheckConstraint(
                condition=~Q(place__in=[Place.HELD, Place.COOLING]) | Q(due_at__isnull=False), name="holds_and_cool_downs_end"
            ),
            models.CheckConstraint(condition=~Q(place__in=RESTING_PLACES) | Q(due_at=None), name="what_rests_is_not_due"),
            models.CheckConstraint(condition=~(Q(callback_at=None) ^ Q(callback_by=None)), name="callbacks_have_time_and_user"),
            models.CheckConstraint(condition=~Q(place=Place.CALLBACK) | Q(callback_at__isnull=False), name="callbacks_have_a_time"),
            models.CheckConstraint(condition=~Q(place=Place.OWNED) | Q(owner__isnull=False), name="owned_leads_have_an_owner"),
            models.CheckConstraint(condition=~(Q(place=Place.FINISHED) ^ ~Q(ending="")), name="finished_leads_say_how"),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.place}"

    @property
    def ready_at(self) -> datetime | None:
        return self.due_at if self.place == Place.COOLING else None

    @property
    def hold_until(self) -> datetime | None:
        return self.due_at if self.place == Place.HELD else None


SCOPES.append(lambda user: Q(pk__in=Placement.objects.visible_to(user).values("pk")))


class QueueEntry(models.Model):
    """A lead in the queue of one strategy, with the keys of its order as they were when it was judged.

    It follows from leads and strategies, and a rebuild writes millions at once: so its keys are not checked one by one,
    and only what is looked for has an index.
    """

    id = models.BigAutoField(primary_key=True)
    generation = models.PositiveIntegerField(help_text="A rebuild makes the next one beside it")
    strategy = models.ForeignKey(PullStrategy, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="entries")
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="entries")
    number = models.BigIntegerField(help_text="The lead's, so that equal keys stand in order of arrival")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    key1 = models.FloatField(default=0, help_text="Ascending: descending keys are negated, missing ones are infinite")
    key2 = models.FloatField(default=0)
    key3 = models.FloatField(default=0)
    is_match = models.BooleanField(default=True, help_text="What the criteria say until judge_at")
    is_ready = models.BooleanField(default=False, help_text="It matches, and its lead stands ready")
    last_holder = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    limited_until = models.DateTimeField(null=True, blank=True, help_text="When its limit of attempts in 24 hours allows one again")
    judge_at = models.DateTimeField(null=True, blank=True, help_text="When its verdict next changes by itself")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead", "strategy", "generation"], name="one_entry_a_strategy"),
            models.CheckConstraint(condition=Q(is_match=True) | Q(is_ready=False), name="what_does_not_match_is_not_ready"),
        ]
        indexes = [
            models.Index(
                F("strategy"),
                F("generation"),
                F("segment"),
                F("key1"),
                F("key2"),
                F("key3"),
                F("number"),
                condition=Q(is_ready=True),
                name="queue_heads",
            ),
            models.Index(fields=["judge_at"], condition=Q(judge_at__isnull=False), name="queue_judge"),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} in {self.strategy_id}"


class QueueState(models.Model):
    """Which generation of entries serves. One row."""

    generation = models.PositiveIntegerField(default=1)
    rebuilt_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Generation {self.generation}"

    @classmethod
    def current(cls) -> "QueueState":
        return cls.objects.get_or_create(pk=1)[0]
