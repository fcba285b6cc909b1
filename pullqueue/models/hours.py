from datetime import time

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

FEDERAL_OPENING, FEDERAL_CLOSING = time(8), time(21)
"""47 CFR 64.1200(c)(1): no solicitation before 8 or after 21 o'clock where the called party is."""


def _pair(begin: str, end: str) -> Q:
    nothing = Q(**{f"{begin}__isnull": True, f"{end}__isnull": True})
    return nothing | Q(**{f"{begin}__isnull": False, f"{end}__isnull": False, f"{begin}__lt": models.F(end)})


def _federal(begin: str, end: str) -> Q:
    return Q(**{begin: None}) | Q(**{f"{begin}__gte": FEDERAL_OPENING, f"{end}__lte": FEDERAL_CLOSING})


class StateHours(models.Model):
    """When people in a state may be called, by the wall clock there. Empty times close the day."""

    code = models.CharField("state", max_length=2, primary_key=True)
    name = models.CharField(max_length=60)
    mon_fri_start = models.TimeField(null=True, blank=True)
    mon_fri_end = models.TimeField(null=True, blank=True)
    sat_start = models.TimeField(null=True, blank=True)
    sat_end = models.TimeField(null=True, blank=True)
    sun_start = models.TimeField(null=True, blank=True)
    sun_end = models.TimeField(null=True, blank=True)
    closed_on_holidays = models.BooleanField("closed on its closed dates", default=True)
    max_attempts_24h = models.PositiveSmallIntegerField("most attempts in 24 hours", null=True, blank=True)
    overrides_federal = models.BooleanField(
        "wider than the federal hours", default=False, help_text="Tick only if counsel says so: calls before 8:00 or after 21:00 are barred"
    )
    notes = models.TextField(blank=True)
    sources = models.TextField(blank=True)
    confidence = models.CharField(max_length=20, blank=True)
    is_edited = models.BooleanField(default=False, editable=False, help_text="Differs from what was shipped")
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        verbose_name = "calling hours of a state"
        verbose_name_plural = "state calling hours"
        constraints = [
            models.CheckConstraint(condition=_pair("mon_fri_start", "mon_fri_end"), name="weekday_hours_in_pairs"),
            models.CheckConstraint(condition=_pair("sat_start", "sat_end"), name="saturday_hours_in_pairs"),
            models.CheckConstraint(condition=_pair("sun_start", "sun_end"), name="sunday_hours_in_pairs"),
            models.CheckConstraint(
                condition=Q(overrides_federal=True)
                | _federal("mon_fri_start", "mon_fri_end") & _federal("sat_start", "sat_end") & _federal("sun_start", "sun_end"),
                name="hours_inside_the_federal_ones",
                violation_error_message="Calls are barred before 8:00 and after 21:00. Make the hours narrower, or tick the override.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class NoCallDate(models.Model):
    """A date on which nobody in a state is called. Those that were shipped go to the end of 2030."""

    code = models.CharField("state", max_length=2, blank=True, help_text="Empty = in every state")
    date = models.DateField()
    holiday = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, blank=True, help_text="actual or observed")
    is_shipped = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["date", "code"]
        constraints = [models.UniqueConstraint(fields=["code", "date", "holiday"], name="one_no_call_date")]

    def __str__(self) -> str:
        return f"{self.holiday}, {self.date}"
