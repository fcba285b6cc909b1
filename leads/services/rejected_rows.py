"""Rejected rows of an import, as the file had them, each with its reasons."""

import csv
from collections.abc import Iterator
from typing import Any

from leads.domain.spreadsheets import plain
from leads.enums import LeadStatus
from leads.models import Import, Lead

AT_ONCE = 1_000
REASON = "reason"


class _Echo:
    """Hands each line back to whoever writes it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(one: Import) -> Iterator[str]:
    """Yield the lines of a CSV, beginning with the mark by which spreadsheets know UTF-8. Needs little memory."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([*(plain(name) for name in one.columns), "line", REASON])
    leads = Lead.objects.filter(from_import=one, status=LeadStatus.REJECTED).order_by("number").values_list("submission__body", "errors")
    for body, errors in leads.iterator(chunk_size=AT_ONCE):
        yield writer.writerow([*_cells(body, one.columns), body.get("line", ""), said(errors)])


def _cells(body: dict[str, Any], columns: list[str]) -> list[str]:
    if "text" in body:
        return [plain(body["text"]), *[""] * (len(columns) - 1)]
    return [plain(str(body["cells"].get(name, ""))) for name in columns]


def said(errors: list[dict[str, Any]]) -> str:
    """Every reason in a sentence, with the field it is about."""
    return " ".join(f"{error['field']}: {error['message']}" if error["field"] else error["message"] for error in errors)
