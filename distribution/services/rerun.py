"""Opening the routes of many unrouted leads anew."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from distribution.services.route import rerun_lead
from distribution.wake import ROUTES, wake
from leads.enums import LeadOutcome
from leads.models import Lead


def rerun_leads(*, lead_ids: Sequence[UUID], by: Any, now: datetime) -> int:
    """Open the routes of those that are still unrouted, the oldest first; return how many there were."""
    leads = Lead.objects.filter(pk__in=lead_ids, outcome=LeadOutcome.UNROUTED).select_related("campaign").order_by("received_at", "pk")
    opened = 0
    for lead in leads:
        with transaction.atomic():
            opened += rerun_lead(lead=lead, by=by, now=now)
    if opened:
        wake(ROUTES)
    return opened
