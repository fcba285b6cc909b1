"""Locks of intake: one for each fingerprint, in one order, taken before duplicates are looked for."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

FINGERPRINTS = 0x4C454144
"""Class of the advisory locks of this module ("LEAD")."""
BUCKETS = 2048
"""So many locks at most, because a batch of 1,000 leads must fit into the server's lock table. Sharing one only waits."""

LOCK = """
    SELECT (SELECT count(*) FROM (SELECT pg_advisory_xact_lock(%s, bucket) FROM unnest(%s::int[]) AS bucket OFFSET 0) AS locked),
        array(SELECT nextval('lead_number') FROM generate_series(1, %s))
"""


def lock_fingerprints(digests: Iterable[UUID], *, numbers: int) -> list[int]:
    """Hold every other lead of the same people back until this transaction ends, and return `numbers` new lead numbers.

    The look-up must be a later statement, so that it sees what the one before us committed.
    """
    buckets = sorted({digest.int % BUCKETS for digest in digests})
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [FINGERPRINTS, buckets, numbers])
        _, taken = cursor.fetchone()
    return taken
