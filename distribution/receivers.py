from typing import Any

from django.dispatch import receiver

from distribution.answers import sales_of
from distribution.wake import ROUTES, wake
from leads.sales import tell_sales_by
from leads.signals import lead_ready

tell_sales_by(sales_of)


@receiver(lead_ready)
def wake_router(**_: Any) -> None:
    wake(ROUTES)
