"""The rows of a file, one after the other, without holding the file in memory."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from leads.domain.spreadsheets import unmarked
from leads.enums import FileKind
from leads.imports.limits import LONGEST_CELL, LONGEST_LINE, MOST_COLUMNS
from leads.imports.sniff import DELIMITERS, Form
from leads.imports.unreadable import Unreadable


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty. `line` is where it begins in the file; `cells` are by column, `fields` by name (JSON).

    `unread` is the line itself when it is no lead at all, `why` the reason.
    """

    line: int
    cells: tuple[str, ...] = ()
    fields: dict[str, Any] | None = None
    unread: str = ""
    why: str = ""


def columns_of(path: Path, form: Form) -> list[str]:
    """Return the columns by name: a table's headings, made different where two are the same, or the fields of JSON objects.

    Raises:
        Unreadable: no headings, no rows, too many columns.
    """
    if form.kind == FileKind.JSON_LINES:
        return _names_of_objects(path, form)
    with _opened(path, form) as file:
        heading = next((cells for _, cells in _table(file, form)), None)
    if heading is None:
        raise Unreadable("The file holds nothing but empty lines.")
    while heading and not heading[-1].strip():
        heading = heading[:-1]
    if len(heading) > MOST_COLUMNS:
        raise Unreadable(f"The file has {len(heading):,} columns; {MOST_COLUMNS} are the most. Delete those that no lead needs.")
    return _different([cell.strip() for cell in heading])


def rows_of(path: Path, form: Form, *, skip: int = 0) -> Iterator[Row]:
    """Yield the rows that are not empty, without headings and without the first `skip`. The same file gives the same rows.

    Raises:
        Unreadable: a place that cannot be read, by its line.
    """
    with _opened(path, form) as file:
        found = _objects(file) if form.kind == FileKind.JSON_LINES else islice(_cells(file, form), 1, None)
        yield from islice(found, skip, None)


def _opened(path: Path, form: Form) -> IO[str]:
    return path.open(encoding=form.encoding, newline="")


def _cells(file: IO[str], form: Form) -> Iterator[Row]:
    for line, cells in _table(file, form):
        yield Row(line, tuple(unmarked(cell) if cell[:1] == "'" else cell for cell in cells))


def _table(file: IO[str], form: Form) -> Iterator[tuple[int, list[str]]]:
    """Yield line and cells of rows that are not empty. A quote that is never closed is an error, not the rest of the file."""
    reader = csv.reader(file, delimiter=form.delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as problem:
            raise Unreadable(_said(str(problem), line, reader.line_num)) from None
        if cells is None:
            return
        is_hint = line == 1 and len(cells) == 2 and cells[0].casefold() == "sep=" and not cells[1]
        if any(cell and not cell.isspace() for cell in cells) and not is_hint and not _names_separator(line, cells):
            yield line, cells
        line = reader.line_num + 1


def _names_separator(line: int, cells: list[str]) -> bool:
    """Excel's own first line `sep=;`, which is no heading."""
    return line == 1 and len(cells) == 1 and cells[0][:4].casefold() == "sep=" and cells[0][4:] in DELIMITERS


def _said(problem: str, first: int, last: int) -> str:
    if "field larger" in problem:
        return f"The row at line {first:,} has a cell of more than {LONGEST_CELL:,} characters. Shorten it, or close the quote before it."
    if "unexpected end of data" in problem:
        return f"The quote that opens at line {first:,} or after it is never closed. Close it, or take it out."
    where = f"line {last:,}" if last == first else f"the row from line {first:,} to {last:,}"
    return f"In {where} something follows a closing quote. Write a quote inside a quoted text twice, or take it out."


def _different(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    made = []
    for place, given in enumerate(names, 1):
        name = given[:100] or f"Column {place}"
        seen[name] = seen.get(name, 0) + 1
        made.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return made


def _objects(file: IO[str]) -> Iterator[Row]:
    number = 0
    while text := file.readline(LONGEST_LINE + 2):
        number += 1
        is_whole = text.endswith("\n") or len(text) <= LONGEST_LINE
        if not is_whole:
            while (rest := file.readline(LONGEST_LINE)) and not rest.endswith("\n"):
                pass
            yield Row(number, unread=text[:1000], why=f"A line has more than {LONGEST_LINE // 1024} KiB. Shorten it.")
        elif not text.isspace():
            yield _object(number, text)


def _object(number: int, text: str) -> Row:
    try:
        told = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return Row(number, unread=text.strip()[:4000], why="The line is no JSON object. Write one object a line.")
    if isinstance(told, dict) and set(told) == {"fields"} and isinstance(told["fields"], dict):
        told = told["fields"]
    if not isinstance(told, dict):
        return Row(number, unread=text.strip()[:4000], why="The line is no JSON object. Write one object a line.")
    return Row(number, fields=told)


def _refuse(name: str) -> Any:
    raise ValueError(name)


LOOKED_AT = 1_000
"""Objects whose fields make up the columns; fields that come later only are kept as they are called."""


def _names_of_objects(path: Path, form: Form) -> list[str]:
    names: dict[str, None] = {}
    for row in islice(rows_of(path, form), LOOKED_AT):
        names |= dict.fromkeys(row.fields or ())
    if not names:
        raise Unreadable('None of the first lines is a JSON object. Write one object a line, such as {"phone": "312 555 0143"}.')
    if len(names) > MOST_COLUMNS:
        raise Unreadable(
            f"The objects have {len(names):,} different fields; {MOST_COLUMNS} are the most. Leave out those that no lead needs."
        )
    return list(names)
