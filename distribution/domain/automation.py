"""The words of the settings page: how candidates may be ordered."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from leads.domain.windows import WindowKind


class Automation(StrEnum):
    """What orders the clients of a pool, as primary or as secondary."""

    PRICE = "price"
    PRIORITY = "priority"
    ROUND_ROBIN = "round_robin"
    WEIGHTED = "weighted"
    PERCENTAGE = "percentage"
    GEOLOCATION = "geolocation"


SHARED_OUT = frozenset({Automation.WEIGHTED, Automation.PERCENTAGE})
"""Automations that give each client a share; they need a value and a secondary."""


class Base(StrEnum):
    """What orders the clients that are due their share."""

    BALANCED = "balanced"
    PRICE = "price"
    PRIORITY = "priority"
    ROUND_ROBIN = "round_robin"
    GEOLOCATION = "geolocation"


class AccountAutomation(StrEnum):
    """What chooses the account that stands for its client."""

    PRICE = "price"
    PRIORITY = "priority"
    ROUND_ROBIN = "round_robin"


class Timeframe(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class OnChange(StrEnum):
    """What happens to a rotation when a client enters or leaves it."""

    RESTART = "restart"
    CONTINUE = "continue"


@dataclass(frozen=True, slots=True)
class Plan:
    """The automation in force for one pool."""

    automation: Automation = Automation.PRIORITY
    secondary: Automation | None = None
    base: Base = Base.BALANCED
    optimization: bool = False
    timeframe: Timeframe = Timeframe.DAY
    hard_limit: bool = False
    catch_up: Decimal | None = None
    on_change: OnChange = OnChange.RESTART

    @property
    def timeframe_kind(self) -> WindowKind:
        return WindowKind(self.timeframe.value)

    @property
    def catch_up_limit(self) -> Fraction | None:
        """Leads that a client can fall behind; leads are whole, so that less than one cannot be avoided."""
        return None if self.catch_up is None else max(Fraction(self.catch_up), Fraction(1))

    def uses(self, automation: Automation) -> bool:
        """Whether the automation takes part in the order, be it as primary, as secondary or as the base in force."""
        return automation in (self.automation, self.secondary) or (self.automation in SHARED_OUT and self.base.value == automation.value)
