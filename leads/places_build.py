"""Builds the compact table of ZIP places from the package `zipcodes`; run as a process of its own, it prints the bytes.

The package unpacks its 42,789 rows into 133 MB, which this process takes along when it ends.
"""

import csv
import json
import sys
from array import array
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from math import nan
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

FORMAT = 1
DATA = Path(__file__).parent / "data"

FAULTY_ZONES = {"Napakiak": "America/Anchorage"}
"""A town where its zone should stand (ZIP 99634)."""

ON_A_LINE = {
    **dict.fromkeys(
        ("36852", "36854", "36856", "36863", "36867", "36868", "36869", "36870", "36874", "36875", "36877"), "America/New_York"
    ),
    "37405": "America/New_York",
    "42757": "America/Chicago",
    "57532": "America/Denver",
    "58535": "America/Denver",
    "58838": "America/Denver",
    "67857": "America/Denver",
    "77352": "America/Denver",
    "79847": "America/Chicago",
    "83522": "America/Los_Angeles",
    "89883": "America/Denver",
}
"""ZIPs to which a second clock belongs: around Phenix City people live by Eastern time though Alabama is Central by law; at the
others the zone of the package and the boundaries of the zones at the ZIP's middle differ. The call must be lawful by both."""

WELL_KNOWN = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Adak",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
    "Pacific/Guam",
    "Pacific/Pago_Pago",
)
"""Names that stand for all zones with the same clock."""

COMPARED_FROM, COMPARED_HOURS = datetime(2026, 1, 1, tzinfo=UTC), 24 * 366 * 2


def clocks(names: Iterable[str]) -> dict[str, str]:
    """For every zone the name that stands for its clock: zones are one when they agree in every hour of two years."""
    hours = [COMPARED_FROM + timedelta(hours=hour) for hour in range(COMPARED_HOURS)]
    leaders: dict[bytes, str] = {}
    found = {}
    for name in sorted(set(names) | set(WELL_KNOWN), key=lambda name: (name not in WELL_KNOWN, name)):
        zone = ZoneInfo(name)
        turns = array("i", (int((zone.utcoffset(at) or timedelta()).total_seconds()) for at in map(partial(_local, zone), hours)))
        found[name] = leaders.setdefault(turns.tobytes(), name)
    return found


def _local(zone: ZoneInfo, at: datetime) -> datetime:
    return at.astimezone(zone)


def zones_in(text: str) -> tuple[str, ...]:
    return tuple(text.split(";")) if text else ()


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(newline="") as file:
        return list(csv.DictReader(file))


def zones_of_row(row: Mapping[str, str], known: frozenset[str]) -> tuple[str, ...]:
    """The zones of one ZIP, without names that are none."""
    zone = FAULTY_ZONES.get(row["timezone"], row["timezone"])
    return tuple(name for name in (zone, ON_A_LINE.get(row["zip_code"])) if name in known)


def pack(rows: Iterable[Mapping[str, str]]) -> bytes:
    """The table: length of the head, the head as JSON, then five arrays (ZIP, latitude, longitude, state, zones)."""
    known = frozenset(available_timezones())
    kept = sorted((int(row["zip_code"]), row["lat"], row["long"], row["state"], zones_of_row(row, known)) for row in rows)
    listed = [zones for source in ("us_states.csv", "us_area_codes.csv") for row in rows_of(source) for zones in zones_in(row["timezones"])]
    clock = clocks([*listed, *(name for *_, zones in kept for name in zones)])
    sets = [tuple(dict.fromkeys(clock[name] for name in zones)) for *_, zones in kept]
    distinct, states = sorted(set(sets)), sorted({row[3] for row in kept})
    numbers = {found: number for listing in (distinct, states) for number, found in enumerate(listing)}
    points = [_degrees(row) for row in kept]
    arrays = (
        array("I", (row[0] for row in kept)),
        array("f", (latitude for latitude, _ in points)),
        array("f", (longitude for _, longitude in points)),
        array("B", (numbers[row[3]] for row in kept)),
        array("B", (numbers[zones] for zones in sets)),
    )
    head = json.dumps({"format": FORMAT, "count": len(kept), "states": states, "zones": distinct, "clocks": clock}).encode()
    return b"".join((len(head).to_bytes(4, "little"), head, *(part.tobytes() for part in arrays)))


def _degrees(row: tuple[int, str, str, str, tuple[str, ...]]) -> tuple[float, float]:
    """Latitude and longitude; not a number where the package has none, or the point in the sea at 0, 0."""
    latitude, longitude = float(row[1] or 0), float(row[2] or 0)
    return (latitude, longitude) if latitude or longitude else (nan, nan)


if __name__ == "__main__":
    import zipcodes

    sys.stdout.buffer.write(pack(zipcodes.list_all()))
