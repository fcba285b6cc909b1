"""Exact numbers and instants as text."""

from datetime import datetime
from zoneinfo import ZoneInfo

MILLION = 10**6


def decimal_text(numerator: int, denominator: int) -> str:
    """A fraction as decimal text, rounded half up to six decimals, without trailing zeros: `0.4`, `-1.333333`."""
    whole, part = divmod((abs(numerator) * (2 * MILLION) + denominator) // (2 * denominator), MILLION)
    text = f"{whole}.{part:06d}".rstrip("0") if part else str(whole)
    return f"-{text}" if numerator < 0 and (whole or part) else text


def hundredths_text(numerator: int, half_hundredth: int) -> str:
    """A positive fraction with two decimals, rounded half up: `0.66`, `12.00`; given how much is half a hundredth."""
    whole, part = divmod((numerator // half_hundredth + 1) // 2, 100)
    return f"{whole}.{part:02d}"


def local(at: datetime | None, zone: ZoneInfo) -> str | None:
    """The instant as the clocks of the zone show it, with its offset; None stays None."""
    return None if at is None else at.astimezone(zone).isoformat()
