from django.db import models

from leads.models.campaign import Campaign


class IntakeKey(models.Model):
    """An idempotency key of a campaign and the answer it got, kept so that a repeat gets the same answer."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    body_sha256 = models.BinaryField(max_length=32)
    answer_status = models.PositiveSmallIntegerField()
    answer_body = models.JSONField()
    created = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "key"], name="one_answer_a_key")]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.key}"
