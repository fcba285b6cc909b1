"""One version of *Settings > Client Settings > Distribution*."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from distribution.domain.automation import Automation, Base, OnChange, Plan, Timeframe
from distribution.domain.strict import Reader, SettingsError, choice, decimal, flag, listed, optional, read, text, whole, written


@dataclass(frozen=True, slots=True)
class Group:
    """A delivery group: scanned before everyone else, in the order of the settings, by its own automation.

    `key` is stable and names the pool; members are whole clients or single accounts.
    """

    key: str
    name: str
    automation: Automation = Automation.PRIORITY
    secondary: Automation | None = None
    base_automation: Base = Base.BALANCED
    client_ids: tuple[int, ...] = ()
    account_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Values:
    """What the automations know of one client; None is "no value"."""

    priority: int | None = None
    weight: Decimal | None = None
    percentage: Decimal | None = None


NO_VALUES = Values()


@dataclass(frozen=True, slots=True)
class Settings:
    """Every option of the page, the order of groups and the table of values, with the defaults of a new installation."""

    automation: Automation = Automation.PRIORITY
    secondary: Automation | None = None
    base_automation: Base = Base.BALANCED
    price_optimization: bool = False
    percentage_timeframe: Timeframe = Timeframe.DAY
    percentage_hard_limit: bool = False
    percentage_catch_up: Decimal | None = None
    """Leads that a client can fall behind at most; None for no limit."""
    round_robin_on_change: OnChange = OnChange.RESTART
    parallel_processing: bool = True
    ping_budget_seconds: int = 5
    client_locking: bool = False
    email_tracking: bool = True
    bounce_hours: int = 24
    breaker_failures: int = 5
    groups: tuple[Group, ...] = ()
    values: Mapping[int, Values] = field(default_factory=dict)
    """By client id."""

    def plan(self, automation: Automation, secondary: Automation | None, base: Base) -> Plan:
        """The plan of a pool that is ordered so; what concerns all pools comes from these settings."""
        return Plan(
            automation=automation,
            secondary=None if secondary == automation else secondary,
            base=base,
            optimization=self.price_optimization and automation is Automation.PRICE,
            timeframe=self.percentage_timeframe,
            hard_limit=self.percentage_hard_limit,
            catch_up=self.percentage_catch_up,
            on_change=self.round_robin_on_change,
        )

    def to_json(self) -> dict[str, Any]:
        """Every option, the groups in order and the values by client id; decimals as text."""
        values = {str(client): written(values) for client, values in sorted(self.values.items())}
        return written(self) | {"groups": [written(group) for group in self.groups], "values": values}

    @classmethod
    def from_json(cls, value: Any) -> "Settings":
        """The settings written by `to_json`; what is left out keeps its default. Raises SettingsError."""
        return cls(**read(value, "", _SETTINGS))

    @property
    def default_plan(self) -> Plan:
        return self.plan(self.automation, self.secondary, self.base_automation)


def _group(value: Any, place: str) -> Group:
    found = read(value, place, _GROUP)
    for needed in ("key", "name"):
        if needed not in found:
            raise SettingsError(f"{place}.{needed}", "Needed for every group.")
    return Group(**found)


def _values(value: Any, place: str) -> dict[int, Values]:
    if not isinstance(value, Mapping):
        raise SettingsError(place, "Give an object with the values by client id.")
    found = {}
    for client, values in value.items():
        if not str(client).isdecimal():
            raise SettingsError(f"{place}.{client}", "Use the id of a client.")
        found[int(client)] = Values(**read(values, f"{place}.{client}", _VALUES))
    return found


_GROUP: dict[str, Reader] = {
    "key": text,
    "name": text,
    "automation": choice(Automation),
    "secondary": optional(choice(Automation)),
    "base_automation": choice(Base),
    "client_ids": listed(whole),
    "account_ids": listed(whole),
}
_VALUES: dict[str, Reader] = {
    "priority": optional(whole),
    "weight": optional(decimal),
    "percentage": optional(decimal),
}
_SETTINGS: dict[str, Reader] = {
    "automation": choice(Automation),
    "secondary": optional(choice(Automation)),
    "base_automation": choice(Base),
    "price_optimization": flag,
    "percentage_timeframe": choice(Timeframe),
    "percentage_hard_limit": flag,
    "percentage_catch_up": optional(decimal),
    "round_robin_on_change": choice(OnChange),
    "parallel_processing": flag,
    "ping_budget_seconds": whole,
    "client_locking": flag,
    "email_tracking": flag,
    "bounce_hours": whole,
    "breaker_failures": whole,
    "groups": listed(_group),
    "values": _values,
}
