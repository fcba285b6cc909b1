from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class SettingsVersion(models.Model):
    """One version of Settings > Client Settings > Distribution. The newest is live; none is ever changed.

    It holds every option of the page, the delivery groups in their order, and each client's priority, weight and
    percentage (form: `distribution.domain.settings`).
    """

    number = models.PositiveIntegerField(unique=True)
    created = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    changes = ArrayField(models.CharField(max_length=500), default=list, blank=True, help_text="What changed, in words")
    restored_from = models.PositiveIntegerField(null=True, blank=True)
    data = models.JSONField()

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"version {self.number}"
