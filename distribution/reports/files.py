"""A table of a report as a file: amounts are numbers, and no text runs as a formula."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import xlsxwriter

from leads.domain.spreadsheets import CUT, plain

type Cell = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Table:
    """`kinds` says of each column what it holds: text, count, money, percent or seconds."""

    title: str
    about: str
    headings: Sequence[str]
    kinds: Sequence[str]
    rows: Sequence[Sequence[Cell]]


PLACES = {"money": 2, "percent": 2, "seconds": 1}
FORMATS = {"count": "#,##0", "money": "#,##0.00", "percent": "0.00", "seconds": "0.0"}


def as_csv(table: Table) -> str:
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow([plain(heading) for heading in table.headings])
    for row in table.rows:
        rows.writerow([_text(cell, kind) for cell, kind in zip(row, table.kinds, strict=True)])
    return "\ufeff" + written.getvalue()


def _text(cell: Cell, kind: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return plain(cell)
    return f"{cell:.{PLACES[kind]}f}" if kind in PLACES else str(cell)


def as_xlsx(table: Table) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Report")
        bold = book.add_format({"bold": True})
        formats = {kind: book.add_format({"num_format": shape}) for kind, shape in FORMATS.items()}
        sheet.write_string(0, 0, table.title, bold)
        sheet.write_string(1, 0, table.about)
        for place, heading in enumerate(table.headings):
            sheet.write_string(3, place, heading, bold)
        for number, row in enumerate(table.rows, 4):
            for place, (cell, kind) in enumerate(zip(row, table.kinds, strict=True)):
                if isinstance(cell, str):
                    sheet.write_string(number, place, cell[:CUT])
                elif cell is not None:
                    sheet.write_number(number, place, float(round(Decimal(cell), PLACES.get(kind, 0))), formats[kind])
        sheet.freeze_panes(4, 1)
        sheet.set_column(0, 0, 32)
        sheet.set_column(1, max(len(table.headings) - 1, 1), 13)
    return written.getvalue()


WRITERS = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}
