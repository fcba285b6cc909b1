from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: Any) -> Self:
        """One's own, and what others share."""
        return self.filter(Q(owner=user) | Q(is_shared=True))


class SavedView(models.Model):
    """How somebody looks at a list: its filters, criteria and columns under a name. Shared, others may look so too."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=40, help_text="Which list, such as leads")
    name = models.CharField(max_length=80)
    is_shared = models.BooleanField("shared", default=False)
    lead_type = models.ForeignKey("leads.LeadType", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    criteria = models.JSONField(null=True, blank=True)
    filters = models.JSONField(default=dict, blank=True, help_text="The list's own filters, as its address has them")
    columns = models.JSONField(default=list, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "page", "name"], name="one_view_a_name")]

    def __str__(self) -> str:
        return self.name
