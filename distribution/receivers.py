from typing import Any

from django.dispatch import receiver

from distribution.wake import ROUTES, wake
from leads.signals import lead_ready


@receiver(lead_ready)
def wake_router(**_: Any) -> None:
    wake(ROUTES)
