"""Where a lead is: points on the globe, and the plausible states and clocks of what is known of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from leads.domain.states import MILITARY

EARTH_RADIUS_MILES = 3958.7613
"""Mean radius of the Earth, 6371.0088 km (IUGG), in statute miles."""

type Point = tuple[float, float]
"""Latitude and longitude in degrees, north and east positive."""


def miles(a: Point, b: Point) -> float:
    """Great-circle distance by the haversine formula, in miles rounded to 0.01."""
    north_a, north_b = radians(a[0]), radians(b[0])
    lift = sin((north_b - north_a) / 2) ** 2
    turn = sin(radians(b[1] - a[1]) / 2) ** 2
    return round(2 * EARTH_RADIUS_MILES * asin(min(1.0, sqrt(lift + cos(north_a) * cos(north_b) * turn))), 2)


@dataclass(frozen=True, slots=True)
class Place:
    """What a ZIP says; without coordinates for the military. `zones` has two names where a line runs through the ZIP."""

    latitude: float | None
    longitude: float | None
    state: str
    zones: tuple[str, ...]

    @property
    def point(self) -> Point | None:
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)


@dataclass(frozen=True, slots=True)
class AreaPlace:
    """Where numbers of an area code were issued, which is not always where their owners are."""

    state: str
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Located:
    """All that is known of where a lead is.

    `zones` are the plausible clocks, one IANA name for each, the likeliest first and the others sorted; `states` the plausible
    states, sorted. A call is lawful only if it is in every zone under every state's rule. Both are empty when nothing is known
    or when the person may be abroad: then nobody may be called, or only in the hours that hold everywhere. A military address
    (AA, AE, AP) is in `states` with all zones, for it may be anywhere.
    """

    latitude: float | None = None
    longitude: float | None = None
    state: str | None = None
    zones: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


def combine(
    place: Place | None, stated: str | None, area: AreaPlace | None, zones_of: Mapping[str, tuple[str, ...]], *, abroad: bool
) -> Located:
    """The plausible states and clocks from the ZIP's place, the stated state and the phone's area code.

    The zone of the ZIP goes before all zones of its state; a stated state other than the ZIP's is added with all its zones, and
    so is the area code, because people keep their numbers when they move. `abroad` empties both.
    """
    state = stated or (place and place.state) or (area and area.state) or None
    latitude, longitude = (place.latitude, place.longitude) if place else (None, None)
    if abroad:
        return Located(latitude, longitude, state)
    signs: list[tuple[str, tuple[str, ...]]] = []
    if place:
        signs.append((place.state, place.zones))
    if stated and stated in zones_of and (place is None or place.state != stated):
        signs.append((stated, zones_of[stated]))
    if area:
        signs.append((area.state, area.zones))
    states = {code for code, _ in signs}
    zones = ordered(zone for _, found in signs for zone in found)
    if states & MILITARY:
        zones = ordered([*zones, *(zone for found in zones_of.values() for zone in found)])
    return Located(latitude, longitude, state, zones, tuple(sorted(states)))


def ordered(zones: Iterable[str]) -> tuple[str, ...]:
    """The first one, then the others by name, each once."""
    found = list(dict.fromkeys(zones))
    return (*found[:1], *sorted(found[1:]))
