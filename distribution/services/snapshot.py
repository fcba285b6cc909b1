"""What a decision looks at beside the market."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from distribution.domain.market import Account, CapKind, Scope
from distribution.domain.state import CapKey, PastOffer, PingAnswer, Qualified, Snapshot
from distribution.domain.step import DecidedBy, OfferOutcome
from distribution.enums import OFFERED_ANEW, DeliveryState
from distribution.models import Delivery
from distribution.services.look import Look
from distribution.services.market import LiveMarket
from leads.domain.shares import PoolState
from leads.domain.windows import WindowKind
from leads.models import Lead

OUTCOMES: dict[str, OfferOutcome] = {
    DeliveryState.QUEUED: OfferOutcome.OPEN,
    DeliveryState.SENDING: OfferOutcome.OPEN,
    DeliveryState.ACCEPTED: OfferOutcome.ACCEPTED,
    DeliveryState.REJECTED: OfferOutcome.REJECTED,
    DeliveryState.FAILED: OfferOutcome.FAILED,
    DeliveryState.UNKNOWN: OfferOutcome.UNKNOWN,
    DeliveryState.CANCELLED: OfferOutcome.CANCELLED,
    DeliveryState.RETURNED: OfferOutcome.RETURNED,
}

USED = """
    SELECT w.scope, w.scope_id, w.kind, w.start, w.used
    FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::timestamptz[]) AS k (scope, scope_id, kind, start)
    JOIN leads_capwindow w ON (w.scope, w.scope_id, w.kind, w.start) = (k.scope, k.scope_id, k.kind, k.start)
"""

QUALIFIED = """
    SELECT k.account, coalesce((
        SELECT w.used FROM leads_capwindow w
        WHERE (w.scope, w.scope_id, w.kind, w.start) = ('account', k.account, k.kind, k.start)
    ), 0), (
        SELECT count(*) FROM distribution_delivery d
        WHERE d.account_id = k.account AND d.created >= k.start AND d.state IN ('queued', 'sending', 'accepted', 'unknown')
    )
    FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[]) AS k (account, kind, start)
"""


def read_snapshot(
    lead: Lead,
    live: LiveMarket,
    seen: Look,
    *,
    now: datetime,
    is_first: bool = False,
    pings: Mapping[int, PingAnswer] | None = None,
) -> Snapshot:
    """Put together what changes from lead to lead; `is_first` says that no offer was made yet."""
    qualified = [entry.account for entry in live.market.slate(lead.lead_type_id).qualified]
    return Snapshot(
        used=seen.used,
        pools={key: PoolState.from_json(pool.state) for key, pool in seen.pools.items()},
        bought_before=bought_before(live, seen.bought, now=now),
        offers=() if is_first else past_offers(lead),
        circuit=circuits(live, seen.paused),
        pings=pings or {},
        suppressed=seen.is_suppressed,
        qualified=qualified_counts(live, qualified, now=now, counted_at=None if is_first else lead.received_at) if qualified else {},
    )


def used(keys: Iterable[CapKey]) -> dict[CapKey, Decimal]:
    """How much of each counter is used; those that do not exist yet are left out."""
    wanted = list(keys)
    if not wanted:
        return {}
    columns: list[list[Any]] = [[key.scope.value for key in wanted], [key.scope_id for key in wanted], [key.kind.value for key in wanted]]
    with connection.cursor() as cursor:
        cursor.execute(USED, [*columns, [key.window_start for key in wanted]])
        return dict(_counter(*row) for row in cursor.fetchall())


def _counter(scope: str, owner: int, kind: str, start: datetime, amount: Decimal) -> tuple[CapKey, Decimal]:
    """Leads are whole; only money has cents."""
    key = CapKey(Scope(scope), owner, CapKind(kind), start)
    return key, amount if key.kind.is_budget else Decimal(int(amount))


def bought_before(live: LiveMarket, bought: Mapping[int, datetime], *, now: datetime) -> frozenset[int]:
    """Clients that bought the same person within their own duplicate window."""
    hours = live.duplicate_hours
    return frozenset(client for client, sold in bought.items() if sold > now - timedelta(hours=hours.get(client, 0)))


def past_offers(lead: Lead) -> tuple[PastOffer, ...]:
    """What was offered so far, but for what a person let be offered anew."""
    rows = Delivery.objects.filter(lead=lead.pk).exclude(state=DeliveryState.FAILED, reason=OFFERED_ANEW)
    return tuple(past_offer(delivery) for delivery in rows.order_by("number"))


def outcome_of(delivery: Delivery) -> OfferOutcome:
    """What has become of an offer so far."""
    return OfferOutcome.BOUNCED if delivery.tracking == "bounced" else OUTCOMES[delivery.state]


def past_offer(delivery: Delivery) -> PastOffer:
    return PastOffer(
        client=delivery.client_id,
        account=delivery.account_id,
        outcome=outcome_of(delivery),
        price=delivery.price,
        exclusive=delivery.is_exclusive,
        slot=delivery.slot,
        pool=delivery.pool,
        over_cap=delivery.is_over_cap,
        held=delivery.state == DeliveryState.QUEUED and delivery.hold_until is not None and delivery.first_attempt_at is None,
        keys=delivery.keys,
        decided_by=DecidedBy(delivery.decided_by) if delivery.decided_by else None,
    )


def circuits(live: LiveMarket, paused: Mapping[int, datetime]) -> dict[int, datetime]:
    """By account: until when all of the methods by which it sells are `paused` after failures."""
    ways = {account: (method, *live.fallbacks.get(account, ())) for account, method in live.methods.items() if method in paused}
    return {account: min(paused[one] for one in methods) for account, methods in ways.items() if paused.keys() >= set(methods)}


def qualified_counts(
    live: LiveMarket, accounts: Iterable[Account], *, now: datetime, counted_at: datetime | None = None
) -> dict[int, Qualified]:
    """By account with a share of qualified leads: how many met its criteria in its window, and how many it holds or bought.

    `counted_at` is when the lead itself was counted, which happens at its first step: it is not counted again.
    """
    rows = []
    for account in accounts:
        kind = account.qualified.window if account.qualified else WindowKind.DAY
        start = live.market.moment(now).window(kind, live.market.clients[account.client_id].zone).start
        rows.append((account.id, f"qualified_{kind.value}", start))
    counted = {account for account, _, start in rows if counted_at is not None and counted_at >= start}
    with connection.cursor() as cursor:
        cursor.execute(QUALIFIED, [list(column) for column in zip(*rows, strict=True)])
        found = cursor.fetchall()
    return {account: Qualified(max(int(met) - (account in counted), 0), bought) for account, met, bought in found}
