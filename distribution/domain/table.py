"""A table as CSV: quoted by the rules of RFC 4180, and without cells that a spreadsheet would run."""

import csv
import re
from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import Any

from distribution.domain.transforms import as_text

RUNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"[+-]?[\d(][\d\s().,-]*", re.ASCII)
"""Phone numbers and amounts begin like formulas and are none."""
NUL = re.compile(r"[\x00\ud800-\udfff]")


def cell(value: Any) -> str:
    """Return a value as a cell: what a spreadsheet would take for a formula stands behind an apostrophe."""
    text = NUL.sub("", as_text(value))
    return f"'{text}" if text.startswith(RUNS) and not NUMBER.fullmatch(text) else text


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return the whole table, its first line the columns; lines end as RFC 4180 says."""
    lines: list[str] = []
    writer = csv.writer(SimpleNamespace(write=lines.append))
    writer.writerow([cell(name) for name in columns])
    writer.writerows([cell(value) for value in row] for row in rows)
    return "".join(lines)
