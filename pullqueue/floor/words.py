"""How instants and people are said in sentences of the floor's pages."""

from datetime import datetime
from typing import Any

from leads.viewer import viewer


def at(moment: datetime | None, now: datetime) -> str:
    """On the viewer's clock: "at 14:05", "tomorrow at 8:00", "on 3 Dec at 8:00"."""
    if moment is None:
        return "at no time within a year"
    local, today = viewer().local(moment), viewer().local(now).date()
    days = (local.date() - today).days
    day = {0: "", 1: "tomorrow ", -1: "yesterday "}.get(days, f"on {local:%-d %b} ")
    return f"{day}at {local:%-H:%M}"


def since(moment: datetime, now: datetime) -> str:
    return at(moment, now).removeprefix("at ")


def name(user: Any) -> str:
    return (user.get_full_name() or user.username) if user else "Somebody"
