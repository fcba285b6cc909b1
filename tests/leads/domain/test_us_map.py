"""Places stand on the map where its outline has them."""

import json
import re

import pytest

from leads.domain.us_map import place_on_map
from leads.maps import DATA

DRAWN = json.loads(DATA.read_text(encoding="utf-8"))


def box(path: str) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a state's path."""
    x = y = 0
    seen = []
    for command, dx, dy in re.findall(r"([Ml])(-?\d+)[ ]?(-?\d+)", path):
        x, y = (int(dx), int(dy)) if command == "M" else (x + int(dx), y + int(dy))
        seen.append((x, y))
    xs, ys = zip(*seen, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


@pytest.mark.parametrize(
    ("state", "latitude", "longitude"),
    [
        ("IL", 40.69, -89.59),
        ("WA", 47.61, -122.33),
        ("FL", 25.77, -80.19),
        ("ME", 44.80, -68.77),
        ("CA", 32.72, -117.16),
        ("AK", 61.22, -149.90),
        ("HI", 21.31, -157.86),
        ("TX", 31.76, -106.49),
    ],
)
def test_a_town_stands_in_its_state(state: str, latitude: float, longitude: float) -> None:
    place = place_on_map(latitude, longitude)
    left, top, right, bottom = box(DRAWN["states"][state])
    assert place is not None
    assert (left - 2 <= place[0] <= right + 2, top - 2 <= place[1] <= bottom + 2) == (True, True), (place, (left, top, right, bottom))


@pytest.mark.parametrize(("latitude", "longitude"), [(18.46, -66.10), (51.5, -0.1), (13.44, 144.79), (None, -89.0), (90.0, 0.0)])
def test_what_the_outline_does_not_show_has_no_place(latitude: float | None, longitude: float | None) -> None:
    assert place_on_map(latitude, longitude) is None


def test_every_state_is_drawn() -> None:
    assert len(DRAWN["states"]) == 50
