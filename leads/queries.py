"""Reads of this app with more than one caller."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection


class Original(NamedTuple):
    """The lead that another one is a duplicate of."""

    lead_id: UUID
    number: int


class Known(NamedTuple):
    """What the database knows of some people: who is suppressed, by digest, and which lead came before, by fingerprint."""

    suppressed: frozenset[bytes]
    originals: dict[UUID, Original]


KNOWN = """
    SELECT one.digest, NULL::uuid AS print, NULL::uuid AS lead_id, NULL::bigint AS number
    FROM leads_suppression one JOIN unnest(%s::varchar[], %s::bytea[]) AS wanted (kind, digest) USING (kind, digest)
    UNION ALL
    SELECT NULL, wanted.digest, first.lead_id, lead.number
    FROM unnest(%s::uuid[]) AS wanted (digest)
    CROSS JOIN LATERAL (
        SELECT lead_id FROM leads_fingerprint one
        WHERE one.digest = wanted.digest AND one.received_at > %s AND (one.is_accepted OR NOT %s)
        ORDER BY one.received_at DESC LIMIT 1
    ) AS first
    JOIN leads_lead lead ON lead.id = first.lead_id
"""


def find_known(people: Iterable[tuple[str, bytes]], prints: Sequence[UUID], *, hours: int, accepted_only: bool, now: datetime) -> Known:
    """Look people up, by kind and digest of the suppression list and by fingerprint among the leads of the last `hours`."""
    wanted = list(people)
    looked_for = list(prints) if hours else []
    if not wanted and not looked_for:
        return Known(frozenset(), {})
    since = now - timedelta(hours=hours)
    with connection.cursor() as cursor:
        kinds, digests = [kind for kind, _ in wanted], [digest for _, digest in wanted]
        cursor.execute(KNOWN, [kinds, digests, looked_for, since, accepted_only])
        rows = cursor.fetchall()
    return Known(
        frozenset(bytes(row[0]) for row in rows if row[1] is None),
        {row[1]: Original(row[2], row[3]) for row in rows if row[1] is not None},
    )
