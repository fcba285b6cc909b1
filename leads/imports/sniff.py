"""What an uploaded file is, by its content and never by its name: kind, encoding, separator."""

import codecs
import csv
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from leads.enums import FileKind
from leads.imports.unreadable import Unreadable

HEAD = 64 * 1024
BLOCK = 1024**2
DELIMITERS = (",", ";", "\t", "|")
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", "": "no separator"}
"""How they are spoken of."""
SAVE_AS = "Save it as CSV (UTF-8) or as an Excel workbook (.xlsx) and upload it again."

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OTHERS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"This is an old Excel workbook (.xls) or another office file. {SAVE_AS}"),
    (b"%PDF", f"This is a PDF, which holds no table that can be read. {SAVE_AS}"),
    (b"\x89PNG", "This is a picture. Upload a CSV, JSON Lines or Excel file."),
    (b"\xff\xd8\xff", "This is a picture. Upload a CSV, JSON Lines or Excel file."),
    (b"GIF8", "This is a picture. Upload a CSV, JSON Lines or Excel file."),
    (b"\x1f\x8b", "This file is compressed. Unpack it and upload what is inside."),
    (b"BZh", "This file is compressed. Unpack it and upload what is inside."),
    (b"7z\xbc\xaf\x27\x1c", "This file is compressed. Unpack it and upload what is inside."),
    (b"Rar!", "This file is compressed. Unpack it and upload what is inside."),
    (b"\x7fELF", "This is a program, not a file of leads."),
    (b"MZ", "This is a program, not a file of leads."),
)
"""First bytes of what is no file of leads, with what to do."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is to be read. `encoding` and `delimiter` are those of text."""

    kind: FileKind
    encoding: str = ""
    delimiter: str = ""


def sniff(path: Path) -> Form:
    """Look at the file's content. Raises Unreadable for what holds no leads."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise Unreadable("The file is empty.")
    if head.startswith(b"PK"):
        return _packed(path)
    for begin, why in OTHERS:
        if head.startswith(begin) and not (begin == b"MZ" and b"\x00" not in head):
            raise Unreadable(why)
    encoding = _encoding(path, head)
    text = _head_text(head, encoding)
    if not text.strip():
        raise Unreadable("The file holds nothing but empty lines.")
    if text.lstrip().startswith("{"):
        return Form(FileKind.JSON_LINES, encoding)
    if text.lstrip().startswith("["):
        raise Unreadable("The file is one JSON list. Write one object a line (JSON Lines), without brackets and commas around them.")
    if text.lstrip()[:9].casefold() in ("<!doctype", "<html>") or text.lstrip().startswith("<?xml"):
        raise Unreadable(f"This is a web page or an XML file. {SAVE_AS}")
    return Form(FileKind.CSV, encoding, _delimiter(text))


def _packed(path: Path) -> Form:
    try:
        with zipfile.ZipFile(path) as packed:
            names = set(packed.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        raise Unreadable(f"The file begins like an Excel workbook, and is damaged. {SAVE_AS}") from None
    if "xl/workbook.xml" in names:
        return Form(FileKind.XLSX)
    if "xl/workbook.bin" in names:
        raise Unreadable(f"This is a binary Excel workbook (.xlsb). {SAVE_AS}")
    if "content.xml" in names:
        raise Unreadable(f"This is an OpenDocument file. {SAVE_AS}")
    raise Unreadable("This is an archive, not a file of leads. Unpack it and upload what is inside.")


def _encoding(path: Path, head: bytes) -> str:
    for mark, name in BOMS:
        if head.startswith(mark):
            return _refuse_unless_decodes(path, name)
    if b"\x00" in head:
        return _with_nulls(path, head)
    return next(name for name in ("utf-8", "cp1252", "latin-1") if _decodes(path, name))


def _with_nulls(path: Path, head: bytes) -> str:
    """UTF-16 without its mark has a null in every other place; a few nulls in a text are left to the judge of the leads."""
    half = len(head) / 2
    for name, nulls in (("utf-16-le", head[1::2].count(0)), ("utf-16-be", head[0::2].count(0))):
        if nulls > half * 0.4 and head.count(0) < nulls * 1.1 and _decodes(path, name):
            return name
    if head.count(0) > max(len(head) // 100, 8):
        raise Unreadable(f"The file holds no text: {head.count(0):,} of its first {len(head):,} bytes are null. {SAVE_AS}")
    return next(name for name in ("utf-8", "cp1252", "latin-1") if _decodes(path, name))


def _refuse_unless_decodes(path: Path, name: str) -> str:
    if not _decodes(path, name):
        raise Unreadable(f"The file says that it is {name.upper().removesuffix('-SIG')}, and holds bytes that are none. {SAVE_AS}")
    return name


def _decodes(path: Path, name: str) -> bool:
    """Whether the whole file is text of this encoding, read block by block."""
    decoder = codecs.getincrementaldecoder(name)()
    try:
        with path.open("rb") as file:
            for block in iter(lambda: file.read(BLOCK), b""):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _head_text(head: bytes, encoding: str) -> str:
    decoder = codecs.getincrementaldecoder(encoding)()
    return decoder.decode(head)


def _delimiter(text: str) -> str:
    """Return the separator by which the first lines fall into the most columns, and into as many each."""
    if text[:4].casefold() == "sep=" and text[4:5] in DELIMITERS:
        return text[4]
    lines = text.splitlines(keepends=True)
    whole = "".join(lines[:-1] if len(lines) > 1 and len(text) > HEAD // 4 else lines)
    scores = {delimiter: _score(whole, delimiter) for delimiter in DELIMITERS}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > (0.0, 1) else ","


def _score(text: str, delimiter: str) -> tuple[float, int]:
    """How many of the first rows are as wide as the first one, and how wide that is."""
    widths = [len(row) for row in _rows(text, delimiter) if any(cell.strip() for cell in row)]
    if not widths or widths[0] == 1:
        return 0.0, 1
    return round(sum(width == widths[0] for width in widths) / len(widths), 1), widths[0]


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    take: Callable[[], list[str]] = csv.reader(StringIO(text, newline=""), delimiter=delimiter).__next__
    try:
        for _ in range(50):
            yield take()
    except (csv.Error, StopIteration):
        return
