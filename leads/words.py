"""How states, times and amounts are shown in lists: a word with a colour, the same everywhere."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from leads.viewer import viewer

TONES: dict[str, str] = {
    "sold": "sold",
    "accepted": "sold",
    "active": "sold",
    "open": "sold",
    "enabled": "sold",
    "usable": "sold",
    "pending": "queued",
    "queued": "queued",
    "sending": "queued",
    "pushed": "queued",
    "review": "waiting",
    "unknown": "waiting",
    "unrouted": "waiting",
    "paused": "waiting",
    "duplicate": "waiting",
    "test": "waiting",
    "failed": "failed",
    "in_doubt": "waiting",
    "not_sent": "failed",
    "not_taken": "failed",
    "config_error": "failed",
}
"""State to colour: sold green, queued blue, waiting amber, failed red; every other one is grey."""


def pill(state: str, word: str) -> SafeString:
    """Show a state as a word and a dot; colour never stands alone."""
    return format_html('<span class="pill {}">{}</span>', TONES.get(state, ""), word)


def money(amount: Decimal | None) -> str:
    """Write an amount in the company's currency with two decimals: `$1,234.50`, `EUR 1,234.50`; a dash for none."""
    if amount is None:
        return "–"
    currency = viewer().currency
    sign = "−" if amount < 0 else ""
    return f"{sign}{'$' if currency == 'USD' else currency + ' '}{abs(amount):,.2f}"


def lasting(seconds: float | Decimal | None) -> str:
    """Write seconds as people say them: "0.4 s", "48 s", "1 min 48 s", "3 h 5 min"; a dash for none."""
    if seconds is None:
        return "–"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    if whole < 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86_400} d {whole % 86_400 // 3600} h"


def figure(text: Any) -> SafeString:
    """Right-align a number in a list."""
    return format_html('<span class="figure">{}</span>', text)


def when(at: datetime | None) -> SafeString | str:
    """Show a time in the viewer's zone, with the year and the second on hover."""
    if at is None:
        return "–"
    local = viewer().local(at)
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), f"{local:%Y-%m-%d %H:%M:%S %Z}", f"{local:%-d %b %H:%M}")


def phone(number: str) -> str:
    """Write a number of the North American plan as people read it."""
    return f"{number[2:5]} {number[5:8]} {number[8:]}" if number.startswith("+1") and len(number) == 12 else number
