from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q


class PersonalTokenQuerySet(models.QuerySet["PersonalToken"]):
    def usable(self, now: datetime) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None, user__is_active=True)


class PersonalToken(models.Model):
    """What a person's programs ask the staff API with: 256 random bits, shown once, of which only the SHA-256 is kept.

    It may do what the person may do, from request to request: whoever is switched off or gets another role takes it along.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, editable=False)
    last4 = models.CharField(max_length=4, editable=False)
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    created = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    used_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="To the hour")

    objects = PersonalTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-pk"]

    def __str__(self) -> str:
        return f"{self.prefix}…{self.last4}"
