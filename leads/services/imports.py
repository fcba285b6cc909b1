"""An import as people steer it: its columns chosen, tried, taken in, paused, cancelled; and the files it leaves behind."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q

from leads.domain.intake import label_of
from leads.domain.lead_types import STANDARD_NAMES, LeadTypeSpec
from leads.enums import FINISHED_JOBS, CampaignStatus, JobState
from leads.imports.mapping import Mapper, guess, problems, simple
from leads.imports.rows import Row, rows_of
from leads.models import Campaign, Import, Job
from leads.services.events import record
from leads.services.jobs import cancel_job, pause_job, resume_job, start_job
from leads.services.lead_types import spec_of
from leads.services.uploads import form_of
from leads.wake import FILES, wake

TRIAL, RUN, UNDO = "import_trial", "import_run", "import_undo"
MOST_OPEN = 2
"""Imports of one person that wait or run at once."""
DRAFTS_KEPT = timedelta(days=7)


class NotNow(Exception):
    """What is asked for cannot be done as things stand; the text says why and what to do."""


def guesses(one: Import, campaign: Campaign) -> list[str]:
    """Fields for the columns: as they were chosen the last time for this lead type, else by their names."""
    spec = spec_of(campaign.lead_type)
    before = Import.objects.filter(campaign__lead_type=campaign.lead_type_id, run__isnull=False).exclude(pk=one.pk)
    remembered: dict[str, str] = {}
    for columns, mapping in before.order_by("-created").values_list("columns", "mapping")[:20]:
        remembered = dict(zip(map(simple, columns), mapping, strict=False)) | remembered
    return guess(one.columns, {field.name: field.label for field in spec.fields}, remembered)


def known_fields(spec: LeadTypeSpec) -> dict[str, str]:
    """Labels of the fields that a column may be, by name."""
    names = [field.name for field in spec.fields] + sorted(STANDARD_NAMES - {field.name for field in spec.fields})
    return {name: label_of(name, spec) for name in names}


def choose(*, one: Import, campaign: Campaign, mapping: Sequence[str]) -> list[str]:
    """Say what the columns are and where the leads go; returns what is wrong, and then nothing is changed.

    Raises:
        NotNow: it was begun already.
    """
    fields = known_fields(spec_of(campaign.lead_type))
    wrong = problems(one.columns, mapping, fields, fields)
    if not wrong and not Import.objects.filter(pk=one.pk, run=None).update(campaign=campaign, mapping=list(mapping)):
        raise NotNow("This import was begun already, so its columns cannot be changed.")
    return wrong


def lacking(campaign: Campaign, mapping: Sequence[str]) -> list[str]:
    """Labels of the fields without which a lead of this campaign is rejected, and which no column is chosen for."""
    return [wanted.label for wanted in spec_of(campaign.lead_type).required if wanted.name not in mapping]


def mapper_of(one: Import, spec: LeadTypeSpec) -> Mapper:
    return Mapper(tuple(one.columns), tuple(one.mapping), frozenset(known_fields(spec)))


def rows_from(one: Import, *, skip: int = 0) -> Iterator[Row]:
    return rows_of(Path(one.file.path), form_of(one), skip=skip)


def what_was_tried(one: Import) -> Mapping[str, Any]:
    return {"campaign": one.campaign_id, "mapping": one.mapping}


def start_trial(*, one: Import, by: Any, now: datetime) -> Job:
    """Judge every row of the file, and keep nothing. Raises NotNow."""
    _refuse_begun(one)
    if one.campaign is None:
        raise NotNow("Choose the campaign and the columns first.")
    _refuse_many(by)
    if one.trial:
        cancel_job(job=one.trial, now=now)
    return _start(one, TRIAL, "trial", by=by, now=now)


def start_run(*, one: Import, by: Any, now: datetime) -> Job:
    """Take the file's leads in. Raises NotNow unless it was tried as it stands."""
    _refuse_begun(one)
    trial = one.trial
    if trial is None or trial.state != JobState.DONE or trial.parameters.get("what") != what_was_tried(one):
        raise NotNow("Try the import first: the dry run says what would become of each row.")
    if one.campaign is None or one.campaign.status != CampaignStatus.ACTIVE or one.campaign.is_archived:
        raise NotNow("The campaign takes no leads now. Activate it, or choose another one.")
    _refuse_many(by)
    job = _start(one, RUN, "run", by=by, now=now)
    record(kind="import.started", at=now, by=by, about=f"import:{one.pk}")
    return job


def start_undo(*, one: Import, by: Any, now: datetime) -> Job:
    """Take the import's leads back, all that nobody got yet. Raises NotNow."""
    if one.run is None or one.run.state not in FINISHED_JOBS:
        raise NotNow("Only an import that has ended or was cancelled can be undone.")
    if one.undo is not None and one.undo.state not in FINISHED_JOBS:
        raise NotNow("It is being undone already.")
    job = _start(one, UNDO, "undo", by=by, now=now)
    record(kind="import.undo_started", at=now, by=by, about=f"import:{one.pk}")
    return job


def _start(one: Import, kind: str, place: str, *, by: Any, now: datetime) -> Job:
    with transaction.atomic():
        job = start_job(kind=kind, parameters={"import": str(one.pk), "what": what_was_tried(one)}, by=by, now=now)
        before = getattr(one, place)
        if not Import.objects.filter(pk=one.pk, **{place: before}).update(**{place: job, "problem": ""}):
            raise NotNow("Somebody else began it just now.")
        setattr(one, place, job)
        transaction.on_commit(partial(wake, FILES), robust=True)
    return job


def _refuse_taken_in(one: Import) -> None:
    if one.run is not None:
        raise NotNow("This import was begun already.")


def _refuse_begun(one: Import) -> None:
    _refuse_taken_in(one)
    if not one.file:
        raise NotNow("The file is not kept any more. Upload it again.")


def _refuse_many(by: Any) -> None:
    waiting = Job.objects.filter(kind__in=[TRIAL, RUN], by=by, state__in=[JobState.QUEUED, JobState.RUNNING]).count()
    if waiting >= MOST_OPEN:
        raise NotNow(f"{MOST_OPEN} of your imports are under way. Wait for one of them to end, pause or cancel it.")


STEPS: dict[str, Callable[[Job, datetime], bool]] = {
    "pause": lambda job, _now: pause_job(job=job),
    "resume": lambda job, _now: resume_job(job=job),
    "cancel": lambda job, now: cancel_job(job=job, now=now),
}


def steer(*, one: Import, step: str, by: Any, now: datetime) -> bool:
    """Pause, resume or cancel what is under way; False when it is not that far any more."""
    job = next((job for job in (one.undo, one.run, one.trial) if job is not None), None)
    if job is None or not STEPS[step](job, now):
        return False
    if step == "resume":
        Import.objects.filter(pk=one.pk).update(problem="")
        wake(FILES)
    if job == one.run:
        record(kind=f"import.{step}", at=now, by=by, about=f"import:{one.pk}")
    return True


def discard(*, one: Import, now: datetime) -> None:
    """Throw away a file that nobody began to take in. Raises NotNow."""
    _refuse_taken_in(one)
    if one.trial:
        cancel_job(job=one.trial, now=now)
    if one.file:
        one.file.delete(save=False)
    Import.objects.filter(pk=one.pk, run=None).delete()


def drop_file(one: Import) -> None:
    """Let the uploaded file go; what was received of each lead stands with it."""
    if one.file:
        one.file.delete(save=False)
    Import.objects.filter(pk=one.pk).update(file="", preview=[])


def drop_old_files(*, now: datetime) -> int:
    """Let go the files of imports that ended, and of those that nobody began within a week; return how many."""
    ended = Q(run__state__in=FINISHED_JOBS) | Q(run=None, created__lt=now - DRAFTS_KEPT)
    old = list(Import.objects.filter(ended).exclude(file="")[:500])
    for one in old:
        drop_file(one)
    return len(old)
