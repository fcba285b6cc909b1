"""Reads the file strictly and whole: an unknown key or a value of the wrong kind names its place, such as `events[3].at`."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from clients.enums import AccountAutomation, AccountStatus, ClientStatus, OffHours, WindowName
from distribution.domain.automation import Automation, Base, OnChange, Timeframe
from distribution.domain.strict import Reader, SettingsError, decimal, flag, listed, optional, read, whole
from distribution.sandbox import parts, parts_people
from distribution.sandbox import readers as are
from distribution.sandbox.mistake import Mistake
from distribution.sandbox.parse_events import event
from distribution.sandbox.parts import Day
from distribution.sandbox.parts_people import anything
from distribution.sandbox.readers import identifier, money, name, number, one_of, record, zone
from leads.enums import DuplicateAgainst, FieldKind, Route

LEADS = number(0)
CAPS: dict[str, Reader] = dict.fromkeys(("hour", "day", "week", "month", "total"), optional(LEADS)) | dict.fromkeys(
    ("budget_day", "budget_month"), optional(money)
)
QUALIFIED: dict[str, Reader] = {"percent": are.percent, "window": one_of(WindowName)}
SETTINGS: dict[str, Reader] = {
    "automation": one_of(Automation),
    "secondary": optional(one_of(Automation)),
    "base_automation": one_of(Base),
    "price_optimization": flag,
    "percentage_timeframe": one_of(Timeframe),
    "percentage_hard_limit": flag,
    "percentage_catch_up": optional(decimal),
    "round_robin_on_change": one_of(OnChange),
    "parallel_processing": flag,
    "client_locking": flag,
    "email_tracking": flag,
}
FIELD: dict[str, Reader] = {
    "name": identifier,
    "kind": one_of(FieldKind),
    "label": name,
    "required": flag,
    "choices": are.some(name),
    "minimum": optional(decimal),
    "maximum": optional(decimal),
    "pattern": are.words,
}
LEAD_TYPE: dict[str, Reader] = {
    "name": name,
    "fields": listed(record(parts.FieldPart, FIELD)),
    "duplicate_sets": listed(are.some(identifier)),
    "duplicate_hours": LEADS,
    "duplicate_against": one_of(DuplicateAgainst),
}
CAMPAIGN: dict[str, Reader] = {
    "name": name,
    "lead_type": optional(name),
    "source": name,
    "cost": money,
    "max_deliveries": number(1, 1000),
    "routes": listed(one_of(Route)),
    "automation": optional(one_of(Automation)),
    "secondary": optional(one_of(Automation)),
    "base_automation": optional(one_of(Base)),
    "client_group": optional(name),
}


def caps(value: Any, place: str) -> parts.CapsPart:
    return parts.CapsPart() if value is None else record(parts.CapsPart, CAPS)(value, place)


ACCOUNT: dict[str, Reader] = {
    "name": name,
    "lead_type": optional(name),
    "price": money,
    "exclusive": flag,
    "status": one_of(AccountStatus),
    "group": optional(name),
    "priority": optional(whole),
    "caps": caps,
    "may_exceed_caps": flag,
    "criteria": anything,
    "schedule": are.schedule,
    "closed_dates": listed(are.day),
    "time_zone": optional(zone),
    "automated": flag,
    "off_hours": one_of(OffHours),
    "required_revenue": optional(are.any_money),
    "required_profit": optional(are.any_money),
    "required_profit_percent": optional(are.any_money),
    "qualified_share": optional(record(parts.QualifiedPart, QUALIFIED)),
    "ping": flag,
    "answers": are.some(are.answer),
}
CLIENT: dict[str, Reader] = {
    "name": name,
    "status": one_of(ClientStatus),
    "zip": are.zip_code,
    "latitude": optional(are.degrees(90)),
    "longitude": optional(are.degrees(180)),
    "time_zone": optional(zone),
    "priority": optional(number(-are.MOST, are.MOST)),
    "weight": optional(decimal),
    "percentage": optional(decimal),
    "caps": caps,
    "account_automation": one_of(AccountAutomation),
    "tier_delivery": flag,
    "duplicate_hours": LEADS,
    "group": optional(name),
    "groups": listed(name),
    "accounts": listed(record(parts.AccountPart, ACCOUNT)),
}
GROUP: dict[str, Reader] = {
    "name": name,
    "automation": one_of(Automation),
    "secondary": optional(one_of(Automation)),
    "base_automation": one_of(Base),
}
client = record(parts.ClientPart, CLIENT)

DAY: dict[str, Reader] = {
    "time_zone": zone,
    "settings": record(parts.SettingsPart, SETTINGS),
    "lead_types": listed(record(parts.LeadTypePart, LEAD_TYPE)),
    "campaigns": listed(record(parts.CampaignPart, CAMPAIGN)),
    "clients": listed(client),
    "delivery_groups": listed(record(parts.GroupPart, GROUP)),
    "branches": listed(parts_people.branch),
    "users": listed(parts_people.user),
    "dispositions": listed(parts_people.disposition),
    "push_strategies": listed(parts_people.push_strategy),
    "pull_strategies": listed(parts_people.pull_strategy),
    "events": listed(event),
}
SETTABLE: Mapping[str, Mapping[str, Reader]] = {
    "client": {key: reader for key, reader in CLIENT.items() if key not in ("name", "accounts")},
    "account": {key: reader for key, reader in ACCOUNT.items() if key not in ("name", "lead_type")},
    "settings": SETTINGS,
    "campaign": {key: reader for key, reader in CAMPAIGN.items() if key not in ("name", "lead_type", "source")},
    "user": {key: reader for key, reader in parts_people.USER.items() if key != "name"},
    "push_strategy": {key: reader for key, reader in parts_people.PUSH.items() if key != "name"},
    "pull_strategy": {key: reader for key, reader in parts_people.PULL.items() if key != "name"},
}
"""What a `change` may set."""


def parse(text: str) -> Day:
    """Return the day that a file tells. Raises Mistake; what parts say of each other is `check`'s to judge."""
    day = _refused_here(record(Day, DAY), _json(text), "")
    return replace(
        day,
        lead_types=day.lead_types or (parts.LeadTypePart("general"),),
        campaigns=day.campaigns or (parts.CampaignPart("default"),),
    )


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once)
    except json.JSONDecodeError as broken:
        raise Mistake(f"line {broken.lineno} column {broken.colno}", f"Not JSON: {broken.msg}.") from None
    except RecursionError:
        raise Mistake("", "Nested too deeply.") from None


def _no_number(text: str) -> Any:
    raise Mistake("", f"{text} is no number of JSON.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Mistake("", f'The key "{twice}" stands twice in one object.')
    return found


def settable(kind: str, value: Any, place: str) -> dict[str, Any]:
    """Read what a change sets. Raises Mistake."""
    return _refused_here(read, value, place, SETTABLE[kind])


def created(value: Any, place: str) -> parts.ClientPart:
    """Read a client that an event brings. Raises Mistake."""
    return _refused_here(client, value, place)


def _refused_here[T](reader: Callable[..., T], *given: Any) -> T:
    try:
        return reader(*given)
    except SettingsError as refused:
        raise Mistake(refused.place, refused.message) from None
