"""Offline location: ZIP codes, states and area codes to places and clocks.

The table of ZIPs is built once a machine, kept under `$SWITCHYARD_CACHE` (default `var/cache`) and mapped into memory, so that all
processes share its one megabyte. Where nothing can be written each process builds it for itself.
"""

import json
import math
import mmap
import os
import subprocess
import sys
import tempfile
from bisect import bisect_left
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path

from leads.domain.facts import area_code
from leads.domain.places import AreaPlace, Located, Place, Point, combine, ordered
from leads.places_build import FORMAT, rows_of, zones_in

ROOT = Path(__file__).resolve().parent.parent
HOME = "US"


class PlacesError(RuntimeError):
    """The table of places could not be built."""


@dataclass(frozen=True, slots=True)
class _Tables:
    zips: "memoryview[int]"
    latitudes: "memoryview[float]"
    longitudes: "memoryview[float]"
    state_numbers: "memoryview[int]"
    zone_numbers: "memoryview[int]"
    states: tuple[str, ...]
    zone_sets: tuple[tuple[str, ...], ...]
    zones_of_states: Mapping[str, tuple[str, ...]]
    areas: Mapping[str, AreaPlace | None]
    """None for area codes that belong to no place, such as toll-free ones."""

    def index(self, zip_code: str) -> int | None:
        if len(zip_code) != 5 or not (zip_code.isascii() and zip_code.isdigit()):
            return None
        number = int(zip_code)
        found = bisect_left(self.zips, number)
        return found if found < len(self.zips) and self.zips[found] == number else None


@lru_cache(maxsize=16384)
def place_of_zip(zip_code: str) -> Place | None:
    """The place of a five-digit ZIP, None when it is not known: a new one, or one of another country."""
    tables = _tables()
    index = tables.index(zip_code)
    if index is None:
        return None
    latitude = tables.latitudes[index]
    missing = math.isnan(latitude)
    return Place(
        None if missing else round(latitude, 4),
        None if missing else round(tables.longitudes[index], 4),
        tables.states[tables.state_numbers[index]],
        tables.zone_sets[tables.zone_numbers[index]],
    )


def point_of_zip(zip_code: str) -> Point | None:
    """The middle of a ZIP, for distances."""
    place = place_of_zip(zip_code)
    return place.point if place else None


def area_code_place(code: str) -> AreaPlace | None:
    """Where an area code is; None for toll-free and personal ones and for those outside the United States."""
    return _tables().areas.get(code)


def zones_of_state(state: str) -> tuple[str, ...]:
    """The distinct clocks of a state by its code, the one of most people first; empty for the military and unknown codes."""
    return _tables().zones_of_states.get(state, ())


def is_abroad(phone: str) -> bool:
    """Whether a number in E.164 belongs to another country; toll-free and personal numbers belong to none."""
    code = area_code(phone)
    return bool(phone) and code not in _tables().areas


def locate(zip_code: str | None, state: str | None, phone: str | None, country: str | None = HOME) -> Located:
    """All that ZIP, stated state (its code) and phone (E.164) say of where a lead is."""
    if country and country != HOME:
        return Located(state=state or None)
    tables = _tables()
    return combine(
        place_of_zip(zip_code) if zip_code else None,
        state or None,
        tables.areas.get(area_code(phone) or ""),
        tables.zones_of_states,
        abroad=bool(phone) and is_abroad(phone or ""),
    )


@cache
def _tables() -> _Tables:
    stored = _stored()
    if stored is not None:
        with suppress(ValueError, KeyError, IndexError, TypeError):  # a damaged file is built anew
            return _read(stored)
    return _read(_built())


def _read(data: mmap.mmap | bytes) -> _Tables:
    head_length = int.from_bytes(data[:4], "little")
    head = json.loads(bytes(data[4 : 4 + head_length]))
    clocks, count = head["clocks"], head["count"]
    body = memoryview(data)[4 + head_length :]
    if len(body) != 14 * count:
        raise ValueError("The table of places is not whole.")
    return _Tables(
        zips=body[: 4 * count].cast("I"),
        latitudes=body[4 * count : 8 * count].cast("f"),
        longitudes=body[8 * count : 12 * count].cast("f"),
        state_numbers=body[12 * count : 13 * count],
        zone_numbers=body[13 * count :],
        states=tuple(head["states"]),
        zone_sets=tuple(tuple(zones) for zones in head["zones"]),
        zones_of_states={row["code"]: _reduced(row["timezones"], clocks) for row in rows_of("us_states.csv")},
        areas={
            row["area_code"]: AreaPlace(row["state"], _reduced(row["timezones"], clocks)) if row["state"] else None
            for row in rows_of("us_area_codes.csv")
        },
    )


def _reduced(zones: str, clocks: Mapping[str, str]) -> tuple[str, ...]:
    return ordered(clocks[zone] for zone in zones_in(zones))


def _file() -> Path:
    folder = Path(os.environ.get("SWITCHYARD_CACHE") or ROOT / "var" / "cache")
    return folder / f"places-{version('zipcodes')}-{version('tzdata')}-{FORMAT}.bin"


def _stored() -> mmap.mmap | None:
    with suppress(OSError, ValueError), _file().open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return None


def _built() -> bytes:
    """Build the table in a process of its own and keep it for the next one, if there is room for it."""
    built = subprocess.run(
        [sys.executable, "-m", "leads.places_build"], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )
    if built.returncode:
        raise PlacesError(f"The table of ZIP places could not be built: {built.stderr.decode(errors='replace').strip()[-500:]}")
    with suppress(OSError):
        _keep(_file(), built.stdout)
    return built.stdout


def _keep(file: Path, data: bytes) -> None:
    """Write beside and rename, so that no process ever reads half a table."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as beside:
        try:
            beside.write(data)
            beside.flush()
            Path(beside.name).chmod(0o644)
            Path(beside.name).replace(file)
        except OSError:
            Path(beside.name).unlink(missing_ok=True)
            raise
