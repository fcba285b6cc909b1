"""The dry run: every row judged as it would be, and nothing kept. Somebody may come between and change the answer."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from leads.clock import database_now
from leads.enums import DuplicateAgainst, LeadStatus
from leads.models import Campaign, Import, Job
from leads.queries import KNOWN, Known, Original, known_of
from leads.services.campaign_caps import places_left
from leads.services.drafts import Draft
from leads.services.import_chunks import Bench, Tally, ahead, reason_of
from leads.services.imports import mapper_of, rows_from
from leads.services.jobs import get_on
from leads.services.lead_types import spec_of
from leads.services.receive import Desk, hours_of

SEEN = "CREATE TEMPORARY TABLE IF NOT EXISTS import_seen (digest uuid PRIMARY KEY); TRUNCATE import_seen"
"""People of the rows so far. The database keeps them, because a million of them are too many for this process."""


class Stopped(Exception):
    """Whoever asked does not want it now, or another worker has the job."""


def run_trial(job: Job, one: Import, campaign: Campaign) -> dict[str, Any]:
    """Judge all rows and return the counts. Raises Stopped, and Unreadable at a place that cannot be read."""
    spec, tally, done = spec_of(campaign.lead_type), Tally(), 0
    places = places_left(campaign, now=database_now())
    with connection.cursor() as cursor:
        cursor.execute(SEEN)
    bench = Bench(campaign, spec, mapper_of(one, spec))
    total = lines_of(one)
    for drafts in ahead(bench, rows_from(one), database_now):
        for status, codes in _judged(drafts, campaign):
            if status == LeadStatus.ACCEPTED and places is not None:
                places -= 1
                if places < 0:
                    tally.count(LeadStatus.REJECTED, ["campaign_full"])
                    continue
            tally.count(status, codes)
        done += len(drafts)
        total = max(total, done)
        if not get_on(job=job, done=done, total=total, now=database_now()):
            raise Stopped
    get_on(job=job, done=done, total=done, now=database_now())
    return {"rows": done} | tally.to_json()


def lines_of(one: Import) -> int:
    """About how many rows the file has: its lines."""
    lines = 0
    with Path(one.file.path).open("rb") as file:
        while block := file.read(1024**2):
            lines += block.count(b"\n")
    return max(lines, 1)


def _judged(drafts: list[Draft], campaign: Campaign) -> list[tuple[LeadStatus, list[str]]]:
    hours, accepted_only = hours_of(campaign), campaign.lead_type.duplicate_against == DuplicateAgainst.ACCEPTED
    known = _known(drafts, hours=hours, accepted_only=accepted_only, now=drafts[0].lead.received_at)
    desk = Desk(known, timedelta(hours=hours), against_accepted=accepted_only)
    judged = []
    for one in drafts:
        status = LeadStatus(desk.status_of(one))
        one.lead.status = status
        desk.remember(one)
        judged.append((status, [reason_of(error) for error in one.errors]))
    _remember(desk.seen)
    return judged


def _known(drafts: list[Draft], *, hours: int, accepted_only: bool, now: datetime) -> Known:
    people = {(kind, digest) for one in drafts for digest, kind in one.people.items()}
    prints = list({digest for one in drafts for digest in one.prints}) if hours else []
    since = now - timedelta(hours=hours)
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [[kind for kind, _ in people], [digest for _, digest in people], prints, since, accepted_only])
        known = known_of(cursor.fetchall())
        cursor.execute("SELECT digest FROM import_seen WHERE digest = ANY(%s)", [prints])
        for (digest,) in cursor.fetchall():
            known.originals.setdefault(digest, Original(UUID(int=0), 0, now))
    return known


def _remember(digests: Iterable[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO import_seen SELECT unnest(%s::uuid[]) ON CONFLICT DO NOTHING", [list(digests)])
