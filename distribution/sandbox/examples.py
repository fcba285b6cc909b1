"""Days to begin with at *Distribution > Sandbox*."""

import json
from typing import Any

type Day = dict[str, Any]


def _leads(*times: str, state: str = "IL") -> list[Day]:
    return [
        {"at": f"2026-03-02T{at}:00-05:00", "do": "lead", "id": f"L{number}", "campaign": "web",
         "fields": {"first_name": "Ada", "phone": f"31255501{number:02d}", "state": state}}
        for number, at in enumerate(times, 1)
    ]  # fmt: skip


def _client(name: str, account: Day | None = None, **more: Any) -> Day:
    return {"name": name, **more, "accounts": [{"name": f"{name} auto", "price": "25.00", **(account or {})}]}


TIMES = tuple(f"{9 + number // 2:02d}:{30 * (number % 2):02d}" for number in range(12))
WEB: Day = {"name": "web", "cost": "5.00"}

EXAMPLES: dict[str, tuple[str, Day]] = {
    "shares": (
        "Shares: three clients by weight",
        {
            "settings": {"automation": "weighted", "secondary": "price", "base_automation": "balanced"},
            "campaigns": [WEB],
            "clients": [_client("Acme", weight="500"), _client("Bluewater", weight="300"), _client("Cedar", weight="200")],
            "events": _leads(*TIMES),
        },
    ),
    "caps": (
        "Caps and schedules: the best payer is closed in the morning and buys three a day",
        {
            "settings": {"automation": "price"},
            "campaigns": [WEB],
            "clients": [
                _client("Acme", {"price": "40.00", "caps": {"day": 3}, "schedule": {"mon": ["10:00-17:00"]}}),
                _client("Bluewater", {"price": "20.00"}),
            ],
            "events": _leads(*TIMES),
        },
    ),
    "optimization": (
        "Price optimization: one exclusive buyer against several shared ones",
        {
            "settings": {"automation": "price", "price_optimization": True},
            "campaigns": [{**WEB, "max_deliveries": 3}],
            "clients": [
                _client("Acme", {"price": "50.00", "exclusive": True}),
                _client("Bluewater", {"price": "20.00"}),
                _client("Cedar", {"price": "18.00"}),
                _client("Dune", {"price": "15.00", "caps": {"day": 2}}),
            ],
            "events": _leads(*TIMES[:6]),
        },
    ),
    "refusals": (
        "Refusals: a client that refuses, one that fails, and one that takes what is left",
        {
            "settings": {"automation": "priority"},
            "campaigns": [WEB],
            "clients": [
                _client("Acme", {"answers": ["accept", "reject"]}, priority=0),
                _client("Bluewater", {"answers": ["fail", "accept"]}, priority=1),
                _client("Cedar", {"answers": ["accept"]}, priority=2),
            ],
            "events": _leads(*TIMES[:6]),
        },
    ),
}
"""By name: what it shows, and the day."""


def text_of(name: str) -> str:
    return json.dumps(EXAMPLES[name][1], indent=1)
