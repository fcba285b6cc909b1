"""Looks at the traces of leads that nobody bought: the reason, and by what each was missed most narrowly."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from clients.models import DeliveryAccount
from distribution.domain.missed import Missed, missed
from distribution.domain.step import Candidate
from distribution.services.snapshot import OUTCOMES

AT_ONCE = 200
TRACES = """
    SELECT u.lead_id, d.candidates, (
        SELECT coalesce(jsonb_agg(jsonb_build_array(o.account_id, o.state, o.price::text) ORDER BY o.number), '[]')
        FROM distribution_delivery o WHERE o.lead_id = u.lead_id
    )
    FROM distribution_unsoldlead u
    LEFT JOIN LATERAL (
        SELECT trace -> 'candidates' AS candidates FROM distribution_decision WHERE lead_id = u.lead_id ORDER BY run DESC LIMIT 1
    ) d ON true
    WHERE NOT u.is_judged ORDER BY u.lead_id LIMIT %(many)s
"""
WRITE = """
    UPDATE distribution_unsoldlead u SET is_judged = true, reason = j.reason, miss = j.miss, account = j.account, price = j.price
    FROM unnest(%s::uuid[], %s::varchar[], %s::varchar[], %s::bigint[], %s::numeric[]) AS j (lead_id, reason, miss, account, price)
    WHERE u.lead_id = j.lead_id AND NOT u.is_judged
"""


def judge_unsold(*, many: int = AT_ONCE) -> int:
    """Look at up to so many leads and return how many it was. A lead that is sold or changes meanwhile is looked at anew."""
    found = look_at(many=many)
    if found:
        rows = [(lead, one.reason, one.miss, one.account, one.price) for lead, one in found.items()]
        with connection.cursor() as cursor:
            cursor.execute(WRITE, [list(column) for column in zip(*rows, strict=True)])
    return len(found)


def look_at(*, many: int) -> dict[UUID, Missed]:
    """Judge leads that nobody has looked at yet, and write nothing."""
    with connection.cursor() as cursor:
        cursor.execute(TRACES, {"many": many})
        rows = [(lead, _json(candidates), _json(offers)) for lead, candidates, offers in cursor.fetchall()]
    accounts = {line[1] for _, candidates, _ in rows for line in candidates or ()}
    prices = dict(DeliveryAccount.objects.filter(pk__in=accounts).values_list("pk", "price"))
    return {lead: _judge(candidates, offers, prices) for lead, candidates, offers in rows}


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _judge(candidates: Iterable[Any] | None, offers: Iterable[Any], prices: dict[int, Decimal]) -> Missed:
    if candidates is None:
        return missed(None, prices)
    ends = {account: OUTCOMES[state] for account, state, _ in offers}
    lines = [Candidate.of(row) for row in candidates]
    lines = [line._replace(offer=ends.get(line.account, line.offer)) if line.rank else line for line in lines]
    return missed(lines, prices | {account: Decimal(price) for account, _, price in offers})
