from django.db import models


class Heartbeat(models.Model):
    """When a process that drains rows was last alive."""

    name = models.CharField(max_length=80, unique=True)
    last_tick = models.DateTimeField()
    last_claim = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
