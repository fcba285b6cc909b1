from django.db import models

from leads.enums import CapKind, CapScope


class CapWindow(models.Model):
    """How much of a cap is used in one calendar window: reserved and accepted together, in leads or in money.

    The limit is not stored: it is read when a place is reserved, by one conditional update, so a cap that is
    lowered below today's use stops new reservations and breaks nothing.
    """

    scope = models.CharField(max_length=10, choices=CapScope)
    scope_id = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=CapKind)
    start = models.DateTimeField(help_text="Beginning of the window, UTC; the year 1 for a total")
    used = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "scope_id", "kind", "start"], name="one_counter_a_window"),
            models.CheckConstraint(condition=models.Q(used__gte=0), name="cap_window_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.scope_id} {self.kind} {self.start:%Y-%m-%d %H:%M}"
