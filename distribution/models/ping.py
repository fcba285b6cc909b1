from django.db import models
from django.db.models import Q

from clients.models import Client, DeliveryAccount, DeliveryMethod
from distribution.enums import PingState, PingVerdict
from distribution.models.decision import Decision
from leads.ids import uuid7
from leads.models import Lead
from leads.models.fields import MoneyField


class Ping(models.Model):
    """What an account was asked before a lead was sold: will you buy it, and for how much? Once in each distribution.

    The row is the queue. A claim is good until the deadline; whoever has not answered by then bids nothing, and an answer
    never changes any more (by trigger).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="pings")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="pings")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="pings")
    account = models.ForeignKey(DeliveryAccount, on_delete=models.PROTECT, related_name="pings")
    method = models.ForeignKey(DeliveryMethod, on_delete=models.PROTECT, related_name="pings")
    state = models.CharField(max_length=8, choices=PingState, default=PingState.QUEUED)
    claim = models.PositiveSmallIntegerField(default=0)
    created = models.DateTimeField()
    deadline = models.DateTimeField(help_text="When the time budget of the distribution's pings is over")
    started = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)

    verdict = models.CharField(max_length=8, choices=PingVerdict, blank=True)
    bid = MoneyField(null=True, help_text="Rounded down to the cent; empty = the account's own price")
    reference = models.CharField(max_length=200, blank=True, help_text="The client's own number of the ping, which the post names")
    message = models.CharField(max_length=300, blank=True)
    status = models.PositiveSmallIntegerField(null=True)
    rule = models.CharField(max_length=200, blank=True)
    request = models.JSONField(default=dict)
    answer = models.TextField(blank=True, help_text="The first 4 KiB, masked")

    class Meta:
        ordering = ["created", "id"]
        indexes = [models.Index(fields=["method", "created"], condition=~Q(state=PingState.ANSWERED), name="ping_open_by_method")]
        constraints = [
            models.UniqueConstraint(fields=["decision", "account"], name="one_ping_an_account_in_a_distribution"),
            models.CheckConstraint(condition=Q(state=PingState.ANSWERED) ^ Q(ended=None), name="end_of_answered_pings_only"),
            models.CheckConstraint(condition=Q(state=PingState.ANSWERED) ^ Q(verdict=""), name="verdict_of_answered_pings_only"),
        ]

    def __str__(self) -> str:
        return f"Ping of {self.account_id} for {self.lead_id}"
