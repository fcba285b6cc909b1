from django.db import models

from leads.models.fields import Archivable
from pullqueue.models.user import User


class Group(Archivable):
    """A named set of users, used as a recipient."""

    name = models.CharField(max_length=120, unique=True)
    members = models.ManyToManyField(User, blank=True, related_name="sales_groups")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
