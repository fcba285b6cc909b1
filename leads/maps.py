"""A small map of the United States with one lead on it, drawn by the server: no other host is asked where anybody lives."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from leads.domain.us_map import place_on_map
from leads.models import Lead

DATA = Path(__file__).resolve().parent / "data" / "us_map.json"


@dataclass(frozen=True, slots=True)
class SmallMap:
    """The outline, the lead's state if it is known, and the dot where its coordinates are; `says` is the map for who does not see it."""

    outline: str
    state: str
    dot: tuple[int, int] | None
    says: str


@cache
def _drawn() -> dict[str, Any]:
    drawn: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    return drawn


def map_of(lead: Lead) -> SmallMap | None:
    """Return the lead's map; None when nothing of where it is stands on it."""
    drawn = _drawn()
    state, dot = drawn["states"].get(lead.state, ""), place_on_map(lead.latitude, lead.longitude)
    if not state and dot is None:
        return None
    town = ", ".join(part for part in (lead.city, lead.state) if part) or "the United States"
    return SmallMap(drawn["outline"], state, dot, f"Map: {town}")
