"""A lead's values corrected wherever it is: what intake says, and where it stands on the sales floor."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from leads.models import Lead
from leads.services.correct import correct_lead
from pullqueue.locks import enter_floor, lock_lead, lock_placement
from pullqueue.models import Placement
from pullqueue.services.entries import settle


def correct(*, lead_id: UUID, values: Mapping[str, Any], by: Any, now: datetime) -> Lead:
    """Correct the lead, as `correct_lead` does; one that is kept in house is called by its new place from now on."""
    with transaction.atomic():
        lead = correct_lead(lead_id=lead_id, values=values, by=by, now=now)
        if not Placement.objects.filter(pk=lead_id).exists():
            return lead
        floor = enter_floor()
        if (placement := lock_placement(lead_id)) is not None:
            settle(lock_lead(lead_id), placement, floor, now=now)
            lead.refresh_from_db(fields=["outcome", "finished_at"])
    return lead
