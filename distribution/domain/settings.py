"""One version of *Settings > Client Settings > Distribution*."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from distribution.domain.automation import Automation, Base, OnChange, Plan, Timeframe


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

    @property
    def default_plan(self) -> Plan:
        return self.plan(self.automation, self.secondary, self.base_automation)
