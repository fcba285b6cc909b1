"""What the pages of an import say: how far it is, what the counts mean, which reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from leads.enums import FINISHED_JOBS, JobState
from leads.events import REASONS
from leads.imports.mapping import AS_CALLED, LEFT_OUT
from leads.models import Import, Job, Lead
from leads.progress import pace, rate_of
from leads.services.imports import known_fields, what_was_tried
from leads.services.lead_types import spec_of

SHOWN_KEPT = 200
LABELS = {"accepted": "Accepted", "duplicate": "Duplicates", "suppressed": "Suppressed", "rejected": "Rejected"}
NOTES = {
    "accepted": "go through their campaign's routes",
    "duplicate": "of an earlier lead, or of a row above",
    "suppressed": "must not be called or sold",
    "rejected": "kept with their reasons",
}


def stage(one: Import, *, edits: bool = False) -> str:
    """Which of its stories the page tells: choosing columns, what was tried, how far it is, what became of it."""
    if one.undo is not None:
        return "undone" if one.undo.state in FINISHED_JOBS else "undoing"
    if one.run is not None:
        return one.run.state if one.run.state in (*FINISHED_JOBS, JobState.PAUSED) else "running"
    if one.trial is None or edits or one.trial.parameters.get("what") != what_was_tried(one):
        return "choosing"
    if one.trial.state == JobState.PAUSED:
        return "trial_paused"
    return "tried" if one.trial.state in FINISHED_JOBS else "trying"


def job_of(one: Import) -> Job | None:
    return one.undo or one.run or one.trial


def progress(one: Import, *, now: datetime) -> dict[str, Any]:
    """How far what is under way is, in numbers and in words."""
    job = job_of(one)
    if job is None:
        return {"open": False, "done": 0, "total": 0, "said": ""}
    said = "Waits for a worker."
    if job.state == JobState.RUNNING and job.total:
        said = f"{job.done:,} of {'about ' if job == one.trial else ''}{job.total:,} {'leads' if job == one.undo else 'rows'}"
        said += f"{pace(job, one.rate if job == one.run else rate_of(job, now=now))}."
    elif job.state == JobState.QUEUED and job.done:
        said = f"{job.done:,} of {job.total:,} rows. Other long work has its turn; it goes on after it."
    elif job.state == JobState.PAUSED:
        said = f"Rests at {job.done:,} of {job.total:,} rows."
    return {"open": job.is_open and job.state != JobState.PAUSED, "done": job.done, "total": job.total, "said": said}


@dataclass(frozen=True, slots=True)
class Column:
    """One column with some of its values, and what may be chosen for it."""

    place: int
    name: str
    samples: tuple[str, ...]
    chosen: str


def columns(one: Import, mapping: list[str]) -> list[Column]:
    told = []
    for place, name in enumerate(one.columns):
        values = dict.fromkeys(row["cells"][place] for row in one.preview if place < len(row["cells"]) and row["cells"][place].strip())
        told.append(Column(place, name, tuple(values)[:3], mapping[place] if place < len(mapping) else LEFT_OUT))
    return told


def choices(one: Import) -> list[tuple[str, str]]:
    """What a column may be, with its label."""
    if one.campaign is None:
        return []
    fields = known_fields(spec_of(one.campaign.lead_type))
    return [(LEFT_OUT, "Leave out"), (AS_CALLED, "Keep as it is called"), *fields.items()]


def counted(counts: Mapping[str, int]) -> list[tuple[str, str, int, str]]:
    """Figures in their order: code, label, number, what it means."""
    return [(name, label, counts.get(name, 0), NOTES[name]) for name, label in LABELS.items()]


def reasons(one: Import, codes: Mapping[str, int]) -> list[tuple[str, int]]:
    """Why rows are rejected, the most frequent first, each with the field that it is about. A row may have several reasons."""
    labels = known_fields(spec_of(one.campaign.lead_type)) if one.campaign else {}
    said = [(_reason(counted, labels), number) for counted, number in codes.items()]
    return sorted(said, key=lambda line: (-line[1], line[0]))


def _reason(counted: str, labels: Mapping[str, str]) -> str:
    field, _, code = counted.rpartition(":")
    said = REASONS.get(code, code.replace("_", " "))
    return f"{labels.get(field, field)}: {said}" if field else said[:1].upper() + said[1:]


def kept(one: Import, user: Any) -> "QuerySet[Lead]":
    """Leads of the import that are still there, as far as this person may see them."""
    return Lead.objects.visible_to(user).filter(from_import=one).order_by("number")
