"""Reads an Excel workbook into a CSV, in a process of its own: `python -m leads.imports.workbook IN OUT`.

What is too large is refused before it is unpacked, and whatever the library then does with a hostile file, it does there: the
process may use only so much memory and time.
"""

import csv
import json
import re
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from leads.imports.limits import MOST_CELLS, MOST_COLUMNS, MOST_MEMBERS, MOST_RATIO, MOST_SHEET_ROWS, MOST_UNPACKED
from leads.imports.unreadable import Unreadable

SECONDS = 120
MEMORY = 2 * 1024**3
"""Bytes of address space; what is really used stays far below."""
BLOCK = 1024**2
CELL = re.compile(rb'<(?:\w+:)?c\s(?:[^>]*?\s)?r="([A-Z]{1,3})(\d{1,7})"')
SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml")
DAMAGED = "The workbook is damaged. Open it in Excel, save it anew, and upload that."


def to_csv(workbook: Path, table: Path) -> None:
    """Write the first sheet with rows as CSV. Raises Unreadable."""
    refuse_bombs(workbook)
    done = subprocess.run(
        [sys.executable, "-m", "leads.imports.workbook", str(workbook), str(table)],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS + 10,
    )
    if done.returncode == 0:
        return
    try:
        raise Unreadable(json.loads(done.stdout)["why"])
    except (ValueError, KeyError):
        raise Unreadable(
            f"The workbook cannot be read within {SECONDS} seconds and the memory for it. Save it as CSV and upload that."
        ) from None


def _bound_itself() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def refuse_bombs(workbook: Path) -> None:
    """Look at the directory of the archive, before anything of it is unpacked. Raises Unreadable."""
    try:
        with zipfile.ZipFile(workbook) as packed:
            members = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise Unreadable(DAMAGED) from None
    if len(members) > MOST_MEMBERS:
        raise Unreadable(f"The workbook consists of {len(members):,} parts; no honest one has more than {MOST_MEMBERS:,}. Save it as CSV.")
    unpacked, packed_size = sum(member.file_size for member in members), max(sum(member.compress_size for member in members), 1)
    if unpacked > MOST_UNPACKED:
        raise Unreadable(
            f"Unpacked the workbook has {unpacked // 1024**2:,} MB; {MOST_UNPACKED // 1024**2} are the most. Split it, or save it as CSV."
        )
    if unpacked > BLOCK and unpacked / packed_size > MOST_RATIO:
        raise Unreadable(f"The workbook grows {unpacked // packed_size:,} times by unpacking, as no honest one does. Save it as CSV.")
    if any(member.flag_bits & 1 for member in members):
        raise Unreadable("The workbook is locked by a password. Save it without one.")


def measure(workbook: Path) -> None:
    """Read every part once, counting, and refuse sheets with far corners. Raises Unreadable."""
    read = 0
    with zipfile.ZipFile(workbook) as packed:
        for member in packed.infolist():
            with packed.open(member) as part:
                far = _Corner() if SHEETS.fullmatch(member.filename) else None
                while block := part.read(BLOCK):
                    read += len(block)
                    if read > MOST_UNPACKED:
                        raise Unreadable("The workbook says that it is smaller than it is. Save it as CSV.")
                    if b"<!DOCTYPE" in block or b"<!ENTITY" in block:
                        raise Unreadable("The workbook defines entities of its own, as no honest one does. Save it as CSV.")
                    if far:
                        far.see(block)
                if far:
                    far.judge()


class _Corner:
    """How far to the right and down a sheet has cells."""

    def __init__(self) -> None:
        self.row = self.column = 0
        self.rest = b""

    def see(self, block: bytes) -> None:
        text = self.rest + block
        for letters, number in CELL.findall(text):
            self.row = max(self.row, int(number))
            column = 0
            for letter in letters:
                column = column * 26 + letter - 64
            self.column = max(self.column, column)
        self.rest = text[-200:]

    def judge(self) -> None:
        if self.row > MOST_SHEET_ROWS + 1:
            raise Unreadable(
                f"A sheet reaches down to row {self.row:,}; {MOST_SHEET_ROWS:,} are the most. Delete what is below, or save it as CSV."
            )
        if self.column > MOST_COLUMNS:
            raise Unreadable(
                f"A sheet reaches {self.column:,} columns to the right; {MOST_COLUMNS} are the most. Delete those that no lead needs."
            )
        if self.row * self.column > MOST_CELLS:
            raise Unreadable(f"A sheet has {self.row:,} rows of {self.column} columns, which is too much for a workbook. Save it as CSV.")


def read(workbook: Path) -> Iterator[list[str]]:
    """Yield the rows of the first sheet that has any, as text."""
    from python_calamine import CalamineError, load_workbook  # noqa: PLC0415 -- only the process of its own loads it

    try:
        book = load_workbook(str(workbook))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.height:
                yield from ([as_text(cell) for cell in row] for row in sheet.iter_rows())
                return
    except CalamineError:
        raise Unreadable(DAMAGED) from None
    raise Unreadable("The workbook has no sheet with rows.")


def as_text(cell: Any) -> str:
    """Write a cell as somebody would have typed it: numbers without needless digits, dates in the order of year, month, day."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def main(source: str, target: str) -> int:
    _bound_itself()
    try:
        measure(Path(source))
        with Path(target).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(read(Path(source)))
    except Unreadable as problem:
        sys.stdout.write(json.dumps({"why": str(problem)}))
        return 1
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, ValueError):
        sys.stdout.write(json.dumps({"why": DAMAGED}))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
