import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from leads import places
from leads.domain.places import AreaPlace, Located, Place
from leads.domain.states import STATES
from leads.places import area_code_place, is_abroad, locate, place_of_zip, point_of_zip, zones_of_state
from leads.places_build import DATA, ON_A_LINE, clocks

EASTERN, CENTRAL, MOUNTAIN, PACIFIC = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A process that has not looked up a place yet, on a machine with an empty cache."""

    def forget() -> None:
        places._tables.cache_clear()
        place_of_zip.cache_clear()

    forget()
    monkeypatch.setenv("SWITCHYARD_CACHE", str(tmp_path / "cache"))
    yield tmp_path / "cache"
    forget()


def test_beverly_hills() -> None:
    assert place_of_zip("90210") == Place(34.0901, -118.4065, "CA", (PACIFIC,))
    assert point_of_zip("90210") == (34.0901, -118.4065)


@pytest.mark.parametrize("zip_code", ["00000", "99999", "1234", "902101", "9021O", "٩٠٢١٠", "", "K1A 0B1"])
def test_unknown_zips_have_no_place(zip_code: str) -> None:
    assert place_of_zip(zip_code) is None
    assert point_of_zip(zip_code) is None


def test_a_zip_with_a_leading_zero() -> None:
    place = place_of_zip("02134")
    assert place is not None
    assert (place.state, place.zones) == ("MA", (EASTERN,))


def test_the_town_that_stands_where_its_zone_should() -> None:
    napakiak = place_of_zip("99634")
    assert napakiak is not None
    assert napakiak.zones == ("America/Anchorage",)


@pytest.mark.parametrize("zip_code", sorted(ON_A_LINE))
def test_zips_on_a_line_have_two_clocks(zip_code: str) -> None:
    place = place_of_zip(zip_code)
    assert place is not None
    assert len(place.zones) == 2
    assert place.zones[1] == ON_A_LINE[zip_code]


def test_military_post_says_nothing_about_the_place() -> None:
    assert place_of_zip("09001") == Place(None, None, "AE", ())
    assert point_of_zip("09001") is None
    located = locate("09001", None, "+13125550100")
    assert located.states == ("AE", "IL")
    assert {EASTERN, CENTRAL, MOUNTAIN, PACIFIC, "America/Adak", "Pacific/Honolulu"} <= set(located.zones)


def test_area_codes() -> None:
    assert area_code_place("312") == AreaPlace("IL", (CENTRAL,))
    assert area_code_place("689") == AreaPlace("FL", (EASTERN,))
    assert area_code_place("800") is None
    assert area_code_place("416") is None


def test_states_with_their_distinct_clocks() -> None:
    assert zones_of_state("TX") == (CENTRAL, MOUNTAIN)
    assert zones_of_state("AZ") == ("America/Phoenix", MOUNTAIN)
    assert zones_of_state("MI") == (EASTERN, CENTRAL)
    assert zones_of_state("AE") == ()
    assert zones_of_state("XX") == ()


def test_the_table_of_states_names_what_intake_knows() -> None:
    with (DATA / "us_states.csv").open(newline="") as file:
        assert {row["code"]: row["name"] for row in csv.DictReader(file)} == STATES


@pytest.mark.parametrize(
    ("zip_code", "state", "phone", "country", "located"),
    [
        ("90210", "CA", "+13105550100", "US", Located(34.0901, -118.4065, "CA", (PACIFIC,), ("CA",))),
        ("90210", None, None, None, Located(34.0901, -118.4065, "CA", (PACIFIC,), ("CA",))),
        ("90210", "CA", "+12125551212", None, Located(34.0901, -118.4065, "CA", (PACIFIC, EASTERN), ("CA", "NY"))),
        ("90210", "TX", None, None, Located(34.0901, -118.4065, "TX", (PACIFIC, CENTRAL, MOUNTAIN), ("CA", "TX"))),
        ("79901", "TX", None, None, Located(31.7584, -106.4783, "TX", (MOUNTAIN,), ("TX",))),
        (None, "FL", None, None, Located(None, None, "FL", (EASTERN, CENTRAL), ("FL",))),
        (None, "FL", "+18005550100", None, Located(None, None, "FL", (EASTERN, CENTRAL), ("FL",))),
        (None, None, "+13125550100", None, Located(None, None, "IL", (CENTRAL,), ("IL",))),
        ("99999", "ID", None, None, Located(None, None, "ID", (MOUNTAIN, PACIFIC), ("ID",))),
        (None, None, "+18005550100", None, Located()),
        (None, None, None, None, Located()),
        ("", "", "", "", Located()),
        ("90210", "CA", "+442071231234", None, Located(34.0901, -118.4065, "CA")),
        ("90210", "CA", "+14165550100", None, Located(34.0901, -118.4065, "CA")),
        ("10115", "BE", "+12125551212", "DE", Located(state="BE")),
    ],
)
def test_where_a_lead_plausibly_is(
    zip_code: str | None, state: str | None, phone: str | None, country: str | None, located: Located
) -> None:
    assert locate(zip_code, state, phone, country) == located


def test_numbers_of_other_countries() -> None:
    assert [is_abroad(phone) for phone in ("+442071231234", "+14165550100", "+18005550100", "+13105550100")] == [True, True, False, False]


def test_zones_with_one_clock_are_one_and_others_are_not() -> None:
    found = clocks(["America/Detroit", "America/Boise", "America/Phoenix", "America/Indiana/Indianapolis", "Asia/Tokyo"])
    assert found["America/Detroit"] == found["America/Indiana/Indianapolis"] == EASTERN
    assert found["America/Boise"] == MOUNTAIN
    assert found["America/Phoenix"] == "America/Phoenix"
    assert found["Asia/Tokyo"] == "Asia/Tokyo"
    summer = datetime(2026, 7, 1, tzinfo=UTC)
    for name, leader in found.items():
        for day in range(0, 365, 7):
            at = summer + timedelta(days=day)
            assert at.astimezone(ZoneInfo(name)).utcoffset() == at.astimezone(ZoneInfo(leader)).utcoffset()


def test_every_zip_has_a_state_and_real_zones() -> None:
    tables = places._tables()
    assert len(tables.zips) > 42_000
    assert list(tables.zips) == sorted(set(tables.zips))
    assert set(tables.states) == set(STATES)
    for zone in {zone for zones in tables.zone_sets for zone in zones}:
        assert ZoneInfo(zone).key == zone


def test_the_table_is_built_once_a_machine(fresh: Path) -> None:
    assert place_of_zip("90210") is not None
    (file,) = fresh.iterdir()
    assert 500_000 < file.stat().st_size < 1_500_000
    stamp = file.stat().st_mtime_ns
    places._tables.cache_clear()
    assert place_of_zip("60601") is not None
    assert [kept.stat().st_mtime_ns for kept in fresh.iterdir()] == [stamp]


@pytest.mark.parametrize("damage", [b"", b"\x02\x00\x00\x00{}..."])
def test_a_damaged_table_is_built_anew(fresh: Path, damage: bytes) -> None:
    fresh.mkdir()
    places._file().write_bytes(damage)
    assert place_of_zip("90210") == Place(34.0901, -118.4065, "CA", (PACIFIC,))
    assert places._file().stat().st_size > 500_000


def test_where_nothing_can_be_written_the_table_stays_in_memory(fresh: Path) -> None:
    fresh.write_text("a file where the folder should be")
    assert place_of_zip("90210") == Place(34.0901, -118.4065, "CA", (PACIFIC,))
    assert fresh.is_file()


def test_a_build_that_fails_says_why(fresh: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(places, "ROOT", tmp_path)
    with pytest.raises(places.PlacesError, match="No module named"):
        place_of_zip("90210")
    assert not fresh.exists()
