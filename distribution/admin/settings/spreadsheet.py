"""The table of values as CSV: out with guarded formulas, and in as a draft that is read line by line."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from distribution.admin.settings.draft import READERS, plain
from distribution.admin.settings.facts import Facts, read_facts
from distribution.domain.settings import NO_VALUES, Settings
from distribution.domain.strict import SettingsError
from distribution.services.versions import live_version, settings_of
from leads.clock import database_now
from leads.menu import page

COLUMNS = ("client_id", "client", *READERS)
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for the beginning of a formula."""
LARGEST = 2 * 1024 * 1024
MOST_LINES = 20_000


class Imported(NamedTuple):
    """The draft with the file's values in it, or why nothing of the file was taken."""

    settings: Settings
    errors: tuple[str, ...]
    changed: int = 0


def guarded(text: str) -> str:
    return f"'{text}" if text.startswith(RISKY) else text


@page(
    None,
    address="settings/client-settings/distribution/values.csv",
    name="distribution_settings_values",
    permission="distribution.view_settingsversion",
)
@require_safe
def export_values(request: HttpRequest) -> HttpResponse:
    """The live values of all active clients."""
    version = live_version()
    settings = settings_of(version)
    facts = read_facts(settings, now=database_now())
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="distribution-values-version-{version.number}.csv"'
    writer = csv.writer(answer)
    writer.writerow(COLUMNS)
    for client in facts.active:
        given = settings.values.get(client.pk, NO_VALUES)
        writer.writerow([client.pk, guarded(client.name), *(plain(getattr(given, kind)) for kind in READERS)])
    return answer


def import_values(content: bytes, draft: Settings, facts: Facts) -> Imported:
    """Put the file's values into the draft. A column that is not there changes nothing; an empty cell takes a value away.

    With any error nothing of the file is taken; every error names its line.
    """
    try:
        table = _table(content)
    except ValueError as problem:
        return Imported(draft, (str(problem),))
    values = dict(draft.values)
    errors: list[str] = []
    seen: dict[int, int] = {}
    for line, row in table:
        try:
            client = _client(row, facts)
            _once(client, line, seen)
            values[client] = replace(values.get(client, NO_VALUES), **_given(row))
        except SettingsError as problem:
            errors.append(f"Line {line}: {problem.message}")
    if errors:
        return Imported(draft, tuple(errors))
    kept = {client: given for client, given in values.items() if given != NO_VALUES}
    changed = sum(kept.get(client, NO_VALUES) != draft.values.get(client, NO_VALUES) for client in seen)
    return Imported(replace(draft, values=kept), (), changed)


def _table(content: bytes) -> list[tuple[int, Mapping[str, str]]]:
    if len(content) > LARGEST:
        raise ValueError("The file is larger than 2 MB. It needs one line a client.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("The file is not UTF-8 text. Save it as CSV (UTF-8).") from None
    try:
        return list(_read(csv.reader(io.StringIO(text, newline=""), dialect=_dialect(text), strict=True)))
    except csv.Error as problem:
        raise ValueError(f"The file cannot be read as CSV: {problem}.") from None


def _dialect(text: str) -> type[csv.Dialect]:
    """Comma or semicolon, whichever the first line has more of."""
    head = text.partition("\n")[0]

    class Found(csv.excel):
        delimiter = ";" if head.count(";") > head.count(",") else ","

    return Found


def _read(reader: Any) -> Iterator[tuple[int, Mapping[str, str]]]:
    head = [cell.strip().casefold() for cell in next(reader, [])]
    unknown = [name for name in head if name not in COLUMNS]
    if unknown or not {"client_id", "client"} & set(head) or not set(READERS) & set(head):
        wrong = f"Not known: {', '.join(unknown[:5])}. " if unknown else ""
        raise ValueError(f"The first line must name the columns. {wrong}Known are: {', '.join(COLUMNS)}.")
    for cells in reader:
        if reader.line_num > MOST_LINES:
            raise ValueError(f"The file has more than {MOST_LINES:,} lines.")
        if any(cell.strip() for cell in cells):
            yield reader.line_num, dict(zip(head, cells, strict=False))


def _client(row: Mapping[str, str], facts: Facts) -> int:
    """Find the client by its id, or without one by its whole name."""
    number, name = row.get("client_id", "").strip(), row.get("client", "").strip()
    if number:
        if number.isascii() and number.isdecimal() and int(number) in facts.clients:
            return int(number)
        raise SettingsError("", f"No client has the id {number[:40]}. Take the ids from the exported file.")
    bare = name.removeprefix("'") if name.startswith("'") and name[1:].startswith(RISKY) else name
    found = [pk for pk, known in facts.names.items() if known.casefold() == bare.casefold()]
    if len(found) != 1:
        raise SettingsError("", f"No client is called “{bare[:80]}”." if bare else "There is neither a client_id nor a client.")
    return found[0]


def _once(client: int, line: int, seen: dict[int, int]) -> None:
    if client in seen:
        raise SettingsError("", f"This client stands in line {seen[client]} already.")
    seen[client] = line


def _given(row: Mapping[str, str]) -> dict[str, Any]:
    given = {}
    for kind, reader in READERS.items():
        if kind in row:
            try:
                given[kind] = reader(row[kind])
            except SettingsError as problem:
                raise SettingsError("", f"{kind} is “{row[kind].strip()[:40]}”. {problem.message}") from None
            if kind != "priority" and given[kind] is not None and given[kind] < 0:
                raise SettingsError("", f"{kind} is {row[kind].strip()[:40]}. Use 0 or more, or leave it empty.")
    return given
