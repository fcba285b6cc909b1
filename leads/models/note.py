from django.conf import settings
from django.db import models

from leads.models.lead import Lead


class Note(models.Model):
    """What a person wrote about a lead. The timeline's event names it by id, so that erasing the lead can take the words away."""

    id = models.BigAutoField(primary_key=True)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.CharField(max_length=2000)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["lead", "-at"], name="note_of_lead")]

    def __str__(self) -> str:
        return f"Note {self.pk}"
