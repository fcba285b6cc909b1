from django.conf import settings
from django.db import models

from leads.enums import SuppressionChangeKind, SuppressionKind


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
        indexes = [models.Index(fields=["-created", "-id"], name="suppression_newest")]

    def __str__(self) -> str:
        return self.shown or f"erased {self.kind}"


class SuppressionChange(models.Model):
    """Who put a person on the list or took them off it, and why. Rows are only added; the person is told by the keyed hash alone."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=5, choices=SuppressionKind)
    digest = models.BinaryField(max_length=32)
    hint = models.CharField(max_length=40, blank=True, help_text="Enough to recognise, too little to call: ends in 43, at mail.example")
    change = models.CharField(max_length=8, choices=SuppressionChangeKind)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["kind", "digest", "-at"], name="suppression_change_of_person"),
            models.Index(fields=["-at", "-id"], name="suppression_change_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_change_display()} {self.kind}"
