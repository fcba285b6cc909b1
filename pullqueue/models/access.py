"""How people get in: links by mail, second factors, and the tries that are counted against guessing."""

from datetime import datetime
from typing import Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from leads.models.secret import SecretField
from pullqueue.enums import LinkKind, Role
from pullqueue.models.user import User


class AccountLinkQuerySet(models.QuerySet["AccountLink"]):
    def open(self, now: datetime) -> Self:
        return self.filter(used_at=None, ended_at=None, expires_at__gt=now, user__is_active=True)


class AccountLink(models.Model):
    """A link by mail that lets its person choose a password, once.

    Its address names nobody and stands nowhere in plain: it is made from the row's random number and a signature by SECRET_KEY.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(max_length=10, choices=LinkKind)
    mark = models.CharField(max_length=64, editable=False, help_text="Of password, e-mail and role; when one changes, the link is dead")
    created = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="Replaced by a newer one")
    mail_due = models.BooleanField(default=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = AccountLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]
        indexes = [
            models.Index(fields=["user", "-created"], name="account_link_of_user"),
            models.Index(fields=["created"], condition=Q(mail_due=True), name="account_link_mail_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class SecondFactor(models.Model):
    """An app that shows a new code every half minute. Until its first code was typed it counts for nothing."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="second_factor")
    secret = SecretField()
    created = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0, help_text="Half minute of the last code taken; none is taken twice")

    def __str__(self) -> str:
        return f"Second factor of {self.user_id}"


class RecoveryCode(models.Model):
    """Stands in for the app once; only the digest is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.BinaryField(max_length=32)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"Recovery code of {self.user_id}"


class FailedTry(models.Model):
    """A wrong password or code: counted by account, by address and by device, all as keyed hashes; kept for a day."""

    at = models.DateTimeField()
    account = models.BinaryField(max_length=32)
    address = models.BinaryField(max_length=32)

    class Meta:
        indexes = [
            models.Index(fields=["account", "at"], name="failed_try_of_account"),
            models.Index(fields=["address", "at"], name="failed_try_of_address"),
            models.Index(fields=["at"], name="failed_try_at"),
        ]

    def __str__(self) -> str:
        return f"Failed try {self.pk}"


class AccessRules(models.Model):
    """Which roles need a second factor. One row; without it none does."""

    factor_roles = ArrayField(models.CharField(max_length=13, choices=Role), default=list, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "rules of signing in"

    def __str__(self) -> str:
        return "Rules of signing in"

    @classmethod
    def current(cls) -> "AccessRules":
        return cls.objects.order_by("pk").first() or cls()
