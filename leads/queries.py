"""Reads of this app with more than one caller."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model

from leads.models import Campaign, CampaignKey, LeadType


class Original(NamedTuple):
    """The lead that another one is a duplicate of."""

    lead_id: UUID
    number: int
    received_at: datetime


class Known(NamedTuple):
    """What the database knows of some people: who is suppressed, by digest, and which lead came before, by fingerprint."""

    suppressed: frozenset[bytes]
    originals: dict[UUID, Original]


KNOWN = """
    SELECT one.digest, NULL::uuid AS print, NULL::uuid AS lead_id, NULL::bigint AS number, NULL::timestamptz AS received_at
    FROM leads_suppression one JOIN unnest(%s::varchar[], %s::bytea[]) AS wanted (kind, digest) USING (kind, digest)
    UNION ALL
    SELECT NULL, wanted.digest, first.lead_id, lead.number, first.received_at
    FROM unnest(%s::uuid[]) AS wanted (digest)
    CROSS JOIN LATERAL (
        SELECT lead_id, received_at FROM leads_fingerprint one
        WHERE one.digest = wanted.digest AND one.received_at > %s AND (one.is_accepted OR NOT %s)
        ORDER BY one.received_at DESC LIMIT 1
    ) AS first
    JOIN leads_lead lead ON lead.id = first.lead_id
"""
"""Looks people up, by kind and digest of the suppression list and by fingerprint among the leads since an instant."""


def known_of(rows: Iterable[Sequence[Any]]) -> Known:
    """Return what the rows of `KNOWN` say."""
    told = list(rows)
    return Known(
        frozenset(bytes(row[0]) for row in told if row[1] is None),
        {row[1]: Original(row[2], row[3], row[4]) for row in told if row[1] is not None},
    )


class KeyHolder(NamedTuple):
    """A key with its campaign and lead type, that type's fields as JSON, and the database's time."""

    key: CampaignKey
    fields: str
    now: datetime


PARTS: tuple[type[Model], ...] = (CampaignKey, Campaign, LeadType)


@cache
def _key_statement() -> str:
    return f"""
        SELECT clock_timestamp(),
            (SELECT coalesce(jsonb_agg(jsonb_build_array(name, kind, label, is_required, choices, minimum, maximum, pattern)
                ORDER BY position, id), '[]')::text FROM leads_leadfield WHERE lead_type_id = part2.id),
            {columns(PARTS)}
        FROM leads_campaignkey part0
        JOIN leads_campaign part1 ON part1.id = part0.campaign_id
        JOIN leads_leadtype part2 ON part2.id = part1.lead_type_id
        WHERE part0.digest = %s
    """  # noqa: S608 -- names from the models


def key_holder(digest: bytes) -> KeyHolder | None:
    """Return whose key it is, alive or not. One statement, because every post begins with it."""
    with connection.cursor() as cursor:
        cursor.execute(_key_statement(), [digest])
        row = cursor.fetchone()
    if row is None:
        return None
    now, fields, *values = row
    key, campaign, lead_type = cast("tuple[CampaignKey, Campaign, LeadType]", tuple(objects(PARTS, values)))
    campaign.lead_type, key.campaign = lead_type, campaign
    return KeyHolder(key, fields, now)


def columns(parts: Sequence[type[Model]]) -> str:
    """Return every column of some models, for a statement of our own that calls their tables part0, part1 and so on."""
    return ", ".join(f'part{n}."{field.column}"' for n, part in enumerate(parts) for field in part._meta.concrete_fields)


def objects(parts: Sequence[type[Model]], values: Sequence[object]) -> Iterator[Model | None]:
    """Yield the objects that a row of such a statement holds; None for one that an outer join did not find."""
    begin = 0
    for part in parts:
        names, readers = _shape(part)
        own = values[begin : begin + len(names)]
        begin += len(names)
        if own[0] is None:
            yield None
            continue
        read = list(own)
        for place, reader in readers:
            read[place] = reader(read[place], None, connection)
        yield part.from_db(DEFAULT_DB_ALIAS, names, read)


@cache
def _shape(part: type[Model]) -> tuple[list[str], list[tuple[int, Callable[..., Any]]]]:
    """Return the names of a model's columns, and those that must be read in a way of their own."""
    fields = part._meta.concrete_fields
    readers = [(place, field.from_db_value) for place, field in enumerate(fields) if hasattr(field, "from_db_value")]
    return [field.attname for field in fields], readers
