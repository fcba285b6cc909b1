"""Speed to lead: how long people waited for the first call after they came in."""

from datetime import datetime
from typing import NamedTuple

from django.db import connection

from pullqueue.floor.scope import Scope

SPEED = """
    SELECT count(*), count(*) FILTER (WHERE waited <= 300), percentile_cont(0.5) WITHIN GROUP (ORDER BY waited)
    FROM (
        SELECT extract(epoch FROM min(call.at) - lead.received_at) AS waited
        FROM leads_lead lead JOIN pullqueue_callattempt call ON call.lead_id = lead.id
        WHERE lead.received_at >= %(start)s AND lead.received_at < %(end)s AND call.at < %(end)s AND NOT lead.is_test
            AND (%(all)s OR EXISTS (
                SELECT FROM pullqueue_user who WHERE who.id = call.user_id AND who.branch_id = ANY(%(branches)s)
            ))
        GROUP BY lead.id
    ) AS first
"""


def lasting(seconds: float) -> str:
    """Say how long that is in the two largest units that matter."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(round(whole / 60), 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{round(hours / 24)} days"


class Speed(NamedTuple):
    """Of the leads that came in and were called within a span: how many, how many of them within 5 minutes, the median in seconds."""

    called: int
    quickly: int
    median: float | None

    @property
    def within_5_minutes(self) -> float | None:
        """Percent; None when nobody was called."""
        return self.quickly * 100 / self.called if self.called else None

    @property
    def said(self) -> str:
        """The median in words: "1 min 48 s"."""
        return lasting(self.median) if self.median is not None else "nobody called yet"


def speed_to_lead(start: datetime, end: datetime, scope: Scope) -> Speed:
    """One query over the leads of the span. Only calls of the scope's people count."""
    with connection.cursor() as cursor:
        cursor.execute(SPEED, {"start": start, "end": end, "all": scope.branches is None, "branches": sorted(scope.branches or ())})
        called, quickly, median = cursor.fetchone()
    return Speed(called, quickly, None if median is None else float(median))
