"""Every kind of dirt that files bring gets an answer that says what is wrong and what to do, or is read as it was meant."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.conf import settings

from leads.imports.unreadable import Unreadable
from leads.imports.workbook import refuse_bombs
from leads.models import Import, Lead
from leads.services.uploads import told_form
from tests.leads.intake_world import make_campaign

pytestmark = pytest.mark.django_db

Files = Callable[..., Import]
ROWS = "first_name,phone\nZoë,312 555 0100\n"


def workbook(*rows: tuple[Any, ...]) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        book.add_worksheet("Notes")
        sheet = book.add_worksheet("Leads")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return written.getvalue()


def packed(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


def bomb() -> bytes:
    return packed({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b"0" * (210 * 1024 * 1024)})


def repacked(**changed: bytes) -> bytes:
    """A real workbook of which some parts are others."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(("phone",), ("312 555 0100",)))) as old,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            key = Path(name).stem
            new.writestr(name, changed.get(key, old.read(name)))
    return written.getvalue()


def sheet(*cells: str) -> bytes:
    inner = "".join(f'<row><c r="{cell}" t="inlineStr"><is><t>x</t></is></c></row>' for cell in cells)
    return (
        f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{inner}</sheetData></worksheet>'.encode()
    )


def lying() -> bytes:
    """A workbook whose directory says that a part is small."""
    content = bytearray(packed({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b"0" * 5_000_000}))
    at = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, 10)
    return bytes(content)


REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "The file is empty."),
    "empty lines alone": (b"\n\r\n  \n,,\n", "The file holds nothing but empty lines."),
    "headings alone": (b"first_name,phone\n", "The file has headings and no rows below them."),
    "headings and empty lines": (b"first_name,phone\n,\n\n", "The file has headings and no rows below them."),
    "null bytes": (b"\x00" * 5000, "The file holds no text: 5,000 of its first 5,000 bytes are null. Save it as CSV (UTF-8) or"),
    "300 columns": (
        (",".join(f"c{n}" for n in range(300)) + "\n" + "," * 299 + "x\n").encode(),
        "The file has 300 columns; 200 are the most. Delete those that no lead needs.",
    ),
    "a cell of 10 MB": (
        b"name,phone\nAna," + b"7" * 10_000_000 + b"\n",
        "The row at line 2 has a cell of more than 131,072 characters. Shorten",
    ),
    "a quote that is never closed": (
        b'name,phone\nAna,1\n"Ben,2\nCy,3\n',
        "The quote that opens at line 3 or after it is never closed. Close it, or take it out.",
    ),
    "text behind a quote": (
        b'name,phone\n"Ana"s,1\n',
        "In line 2 something follows a closing quote. Write a quote inside a quoted text twice, or take it out.",
    ),
    "a picture called csv": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "This is a picture. Upload a CSV, JSON Lines or Excel file."),
    "a pdf": (b"%PDF-1.7 ...", "This is a PDF, which holds no table that can be read. Save it as"),
    "an old workbook": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500,
        "This is an old Excel workbook (.xls) or another office file.",
    ),
    "an OpenDocument sheet": (packed({"content.xml": b"<x/>"}), "This is an OpenDocument file. Save it as CSV (UTF-8) or as an Excel"),
    "an archive": (packed({"leads.csv": b"a,b"}), "This is an archive, not a file of leads. Unpack it and upload what is inside."),
    "a compressed file": (b"\x1f\x8b\x08\x00", "This file is compressed. Unpack it and upload what is inside."),
    "a web page": (b"<!DOCTYPE html><html></html>", "This is a web page or an XML file."),
    "a JSON list": (b'[{"phone": "1"}]', "The file is one JSON list. Write one object a line (JSON Lines), without brackets and commas"),
    "JSON lines without objects": (b'{"phone": \n{"a\n', "None of the first lines is a JSON object. Write one object a line, such as"),
    "a false mark of UTF-16": (b"\xff\xfeabc", "The file says that it is UTF-16, and holds bytes that are none."),
    "a zip bomb": (bomb(), "Unpacked the workbook has 210 MB; 200 are the most. Split it, or save it as CSV."),
    "a workbook that grows too much": (
        packed({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b"0" * 20_000_000}),
        "The workbook grows 1",
    ),
    "a workbook that lies about its size": (lying(), "The workbook is damaged."),
    "a workbook of 6,000 parts": (
        packed({"xl/workbook.xml": b"<w/>"} | {f"xl/{n}.xml": b"" for n in range(6000)}),
        "The workbook consists of 6,001 parts; no honest one has more than 5,000.",
    ),
    "a damaged workbook": (b"PK\x03\x04 and then nothing", "The file begins like an Excel workbook, and is damaged."),
    "a workbook without sheets": (packed({"xl/workbook.xml": b"<workbook/>"}), "The workbook is damaged. Open it in Excel, save it anew"),
    "a workbook with a cell far down": (
        repacked(sheet2=sheet("A1", "A1048576")),
        "A sheet reaches down to row 1,048,576; 200,000 are the most.",
    ),
    "a workbook with a cell far right": (
        repacked(sheet2=sheet("A1", "XFD1")),
        "A sheet reaches 16,384 columns to the right; 200 are the most.",
    ),
    "a workbook of too many places": (
        repacked(sheet2=sheet("A1", "GR190000")),
        "A sheet has 190,000 rows of 200 columns, which is too much for",
    ),
    "a workbook with entities": (
        repacked(sheet2=b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + sheet("A1")),
        "The workbook defines entities of its own, as no honest one does.",
    ),
}


@pytest.mark.parametrize("dirt", REFUSED)
def test_what_cannot_be_taken_is_told_with_the_remedy_and_nothing_is_kept(upload: Files, dirt: str) -> None:
    content, said = REFUSED[dirt]
    with pytest.raises(Unreadable) as refused:
        upload(content)
    assert str(refused.value)[: len(said)] == said
    assert Import.objects.count() == 0
    assert [*Path(settings.FILES_ROOT).rglob("*.*")] == []


def test_a_bomb_is_refused_before_a_byte_of_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bomb.xlsx").write_bytes(bomb())
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_, **__: pytest.fail("unpacked"))
    with pytest.raises(Unreadable, match="Unpacked the workbook has 210 MB"):
        refuse_bombs(tmp_path / "bomb.xlsx")


READ: dict[str, tuple[bytes, str]] = {
    "utf-8": (ROWS.encode(), "UTF-8, separated by commas"),
    "a byte-order mark": (ROWS.encode("utf-8-sig"), "UTF-8, separated by commas"),
    "Windows Latin": (ROWS.encode("cp1252"), "Windows Latin (cp1252), separated by commas"),
    "Latin-1": (ROWS.replace("phone\n", "phone,note\n").replace("0100\n", "0100,\x81\n").encode("latin-1"), "Latin-1, separated by commas"),
    "UTF-16 with mark": (ROWS.encode("utf-16"), "UTF-16, separated by commas"),
    "UTF-16 without mark": (ROWS.encode("utf-16-le"), "UTF-16-LE, separated by commas"),
    "UTF-16 big end first": (ROWS.encode("utf-16-be"), "UTF-16-BE, separated by commas"),
    "UTF-32": (ROWS.encode("utf-32"), "UTF-32, separated by commas"),
    "semicolons": (ROWS.replace(",", ";").encode(), "UTF-8, separated by semicolons"),
    "semicolons with commas in texts": (b'first_name;phone\nZo\xc3\xab;312 555 0100\n"a,b,c";1,2,3\n', "UTF-8, separated by semicolons"),
    "tabs": (ROWS.replace(",", "\t").encode(), "UTF-8, separated by tabs"),
    "bars": (ROWS.replace(",", "|").encode(), "UTF-8, separated by bars"),
    "Excel's hint of the separator": (b"sep=;\nfirst_name;phone\nZo\xc3\xab;312 555 0100\n", "UTF-8, separated by semicolons"),
    "lone returns": (ROWS.replace("\n", "\r").encode(), "UTF-8, separated by commas"),
    "returns with feeds": (ROWS.replace("\n", "\r\n").encode(), "UTF-8, separated by commas"),
    "empty lines between": (b"\n\nfirst_name,phone\n\n,\nZo\xc3\xab,312 555 0100\n\n\n", "UTF-8, separated by commas"),
    "quotes over lines": (b'"first_name","phone","address"\n"Zo\xc3\xab","312 555 0100","12 Main\nApt 4"\n', "UTF-8, separated by commas"),
    "no last line end": (ROWS.rstrip().encode(), "UTF-8, separated by commas"),
    "empty columns at the end": (b"first_name,phone,,,\nZo\xc3\xab,312 555 0100,,,\n", "UTF-8, separated by commas"),
    "JSON lines": ('{"first_name": "Zoë", "phone": "312 555 0100"}\n\n'.encode(), "UTF-8"),
    "JSON lines as at the API": ('{"fields": {"first_name": "Zoë", "phone": "312 555 0100"}}\n'.encode(), "UTF-8"),
    "a workbook": (workbook(("first_name", "phone"), ("Zoë", "312 555 0100")), "the first sheet with rows"),
    "a workbook with numbers": (workbook(("first_name", "phone"), ("Zoë", 3125550100)), "the first sheet with rows"),
}


@pytest.mark.parametrize("dirt", READ)
def test_what_can_be_read_is_read_as_it_was_meant_whatever_its_name(taken: Files, dirt: str) -> None:
    content, form = READ[dirt]
    one = taken(make_campaign(), content, "picture.png")
    assert told_form(one) == form
    lead = Lead.objects.get(from_import=one, status__in=["accepted", "rejected"], first_name="Zoë")
    assert (lead.first_name, lead.phone) == ("Zoë", "+13125550100")


def test_rows_with_dirt_of_their_own_are_rejected_one_by_one_with_the_reason(taken: Files) -> None:
    content = b"first_name,phone\nAna,312 555 0100\nBen,312 555 0101,more,cells\nC\x00y,312 555 0102\nDee\nEve,phone\n"
    one = taken(make_campaign(fields=({"name": "phone", "label": "Phone", "kind": "text", "is_required": True},)), content)
    told = {lead.submission.body["line"]: [error["code"] for error in lead.errors] for lead in Lead.objects.filter(from_import=one)}
    assert told == {2: [], 3: ["too_many_cells"], 4: ["bad_character"], 5: ["required"], 6: ["bad_phone"]}
    assert one.counts == {"accepted": 1, "duplicate": 0, "suppressed": 0, "rejected": 4}


def test_a_line_that_is_no_json_is_kept_and_told(taken: Files) -> None:
    one = taken(make_campaign(), b'{"phone": "312 555 0100"}\n{"phone": \n[1]\n{"phone": NaN}\n')
    rows = {lead.submission.body["line"]: lead for lead in Lead.objects.filter(from_import=one)}
    assert [rows[line].status for line in (1, 2, 3, 4)] == ["accepted", "rejected", "rejected", "rejected"]
    assert rows[2].submission.body == {"line": 2, "text": '{"phone":'}
    assert rows[2].errors[0] == {"field": None, "code": "bad_row", "message": "The line is no JSON object. Write one object a line."}


def test_headings_that_stand_twice_are_told_apart(upload: Files) -> None:
    one = upload(b"phone,Phone,phone,,x\n312 555 0100,1,2,3,4\n")
    assert one.columns == ["phone", "Phone", "phone (2)", "Column 4", "x"]
    assert one.notices == ["These headings stand over several columns: phone. Choose which of them is which."]


def test_a_file_without_headings_is_pointed_out(upload: Files) -> None:
    one = upload(b"Ana,ana@mail.example\nBen,ben@mail.example\n")
    assert one.notices == ["The first line looks like a lead, not like headings. Put a line with a heading for each column above it."]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/cron.d/x.csv", "x.csv"),
        ("C:\\leads\\a.csv", "a.csv"),
        ("a\u202evsc.exe", "avsc.exe"),
        ("x" * 1000, "x" * 200),
        ("", "file"),
    ],
)
def test_the_file_lies_under_a_name_of_ours_and_nobody_else_can_read_it(given: str, shown: str) -> None:
    from leads.services.uploads import shown_name

    assert shown_name(given) == shown


def test_the_kept_file_is_readable_by_the_product_alone(upload: Files) -> None:
    one = upload(ROWS, "../../evil.csv")
    path = Path(one.file.path)
    assert path.parent == Path(settings.FILES_ROOT) / "imports"
    assert path.name == f"{one.pk}.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_an_export_marked_is_read_without_the_mark(taken: Files) -> None:
    taken(make_campaign(), b"first_name,phone\n'=Zoe,'+13125550100\n")
    lead = Lead.objects.get()
    assert (lead.first_name, lead.phone) == ("=Zoe", "+13125550100")
