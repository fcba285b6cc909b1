"""Everything stops, and goes on when an administrator says so: after a restore, what was sent since the backup is not sent twice."""

from datetime import datetime
from typing import Any

from django.db import transaction

from leads.models import Standstill
from leads.services.events import record


def stands_still() -> bool:
    return Standstill.objects.filter(lifted_at=None).exists()


def stand_still(*, reason: str, now: datetime, backup_of: datetime | None = None) -> Standstill:
    """Stop everything; a second time is the same standstill."""
    with transaction.atomic():
        found, made = Standstill.objects.get_or_create(lifted_at=None, defaults={"since": now, "reason": reason, "backup_of": backup_of})
        if made:
            record(kind="standstill.begun", at=now, reason=reason)
    return found


def go_on(*, by: Any, now: datetime) -> bool:
    """Let everything go on; False when it did already."""
    with transaction.atomic():
        lifted = Standstill.objects.filter(lifted_at=None).update(lifted_at=now, lifted_by=by)
        if lifted:
            record(kind="standstill.lifted", at=now, by=by)
    return bool(lifted)
