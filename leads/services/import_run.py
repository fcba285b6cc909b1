"""The leads of a file are taken in, chunk by chunk: each chunk's leads and the place in the file are committed together.

So a worker may be killed at any moment: whoever goes on begins behind the last chunk that was committed, and no row is lost or
taken twice.
"""

import time
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from leads.clock import database_now
from leads.enums import CampaignStatus, LeadStatus
from leads.models import Campaign, Import, Job
from leads.services.drafts import Draft
from leads.services.import_chunks import Bench, Tally, ahead, reason_of
from leads.services.import_trial import Stopped
from leads.services.imports import mapper_of, rows_from
from leads.services.jobs import get_on, pause_job
from leads.services.lead_types import spec_of
from leads.services.receive import Origin, settle, write

RIGHT = "leads.import_lead"


class Rests(Exception):
    """It cannot go on now; the text says why, and what makes it go on."""


def run_import(job: Job, one: Import, campaign: Campaign, *, until: float) -> bool:
    """Take rows in until none is left (True) or `until` on the monotonic clock has passed (False).

    Raises:
        Stopped: it was paused or cancelled, or another worker has it.
        Rests: nobody may take these leads in just now.
        Unreadable: at a place of the file that cannot be read.
    """
    spec = spec_of(campaign.lead_type)
    bench = Bench(campaign, spec, mapper_of(one, spec))
    position, began, taken = one.position, time.monotonic(), 0
    for drafts in ahead(bench, rows_from(one, skip=position), database_now):
        _refuse_unless_allowed(job, campaign)
        taken += len(drafts)
        rate = taken / max(time.monotonic() - began, 0.001)
        take_chunk(job, one, campaign, drafts, position=position, rate=rate)
        position += len(drafts)
        if time.monotonic() > until:
            return False
    return True


def take_chunk(job: Job, one: Import, campaign: Campaign, drafts: Sequence[Draft], *, position: int, rate: float = 0) -> None:
    """Store one chunk behind `position`, or nothing of it. Raises Stopped."""
    for each in drafts:
        each.lead.from_import_id = one.pk
    with transaction.atomic(durable=True):
        if not get_on(job=job, done=position + len(drafts), total=max(job.total, position + len(drafts)), now=database_now()):
            raise Stopped
        settle(drafts, campaign, now=drafts[0].lead.received_at)
        _mark(one, drafts, position=position, rate=rate)
        write(drafts, Origin("file", by=job.by))


MARK = """
    UPDATE leads_import SET position = position + %s, accepted = accepted + %s, duplicate = duplicate + %s,
        suppressed = suppressed + %s, rejected = rejected + %s, rate = %s,
        codes = codes || (SELECT coalesce(jsonb_object_agg(code, coalesce((codes ->> code)::int, 0) + number), '{}')
            FROM unnest(%s::text[], %s::int[]) AS more (code, number))
    WHERE id = %s AND position = %s
"""


def _mark(one: Import, drafts: Sequence[Draft], *, position: int, rate: float) -> None:
    """Move the place in the file, which nobody else may have moved meanwhile."""
    tally = Tally()
    for each in drafts:
        tally.count(each.lead.status, map(reason_of, each.errors))
    counts = [tally.statuses[status] for status in LeadStatus]
    codes: list[Any] = [list(tally.codes.keys()), list(tally.codes.values())]
    with connection.cursor() as cursor:
        cursor.execute(MARK, [len(drafts), *counts, rate, *codes, one.pk, position])
        if cursor.rowcount != 1:
            raise Stopped


def _refuse_unless_allowed(job: Job, campaign: Campaign) -> None:
    """Ask anew before each chunk: people lose rights, and campaigns are paused."""
    by = type(job.by).objects.filter(pk=job.by_id).first() if job.by else None
    if by is None or not by.is_active or not by.has_perm(RIGHT):
        raise Rests("Whoever began it may not import leads any more. Somebody who may can resume it.")
    status, archived = Campaign.objects.values_list("status", "archived_at").get(pk=campaign.pk)
    if status != CampaignStatus.ACTIVE or archived:
        raise Rests(f"The campaign {campaign.name} takes no leads now. Activate it, then resume the import.")


def rest(job: Job, one: Import, why: str) -> None:
    """Let it wait for a person."""
    if pause_job(job=job):
        Import.objects.filter(pk=one.pk).update(problem=why[:300])
