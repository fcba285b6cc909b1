"""A limit that is set in the middle of its window counts what the window has sold and reserved already."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from clients.models import Client, DeliveryAccount
from distribution.domain.market import CapKind, Scope
from distribution.enums import LIVE_STATES
from distribution.services.market import caps_of
from leads.domain.windows import window
from leads.models import CapWindow

COUNT = """
    WITH counted AS (
        UPDATE distribution_delivery SET windows = windows || jsonb_build_array(jsonb_build_array(%(window)s::bigint, ({amount})::text))
        WHERE {owner} = %(owner)s AND state = ANY(%(states)s) AND created >= %(start)s
            AND NOT EXISTS (SELECT FROM jsonb_array_elements(windows) part WHERE (part ->> 0)::bigint = %(window)s)
        RETURNING {amount} AS amount
    )
    UPDATE leads_capwindow SET used = used + (SELECT coalesce(sum(amount), 0) FROM counted) WHERE id = %(window)s
"""
"""Each delivery is counted once, whoever counts how often: it keeps the window's id, and gives its place back there too."""


def count_into_caps(*, owner: Client | DeliveryAccount, now: datetime) -> None:
    """Count, in the present window of each limit of a client or an account, the deliveries that do not stand in it yet.

    Call it after the limits were saved, and once more when that is committed: what was decided by the old limits meanwhile
    is counted then. The windows are locked before the deliveries, as everywhere.
    """
    client = owner if isinstance(owner, Client) else owner.client
    zone, scope = ZoneInfo(client.time_zone), Scope.CLIENT if owner is client else Scope.ACCOUNT
    starts = {cap.kind: window(cap.kind.window, zone, now).start for cap in caps_of(owner)}
    with transaction.atomic():
        rows = [CapWindow(scope=scope.value, scope_id=owner.pk, kind=kind.value, start=start) for kind, start in sorted(starts.items())]
        CapWindow.objects.bulk_create(rows, ignore_conflicts=True)
        of_owner = CapWindow.objects.filter(scope=scope.value, scope_id=owner.pk, kind__in=list(starts), start__in=list(starts.values()))
        for counter in of_owner.order_by("pk").select_for_update():
            if starts[CapKind(counter.kind)] == counter.start:
                _count(counter, scope, now)


def _count(counter: CapWindow, scope: Scope, now: datetime) -> None:
    statement = COUNT.format(
        owner="client_id" if scope is Scope.CLIENT else "account_id", amount="price" if CapKind(counter.kind).is_budget else "1"
    )
    asked: dict[str, Any] = {
        "window": counter.pk,
        "owner": counter.scope_id,
        "start": counter.start,
        "states": [state.value for state in LIVE_STATES],
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
