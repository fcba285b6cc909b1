"""Locks of intake: one for each fingerprint, in one order, taken before duplicates are looked for."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from leads.queries import KNOWN, Known, known_of

FINGERPRINTS = 0x4C454144
"""Class of the advisory locks of this module ("LEAD")."""
BUCKETS = 2048
"""So many locks at most, because a batch of 1,000 leads must fit into the server's lock table. Sharing one only waits."""

LOCK = """
    SELECT (SELECT count(*) FROM (SELECT pg_advisory_xact_lock(%s, bucket) FROM unnest(%s::int[]) AS bucket OFFSET 0) AS locked),
        array(SELECT nextval('lead_number') FROM generate_series(1, %s))
"""


def buckets_of(prints: Iterable[UUID]) -> list[int]:
    return sorted({digest.int % BUCKETS for digest in prints})


def look_behind_locks(
    people: Collection[tuple[str, bytes]], prints: Collection[UUID], *, numbers: int, hours: int, accepted_only: bool, now: datetime
) -> tuple[list[int], Known]:
    """Hold every other lead of the same people back until this transaction ends, then look them up.

    Returns `numbers` new lead numbers and what is known: of the suppression list by kind and digest, and of the leads of the
    last `hours` by fingerprint. Two statements in one message: the second sees what the one before us committed.
    """
    looked_for = list(prints) if hours else []
    kinds, digests = [kind for kind, _ in people], [digest for _, digest in people]
    locks: list[Any] = [FINGERPRINTS, buckets_of(looked_for), numbers]
    with connection.cursor() as cursor:
        cursor.execute(f"{LOCK}; {KNOWN}", [*locks, kinds, digests, looked_for, now - timedelta(hours=hours), accepted_only])
        _, taken = cursor.fetchone()
        cursor.nextset()
        return taken, known_of(cursor.fetchall())
