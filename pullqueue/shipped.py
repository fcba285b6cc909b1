"""What comes with the product: calling hours, closed dates and outcomes. The files' own notes tell where they are from."""

import csv
from collections.abc import Iterator
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"
AS_OF = date(2026, 11, 22)
"""When the sources of the calling hours were read."""

TIMES = ("mon_fri_start", "mon_fri_end", "sat_start", "sat_end", "sun_start", "sun_end")
TEXTS = ("name", "notes", "sources", "confidence")

DISPOSITIONS: tuple[dict[str, Any], ...] = (
    {"name": "No answer", "then": "recycle", "cool_down_minutes": 60},
    {"name": "Busy", "then": "recycle", "cool_down_minutes": 15},
    {"name": "Left voicemail", "then": "recycle", "cool_down_minutes": 240},
    {"name": "Callback", "then": "callback", "contacted": True},
    {"name": "Contacted - interested", "then": "own", "contacted": True},
    {"name": "Contacted - not interested", "then": "lost", "contacted": True},
    {"name": "Wrong number", "then": "bad_lead"},
    {"name": "Do not call", "then": "do_not_call", "contacted": True},
    {"name": "Sold", "then": "won", "contacted": True},
)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def shipped_hours() -> dict[str, dict[str, Any]]:
    """Values of a row of state hours by the state's code."""
    return {
        row["code"]: {name: _time(row[name]) for name in TIMES}
        | {name: row[name] for name in TEXTS}
        | {
            "max_attempts_24h": int(row["max_attempts_24h"]) if row["max_attempts_24h"] else None,
            "closed_on_holidays": True,
            "overrides_federal": False,
            "is_edited": False,
        }
        for row in _rows("state_calling_hours.csv")
    }


def _time(text: str) -> time | None:
    return time.fromisoformat(text) if text else None


@cache
def shipped_dates() -> tuple[tuple[str, date, str, str], ...]:
    """State, date, holiday and kind of each closed date that is shipped."""
    return tuple((row["code"], date.fromisoformat(row["date"]), row["holiday"], row["kind"]) for row in _rows("state_no_call_dates.csv"))


def load_shipped(models: Any) -> None:
    """Write what is shipped and not there yet; what somebody edited stays. `models(name)` returns a model of this app."""
    hours, dates, disposition = models("StateHours"), models("NoCallDate"), models("Disposition")
    known = set(hours.objects.values_list("code", flat=True))
    hours.objects.bulk_create(hours(code=code, **values) for code, values in shipped_hours().items() if code not in known)
    dates.objects.bulk_create(
        (dates(code=code, date=on, holiday=name, kind=kind, is_shipped=True) for code, on, name, kind in shipped_dates()),
        ignore_conflicts=True,
    )
    if not disposition.objects.exists():
        disposition.objects.bulk_create(
            disposition(key=str(number), position=number, **values) for number, values in enumerate(DISPOSITIONS, start=1)
        )
    models("QueueState").objects.get_or_create(pk=1)
