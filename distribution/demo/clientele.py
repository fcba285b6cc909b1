"""Who buys: the recipe of forty client companies and their eighty delivery accounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from clients.enums import AccountAutomation, ClientStatus
from distribution.demo.demands import Demand, demands_of
from distribution.demo.geography import City, city_of
from distribution.demo.names import company_names, slug
from distribution.demo.verticals import AUTO, HOME, SOLAR

ENDINGS: Mapping[str, tuple[str, ...]] = {
    SOLAR: ("Solar", "Energy", "Solar Installers", "Sun & Roof", "Power Systems", "Clean Energy", "Solar Partners"),
    AUTO: ("Insurance", "Insurance Agency", "Auto Cover", "Insurance Brokers", "Mutual Agency", "Insurance Group", "Coverage Center"),
    HOME: ("Roofing", "Home Services", "Windows & Doors", "Remodeling", "Heating & Air", "Builders"),
}
HOMES = (
    "Los Angeles, CA", "Phoenix, AZ", "San Diego, CA", "Denver, CO", "Las Vegas, NV", "Dallas, TX", "Tampa, FL", "Newark, NJ",
    "Boston, MA", "Sacramento, CA", "Austin, TX", "Charlotte, NC", "Albuquerque, NM", "Salt Lake City, UT",
    "Chicago, IL", "Columbus, OH", "Atlanta, GA", "Houston, TX", "Miami, FL", "Brooklyn, NY", "Philadelphia, PA", "Detroit, MI",
    "Nashville, TN", "Indianapolis, IN", "Milwaukee, WI", "Kansas City, MO", "Richmond, VA", "Seattle, WA",
    "Minneapolis, MN", "Cleveland, OH", "Pittsburgh, PA", "Baltimore, MD", "Orlando, FL", "San Antonio, TX", "Portland, OR",
    "Saint Louis, MO", "Raleigh, NC", "Hartford, CT", "Omaha, NE", "Honolulu, HI",
)  # fmt: skip
"""Fourteen who buy solar leads, fourteen insurance, twelve home improvement: in the order of entry."""
MANNERS = (
    *("prompt",) * 12, *("portal",) * 2, "file", "moved", *("picky",) * 7, *("pricing",) * 4, *("slow",) * 3, *("busy",) * 2,
    *("shaky",) * 2, *("mail",) * 6,
)  # fmt: skip
ACCOUNTS = (2,) * 22 + (1,) * 10 + (3,) * 6 + (4,) * 2
"""How a buyer answers and how many accounts it has; dealt out at random."""
STATUSES = {11: ClientStatus.PAUSED, 25: ClientStatus.PAUSED, 37: ClientStatus.INACTIVE}
CAPS: tuple[dict[str, Any], ...] = (
    {},
    {"cap_day": 2400},
    {},
    {"cap_hour": 90, "cap_day": 1200},
    {"budget_day": Decimal("15000.00")},
    {},
    {"cap_week": 6000, "cap_month": 20000},
    {"budget_month": Decimal("90000.00")},
    {"cap_day": 60, "cap_month": 1200, "budget_day": Decimal("2500.00")},
)


@dataclass(frozen=True, slots=True)
class ClientPlan:
    """One company: its place in the order of entry, where it is, how it answers, what it wants.

    `mail`, `portal` and `file` are those that get their leads without a word of their own.
    """

    place: int
    name: str
    vertical: str
    home: City
    zip: str
    manner: str
    demands: tuple[Demand, ...]
    options: Mapping[str, Any]
    recognises_repeats: bool = True

    @property
    def slug(self) -> str:
        return slug(self.name)

    @property
    def contact(self) -> str:
        return f"leads@{self.slug}.example"


def clientele(rng: Random) -> list[ClientPlan]:
    """Return the companies in entry order; each knows its accounts."""
    verticals = [SOLAR] * 14 + [AUTO] * 14 + [HOME] * 12
    names = company_names(rng, [rng.choice(ENDINGS[vertical]) for vertical in verticals])
    manners, counts = list(MANNERS), list(ACCOUNTS)
    rng.shuffle(manners)
    rng.shuffle(counts)
    plans = []
    for place, (name, vertical, home) in enumerate(zip(names, verticals, HOMES, strict=True)):
        city = city_of(home)
        zip_code = rng.choice(city.zips)
        demands = demands_of(rng, vertical, city, zip_code, count=counts[place], turn=place)
        knows = place != manners.index("shaky")
        plans.append(ClientPlan(place, name, vertical, city, zip_code, manners[place], demands, _options(place), knows))
    return plans


def _options(place: int) -> dict[str, Any]:
    automations = tuple(AccountAutomation)
    return {
        "status": STATUSES.get(place, ClientStatus.ACTIVE),
        "account_automation": automations[place % len(automations)],
        "tier_delivery": place % 4 == 1,
        "duplicate_hours": (720, 2160, 168)[place % 3],
        **CAPS[place % len(CAPS)],
    }
