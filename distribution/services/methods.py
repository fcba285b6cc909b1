"""Which of an account's methods a delivery goes by: the first choice, and those that step in when one before them fails."""

from clients.enums import MethodUse
from clients.models import AccountMethod, DeliveryMethod
from distribution.models import Delivery

ORDER = {MethodUse.FIRST: 0, MethodUse.ON_FAILURE: 1}


def in_order(uses: list[AccountMethod]) -> list[AccountMethod]:
    """Return the uses by which a sale may be made: the first choice, then the others in their order. *Always* is for copies."""
    ways = [use for use in uses if use.use in ORDER]
    return sorted(ways, key=lambda use: (ORDER[MethodUse(use.use)], use.position, use.pk))


def is_usable(method: DeliveryMethod) -> bool:
    return method.is_enabled and not method.is_archived


def fallback_of(delivery: Delivery) -> DeliveryMethod | None:
    """Return the method that steps in for the one by which this delivery failed; None when no further one is there."""
    uses = in_order(list(AccountMethod.objects.filter(account=delivery.account_id).select_related("method")))
    tried = next((at for at, use in enumerate(uses) if use.method_id == delivery.method_id), None)
    if tried is None:
        return None
    return next((use.method for use in uses[tried + 1 :] if is_usable(use.method)), None)
