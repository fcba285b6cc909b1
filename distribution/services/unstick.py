"""A person says that what was set aside shall be tried at once, or no more."""

from datetime import datetime
from typing import Any

from django.db import transaction

from distribution.enums import OPEN_STATES, DeliveryState
from distribution.locks import lock_lead
from distribution.models import Delivery
from distribution.wake import ROUTES, wake
from leads.enums import LeadOutcome
from leads.models import Lead
from leads.services.events import record


def try_now(*, lead: Lead, by: Any, now: datetime) -> bool:
    """Make a lead that was set aside due now, its tries counted anew; False when it is not set aside any more."""
    with transaction.atomic():
        stuck = Lead.objects.filter(pk=lead.pk, due_at__isnull=False, lease_until=None).exclude(stuck_reason="")
        if not stuck.update(due_at=now, tries=0, stuck_reason=""):
            return False
        record(kind="lead.unstuck", at=now, lead=lead.pk, by=by)
        transaction.on_commit(lambda: wake(ROUTES), robust=True)
    return True


def give_up(*, lead: Lead, by: Any, now: datetime) -> bool:
    """Try a lead that was set aside no more: it stands among the unrouted, and what it sold before stays sold.

    False when it is not set aside any more, or a delivery of it is under way or in doubt.
    """
    with transaction.atomic():
        held = lock_lead(lead.pk)
        busy = Delivery.objects.filter(lead=held.pk, state__in=[*OPEN_STATES, DeliveryState.UNKNOWN]).exists()
        if busy or held.due_at is None or held.lease_until is not None or not held.stuck_reason:
            return False
        outcome = LeadOutcome.UNROUTED if held.outcome == LeadOutcome.PENDING else held.outcome
        Lead.objects.filter(pk=held.pk).update(outcome=outcome, due_at=None, finished_at=now, routes_left=[], tries=0, stuck_reason="")
        record(kind="lead.given_up", at=now, lead=held.pk, by=by, reason=held.stuck_reason)
    return True
