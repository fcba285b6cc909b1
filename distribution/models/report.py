"""What reports add up: changes of measures as they are written by triggers, and their sums by day.

Every row that counts in a report (a delivery that is made or ends, a return that is granted, a lead that comes in) says so by a
`ReportDelta`, in its own transaction, without waiting for anybody; a change takes back what was said and says it anew. Deltas are
folded into `ReportCell`. A report adds both, so it is right at every moment, and `report_fact` (a view) is the same from the rows.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from leads.models import Lead
from leads.models.fields import MoneyField

MEASURES = (
    "offered",
    "sold",
    "refused",
    "failed",
    "doubted",
    "cancelled",
    "returned",
    "revenue",
    "credited",
    "bought",
    "sell_ms",
    "mailed",
    "arrived",
    "opened",
    "clicked",
    "bounced",
    "leads",
    "cost",
)
"""Columns that are added up. Amounts are whole cents: `revenue` is what was sold for, `credited` what returns took back, `bought` what
the sold leads had cost, `cost` what the leads cost that came in."""


class Measured(models.Model):
    offered = models.BigIntegerField(default=0)
    sold = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    doubted = models.BigIntegerField(default=0)
    cancelled = models.BigIntegerField(default=0)
    returned = models.BigIntegerField(default=0)
    revenue = models.BigIntegerField(default=0)
    credited = models.BigIntegerField(default=0)
    bought = models.BigIntegerField(default=0)
    sell_ms = models.BigIntegerField(default=0)
    mailed = models.BigIntegerField(default=0)
    arrived = models.BigIntegerField(default=0)
    opened = models.BigIntegerField(default=0)
    clicked = models.BigIntegerField(default=0)
    bounced = models.BigIntegerField(default=0)
    leads = models.BigIntegerField(default=0)
    cost = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class ReportDelta(Measured):
    """A change of measures at an instant. Rows are written by triggers alone, and go when they are folded."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(help_text="The instant on whose day it counts")
    account = models.BigIntegerField(default=0, help_text="0 for leads, which count for no account")
    campaign = models.BigIntegerField()
    lead_type = models.BigIntegerField()
    state = models.CharField(max_length=2, blank=True)

    def __str__(self) -> str:
        return f"Change at {self.at}"


class ReportCell(Measured):
    """Sums of a day of the company, for one combination of those dimensions that its `cut` has; 0, -1 or empty for the others."""

    pk = models.CompositePrimaryKey("cut", "day", "account", "campaign", "lead_type", "state", "hour")
    cut = models.SmallIntegerField(help_text="Its dimensions added up: 1 account, 2 campaign and lead type, 4 state, 8 hour of the day")
    day = models.DateField()
    hour = models.SmallIntegerField(default=-1)
    account = models.BigIntegerField(default=0)
    campaign = models.BigIntegerField(default=0)
    lead_type = models.BigIntegerField(default=0)
    state = models.CharField(max_length=2, blank=True)

    def __str__(self) -> str:
        return f"{self.day} of {self.cut}"


class ReportState(models.Model):
    """In which zone the cells are days, and when they were made. One row."""

    time_zone = models.CharField(max_length=64)
    rebuilt_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Days of {self.time_zone}"


class UnsoldLead(models.Model):
    """A lead that is through and nobody bought, with the reason and its nearest miss.

    A trigger adds it and takes it away again; until it `is_judged` nobody has looked at its trace.
    """

    lead = models.OneToOneField(Lead, on_delete=models.CASCADE, primary_key=True, db_constraint=False, related_name="unsold")
    received_at = models.DateTimeField()
    campaign = models.BigIntegerField()
    lead_type = models.BigIntegerField()
    state = models.CharField(max_length=2, blank=True)
    is_judged = models.BooleanField(default=False)
    reason = models.CharField(max_length=20, blank=True)
    miss = models.CharField(max_length=20, blank=True, help_text="The check that the account failed which came nearest")
    account = models.BigIntegerField(default=0)
    price = MoneyField(default=0, help_text="What that account would have paid")

    class Meta:
        indexes = [
            models.Index(fields=["received_at"], name="unsold_newest"),
            models.Index(fields=["lead"], condition=Q(is_judged=False), name="unsold_to_judge"),
        ]

    def __str__(self) -> str:
        return f"Unsold {self.lead_id}"


class QueueSample(models.Model):
    """How many leads stood in a place of the sales floor at a quarter of an hour; by branch, 0 for the company's."""

    at = models.DateTimeField()
    branch = models.BigIntegerField(default=0)
    place = models.CharField(max_length=9)
    leads = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["at", "branch", "place"], name="one_sample_a_quarter")]

    def __str__(self) -> str:
        return f"{self.leads} {self.place} at {self.at}"


class SavedReport(models.Model):
    """A report under a name, for its owner alone; mailed each morning if wished."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_reports")
    page = models.CharField(max_length=20, help_text="Which report, such as deliveries")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=500, blank=True, help_text="What it is asked, as its address has it")
    is_mailed = models.BooleanField("mailed each morning", default=False)
    mailed_on = models.DateField(null=True, blank=True, editable=False, help_text="The company's day on which it was last mailed")

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "page", "name"], name="one_saved_report_a_name")]

    def __str__(self) -> str:
        return self.name
