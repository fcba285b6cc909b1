"""The facts of a lead that criteria run on: its typed values and what follows from them and from the clock."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from leads.domain.hours import DAYS

MICROSECOND = timedelta(microseconds=1)
MICROSECONDS_A_MINUTE = 60_000_000


def age_in_years(born: date, on: date) -> int:
    """Whole years; who was born on 29 February is a year older on 1 March of a common year."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def age_in_minutes(received_at: datetime, now: datetime) -> Decimal:
    """Minutes since the lead was added, exact to the microsecond."""
    return Decimal((now - received_at) // MICROSECOND) / MICROSECONDS_A_MINUTE


def area_code(phone: str | None) -> str | None:
    """Area code of a number of the North American plan in E.164, None for others."""
    return phone[2:5] if phone and phone.startswith("+1") and len(phone) == 12 else None


def derive(values: Mapping[str, Any], *, now: datetime, received_at: datetime, zone: tzinfo | None, **more: Any) -> dict[str, Any]:
    """Facts for criteria: `values` (standard and the lead type's), `more` (source, campaign, cost, ...) and derived ones.

    `zone` is where the lead most likely is; without it weekday and hour are missing. Floats, as
    databases return coordinates, become the decimals they are written as.
    """
    facts: dict[str, Any] = {name: Decimal(str(value)) if isinstance(value, float) else value for name, value in values.items()}
    facts.update(more)
    local = now.astimezone(zone) if zone else None
    born = facts.get("date_of_birth")
    facts["age_years"] = age_in_years(born, (local or now).date()) if born else None
    facts["area_code"] = area_code(facts.get("phone"))
    facts["weekday"] = DAYS[local.weekday()] if local else None
    facts["hour"] = local.hour if local else None
    facts["added"] = received_at
    facts["age"] = age_in_minutes(received_at, now)
    return facts
