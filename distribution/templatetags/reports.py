"""Figures and charts of reports: `{% load reports %}`. A chart is drawn for one width; its numbers stand in a table too."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from leads.viewer import viewer
from leads.words import lasting, money

register = template.Library()

LEFT, TOP, BOTTOM, RIGHT = 56, 10, 24, 4
STEPS = (1, 2, 2.5, 5, 10)


register.filter("lasting", lasting)


def _count(value: Any) -> str:
    return "–" if value is None else f"{int(value):,}"


def _percent(value: Any) -> str:
    return "–" if value is None else f"{value:.1f}%"


KINDS = {"count": _count, "money": money, "percent": _percent, "seconds": lasting}


@register.filter
def shown(value: Any, kind: str) -> str:
    """Write a figure in its unit; a dash for none."""
    return KINDS[kind](value)


@register.simple_tag
def day_chart(points: Sequence[tuple[str, Any, Any]], kind: str, title: str, width: int, height: int) -> SafeString:
    """Bars of what was, one for each `(label, now, before)`, and a dashed line of what it is compared with."""
    values = [float(value or 0) for _, now, before in points for value in (now, before)]
    low, high, lines = _scale(min([0.0, *values]), max([0.0, *values]), kind)
    floor = height - BOTTOM
    step = (width - LEFT - RIGHT) / max(len(points), 1)

    def y(value: Any) -> float:
        return floor - (float(value or 0) - low) * (floor - TOP) / (high - low)

    zero = y(0)
    bars = [
        (
            f"{LEFT + step * (place + 0.15):.1f}",
            f"{max(step * 0.7, 0.8):.1f}",
            f"{min(y(now), zero):.1f}",
            f"{abs(y(now) - zero):.1f}",
            f"{label}: {KINDS[kind](now)}" + (f", before {KINDS[kind](before)}" if before is not None else ""),
        )
        for place, (label, now, before) in enumerate(points)
    ]
    compared = [(place, before) for place, (_, _, before) in enumerate(points) if before is not None]
    path = " ".join(f"{'L' if at else 'M'}{LEFT + step * (place + 0.5):.1f} {y(before):.1f}" for at, (place, before) in enumerate(compared))
    every = max(1, -(-len(points) // (7 if width > 400 else 4)))
    ticks = [(f"{LEFT + step * (place + 0.5):.1f}", height - 6, label) for place, (label, _, _) in enumerate(points) if place % every == 0]
    return format_html(
        '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}{}</svg>',
        width,
        height,
        title,
        format_html_join(
            "",
            '<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
            (
                (
                    "axis" if line == 0 else "grid-line",
                    LEFT,
                    width - RIGHT,
                    f"{y(line):.1f}",
                    f"{y(line):.1f}",
                    LEFT - 8,
                    f"{y(line) + 4:.1f}",
                    word,
                )
                for line, word in lines
            ),
        ),
        format_html_join("", '<rect class="f-bar" x="{}" width="{}" y="{}" height="{}"><title>{}</title></rect>', bars),
        format_html('<path class="s-then" d="{}"/>', path) if path else "",
        format_html_join("", '<text x="{}" y="{}" text-anchor="middle">{}</text>', ticks),
    )


def _scale(low: float, high: float, kind: str) -> tuple[float, float, list[tuple[float, str]]]:
    """Return the ends of the axis and its lines with their words, at round numbers, about four."""
    raw = max(high - low, 4 if kind == "count" else 1) / 4
    power = 10.0 ** len(str(int(raw))) / 10 if raw >= 1 else 1.0
    step = next(power * part for part in STEPS if power * part >= raw)
    if kind == "count":
        step = max(float(round(step)), 1.0)
    first, last = int(low // step), max(int(-(-high // step)), 1)
    return first * step, last * step, [(place * step, _axis(place * step, kind)) for place in range(first, last + 1)]


def _axis(value: float, kind: str) -> str:
    if kind == "seconds":
        return lasting(Decimal(value)).replace(" 0 min", "") if value else "0"
    sign = "−" if value < 0 else ""
    size, word = next(((size, word) for size, word in ((1e9, "b"), (1e6, "m"), (1e3, "k")) if abs(value) >= size), (1.0, ""))
    number = f"{abs(value) / size:.4g}{word}"
    if kind == "percent":
        return f"{number}%"
    if kind == "money":
        currency = viewer().currency
        return f"{sign}{'$' if currency == 'USD' else ''}{number}"
    return f"{sign}{number}"
