"""Model fields and checks with more than one user."""

from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models

ZONES = frozenset(available_timezones())


def check_zone(name: str) -> None:
    """Accept a name of the zone files only; the list stays out of `choices`, which would make migrations."""
    if name not in ZONES:
        raise ValidationError(f"{name!r} is no time zone. Choose a name such as America/New_York.")


class ZoneField(models.CharField):
    """The name of a time zone, such as America/Chicago."""

    def __init__(self, *names: Any, **options: Any) -> None:
        options.setdefault("max_length", 64)
        options.setdefault("help_text", "A name such as America/New_York")
        super().__init__(*names, **(options | {"validators": [check_zone]}))


class MoneyField(models.DecimalField):
    """An amount of the installation's currency, to the cent."""

    def __init__(self, *names: Any, **options: Any) -> None:
        super().__init__(*names, **(options | {"max_digits": 14, "decimal_places": 2}))

    def formfield(self, **options: Any) -> Any:
        """Forms take no amount below zero: a price of -1 pays for being sent leads. A required profit may be a loss one bears."""
        least = {} if self.name == "required_profit" else {"min_value": 0}
        return super().formfield(**(least | options))


class Archivable(models.Model):
    """What has ever been used is archived, never deleted."""

    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None


class Capped(models.Model):
    """Limits in calendar windows of the owner's zone; empty = no limit, 0 = nothing."""

    cap_hour = models.PositiveIntegerField("leads an hour", null=True, blank=True)
    cap_day = models.PositiveIntegerField("leads a day", null=True, blank=True)
    cap_week = models.PositiveIntegerField("leads a week", null=True, blank=True, help_text="Weeks begin on Monday")
    cap_month = models.PositiveIntegerField("leads a month", null=True, blank=True)
    cap_total = models.PositiveIntegerField("leads in total", null=True, blank=True)

    class Meta:
        abstract = True
