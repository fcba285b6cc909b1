from django.contrib.postgres.fields import ArrayField
from django.db import models

from leads.enums import DuplicateAgainst, FieldKind
from leads.models.fields import Archivable


def default_duplicate_sets() -> list[list[str]]:
    return [["phone"], ["email"]]


class LeadType(Archivable):
    """A vertical with fields of its own, and its rule for what a duplicate is."""

    name = models.CharField(max_length=80, unique=True)
    duplicate_sets = models.JSONField(
        "duplicate when equal in",
        default=default_duplicate_sets,
        help_text='Sets of fields: a duplicate agrees in all fields of any one set, such as [["phone"], ["email"]]',
    )
    duplicate_hours = models.PositiveIntegerField("look-back", default=720, help_text="Hours; 0 looks for no duplicates")
    duplicate_against = models.CharField(max_length=10, choices=DuplicateAgainst, default=DuplicateAgainst.ACCEPTED)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class LeadField(models.Model):
    """A field that a lead type adds to the standard ones."""

    lead_type = models.ForeignKey(LeadType, on_delete=models.CASCADE, related_name="fields")
    position = models.PositiveIntegerField(default=0)
    name = models.SlugField(max_length=60, help_text="As sources post it: lower-case letters, digits and underscores")
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=FieldKind, default=FieldKind.TEXT)
    is_required = models.BooleanField("required", default=False)
    choices = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    minimum = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    maximum = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    pattern = models.CharField(max_length=200, blank=True, help_text="A pattern that the whole text must match")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["lead_type", "name"], name="one_field_a_name")]

    def __str__(self) -> str:
        return self.label or self.name
