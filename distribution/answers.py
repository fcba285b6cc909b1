"""What a source may know of its lead's deliveries: states and times, never to whom."""

from uuid import UUID

from distribution.enums import DeliveryState
from distribution.models import Delivery
from leads.sales import Sale


def sales_of(lead_id: UUID) -> list[Sale]:
    """Return the lead's deliveries in the order in which they were made."""
    rows = Delivery.objects.filter(lead=lead_id).order_by("number")
    return [
        Sale(
            number=row.spoken,
            state=row.state,
            is_accepted=row.state == DeliveryState.ACCEPTED,
            price=row.price,
            created=row.created,
            finished=row.finished_at,
        )
        for row in rows.only("number", "state", "price", "created", "finished_at")
    ]
