"""A person says that what was set aside shall be tried at once."""

from datetime import datetime
from typing import Any

from django.db import transaction

from distribution.wake import ROUTES, wake
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
