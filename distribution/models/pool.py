from django.db import models


class Pool(models.Model):
    """Credits, percentages and rotation of those scanned together. One row, one lock: the state must be one.

    Keys: `default`, `campaign:<id>`, `group:<key>`, `client:<id>` (the turns of a client's own accounts).
    """

    key = models.CharField(max_length=60, unique=True)
    state = models.JSONField(default=dict)
    changed = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.key
