"""What happens to a lead, step by step, as lines of the log: kind and lead's id, never a person's data. LOG_STEPS turns it on."""

from collections.abc import Sequence
from typing import Any

import structlog
from django.conf import settings

from leads.models.event import Event

log = structlog.get_logger("switchyard.steps")


def say_steps(rows: Sequence[Any]) -> None:
    """Say the events among rows that are being written; a transaction that fails takes the rows back, not the lines."""
    if not settings.LOG_STEPS or not isinstance(rows[0], Event):
        return
    for event in rows:
        if event.lead_id:
            log.info(event.kind, lead=str(event.lead_id), about=event.about or None)
