"""What a decision reads from the database, in one statement: a round trip costs more than the reading."""

import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from distribution.domain.state import CapKey
from distribution.locks import POOLS, POOLS_LOCKED, lock_pools
from distribution.models import Decision, Pool
from leads.models import Lead
from leads.services.suppress import people_of

LOOK = """
    SELECT
        (SELECT json_agg(json_build_array(id, key, state)) FROM ({pools}) AS pools)::text,
        {key},
        (SELECT json_build_array(id, run, started, finished) FROM distribution_decision WHERE lead_id = %(lead)s ORDER BY run DESC LIMIT 1
        )::text,
        (SELECT json_agg(json_build_array(k.place, w.used))
            FROM unnest(%(scopes)s::text[], %(owners)s::bigint[], %(kinds)s::text[], %(starts)s::timestamptz[])
                WITH ORDINALITY AS k (scope, scope_id, kind, start, place)
            JOIN leads_capwindow w ON (w.scope, w.scope_id, w.kind, w.start) = (k.scope, k.scope_id, k.kind, k.start)
        )::text,
        (SELECT json_agg(json_build_array(bought.client_id, bought.at)) FROM (
            SELECT d.client_id, max(d.finished_at) AS at
            FROM leads_fingerprint mine
            JOIN leads_fingerprint other ON other.digest = mine.digest AND other.lead_id <> mine.lead_id
            JOIN distribution_delivery d ON d.lead_id = other.lead_id AND d.state = 'accepted'
            WHERE mine.lead_id = %(lead)s GROUP BY d.client_id
        ) AS bought)::text,
        (SELECT json_agg(json_build_array(id, paused_until)) FROM clients_deliverymethod WHERE paused_until > %(now)s)::text,
        EXISTS (
            SELECT FROM unnest(%(whats)s::varchar[], %(digests)s::bytea[]) AS wanted (kind, digest)
            JOIN leads_suppression one USING (kind, digest)
        )
"""
LOOK_LOCKED = LOOK.format(pools=POOLS_LOCKED, key="nextval('distribution_decision_id_seq')")
LOOK_ONLY = LOOK.format(pools=POOLS, key="0")


class Look(NamedTuple):
    """What was found; `bought` is when each client last bought the same person, `paused` until when each method is paused."""

    pools: dict[str, Pool]
    key: int
    """Of a decision to be written; 0 without locks."""
    last: Decision | None
    """The lead's newest decision, without its trace and inputs."""
    used: dict[CapKey, Decimal]
    bought: dict[int, datetime]
    paused: dict[int, datetime]
    is_suppressed: bool


def look(lead: Lead, pools: Iterable[str], caps: Iterable[CapKey], *, now: datetime, locks: bool = True) -> Look:
    """Read for a decision over the lead. `locks` holds the pools, made where missing, until the transaction ends.

    The caps are as they stand when this begins, also where it waits for a pool: whoever reserves looks again.
    """
    wanted, keys = sorted(set(pools)), list(caps)
    people = people_of(phones=[lead.phone, lead.phone2], emails=[lead.email])
    with connection.cursor() as cursor:
        cursor.execute(
            LOOK_LOCKED if locks else LOOK_ONLY,
            {
                "pools": wanted,
                "lead": lead.pk,
                "scopes": _array(key.scope.value for key in keys),
                "owners": _array(str(key.scope_id) for key in keys),
                "kinds": _array(key.kind.value for key in keys),
                "starts": _array(key.window_start.isoformat() for key in keys),
                "now": now,
                "whats": [kind for kind, _ in people],
                "digests": [digest for _, digest in people],
            },
        )
        found, key, last, used, bought, paused, is_suppressed = cursor.fetchone()
    there = {name: Pool(pk, name, state) for pk, name, state in json.loads(found or "[]")}
    if locks and len(there) < len(wanted):
        there = lock_pools(wanted)
    return Look(
        there,
        key,
        _decision(lead, last),
        dict(_counter(keys[place - 1], amount) for place, amount in json.loads(used or "[]", parse_float=Decimal)),
        _times(bought),
        _times(paused),
        is_suppressed,
    )


def _array(words: Iterable[str]) -> str:
    """An array of words without spaces, quotes, commas or braces, written at once: there are hundreds of them in each decision."""
    return f"{{{','.join(words)}}}"


def _decision(lead: Lead, found: str | None) -> Decision | None:
    if found is None:
        return None
    pk, run, started, finished = json.loads(found)
    return Decision(
        lead=lead, pk=pk, run=run, started=datetime.fromisoformat(started), finished=finished and datetime.fromisoformat(finished)
    )


def _counter(key: CapKey, amount: Any) -> tuple[CapKey, Decimal]:
    """Leads are whole; only money has cents."""
    return key, Decimal(amount) if key.kind.is_budget else Decimal(int(amount))


def _times(found: str | None) -> dict[int, datetime]:
    return {one: datetime.fromisoformat(at) for one, at in json.loads(found or "[]")}
