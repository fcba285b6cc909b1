from django.db import models
from django.db.models import Q

from pullqueue.models.branch import Branch
from pullqueue.models.group import Group
from pullqueue.models.user import User

ONE_OF = (
    Q(user__isnull=False, group=None, branch=None)
    | Q(user=None, group__isnull=False, branch=None)
    | Q(user=None, group=None, branch__isnull=False)
)


class Recipient(models.Model):
    """Somebody a strategy is for: a user, a group, or a branch."""

    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return str(self.user or self.group or self.branch)
