"""Cities, ZIPs and area codes belong together, and the numbers are nobody's."""

from random import Random

import pytest

from distribution.demo.geography import FRESH_LINES, PAST_LINES, City, cities, city_of, homes
from leads.domain.normalise_phone import read_phone
from leads.places import area_code_place, place_of_zip


@pytest.mark.parametrize("city", cities(), ids=lambda city: f"{city.name}-{city.state}")
def test_zips_and_area_codes_lie_in_the_city_s_state(city: City) -> None:
    states = {place.state if (place := place_of_zip(code)) else None for code in city.zips}
    areas = {place.state if (place := area_code_place(code)) else None for code in city.area_codes}
    assert (states, areas) == ({city.state}, {city.state})


def test_every_area_code_belongs_to_one_city() -> None:
    codes = [code for city in cities() for code in city.area_codes]
    assert len(codes) == len(set(codes))


def test_every_state_with_people_is_there() -> None:
    assert len({city.state for city in cities()}) == 51


def test_a_number_comes_once_and_is_read_as_valid() -> None:
    found = homes(Random(1), PAST_LINES)
    assert len({home.phone for home in found}) == len(found) == 20 * sum(len(city.area_codes) for city in cities())
    assert {read_phone(home.phone)[0][5:8] for home in found[:50]} == {"555"}


def test_fresh_leads_have_other_numbers_than_past_ones() -> None:
    past, fresh = ({home.phone for home in homes(Random(1), lines)} for lines in (PAST_LINES, FRESH_LINES))
    assert past & fresh == set()


def test_the_same_seed_gives_the_same_homes() -> None:
    assert homes(Random(4), PAST_LINES) == homes(Random(4), PAST_LINES)
    assert homes(Random(4), PAST_LINES) != homes(Random(5), PAST_LINES)


def test_a_city_is_found_by_name_and_state() -> None:
    assert city_of("Portland, ME").state == "ME"
    assert city_of("Portland, OR").state == "OR"
