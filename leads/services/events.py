"""Events are written in the transaction of what they tell, so that neither is ever there without the other."""

from datetime import datetime
from typing import Any
from uuid import UUID

from leads.models import Event, Lead
from leads.services.rows import insert_rows


def record(*, kind: str, at: datetime, lead: Lead | UUID | None = None, by: Any = None, about: str = "", **data: Any) -> Event:
    """Write down what happened. `data` holds codes, numbers and ids, never a person's name, phone or address."""
    lead_id = lead.pk if isinstance(lead, Lead) else lead
    event = Event(kind=kind, at=at, lead_id=lead_id, by=by, about=about, data=data)
    insert_rows([event])
    return event
