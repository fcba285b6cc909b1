"""What the sample buyers want: prices, criteria, hours and caps, each drawn from the habits of its trade."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from distribution.demo.geography import City
from distribution.demo.verticals import AUTO, COVERAGES, HOME, PROJECTS, SOLAR

REGIONS = (
    ("CA", "NV", "AZ", "OR", "WA", "HI"),
    ("CO", "UT", "NM", "ID", "MT", "WY"),
    ("TX", "OK", "AR", "LA", "MS"),
    ("IL", "WI", "MN", "IA", "MO", "IN", "MI", "OH", "KS", "NE", "ND", "SD"),
    ("FL", "GA", "AL", "SC", "NC", "TN", "KY"),
    ("NY", "NJ", "PA", "CT", "MA", "RI", "NH", "VT", "ME"),
    ("VA", "WV", "MD", "DC", "DE", "PA", "NC"),
)
OVERSEAS = ("AK", "HI", "PR", "VI", "GU")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
WEEK = (*WEEKDAYS, "sat", "sun")


def hours(days: tuple[str, ...], *windows: str) -> dict[str, list[str]]:
    return {day: list(windows) for day in days}


SCHEDULES: tuple[dict[str, list[str]] | None, ...] = (
    None,
    hours(WEEKDAYS, "08:00-18:00"),
    hours((*WEEKDAYS, "sat"), "07:00-21:00"),
    hours(WEEKDAYS, "09:00-12:00", "13:00-17:30"),
    None,
    hours(WEEK, "09:00-20:00"),
    hours(WEEK, "18:00-02:00"),
    hours(WEEKDAYS, "08:30-17:00") | hours(("sat",), "10:00-14:00"),
)
FEW: tuple[dict[str, Any], ...] = (
    {"cap_day": 4},
    {"cap_day": 12, "cap_hour": 3},
    {},
    {"cap_week": 25},
    {"cap_month": 90, "cap_day": 8},
    {"budget_day": Decimal("250.00")},
    {"cap_total": 2000},
    {"cap_hour": 2},
    {"budget_month": Decimal("4000.00"), "cap_day": 20},
)
MANY: tuple[dict[str, Any], ...] = (
    {},
    {"cap_hour": 120},
    {},
    {"cap_day": 1500},
    {},
    {"budget_day": Decimal("9000.00")},
    {"cap_month": 9000},
)
"""Caps of those who want little and of those who take almost anything."""
BASE_PRICE: Mapping[str, int] = {SOLAR: 38, AUTO: 13, HOME: 24}

SOLAR_WISHES: tuple[list[Any], ...] = (
    [["homeowner", "eq", True]],
    [["homeowner", "eq", True], ["monthly_bill", "gte", 120]],
    [["roof_age", "lte", 15]],
    [["monthly_bill", "between", [80, 400]], {"not": ["roof_age", "gt", 25]}],
)
AUTO_WISHES: tuple[list[Any], ...] = (
    [["age_years", "between", [25, 70]]],
    [["vehicles", "gte", 2]],
    [["coverage", "in", list(COVERAGES[1:])]],
    [["insured", "eq", True], ["age_years", "gte", 21]],
)
HOME_WISHES: tuple[list[Any], ...] = (
    [["project", "in", list(PROJECTS[:2])]],
    [["project", "in", list(PROJECTS[2:4])], ["budget", "gte", 5000]],
    [["budget", "gte", 2500]],
    [{"any": [["project", "eq", "Roof"], ["budget", "gt", 15000]]}],
)
WISHES: Mapping[str, tuple[list[Any], ...]] = {SOLAR: SOLAR_WISHES, AUTO: AUTO_WISHES, HOME: HOME_WISHES}


@dataclass(frozen=True, slots=True)
class Demand:
    """One delivery account, in the words of `clients.DeliveryAccount`."""

    name: str
    lead_type: str
    price: Decimal
    criteria: dict[str, Any] | None = None
    is_exclusive: bool = False
    schedule: dict[str, list[str]] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Habit:
    """A kind of account: `factor` of the trade's usual price, and what it asks of a lead."""

    title: str
    factor: float
    wishes: Callable[[Random, str, City, str], list[Any]]
    is_exclusive: bool = False
    caps: tuple[dict[str, Any], ...] = FEW
    schedules: tuple[dict[str, list[str]] | None, ...] = SCHEDULES


def _region(rng: Random, _trade: str, home: City, _zip: str) -> list[Any]:
    return [["state", "in", list(next(region for region in REGIONS if home.state in region))]]


def _around(rng: Random, _trade: str, _home: City, code: str) -> list[Any]:
    return [["zip", "within_miles", [code, rng.choice((60, 100, 150, 250))]]]


def _choosy(rng: Random, trade: str, home: City, code: str) -> list[Any]:
    return rng.choice(WISHES[trade]) + (_region(rng, trade, home, code) if rng.random() < 0.3 else [])


HABITS = (
    Habit("Mainland", 0.8, lambda *_: [["state", "not_in", list(OVERSEAS)]], caps=MANY, schedules=(None, None, SCHEDULES[2])),
    Habit("Region", 1.0, _region, caps=MANY),
    Habit("Choosy", 1.25, _choosy),
    Habit("Around home", 1.5, _around),
    Habit("Exclusive", 2.2, _choosy, is_exclusive=True),
)


def demands_of(rng: Random, trade: str, home: City, code: str, *, count: int, turn: int) -> tuple[Demand, ...]:
    """Return the accounts of one client; who has more than two also buys a second kind of lead."""
    demands = []
    for number in range(count):
        own = trade if number < 2 else rng.choice([other for other in BASE_PRICE if other != trade])
        habit = HABITS[(turn + 2 * number) % len(HABITS)]
        demands.append(_demand(rng, own, habit, home, code, number=number, turn=turn + number))
    return tuple(demands)


def _demand(rng: Random, trade: str, habit: Habit, home: City, code: str, *, number: int, turn: int) -> Demand:
    wishes = habit.wishes(rng, trade, home, code)
    price = Decimal(round(BASE_PRICE[trade] * habit.factor * rng.uniform(0.85, 1.2) * 2)) / 2
    return Demand(
        name=f"{trade} · {habit.title.lower()}{f' {number + 1}' if number else ''}",
        lead_type=trade,
        price=price.quantize(Decimal("0.01")),
        criteria={"all": wishes} if wishes else None,
        is_exclusive=habit.is_exclusive,
        schedule=rng.choice(habit.schedules),
        options={**habit.caps[(turn * 3 + number) % len(habit.caps)], "priority": number + 1},
    )
