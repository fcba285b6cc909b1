"""What must hold at any moment, asked of the rows themselves. A finding is an alarm, never a repair."""

from datetime import datetime
from typing import NamedTuple

import structlog
from django.db import connection

log = structlog.get_logger(__name__)


class Finding(NamedTuple):
    """How many rows break an invariant, with an example to look at."""

    invariant: str
    rows: int
    example: str


QUERIES: dict[str, tuple[str, str]] = {
    "I1": (
        "accepted leads that are neither due nor in an open delivery nor ended",
        """
        SELECT l.number FROM leads_lead l
        WHERE l.status = 'accepted' AND l.outcome = 'pending' AND l.due_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM distribution_delivery d WHERE d.lead_id = l.id AND d.state IN ('queued', 'sending'))
        """,
    ),
    "I9": (
        "leads sold to more clients than their campaign allows, or exclusively and once more",
        """
        SELECT l.number FROM leads_lead l
        JOIN distribution_delivery d ON d.lead_id = l.id AND d.state IN ('queued', 'sending', 'accepted', 'unknown')
        LEFT JOIN distribution_campaignsale s ON s.campaign_id = l.campaign_id
        GROUP BY l.number
        HAVING count(*) > 1 AND (count(*) > max(coalesce(s.max_deliveries, 1)) OR bool_or(d.is_exclusive))
        """,
    ),
    "I11": (
        "cap windows whose counter differs from the deliveries that hold a place in them",
        """
        WITH held AS (
            SELECT (w.value ->> 0)::bigint AS id, sum((w.value ->> 1)::numeric) AS amount
            FROM distribution_delivery d, jsonb_array_elements(d.windows) AS w(value)
            WHERE d.state IN ('queued', 'sending', 'accepted', 'unknown')
            GROUP BY 1
        )
        SELECT w.id FROM leads_capwindow w LEFT JOIN held ON held.id = w.id
        WHERE w.scope IN ('client', 'account') AND w.kind NOT LIKE 'qualified_%%' AND w.used <> coalesce(held.amount, 0)
        """,
    ),
    "I14": (
        "tainted deliveries whose lead went on to another client without a person's decision",
        """
        SELECT t.number FROM distribution_delivery t
        JOIN distribution_delivery later ON later.lead_id = t.lead_id AND later.number > t.number
        WHERE t.is_tainted AND t.state = 'unknown'
        """,
    ),
    "I20": (
        "rows that nobody works on a minute beyond their time or their lease; those that wait behind others of their client apart",
        """
        SELECT d.number FROM distribution_delivery d LEFT JOIN clients_deliverymethod m ON m.id = d.method_id
        WHERE d.state IN ('queued', 'sending') AND d.due_at < %(now)s - interval '60 seconds'
          AND (m.paused_until IS NULL OR m.paused_until < %(now)s - interval '60 seconds')
          AND (d.lease_until IS NULL OR d.lease_until < %(now)s - interval '60 seconds')
          AND (m.kind IS DISTINCT FROM 'file' OR d.due_at < %(now)s - interval '26 hours')
          AND NOT EXISTS (
              SELECT 1 FROM distribution_delivery busy
              WHERE busy.client_id = d.client_id AND busy.state = 'sending' AND busy.lease_until >= %(now)s
          )
        """,
    ),
}


def check_invariants(*, now: datetime) -> list[Finding]:
    """Ask every question and return what was found; nothing found is an empty list."""
    found = []
    for name, (_, query) in QUERIES.items():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*), min(x::text) FROM ({query}) AS broken (x)", {"now": now})  # noqa: S608 -- our own constants
            rows, example = cursor.fetchone()
        if rows:
            found.append(Finding(name, rows, example))
            log.error("invariant.broken", invariant=name, rows=rows, example=example)
    return found
