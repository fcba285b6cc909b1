from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from clients.models import Client
from distribution.enums import MailEventKind
from distribution.models.delivery import Delivery


class MailEvent(models.Model):
    """Something heard of a mail after it was handed over. Rows are only ever added; `key` keeps an event that comes twice from counting."""

    id = models.BigAutoField(primary_key=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="mail_events")
    kind = models.CharField(max_length=10, choices=MailEventKind)
    source = models.CharField(max_length=20, help_text="Who told: pixel, link, report, mailbox, or the provider's name")
    key = models.CharField(max_length=64, unique=True, editable=False)
    at = models.DateTimeField(help_text="When it happened, as it was told; never later than it was received")
    received = models.DateTimeField()
    recipient = models.CharField(max_length=254, blank=True)
    is_permanent = models.BooleanField(default=False)
    is_verified = models.BooleanField(default=True, help_text="By a signature of ours or of the provider")
    is_machine = models.BooleanField(default=False, help_text="A scanner or proxy rather than a person")
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["received", "id"]
        indexes = [
            models.Index(fields=["received"], condition=Q(kind=MailEventKind.BOUNCED), name="mail_bounces"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.delivery_id}"


class MailPauseQuerySet(models.QuerySet["MailPause"]):
    def standing(self) -> Self:
        return self.filter(lifted_at=None)

    def visible_to(self, user: Any) -> Self:
        return self.all() if user.is_active and user.sees_all_leads else self.none()


class MailPause(models.Model):
    """No mail goes to this address: somebody there reported one as spam. A person lifts it."""

    address = models.EmailField(max_length=254, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="mail_pauses", editable=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="+", editable=False, help_text="Whose mail was reported")
    since = models.DateTimeField(editable=False)
    told_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When the administrators were told")
    lifted_at = models.DateTimeField(null=True, blank=True, editable=False)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = MailPauseQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-id"]
        verbose_name = "paused address"
        verbose_name_plural = "paused addresses"
        constraints = [
            models.UniqueConstraint(fields=["address"], condition=Q(lifted_at=None), name="one_standing_pause_an_address"),
        ]

    def __str__(self) -> str:
        return self.address
