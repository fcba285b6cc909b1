"""The copies of what was sold in the past arrived as soon as it was sold: told through the code that hears of real ones."""

from datetime import timedelta

from distribution.domain.retry import Outcome
from distribution.enums import DeliveryState
from distribution.models import DeliveryCopy
from distribution.services.copies import Sent, finish_copy
from distribution.transports.envelope import Report

SECONDS = timedelta(seconds=0.3)


def arrive_past_copies() -> int:
    """Let every copy that waits be handed over at its own time; return how many were."""
    waiting = DeliveryCopy.objects.filter(state=DeliveryState.QUEUED).order_by("created", "pk").select_related("method", "delivery")
    return sum(_arrive(one) for one in waiting)


def _arrive(one: DeliveryCopy) -> bool:
    began = one.created
    one.state, one.claim, one.first_attempt_at = DeliveryState.SENDING, one.claim + 1, began
    one.lease_until = began + SECONDS
    one.save(update_fields=["state", "claim", "first_attempt_at", "lease_until"])
    return finish_copy(Sent(one, Report(Outcome.ACCEPTED, message="Taken by the mail server", status=250), began, began + SECONDS))
