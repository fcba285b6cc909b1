from django.conf import settings
from django.db import models

from leads.enums import SuppressionKind


class Suppression(models.Model):
    """A person who must not be called or sold. Only a keyed hash is compared, so an erased person stays known."""

    kind = models.CharField(max_length=5, choices=SuppressionKind)
    digest = models.BinaryField(max_length=32)
    shown = models.CharField(max_length=254, blank=True, help_text="As entered; empty once the person was erased")
    reason = models.CharField(max_length=200, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)

    class Meta:
        ordering = ["-created"]
        constraints = [models.UniqueConstraint(fields=["kind", "digest"], name="one_suppression_a_person")]

    def __str__(self) -> str:
        return self.shown or f"erased {self.kind}"
