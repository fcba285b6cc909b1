"""Who buys: clients and their delivery accounts, as the engine sees them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from distribution.domain.automation import AccountAutomation, Automation, Base
from leads.domain.criteria import Criteria
from leads.domain.hours import ALWAYS, WeekHours
from leads.domain.places import Point
from leads.domain.windows import WindowKind


class ClientStatus(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    INACTIVE = "inactive"


class AccountStatus(StrEnum):
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class Scope(StrEnum):
    """Whose limit a cap is."""

    CLIENT = "client"
    ACCOUNT = "account"


class CapKind(StrEnum):
    """Limits in the order in which they are looked at: places, then money."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    TOTAL = "total"
    BUDGET_DAY = "budget_day"
    BUDGET_MONTH = "budget_month"

    @property
    def is_budget(self) -> bool:
        return self in (CapKind.BUDGET_DAY, CapKind.BUDGET_MONTH)

    @property
    def window(self) -> WindowKind:
        return WINDOWS[self]


WINDOWS: dict[CapKind, WindowKind] = {
    CapKind.HOUR: WindowKind.HOUR,
    CapKind.DAY: WindowKind.DAY,
    CapKind.WEEK: WindowKind.WEEK,
    CapKind.MONTH: WindowKind.MONTH,
    CapKind.TOTAL: WindowKind.TOTAL,
    CapKind.BUDGET_DAY: WindowKind.DAY,
    CapKind.BUDGET_MONTH: WindowKind.MONTH,
}


@dataclass(frozen=True, slots=True)
class Cap:
    """Leads, or money for a budget, that may be used in a calendar window of the client's zone; 0 = nothing."""

    kind: CapKind
    limit: Decimal


@dataclass(frozen=True, slots=True)
class QualifiedShare:
    """At most `percent` of the leads that met the account's type and criteria in the calendar window (client's zone)."""

    percent: Decimal
    window: WindowKind


@dataclass(frozen=True, slots=True)
class Client:
    """A company that buys leads. `entry` is its place in entry order, the last tie-break of everything."""

    id: int
    entry: int
    zone: ZoneInfo
    status: ClientStatus = ClientStatus.ACTIVE
    caps: tuple[Cap, ...] = ()
    account_automation: AccountAutomation = AccountAutomation.PRICE
    tier_delivery: bool = False
    point: Point | None = None
    """Its own coordinates, else the centroid of its ZIP."""
    since: int = 0
    """Any number that differs each time the client becomes active anew: tells the rotation that it left and came back."""


@dataclass(frozen=True, slots=True)
class Account:
    """One standing demand of a client for one lead type. Money in the company's currency."""

    id: int
    client_id: int
    lead_type: int
    entry: int
    zone: ZoneInfo
    """Of the schedule and closed dates; the client's unless the account says otherwise. Caps count in the client's."""
    price: Decimal = Decimal(0)
    exclusive: bool = False
    status: AccountStatus = AccountStatus.OPEN
    automated: bool = True
    has_method: bool = True
    ping: bool = False
    """Ping-post: the answer to a ping decides, `price` is then the least bid."""
    criteria: Criteria | None = None
    """None matches all."""
    hours: WeekHours = ALWAYS
    closed_dates: frozenset[date] = frozenset()
    hold: bool = False
    """`off_hours` is *hold*: closed, it is sold to all the same and the delivery waits for the opening."""
    caps: tuple[Cap, ...] = ()
    may_exceed_caps: bool = False
    priority: int | None = None
    required_revenue: Decimal | None = None
    required_profit: Decimal | None = None
    required_profit_percent: Decimal | None = None
    qualified: QualifiedShare | None = None


@dataclass(frozen=True, slots=True)
class CampaignTerms:
    """What a campaign says about selling.

    An `automation` of its own overrides the default one and makes a pool of its own; what that leaves empty is the default's.
    """

    campaign: int
    cost: Decimal = Decimal(0)
    max_deliveries: int = 1
    client_group: frozenset[int] | None = None
    """Ids of the only clients that may buy; None for all."""
    automation: Automation | None = None
    secondary: Automation | None = None
    base_automation: Base | None = None


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """The lead as the rules see it: typed values under the names of the criteria, and where it is."""

    lead_type: int
    values: Mapping[str, object] = field(default_factory=dict)
    point: Point | None = None
