"""Days told in few words, run on the test database's own empty tables."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from distribution.sandbox.parse import parse
from distribution.sandbox.run import Run
from distribution.sandbox.steps import plan

MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)


def live(day: dict[str, Any]) -> dict[str, Any]:
    """Return the result of a day, as the command prints it."""
    parsed = parse(json.dumps(day))
    run = Run(parsed, plan(parsed))
    results = list(run.results())
    for number, later in run.later():
        results[number]["later"] = later
    return json.loads(json.dumps({"events": results, "totals": run.totals()}))


def client(name: str, price: int | str = 20, **more: Any) -> dict[str, Any]:
    """A client with one account, `main`; what an account knows goes to it."""
    own = ("exclusive", "criteria", "schedule", "off_hours", "answers", "caps", "may_exceed_caps", "lead_type", "required_profit", "ping")
    account = {"name": "main", "price": price} | {key: more.pop(key) for key in own if key in more}
    return {"name": name, "accounts": [account]} | more


def lead(number: int, minutes: float = 0, **fields: Any) -> dict[str, Any]:
    at = (MONDAY + timedelta(minutes=minutes)).isoformat()
    return {"at": at, "do": "lead", "id": f"L{number}", "fields": {"email": f"person{number}@mail.example", "zip": "10001", **fields}}


def leads(count: int, minutes: float = 1, begin: int = 1) -> list[dict[str, Any]]:
    return [lead(number, number * minutes) for number in range(begin, begin + count)]


def change(minutes: float, **words: Any) -> dict[str, Any]:
    return {"at": (MONDAY + timedelta(minutes=minutes)).isoformat(), "do": words.pop("do", "change"), **words}


def buyers(result: dict[str, Any]) -> list[str]:
    """Who bought, lead by lead; several buyers of one lead joined by a plus, nobody as a dash."""
    told = [one for one in result["events"] if one["do"] == "lead"]
    return ["+".join(sale["client"] for sale in one["sold"]) or "-" for one in told]


def reasons(result: dict[str, Any], number: int = -1) -> dict[str, str | None]:
    """By client: why it was passed over, or None, in the event of that number."""
    return {line["client"]: line["reason"] for line in result["events"][number]["candidates"]}
