"""What the rebuild's page shows: which strategies changed, what a rebuild would do, and how far one is."""

from datetime import datetime
from typing import Any, NamedTuple

from leads.enums import JobState
from leads.models import Job
from leads.progress import progress as job_progress
from pullqueue.models import PullStrategy, QueueState
from pullqueue.services.entries import strategies_now
from pullqueue.services.rebuild import KIND, PREVIEW, is_changed


class Line(NamedTuple):
    """One strategy in the preview; `after` is how many leads it has then."""

    strategy: PullStrategy
    is_changed: bool
    has: int
    gains: int
    loses: int

    @property
    def after(self) -> int:
        return self.has + self.gains - self.loses


class Rebuilding(NamedTuple):
    """`running` and `last` are rebuilds, `preview` the newest look at what one would do, with its `lines` when it is done."""

    changed: list[PullStrategy]
    state: QueueState
    running: Job | None
    last: Job | None
    preview: Job | None
    lines: list[Line]
    is_stale: bool
    """A strategy changed, or the queue was rebuilt, after the preview was asked for."""


def rebuilding() -> Rebuilding:
    strategies, state = strategies_now(), QueueState.current()
    jobs = Job.objects.filter(kind=KIND).select_related("by")
    rebuilds = jobs.exclude(parameters=PREVIEW)
    preview = jobs.filter(parameters=PREVIEW).first()
    changed = [one for one in strategies if is_changed(one)]
    return Rebuilding(
        changed,
        state,
        rebuilds.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).first(),
        rebuilds.filter(finished__isnull=False).order_by("-finished").first(),
        preview,
        _lines(preview, {one.pk: one for one in strategies}) if preview and preview.state == JobState.DONE else [],
        preview is not None and _is_stale(preview, strategies, state),
    )


def _lines(preview: Job, strategies: dict[int, PullStrategy]) -> list[Line]:
    rows = (preview.result or {}).get("changes", [])
    return [Line(strategies[pk], is_changed(strategies[pk]), *numbers) for pk, *numbers in rows if pk in strategies]


def _is_stale(preview: Job, strategies: list[PullStrategy], state: QueueState) -> bool:
    times = [one.changed_at for one in strategies] + [state.rebuilt_at]
    return any(at is not None and at > preview.created for at in times)


def progress(job: Job, *, now: datetime) -> dict[str, Any]:
    """How far it is, in numbers and in words."""
    return job_progress(job, now=now, of="verdicts, one for each lead and strategy", begins="Counts the leads")
