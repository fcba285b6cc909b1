"""A file of leads is taken in: looked at by its content, refused with the reason, or kept with what it seems to hold."""

import shutil
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files import File
from django.core.files.uploadedfile import UploadedFile

from leads.enums import FileKind
from leads.imports.limits import MOST_BYTES, PREVIEWED
from leads.imports.rows import columns_of, rows_of
from leads.imports.sniff import SEPARATORS, Form, sniff
from leads.imports.unreadable import Unreadable
from leads.imports.workbook import to_csv
from leads.models import Import
from leads.storage import private_storage

CHECKED_AT_ONCE = 16 * 1024**2
"""Bytes up to which a file is read to its end at once; of larger ones the dry run tells what cannot be read."""
FIRST = 2_000
"""Rows of larger files that are read at once."""
SPARE = 512 * 1024**2
"""Bytes that must stay free on the disk: live leads go before files."""


class DiskFull(Exception):
    """There is no room for the file; nothing was kept."""


def keep_upload(*, upload: "UploadedFile[Any]", by: Any, now: datetime) -> Import:
    """Keep an uploaded file of leads for its import.

    Raises:
        Unreadable: it is none, with the reason and the remedy.
        DiskFull: there is no room for it.
    """
    if (upload.size or 0) > MOST_BYTES:
        raise Unreadable(f"The file has more than {MOST_BYTES // 1024**3} GB. Split it.")
    with TemporaryDirectory(prefix="switchyard-upload-") as folder:
        path = Path(folder) / "upload"
        _copy(upload, path)
        form = sniff(path)
        kind = form.kind
        if kind == FileKind.XLSX:
            path, packed = path.with_suffix(".csv"), path
            to_csv(packed, path)
            form = Form(FileKind.CSV, "utf-8", ",")
        columns, preview, is_jagged = look(path, form)
        one = Import(
            name=shown_name(upload.name or ""),
            kind=kind,
            size=path.stat().st_size,
            encoding=form.encoding,
            delimiter=form.delimiter,
            columns=columns,
            preview=preview,
            notices=_notices(kind, form, columns, is_jagged=is_jagged),
            by=by,
            created=now,
        )
        with path.open("rb") as file:
            one.file.save("", File(file), save=False)
        one.save()
    return one


def _copy(upload: "UploadedFile[Any]", path: Path) -> None:
    place = Path(private_storage().location)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    if min(shutil.disk_usage(one).free for one in (place, path.parent)) < 3 * (upload.size or 0) + SPARE:
        raise DiskFull("There is no room for the file on the disk. Tell whoever runs this installation.")
    with path.open("wb") as file:
        for block in upload.chunks():
            file.write(block)


def shown_name(given: str) -> str:
    """What somebody called the file, as it can be shown: no path, nothing that turns the text around."""
    name = given.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in name if char.isprintable())[:200] or "file"


def look(path: Path, form: Form) -> tuple[list[str], list[dict[str, Any]], bool]:
    """Read columns and first rows, and small files to their end. True when a row has more cells than columns.

    Raises:
        Unreadable: at the first place that cannot be read, or when there are no rows.
    """
    columns = columns_of(path, form)
    rows = rows_of(path, form)
    first = list(islice(rows, PREVIEWED))
    if not first:
        raise Unreadable("The file has headings and no rows below them.")
    jagged = any(len(row.cells) > len(columns) for row in first)
    rest = rows if path.stat().st_size <= CHECKED_AT_ONCE else islice(rows, FIRST)
    jagged = sum(len(row.cells) > len(columns) for row in rest) > 0 or jagged
    return columns, [_shown(row, columns) for row in first], jagged


LONGEST_SHOWN = 80


def _shown(row: Any, columns: list[str]) -> dict[str, Any]:
    cells = row.cells if row.fields is None else [row.fields.get(name, "") for name in columns]
    return {"line": row.line, "cells": [_short(cell) for cell in cells[: len(columns)]], "unread": row.unread[:LONGEST_SHOWN]}


def _short(cell: Any) -> str:
    text = str(cell).replace("\x00", "␀")
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "cp1252": "Windows Latin (cp1252)", "latin-1": "Latin-1"}


def _notices(kind: str, form: Form, columns: list[str], *, is_jagged: bool) -> list[str]:
    """What a person should look at before the leads are taken in."""
    said = []
    if form.encoding in ("cp1252", "latin-1"):
        said.append(
            f"The file is not UTF-8, so it is read as {ENCODINGS[form.encoding]}. See whether letters with accents are right below."
        )
    twice = sorted({name.rpartition(" (")[0] for name in columns if name.endswith(")") and name.rpartition(" (")[0] in columns})
    if twice:
        said.append(f"These headings stand over several columns: {', '.join(twice)}. Choose which of them is which.")
    if any("@" in name or sum(char.isdigit() for char in name) > 6 for name in columns):
        said.append("The first line looks like a lead, not like headings. Put a line with a heading for each column above it.")
    if is_jagged:
        said.append(
            "Some rows have more cells than there are headings: they will be rejected. Put texts that hold the separator into quotes."
        )
    if kind == FileKind.CSV and len(columns) == 1:
        said.append("Only one column was found. Separate columns by commas, semicolons, tabs or bars.")
    return said


def told_form(one: Import) -> str:
    """How the file is read, in words."""
    encoding = ENCODINGS.get(one.encoding, one.encoding.upper())
    if one.kind == FileKind.XLSX:
        return "the first sheet with rows"
    return encoding if one.kind == FileKind.JSON_LINES else f"{encoding}, separated by {SEPARATORS.get(one.delimiter, one.delimiter)}"


def form_of(one: Import) -> Form:
    """How the kept file is read: a workbook was written as CSV when it came."""
    return Form(FileKind.CSV if one.kind == FileKind.XLSX else FileKind(one.kind), one.encoding, one.delimiter)
