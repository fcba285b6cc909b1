"""Exact numbers and instants as text."""

from datetime import datetime
from zoneinfo import ZoneInfo


def decimal_text(numerator: int, denominator: int, decimals: int = 6) -> str:
    """A fraction as decimal text, rounded half up, without trailing zeros: `0.4`, `-1.333333`."""
    scale = 10**decimals
    whole = (abs(numerator) * scale * 2 + denominator) // (denominator * 2)
    text = f"{whole // scale}.{whole % scale:0{decimals}d}".rstrip("0").rstrip(".")
    return f"-{text}" if numerator < 0 and whole else text


def local(at: datetime | None, zone: ZoneInfo) -> str | None:
    """The instant as the clocks of the zone show it, with its offset; None stays None."""
    return None if at is None else at.astimezone(zone).isoformat()
