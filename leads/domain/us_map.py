"""Where a place of the United States stands on the map: Albers' equal-area conic for each of the three parts, as the outline is drawn.

The outline's units: the 48 states are 975 wide, Alaska stands below them at 0.35 of their scale, Hawaii beside it. Source: the
composite projection of d3-geo (`geoAlbersUsa`), in which the vendored outline is published.
"""

from dataclasses import dataclass
from math import cos, pi, radians, sin, sqrt

SCALE, MIDDLE = 1300.0, (487.5, 305.0)


@dataclass(frozen=True, slots=True)
class _Part:
    """A conic of its own: its middle in degrees, its two parallels, its scale and where its middle stands, in scales."""

    meridian: float
    latitude: float
    parallels: tuple[float, float]
    scale: float = 1.0
    beside: tuple[float, float] = (0.0, 0.0)
    shift: float = 0.0

    def at(self, latitude: float, longitude: float) -> tuple[float, float]:
        first, second = (sin(radians(one)) for one in self.parallels)
        n = (first + second) / 2
        c = 1 + first * (2 * n - first)
        origin = sqrt(c) / n

        def raw(longitude: float, latitude: float) -> tuple[float, float]:
            r = sqrt(c - 2 * n * sin(radians(latitude))) / n
            turn = (radians(longitude) + pi) % (2 * pi) - pi
            return r * sin(turn * n), origin - r * cos(turn * n)

        x, y = raw(longitude - self.meridian, latitude)
        middle_x, middle_y = raw(self.shift, self.latitude)
        scale = SCALE * self.scale
        left, down = MIDDLE[0] + self.beside[0] * SCALE, MIDDLE[1] + self.beside[1] * SCALE
        return left + (x - middle_x) * scale, down - (y - middle_y) * scale


LOWER = _Part(-96, 38.7, (29.5, 45.5), shift=-0.6)
ALASKA = _Part(-154, 58.5, (55, 65), scale=0.35, beside=(-0.307, 0.201), shift=-2)
HAWAII = _Part(-157, 19.9, (8, 18), beside=(-0.205, 0.212), shift=-3)


def place_on_map(latitude: float | None, longitude: float | None) -> tuple[int, int] | None:
    """Return where it stands on the outline, right and down; None for what the outline does not show, such as Puerto Rico."""
    if latitude is None or longitude is None:
        return None
    part = None
    if 24 < latitude < 49.6 and -125.5 < longitude < -66.5:
        part = LOWER
    elif 51 < latitude < 72 and (longitude < -129.5 or longitude > 172):
        part = ALASKA
    elif 18 < latitude < 23 and -161 < longitude < -154:
        part = HAWAII
    if part is None:
        return None
    x, y = part.at(latitude, longitude)
    return round(x), round(y)
