from math import acos, cos, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.domain.places import Point, miles

BEVERLY_HILLS, MANHATTAN = (34.0901, -118.4065), (40.7484, -73.9967)
points = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


def test_from_beverly_hills_to_manhattan() -> None:
    assert miles(BEVERLY_HILLS, MANHATTAN) == 2453.32


def test_nowhere_to_go_is_no_distance() -> None:
    assert miles(MANHATTAN, MANHATTAN) == 0.0


def test_over_the_date_line_is_short() -> None:
    assert miles((52.0, 179.5), (52.0, -179.5)) == 42.54


def test_half_round_the_globe() -> None:
    assert miles((0.0, 0.0), (0.0, 180.0)) == 12436.82


@given(points, points)
def test_distance_is_the_spherical_law_of_cosines_both_ways(a: Point, b: Point) -> None:
    cosine = sin(radians(a[0])) * sin(radians(b[0])) + cos(radians(a[0])) * cos(radians(b[0])) * cos(radians(b[1] - a[1]))
    assert miles(a, b) == miles(b, a)
    assert miles(a, b) == pytest.approx(3958.7613 * acos(max(-1.0, min(1.0, cosine))), abs=0.5)
