"""Reads what became of a day's leads for one account: one query, however many leads there are."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from clients.models import DeliveryAccount
from distribution.domain.step import Candidate, OfferOutcome
from distribution.domain.why import LeadSeen
from distribution.services.snapshot import OUTCOMES
from leads.domain.clocks import instant

MOST = 5_000
"""Leads that one page looks at, the newest of the day. Each costs the reading of its trace."""

SEEN = """
    SELECT l.id, l.number, trim(l.first_name || ' ' || l.last_name), l.received_at, l.status = 'accepted',
        d.started IS NOT NULL, d.line, d.started, own.state, own.tracking, own.price, won.client_id, won.price
    FROM (
        SELECT id, number, first_name, last_name, received_at, status FROM leads_lead
        WHERE received_at >= %(since)s AND received_at < %(until)s AND lead_type_id = %(lead_type)s AND NOT is_test
        ORDER BY received_at DESC, id DESC LIMIT %(most)s
    ) l
    LEFT JOIN LATERAL (
        SELECT started, jsonb_path_query_first(
            trace, 'strict $.candidates[*] ? (@[1] == $account)', jsonb_build_object('account', %(account)s::bigint), true
        ) AS line
        FROM distribution_decision WHERE lead_id = l.id ORDER BY run DESC LIMIT 1
    ) d ON true
    LEFT JOIN LATERAL (
        SELECT state, tracking, price FROM distribution_delivery
        WHERE lead_id = l.id AND account_id = %(account)s ORDER BY number DESC LIMIT 1
    ) own ON true
    LEFT JOIN LATERAL (
        SELECT client_id, price FROM distribution_delivery WHERE lead_id = l.id AND state = 'accepted' ORDER BY number LIMIT 1
    ) won ON true
    ORDER BY l.received_at DESC, l.id DESC
"""
"""The leads come by the index on their time, the latest trace of each by its unique key, its deliveries by the lead. Of a trace
only the account's own line leaves the database."""


def day_span(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants at which the day begins and ends in the zone."""
    begin = instant(datetime.combine(day, time()), zone)
    return begin, instant(datetime.combine(day + timedelta(days=1), time()), zone)


def leads_seen(account: DeliveryAccount, day: date, zone: ZoneInfo) -> list[LeadSeen]:
    """The leads of the account's type that came in on the day, the newest first and at most one more than `MOST`."""
    since, until = day_span(day, zone)
    wanted: dict[str, Any] = {"since": since, "until": until, "lead_type": account.lead_type_id, "account": account.pk, "most": MOST + 1}
    with connection.cursor() as cursor:
        cursor.execute(SEEN, wanted)
        return [_lead(*row) for row in cursor.fetchall()]


def _lead(*row: Any) -> LeadSeen:
    pk, number, name, received_at, accepted, distributed, line, decided_at, state, tracking, price, winner, winner_price = row
    return LeadSeen(
        id=pk,
        number=number,
        name=name,
        received_at=received_at,
        is_accepted=accepted,
        is_distributed=distributed,
        line=Candidate.of(json.loads(line) if isinstance(line, str) else line) if line else None,
        decided_at=decided_at,
        offer=_outcome(state, tracking) if state else None,
        price=price,
        winner=winner,
        winner_price=winner_price,
    )


def _outcome(state: str, tracking: str) -> OfferOutcome:
    return OfferOutcome.BOUNCED if tracking == "bounced" and state == "rejected" else OUTCOMES[state]
