from django.db import models

from distribution.models.version import SettingsVersion
from leads.models import Lead


class Decision(models.Model):
    """One distribution of a lead: every candidate with its reason or its rank, and the inputs to compute it again."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="decisions", db_index=False)  # one_decision_a_run
    run = models.PositiveSmallIntegerField(default=1, help_text="1 for the first distribution, more after a re-run")
    version = models.ForeignKey(SettingsVersion, on_delete=models.PROTECT, related_name="+")
    started = models.DateTimeField()
    finished = models.DateTimeField(null=True, blank=True)
    stop = models.CharField(max_length=40, blank=True, help_text="Why the scan ended")
    trace = models.JSONField(default=dict)
    inputs = models.JSONField(default=dict)

    class Meta:
        ordering = ["-started", "-id"]
        constraints = [models.UniqueConstraint(fields=["lead", "run"], name="one_decision_a_run")]

    def __str__(self) -> str:
        return f"Distribution {self.run} of {self.lead_id}"
