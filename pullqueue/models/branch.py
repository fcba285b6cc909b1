from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models


class BranchQuerySet(models.QuerySet["Branch"]):
    def visible_to(self, user: Any) -> Self:
        """All branches for those who manage the company; their own and those below for a branch's manager; none for others."""
        if user.is_active and user.sees_all_leads:
            return self.all()
        return self.filter(pk__in=self._below(user.branch_id) if user.is_active and user.is_staff else ())

    def _below(self, top: int | None) -> set[int]:
        children: dict[int | None, list[int]] = {}
        for pk, parent in Branch.objects.values_list("pk", "parent_id"):
            children.setdefault(parent, []).append(pk)
        found, open_ends = set(), [top] if top else []
        while open_ends:
            found.add(branch := open_ends.pop())
            open_ends.extend(child for child in children.get(branch, ()) if child not in found)
        return found


class Branch(models.Model):
    """A part of the company; branches form a tree."""

    name = models.CharField(max_length=120, unique=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = BranchQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "branches"

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        above = self.parent
        while above is not None:
            if above.pk == self.pk and self.pk is not None:
                raise ValidationError({"parent": f"{self.name} cannot stand below itself. Choose another branch above it."})
            above = above.parent
