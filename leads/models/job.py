from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from leads.enums import FINISHED_JOBS, JobState
from leads.ids import uuid7


class JobQuerySet(models.QuerySet["Job"]):
    def due(self, now: datetime) -> Self:
        """Jobs that wait, and those whose worker brought nothing before its lease ran out."""
        return self.filter(Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=now))


class Job(models.Model):
    """Long work that somebody asked for and may leave: how far it is, and what it brought."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0, help_text="0 as long as it is not known")
    parameters = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    error = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField()
    started = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    claim = models.PositiveIntegerField(default=0)
    idle_claims = models.PositiveIntegerField(default=0, help_text="Claims since it last got on")

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-id"]
        indexes = [
            models.Index(fields=["kind", "created"], condition=Q(state__in=[JobState.QUEUED, JobState.RUNNING]), name="job_open"),
            models.Index(fields=["kind", "-created"], name="job_newest"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=FINISHED_JOBS) ^ Q(finished=None), name="job_finish_time_of_final_states_only"),
            models.CheckConstraint(condition=Q(state=JobState.RUNNING) ^ Q(lease_until=None), name="job_lease_while_running_only"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state not in FINISHED_JOBS
