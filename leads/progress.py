"""How far long work is, in numbers and in words: the same for an import, an export, a backtest and a rebuild."""

from datetime import datetime
from typing import Any

from leads.enums import JobState
from leads.models import Job


def progress(job: Job, *, now: datetime, of: str, begins: str) -> dict[str, Any]:
    """Tell it: `of` names what is counted, `begins` what happens before it is known how many there are."""
    said = "Waits for a worker."
    if job.state == JobState.RUNNING:
        said = (f"{job.done:,} of {job.total:,} {of}{pace(job, rate_of(job, now=now))}" if job.total else begins) + "."
    return {"state": job.state, "open": job.is_open, "done": job.done, "total": job.total, "said": said}


def rate_of(job: Job, *, now: datetime) -> float:
    """So many are done a second, since it was begun."""
    seconds = (now - job.started).total_seconds() if job.started else 0.0
    return job.done / seconds if seconds > 0 else 0.0


def pace(job: Job, rate: float) -> str:
    """The rate and the time that is left at it, as the end of a sentence; nothing before the first is done."""
    if not rate:
        return ""
    seconds = max(round((job.total - job.done) / rate), 1)
    left = f"{seconds} s" if seconds < 90 else f"{round(seconds / 60)} min"
    return f", {rate:,.0f} a second, {left} left"
