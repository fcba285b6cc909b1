"""Charts as inline SVG. Each is drawn for one width, so that its text keeps 12 pixels; the numbers stand in a table too."""

from collections.abc import Sequence
from decimal import Decimal
from math import log10
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

LEFT, TOP, BOTTOM = 32, 8, 22


@register.simple_tag
def hour_chart(hours: Sequence[Any], width: int, height: int, now_hour: int) -> SafeString:
    """Bars of leads in an hour with the sold part, a dashed line of last week, and the present hour."""
    top = _round_up(max([hour.taken for hour in hours] + [hour.before for hour in hours] + [4]))
    floor = height - BOTTOM
    step = (width - LEFT) / len(hours)

    def y(value: float) -> str:
        return f"{floor - value * (floor - TOP) / top:.1f}"

    lines = [(y(top * part / 4), f"{top * part // 4}", "axis" if part == 0 else "grid-line") for part in range(5)]
    bars = [_bar(LEFT + step * (hour.hour + 0.19), step * 0.62, y(hour.taken), y(hour.sold), floor) for hour in hours if hour.taken]
    path = " ".join(f"{'L' if index else 'M'}{LEFT + step * (hour.hour + 0.5):.1f} {y(hour.before)}" for index, hour in enumerate(hours))
    every = 4 if width > 400 else 6
    ticks = [(f"{LEFT + step * (hour + 0.5):.1f}", height - 4, f"{hour}:00") for hour in range(0, 24, every)]
    return format_html(
        '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}<path class="s-then" d="{}"/>'
        '<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>{}</svg>',
        width,
        height,
        f"Leads an hour today: {sum(hour.taken for hour in hours)} in, {sum(hour.sold for hour in hours)} sold.",
        format_html_join(
            "",
            '<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="24" y="{}" text-anchor="end">{}</text>',
            ((kind, LEFT, width, at, at, f"{float(at) + 4:.1f}", label) for at, label, kind in lines),
        ),
        format_html_join(
            "",
            '<rect class="f-area" x="{0}" width="{1}" y="{2}" height="{3}"/><rect class="f-bar" x="{0}" width="{1}" y="{4}" height="{5}"/>',
            bars,
        ),
        path,
        *(f"{LEFT + step * (now_hour + 0.5):.1f}",) * 2,
        TOP,
        floor,
        format_html_join("", '<text x="{}" y="{}" text-anchor="middle">{}</text>', ticks),
    )


def _bar(x: float, width: float, taken: str, sold: str, floor: int) -> tuple[str, ...]:
    """Return place and size of a bar of leads in, and of its sold part, as texts of SVG."""
    return f"{x:.1f}", f"{width:.1f}", taken, f"{floor - float(taken):.1f}", sold, f"{floor - float(sold):.1f}"


def _round_up(value: int) -> int:
    """Return the next 4, 8, 20, 40, 80, 200, ... so that the quarters are whole numbers."""
    power = 10 ** int(log10(value))
    return next(step for step in (4, *(part * power for part in (2, 4, 8, 20))) if step >= value and step % 4 == 0)


@register.simple_tag
def spark(values: Sequence[int]) -> SafeString:
    """Draw a small line, oldest first, with a dot on the last."""
    top = max([*values, 1])
    step = 92 / max(len(values) - 1, 1)
    points = [(2 + index * step, 21 - value * 18 / top) for index, value in enumerate(values)]
    path = " ".join(f"{'L' if index else 'M'}{x:.1f} {y:.1f}" for index, (x, y) in enumerate(points))
    x, y = points[-1]
    return format_html(
        '<svg class="spark" viewBox="0 0 96 24" role="img" aria-label="Sold a day, last {} days: {}">'
        '<path d="{}"/><circle cx="{}" cy="{}" r="2"/></svg>',
        len(values),
        ", ".join(map(str, values)),
        path,
        f"{x:.1f}",
        f"{y:.1f}",
    )


@register.filter
def percent(value: Decimal | None) -> str:
    return "–" if value is None else f"{value:.1f}%"


@register.filter
def change(value: Decimal | None) -> str:
    """Write a change with its sign: "+7.1%", "−2.8%"; "new" where there was nothing before."""
    if value is None:
        return "new"
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return f"{sign}{abs(value):.1f}%"


@register.filter
def count(value: Any) -> str:
    return f"{int(value):,}"
