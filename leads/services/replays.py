"""Idempotency: a repeated post gets the first answer, and never makes a second lead."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from leads.models import Campaign, IntakeKey
from leads.services.receipts import Receipt

KEPT = timedelta(hours=24)
PATIENCE = "2s"
"""How long a repeat waits for the first post, if that is still being answered."""


@dataclass(frozen=True, slots=True)
class Idempotency:
    """The sender's key for one post, and the digest of what it posted."""

    key: str
    body_sha256: bytes


class KeyReused(Exception):
    """The key was used for another body within 24 hours: nothing is changed."""


class InProgress(Exception):
    """The first post with this key is still being answered."""


CLAIM = """
    WITH patient AS MATERIALIZED (SELECT set_config('lock_timeout', %(patience)s, true))
    INSERT INTO leads_intakekey (campaign_id, key, body_sha256, answer_status, answer_body, created)
    SELECT %(campaign)s, %(key)s, %(body)s, 0, '[]', %(now)s FROM patient
    ON CONFLICT (campaign_id, key) DO UPDATE
        SET body_sha256 = excluded.body_sha256, answer_status = 0, answer_body = '[]', created = excluded.created
        WHERE leads_intakekey.created <= %(expired)s
    RETURNING id
"""


KEEP = "UPDATE leads_intakekey SET answer_status = %s, answer_body = %s WHERE id = %s"


def claim(campaign: Campaign, idempotency: Idempotency, *, now: datetime) -> tuple[int, list[Receipt]]:
    """Take the key in the caller's transaction: its row's id, and the receipts of the first post if there was one.

    Whoever comes while the first is not committed waits for it here.

    Raises:
        KeyReused: with another body.
        InProgress: the first took longer than the patience.
    """
    values: dict[str, Any] = {
        "patience": PATIENCE,
        "campaign": campaign.pk,
        "key": idempotency.key,
        "body": idempotency.body_sha256,
        "now": now,
        "expired": now - KEPT,
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, values)
            made = cursor.fetchone()
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise InProgress from error
        raise
    return (made[0], []) if made else _answered(campaign, idempotency)


def _answered(campaign: Campaign, idempotency: Idempotency) -> tuple[int, list[Receipt]]:
    first = IntakeKey.objects.filter(campaign=campaign, key=idempotency.key).first()
    if first is None:
        raise InProgress
    if bytes(first.body_sha256) != idempotency.body_sha256:
        raise KeyReused
    return first.pk, [Receipt.from_json(kept) for kept in first.answer_body]


def kept(row: int, receipts: Sequence[Receipt]) -> tuple[str, list[Any]]:
    """Return the statement that keeps the answer for repeats, to be sent with the leads."""
    answer = json.dumps([receipt.to_json() for receipt in receipts])
    status = receipts[0].http if len(receipts) == 1 else 207
    return KEEP, [status, answer, row]


def delete_old_keys(*, now: datetime, limit: int) -> int:
    """Forget up to `limit` answers that are older than 24 hours and return how many there were."""
    old = IntakeKey.objects.filter(created__lte=now - KEPT).order_by("created").values_list("pk", flat=True)[:limit]
    deleted, _ = IntakeKey.objects.filter(pk__in=list(old)).delete()
    return deleted
