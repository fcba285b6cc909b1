"""A day of 10,000 events in a file, from the command line to the last line of the result."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure

EVENTS = 10_000
SECONDS = 60
START = 5
"""Of them for the start: Python, the schema and its migrations."""
ACCOUNTS = 80
BEGIN = datetime(2026, 3, 2, 14, tzinfo=UTC)
STATES = (("CA", "90001"), ("TX", "75201"), ("NY", "10001"), ("FL", "33101"))


def measure(*, quick: bool) -> Iterator[Figure]:
    events = EVENTS // 20 if quick else EVENTS
    with tempfile.TemporaryDirectory(prefix="switchyard-bench-") as folder:
        file = Path(folder) / "day.json"
        file.write_text(json.dumps(day(events)))
        start = time.perf_counter()
        done = subprocess.run([sys.executable, "manage.py", "sandbox", str(file)], check=True, capture_output=True, text=True)
        took = time.perf_counter() - start
    totals = json.loads(done.stdout)["totals"]
    if totals["leads"] != events or totals["sold"] < events // 2:
        raise RuntimeError(f"the day went otherwise than it should: {totals['leads']} leads, {totals['sold']} sold")
    yield Figure(f"sandbox, {events:,} events, {ACCOUNTS} accounts", took, START + (SECONDS - START) * events / EVENTS, "s", at_most=1.0)


def day(events: int) -> dict[str, Any]:
    """Return a day with weights, criteria, schedules, caps and some refusals."""
    return {
        "settings": {"automation": "weighted", "secondary": "price"},
        "clients": [_client(number) for number in range(ACCOUNTS)],
        "events": [_lead(number) for number in range(events)],
    }


def _client(number: int) -> dict[str, Any]:
    account = {
        "name": "main",
        "price": f"{20 + number % 17}.00",
        "caps": {"day": 2_000},
        "criteria": {"all": [["state", "in", [state for place, (state, _) in enumerate(STATES) if (number + place) % 4]]]},
        "schedule": {key: ["00:00-24:00"] for key in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")} if number % 3 else None,
        "answers": ["accept"] * 9 + ["reject"] + ["accept"],
    }
    return {"name": f"Client {number}", "weight": 1 + number % 9, "accounts": [account]}


def _lead(number: int) -> dict[str, Any]:
    at = BEGIN + timedelta(seconds=8 * number)
    _, code = STATES[number % 4]
    return {"at": at.isoformat(), "do": "lead", "id": f"L{number}", "fields": {"zip": code, "email": f"person{number}@mail.example"}}
