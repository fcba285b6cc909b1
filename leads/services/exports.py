"""Leads written into a file for one person: in the background, as a list was filtered, only what that person may see."""

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import xlsxwriter
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from leads.clock import database_now
from leads.domain.spreadsheets import CUT, plain
from leads.enums import JobState
from leads.models import Job, Lead, LeadField
from leads.models.lead import STANDARD_COLUMNS
from leads.services.events import record
from leads.services.import_trial import Stopped
from leads.services.imports import NotNow
from leads.services.jobs import get_on, start_job
from leads.wake import FILES, wake

KIND = "lead_export"
RIGHT = "leads.export_lead"
CHUNK = 2_000
KEPT = timedelta(hours=24)
MOST_IN_A_SHEET = 1_048_575
FORMS = {"csv": "CSV", "xlsx": "Excel"}

type Rows = Callable[[str, Any], QuerySet[Lead]]
"""The leads of a list as it was filtered (its query), as far as a person may see them. Raises ValueError for no filter of it."""

SOURCES: dict[str, Rows] = {}


def rows_by(rows: Rows) -> Rows:
    """Say how the list of leads is filtered; the floor that shows it knows."""
    SOURCES["leads"] = rows
    return rows


class Expired(Exception):
    """The file is not there any more."""


def start_export(*, query: str, form: str, by: Any, now: datetime) -> Job:
    """Ask for a file. Raises NotNow: one is being written for this person already; ValueError: no filter or form of ours."""
    if form not in FORMS:
        raise ValueError(form)
    SOURCES["leads"](query, by)
    if Job.objects.filter(kind=KIND, by=by, state__in=[JobState.QUEUED, JobState.RUNNING]).exists():
        raise NotNow("An export of yours is being written. Wait for it, or cancel it.")
    with transaction.atomic():
        job = start_job(kind=KIND, parameters={"query": query, "form": form}, by=by, now=now)
        transaction.on_commit(partial(wake, FILES), robust=True)
    return job


def path_of(job: Job) -> Path:
    return Path(settings.FILES_ROOT) / "exports" / f"{job.pk}.{job.parameters['form']}"


def open_export(job: Job, *, now: datetime) -> Path:
    """Return the finished file of an export. Raises Expired."""
    path = path_of(job)
    if job.state != JobState.DONE or job.finished is None or now >= job.finished + KEPT or not path.exists():
        raise Expired
    return path


def write_export(job: Job) -> dict[str, Any]:
    """Write the file from its beginning; returns how many leads are in it. Raises Stopped and NotNow."""
    _refuse_unless_allowed(job)
    path_of(job).unlink(missing_ok=True)
    leads = SOURCES["leads"](job.parameters["query"], job.by)
    total = leads.order_by().count()
    if job.parameters["form"] == "xlsx" and total > MOST_IN_A_SHEET:
        raise NotNow(f"{total:,} leads are more than a sheet can hold ({MOST_IN_A_SHEET:,}). Filter them, or choose CSV.")
    path = path_of(job)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    columns, done = _columns(job.by), 0
    with WRITERS[job.parameters["form"]](path) as write:
        write([heading for heading, _ in columns])
        for chunk in _chunks(leads):
            for lead in chunk:
                write([_text(read(lead)) for _, read in columns])
            done += len(chunk)
            if not get_on(job=job, done=done, total=max(total, done), now=database_now()):
                raise Stopped
            _refuse_unless_allowed(job)
    record(kind="leads.exported", at=database_now(), by=job.by, about=f"export:{job.pk}", rows=done, form=job.parameters["form"])
    return {"rows": done}


def _refuse_unless_allowed(job: Job) -> None:
    by = type(job.by).objects.filter(pk=job.by_id).first() if job.by else None
    if by is None or not by.is_active or not by.has_perm(RIGHT):
        raise NotNow("Whoever asked for it may not export leads any more.")


def _chunks(leads: QuerySet[Lead]) -> Iterator[list[Lead]]:
    """Yield all, the newest first, by short statements of which none keeps the database from tidying up."""
    leads = leads.select_related("campaign__source", "lead_type").order_by("-received_at", "-id")
    rest = leads
    while chunk := list(rest[:CHUNK]):
        yield chunk
        last = chunk[-1]
        rest = leads.filter(Q(received_at__lt=last.received_at) | Q(received_at=last.received_at, id__lt=last.pk))


type Reader = Callable[[Any], Any]


def _columns(by: Any) -> list[tuple[str, Reader]]:
    """Headings and how their cells are read: those that this person may see."""
    columns: list[tuple[str, Reader]] = [
        ("lead", lambda lead: lead.spoken),
        ("id", lambda lead: str(lead.pk)),
        ("received_at", lambda lead: lead.received_at),
        ("source", lambda lead: lead.campaign.source.name),
        ("campaign", lambda lead: lead.campaign.name),
        ("lead_type", lambda lead: lead.lead_type.name),
        ("status", lambda lead: lead.status),
        ("outcome", lambda lead: lead.outcome),
        ("test", lambda lead: "yes" if lead.is_test else ""),
        *((name, partial(_attribute, name)) for name in STANDARD_COLUMNS),
        *((name, partial(_own, name)) for name in sorted(set(LeadField.objects.values_list("name", flat=True)) - set(STANDARD_COLUMNS))),
    ]
    if by.has_perm("distribution.view_money"):
        columns += [("cost", lambda lead: lead.cost), ("sold_for", lambda lead: getattr(lead, "sold_for", None))]
    return columns


def _attribute(name: str, lead: Lead) -> Any:
    return getattr(lead, name)


def _own(name: str, lead: Lead) -> Any:
    return lead.custom.get(name)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


type Write = Callable[[Sequence[str]], object]


@contextmanager
def _csv(path: Path) -> Iterator[Write]:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        yield lambda cells: rows.writerow([plain(cell) for cell in cells])


@contextmanager
def _xlsx(path: Path) -> Iterator[Write]:
    """Every cell is a text: no formula, no link, no ZIP that loses its zero."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet, count = book.add_worksheet("Leads"), 0

        def write(cells: Sequence[str]) -> None:
            nonlocal count
            for place, cell in enumerate(cells):
                if cell:
                    sheet.write_string(count, place, cell if len(cell) <= CUT else f"{cell[: CUT - 1]}…")
            count += 1

        yield write


WRITERS = {"csv": _csv, "xlsx": _xlsx}


def drop_exports(*, before: datetime | None = None) -> int:
    """Delete the files of exports that ended before a time, or all of them; what they were filtered by is forgotten as well."""
    jobs = Job.objects.filter(kind=KIND, finished__isnull=False, parameters__has_key="query")
    old = list(jobs.filter(finished__lt=before) if before else jobs)
    for job in old:
        path_of(job).unlink(missing_ok=True)
        Job.objects.filter(pk=job.pk).update(parameters={"form": job.parameters["form"]})
    return len(old)
