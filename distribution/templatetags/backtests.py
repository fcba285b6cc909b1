"""The chart of a backtest as inline SVG, and changes with their sign. The numbers stand in the table below it too."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from leads.words import money

register = template.Library()

TOP, RIGHT = 20, 64
LETTER = 6.6
"""Width of a letter at 12 pixels, on the average."""


@register.simple_tag
def share_chart(rows: Sequence[Any], width: int, label: int, height: int = 32) -> SafeString:
    """Draw each client's share before (ring) and after (dot), joined by a line; `label` is the room for names."""
    most = max([float(share) for row in rows for share in row.shares] + [10.0])
    step = next(one for one in (2, 5, 10, 20, 25, 50) if most / one <= 5)
    bottom = TOP + height * len(rows)

    def x(share: float | Decimal) -> str:
        return f"{label + float(share) * (width - label - RIGHT) / most:.1f}"

    ticks = [(x(at), at) for at in range(0, int(most) + 1, step)]
    return format_html(
        '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        width,
        bottom,
        "Share of sold leads by client, live and draft. The numbers are in the table below.",
        format_html_join(
            "",
            '<line class="grid-line" x1="{0}" x2="{0}" y1="20" y2="{1}"/><text x="{0}" y="12" text-anchor="middle">{2}%</text>',
            ((at, bottom, share) for at, share in ticks),
        ),
        format_html_join("", "{}", ((_line(row, x, TOP + height * place + height // 2, width, label),) for place, row in enumerate(rows))),
    )


def _line(row: Any, x: Any, y: int, width: int, label: int) -> SafeString:
    before, after = (x(share) for share in row.shares)
    letters = int(label / LETTER) - 2
    name = row.name if len(row.name) <= letters else f"{row.name[: letters - 1].rstrip()}…"
    return format_html(
        '<text class="strong" x="0" y="{0}">{1}<title>{2}</title></text><line class="link" x1="{3}" x2="{4}" y1="{5}" y2="{5}"/>'
        '<circle class="f-then" cx="{3}" cy="{5}" r="5"/><circle class="f-now" cx="{4}" cy="{5}" r="5"/>'
        '<text class="{6}" x="{7}" y="{0}" text-anchor="end">{8} pt</text>',
        y + 4,
        name,
        row.name,
        before,
        after,
        y,
        "strong" if row.more_share else "",
        width,
        signed(row.more_share),
    )


@register.filter
def signed(value: Decimal | int) -> str:
    """Write a change with its sign: "+76", "−1.6", "±0.0"; "0" for a whole nothing."""
    if not value:
        return "0" if isinstance(value, int) else f"±{value}"
    return f"{'+' if value > 0 else '−'}{abs(value):,}"


@register.filter
def signed_money(value: Decimal) -> str:
    return f"+{money(value)}" if value > 0 else money(value) if value else "0"


@register.filter
def good_if(value: Decimal | int, direction: int) -> str:
    """The class of a change that is good when it goes up (1) or down (-1)."""
    return "" if not value else "good" if (value > 0) == (direction > 0) else "bad"
