from collections.abc import Sequence
from typing import Any, Self

from django.conf import settings
from django.db import models

from leads.enums import FileKind
from leads.ids import uuid7
from leads.models.campaign import Campaign
from leads.models.job import Job
from leads.storage import private_storage


def generated_name(one: "Import", _given: str) -> str:
    """Name the file by its id: what somebody called it stands in `name` and nowhere on the disk."""
    return f"imports/{one.pk}.{one.kind}"


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: Any) -> Self:
        return self.all() if user.is_active and user.sees_all_leads else self.none()


class Import(models.Model):
    """A file of leads: what it holds, how it is read, and how far it was taken in. Its leads name it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200, help_text="As whoever uploaded it called it")
    kind = models.CharField(max_length=5, choices=FileKind)
    file = models.FileField(upload_to=generated_name, storage=private_storage, max_length=200, blank=True)
    size = models.BigIntegerField(help_text="Bytes")
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    columns = models.JSONField(default=list)
    preview = models.JSONField(default=list, help_text="The first rows; gone when the file is")
    notices = models.JSONField(default=list, blank=True)
    campaign = models.ForeignKey(Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="imports")
    mapping = models.JSONField(default=list, blank=True, help_text="A field by column; empty = left out, = as it is called")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField()

    trial = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    undo = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    position = models.PositiveIntegerField(default=0, help_text="Rows of the file that are taken in")
    accepted = models.PositiveIntegerField(default=0)
    duplicate = models.PositiveIntegerField(default=0)
    suppressed = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    codes = models.JSONField(default=dict, blank=True, help_text="Reasons of rejection, with how many rows each")
    rate = models.FloatField(default=0, help_text="Rows a second, of late")
    problem = models.CharField(max_length=300, blank=True, help_text="Why it rests")

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-id"]
        indexes = [models.Index(fields=["-created", "-id"], name="import_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def not_accepted(self) -> int:
        return self.duplicate + self.suppressed + self.rejected

    @property
    def counts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in COUNTED}


COUNTED: Sequence[str] = ("accepted", "duplicate", "suppressed", "rejected")
