"""Reads with more than one caller."""

from typing import Any

from django.db.models import QuerySet

from distribution.enums import DeliveryState
from distribution.models import Delivery


def accepted_leads_of(client_id: int | None) -> QuerySet[Delivery]:
    """Return what one client accepted, newest first, each with its lead; nothing for no client. Test leads are left out."""
    if client_id is None:
        return Delivery.objects.none()
    accepted: dict[str, Any] = {"client_id": client_id, "state": DeliveryState.ACCEPTED, "lead__is_test": False}
    return Delivery.objects.filter(**accepted).select_related("lead").order_by("-created", "-id")
