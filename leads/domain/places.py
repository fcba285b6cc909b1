"""Where a lead is: points on the globe, and the plausible states and clocks of what is known of it."""

from math import asin, cos, radians, sin, sqrt

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
