from django.db import models

from clients.models import DeliveryMethod
from distribution.enums import AttemptOutcome
from distribution.models.copy import DeliveryCopy
from distribution.models.delivery import Delivery


class Attempt(models.Model):
    """One try to hand a lead over, with request and answer (secrets masked). Rows are only ever added."""

    id = models.BigAutoField(primary_key=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="attempts")
    method = models.ForeignKey(DeliveryMethod, null=True, on_delete=models.PROTECT, related_name="+", help_text="By which it went")
    copy = models.ForeignKey(DeliveryCopy, null=True, on_delete=models.PROTECT, related_name="attempts")
    n = models.PositiveSmallIntegerField()
    claim = models.PositiveIntegerField()
    started = models.DateTimeField()
    ended = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=AttemptOutcome)
    is_stale = models.BooleanField(default=False, help_text="Came after the lease had run out; changed nothing")
    status = models.PositiveSmallIntegerField(null=True)
    rule = models.CharField(max_length=200, blank=True, help_text="The response rule that decided, in words")
    message = models.CharField(max_length=300, blank=True)
    request = models.JSONField(default=dict)
    request_sha256 = models.CharField(max_length=64, blank=True)
    answer = models.TextField(blank=True, help_text="The first 4 KiB, masked")

    class Meta:
        ordering = ["delivery", "id"]

    def __str__(self) -> str:
        return f"Attempt {self.n} of {self.delivery_id}"
