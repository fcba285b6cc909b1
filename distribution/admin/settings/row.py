"""One row of the table of values as HTML. Written here since a thousand rows by a template take as long as all the rest of the page."""

from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from distribution.admin.settings.table import Cell, Row

_TRACK = '<span class="{name}"><span class="track">{inside}</span>{said}</span>'


def body_html(rows: Iterable[Row]) -> SafeString:
    """The body of the table."""
    return mark_safe("".join(map(row_html, rows)))  # noqa: S308 -- see there


def row_html(row: Row) -> SafeString:
    """The row with everything in it escaped. What stands in it is explained at `Row`."""
    off = ' class="off"' if row.fill == "0" else ""
    parts = [
        f'<tr{off} data-c="{row.client}" data-g="{escape(row.group)}">',
        f'<th scope="row"><span class="name"><a href="{escape(row.link)}">{escape(row.name)}</a>{_about(row)}</span></th>',
        *(_cell(cell, row.name) for cell in row.cells),
        f'<td class="two of-shares" data-l="Share when all are eligible">{_share(row)}</td>',
        f'<td class="num" data-l="Sold today">{row.sold}{_cap(row.sold_part)}</td>',
        f'<td class="num two of-shares" data-l="Credit (leads owed)">{_credit(row)}</td></tr>',
    ]
    return mark_safe("".join(parts))  # noqa: S308 -- every text in it went through escape


def _about(row: Row) -> str:
    return f'<span class="state failed">{escape(row.state)}</span>' if row.state else f'<span class="cap">{escape(row.about)}</span>'


def _cell(cell: Cell, client: str) -> str:
    name, title = escape(cell.name), escape(cell.title)
    live = "" if cell.live is None else f' data-live="{escape(cell.live)}"'
    wrong = ' aria-invalid="true"' if cell.error else ""
    said = f'<span class="error">{escape(cell.error)}</span>' if cell.error else ""
    return (
        f'<td class="num v {escape(cell.kind)}" data-l="{title}"><input class="input num" id="{name}" name="{name}"'
        f' value="{escape(cell.value)}" size="7" inputmode="decimal" placeholder="none"'
        f' aria-label="{title} of {escape(client)}"{live}{wrong}>{said}</td>'
    )


def _share(row: Row) -> str:
    was = f'<span class="was" style="left:{row.was}%"></span>' if row.was else ""
    return _TRACK.format(name="share", inside=f'<span class="fill" style="width:{row.fill}%"></span>{was}', said=f"<b>{row.share}</b>")


def _cap(text: str) -> str:
    return f' <span class="cap">{text}</span>' if text else ""


def _credit(row: Row) -> str:
    if not row.credit_fill:
        return row.credit
    side, ahead = ("right", " ahead") if row.is_ahead else ("left", "")
    fill = f'<span class="fill{ahead}" style="{side}:50%;width:{row.credit_fill}%"></span>'
    return _TRACK.format(name="credit", inside=fill, said=f"<span>{row.credit}</span>")
