from django.conf import settings
from django.db import models

from leads.models.lead import Lead


class Correction(models.Model):
    """What a person changed of a lead's values, before and after. The timeline's event names it by id, so that erasing empties it.

    A value that is None was not there, or was taken away.
    """

    id = models.BigAutoField(primary_key=True)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="corrections")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["lead", "id"], name="correction_of_lead")]

    def __str__(self) -> str:
        return f"Correction {self.pk}"
