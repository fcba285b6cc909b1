"""Real cities with ZIPs and area codes that belong together, and telephone numbers that nobody has."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

CITIES = Path(__file__).with_name("cities.csv")
PAST_LINES = range(20)
FRESH_LINES = range(20, 100)
"""Last two digits of the numbers of past leads, and of those that trickle in: so a fresh lead repeats no past one."""


@dataclass(frozen=True, slots=True)
class City:
    name: str
    state: str
    area_codes: tuple[str, ...]
    zips: tuple[str, ...]


@cache
def cities() -> tuple[City, ...]:
    with CITIES.open(newline="") as rows:
        return tuple(
            City(row["city"], row["state"], tuple(row["area_codes"].split(";")), tuple(row["zips"].split(";")))
            for row in csv.DictReader(rows)
        )


def city_of(name: str) -> City:
    """Return the city that is written so, such as `Portland, ME`."""
    return next(city for city in cities() if f"{city.name}, {city.state}" == name)


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody lives, and the number they are called at (555-01xx is kept free for fiction)."""

    city: City
    zip: str
    phone: str


def homes(rng: Random, lines: range) -> list[Home]:
    """Return as many homes as there are numbers with these last two digits, each number once, in random order.

    Large cities have more area codes and so more people.
    """
    found = [(city, area, line) for city in cities() for area in city.area_codes for line in lines]
    rng.shuffle(found)
    return [Home(city, rng.choice(city.zips), f"({area}) 555-01{line:02d}") for city, area, line in found]
