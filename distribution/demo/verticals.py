"""What the sample company trades in: three lead types with fields of their own, five sources, twelve campaigns."""

from dataclasses import dataclass, field
from typing import Any

from leads.enums import CampaignStatus, Channel, FieldKind, Route

SOLAR, AUTO, HOME = "Solar", "Auto insurance", "Home improvement"
ALL_ROUTES = (Route.DISTRIBUTE, Route.PUSH, Route.PULL)
COVERAGES = ("State minimum", "Standard", "Full")
PROJECTS = ("Roof", "Windows", "Kitchen", "Bathroom", "Heating and cooling", "Flooring")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a lead type, in the words of `leads.LeadField`."""

    name: str
    label: str
    kind: FieldKind
    is_required: bool = False
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None


COMMON = (Field("phone", "Phone", FieldKind.TEXT, is_required=True), Field("zip", "ZIP", FieldKind.TEXT, is_required=True))
"""Standard fields that these types ask for."""

LEAD_TYPES: dict[str, tuple[Field, ...]] = {
    SOLAR: (
        *COMMON,
        Field("roof_age", "Roof age in years", FieldKind.INTEGER, minimum=0, maximum=120),
        Field("homeowner", "Owns the home", FieldKind.BOOLEAN, is_required=True),
        Field("monthly_bill", "Monthly power bill", FieldKind.DECIMAL, minimum=0, maximum=5000),
    ),
    AUTO: (
        *COMMON,
        Field("vehicles", "Vehicles", FieldKind.INTEGER, is_required=True, minimum=1, maximum=20),
        Field("insured", "Insured now", FieldKind.BOOLEAN),
        Field("coverage", "Coverage wanted", FieldKind.CHOICE, choices=COVERAGES),
    ),
    HOME: (
        *COMMON,
        Field("project", "Project", FieldKind.CHOICE, is_required=True, choices=PROJECTS),
        Field("budget", "Budget", FieldKind.DECIMAL, minimum=0, maximum=1_000_000),
    ),
}

SOURCES = ("Search ads", "Comparison site", "Partner network", "Call center", "Own web sites")


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """One campaign: `traffic` is its share of the leads; `sale` what `distribution.CampaignSale` says."""

    name: str
    source: str
    lead_type: str
    cost: str
    traffic: int
    channel: Channel = Channel.WEB
    routes: tuple[Route, ...] = ALL_ROUTES
    status: CampaignStatus = CampaignStatus.ACTIVE
    options: dict[str, Any] = field(default_factory=dict)
    sale: dict[str, Any] = field(default_factory=dict)
    to_partners_only: bool = False


CAMPAIGNS = (
    CampaignPlan("Solar quotes, search", "Search ads", SOLAR, "18.00", 8, sale={"max_deliveries": 3}),
    CampaignPlan("Solar savings calculator", "Own web sites", SOLAR, "9.50", 20, routes=(Route.PUSH, Route.DISTRIBUTE, Route.PULL)),
    CampaignPlan("Solar phone transfers", "Call center", SOLAR, "24.00", 6, Channel.PHONE, (Route.DISTRIBUTE,)),
    CampaignPlan(
        "Solar partners", "Partner network", SOLAR, "12.00", 6, Channel.AFFILIATE, options={"tells_price": True}, to_partners_only=True
    ),
    CampaignPlan("Auto insurance comparison", "Comparison site", AUTO, "6.00", 5, sale={"max_deliveries": 4, "time_budget_seconds": 120}),
    CampaignPlan("Auto insurance, search", "Search ads", AUTO, "7.50", 26),
    CampaignPlan(
        "Auto insurance partners",
        "Partner network",
        AUTO,
        "4.00",
        6,
        Channel.AFFILIATE,
        options={"cap_day": 4000, "duplicate_hours": 2160},
        sale={"max_deliveries": 2, "automation": "price", "secondary": "round_robin"},
    ),
    CampaignPlan("Home projects, search", "Search ads", HOME, "11.00", 12, sale={"max_deliveries": 2}),
    CampaignPlan(
        "Roof and windows",
        "Own web sites",
        HOME,
        "8.00",
        6,
        Channel.SOCIAL,
        (Route.PUSH, Route.PULL, Route.DISTRIBUTE),
        sale={"automation": "round_robin", "secondary": "geolocation"},
    ),
    CampaignPlan("Home projects newsletter", "Own web sites", HOME, "3.00", 6, Channel.EMAIL, (Route.PUSH, Route.PULL)),
    CampaignPlan("Kitchen spring campaign", "Comparison site", HOME, "9.00", 0, status=CampaignStatus.PAUSED),
    CampaignPlan("Solar partner on trial", "Partner network", SOLAR, "10.00", 0, Channel.AFFILIATE, options={"is_test": True}),
)
