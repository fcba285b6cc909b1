"""Every quarter of an hour, how many leads stand where on the sales floor, so that a report can show the queue over time."""

from datetime import datetime

from django.db import connection

QUARTER = 15
SAMPLE = """
    INSERT INTO distribution_queuesample (at, branch, place, leads)
    SELECT %(at)s, coalesce(branch_id, 0), place, count(*) FROM pullqueue_placement WHERE place <> 'finished'
      AND NOT EXISTS (SELECT FROM distribution_queuesample WHERE at = %(at)s)
    GROUP BY 2, 3
    ON CONFLICT (at, branch, place) DO NOTHING
"""


def sample_queue(*, now: datetime) -> int:
    """Count once a quarter of an hour, whoever asks first, and return how many rows that made."""
    at = now.replace(minute=now.minute - now.minute % QUARTER, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(SAMPLE, {"at": at})
        return int(cursor.rowcount)
