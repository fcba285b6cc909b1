from django.conf import settings
from django.db import models
from django.db.models import Q


class Standstill(models.Model):
    """While one stands that nobody has lifted, nothing is routed, sent, pushed or mailed; leads still come in and wait."""

    since = models.DateTimeField()
    reason = models.CharField(max_length=200)
    backup_of = models.DateTimeField(null=True, help_text="When the backup was made that was restored")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(fields=["lifted_at"], condition=Q(lifted_at=None), nulls_distinct=False, name="one_standstill")
        ]

    def __str__(self) -> str:
        return self.reason

    @classmethod
    def present(cls) -> "Standstill | None":
        """The one that holds everything up now, if there is one."""
        return cls.objects.filter(lifted_at=None).first()
