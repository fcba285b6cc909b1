from django.db import models
from simple_history.models import HistoricalRecords

from clients.models import ClientGroup
from leads.models import Campaign


class CampaignSale(models.Model):
    """What a campaign says about selling: how often, to whom, and by which automation if not the default one."""

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, related_name="sale")
    max_deliveries = models.PositiveSmallIntegerField(default=1, help_text="How many different clients may buy one lead")
    time_budget_seconds = models.PositiveIntegerField(
        "time budget", default=300, help_text="Seconds for one offer from its first attempt; then the lead goes to the next client"
    )
    client_group = models.ForeignKey(
        ClientGroup, null=True, blank=True, on_delete=models.PROTECT, help_text="Sell only to clients of this group"
    )
    automation = models.CharField(max_length=12, blank=True, help_text="Empty = the default automation")
    secondary = models.CharField(max_length=12, blank=True)
    base_automation = models.CharField(max_length=12, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = "selling"
        verbose_name_plural = "selling"

    def __str__(self) -> str:
        return f"Selling of {self.campaign}"
