from django.db import models

from leads.models.fields import ZoneField


class Company(models.Model):
    """The one company of this installation: its name, its zone (for money and days) and its currency."""

    name = models.CharField(max_length=120)
    time_zone = ZoneField(default="America/New_York")
    currency = models.CharField(max_length=3, default="USD", help_text="ISO 4217, such as USD")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "company"

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Company":
        """Return the installation's company; until somebody names it, one with the defaults that is not saved."""
        return cls.objects.order_by("pk").first() or cls(name="My company")
