from django.conf import settings
from django.db import models

from leads.models.lead import Lead


class Event(models.Model):
    """Something that happened, to a lead or to a setting: the timeline and the audit. Rows are only ever added."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=40, help_text="A code such as lead.accepted; its sentence lives in leads.events")
    lead = models.ForeignKey(Lead, null=True, blank=True, on_delete=models.PROTECT, related_name="events", db_index=False)  # event_of_lead
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=80, blank=True, help_text="What else it is about, such as delivery:D-12")
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["lead", "-at", "-id"], name="event_of_lead"),
            models.Index(fields=["kind", "-at"], name="event_kind"),
        ]

    def __str__(self) -> str:
        return self.kind
