"""What a day's file says, with the defaults of what it leaves out. Names of fields are the keys of the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from clients.enums import AccountAutomation, AccountStatus, ClientStatus, OffHours, WindowName
from distribution.domain.automation import Automation, Base, OnChange, Timeframe
from leads.enums import DuplicateAgainst, FieldKind, Route

HOME = "America/New_York"


@dataclass(frozen=True, slots=True)
class SettingsPart:
    automation: Automation = Automation.PRIORITY
    secondary: Automation | None = None
    base_automation: Base = Base.BALANCED
    price_optimization: bool = False
    percentage_timeframe: Timeframe = Timeframe.DAY
    percentage_hard_limit: bool = False
    percentage_catch_up: Decimal | None = None
    round_robin_on_change: OnChange = OnChange.RESTART
    parallel_processing: bool = True
    client_locking: bool = False
    email_tracking: bool = True


@dataclass(frozen=True, slots=True)
class FieldPart:
    name: str
    kind: FieldKind = FieldKind.TEXT
    label: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class LeadTypePart:
    name: str
    fields: tuple[FieldPart, ...] = ()
    duplicate_sets: tuple[tuple[str, ...], ...] = (("phone",), ("email",))
    duplicate_hours: int = 720
    duplicate_against: DuplicateAgainst = DuplicateAgainst.ACCEPTED


@dataclass(frozen=True, slots=True)
class CampaignPart:
    name: str
    lead_type: str | None = None
    """None is the first lead type, here and in an account."""
    source: str = "default"
    cost: Decimal = Decimal("0.00")
    max_deliveries: int = 1
    routes: tuple[Route, ...] = (Route.DISTRIBUTE, Route.PUSH, Route.PULL)
    automation: Automation | None = None
    secondary: Automation | None = None
    base_automation: Base | None = None
    client_group: str | None = None


@dataclass(frozen=True, slots=True)
class CapsPart:
    hour: int | None = None
    day: int | None = None
    week: int | None = None
    month: int | None = None
    total: int | None = None
    budget_day: Decimal | None = None
    budget_month: Decimal | None = None


@dataclass(frozen=True, slots=True)
class QualifiedPart:
    percent: Decimal
    window: WindowName = WindowName.DAY


@dataclass(frozen=True, slots=True)
class AccountPart:
    name: str
    lead_type: str | None = None
    price: Decimal = Decimal("0.00")
    exclusive: bool = False
    status: AccountStatus = AccountStatus.OPEN
    group: str | None = None
    priority: int | None = None
    caps: CapsPart = CapsPart()
    may_exceed_caps: bool = False
    criteria: Any = None
    schedule: Any = None
    closed_dates: tuple[date, ...] = ()
    time_zone: str | None = None
    automated: bool = True
    off_hours: OffHours = OffHours.SKIP
    required_revenue: Decimal | None = None
    required_profit: Decimal | None = None
    required_profit_percent: Decimal | None = None
    qualified_share: QualifiedPart | None = None
    ping: bool = False
    answers: tuple[str, ...] = ("accept",)


@dataclass(frozen=True, slots=True)
class ClientPart:
    name: str
    status: ClientStatus = ClientStatus.ACTIVE
    zip: str = ""
    latitude: float | None = None
    longitude: float | None = None
    time_zone: str | None = None
    """None is the company's."""
    priority: int | None = None
    weight: Decimal | None = None
    percentage: Decimal | None = None
    caps: CapsPart = CapsPart()
    account_automation: AccountAutomation = AccountAutomation.PRICE
    tier_delivery: bool = False
    duplicate_hours: int = 720
    group: str | None = None
    """Its delivery group."""
    groups: tuple[str, ...] = ()
    """Groups that a campaign may sell to exclusively."""
    accounts: tuple[AccountPart, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupPart:
    name: str
    automation: Automation = Automation.PRIORITY
    secondary: Automation | None = None
    base_automation: Base = Base.BALANCED


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens at an instant; `words` are the keys that its kind takes, read."""

    place: str
    at: datetime
    do: str
    words: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Day:
    events: tuple[Event, ...]
    time_zone: str = HOME
    settings: SettingsPart = SettingsPart()
    lead_types: tuple[LeadTypePart, ...] = ()
    campaigns: tuple[CampaignPart, ...] = ()
    clients: tuple[ClientPart, ...] = ()
    delivery_groups: tuple[GroupPart, ...] = ()
    branches: tuple[Any, ...] = ()
    users: tuple[Any, ...] = ()
    dispositions: tuple[Any, ...] = ()
    push_strategies: tuple[Any, ...] = ()
    pull_strategies: tuple[Any, ...] = ()
