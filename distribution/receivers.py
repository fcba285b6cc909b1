from typing import Any

from anymail.signals import tracking
from django.dispatch import receiver

from distribution.answers import sales_of
from distribution.services.provider_news import take_event
from distribution.wake import ROUTES, wake
from leads.sales import tell_sales_by
from leads.services.undoing import goes_along
from leads.signals import lead_ready

tell_sales_by(sales_of)
goes_along("pullqueue.QueueEntry", "pullqueue.Placement", "distribution.Decision")  # a lead nobody got leaves none of these behind


@receiver(lead_ready)
def wake_router(**_: Any) -> None:
    wake(ROUTES)


@receiver(tracking)
def hear_of_mail(*, event: Any, esp_name: str, **_: Any) -> None:
    take_event(event=event, provider=esp_name)
