"""Caps as bars on the pages of clients and accounts, and the tightest of each in their lists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clients.models import Client, DeliveryAccount
from distribution.domain.cap_bars import CapBar, tightest
from distribution.domain.market import Cap, CapKind, Scope
from distribution.domain.state import CapKey
from distribution.services.market import caps_of
from distribution.services.open_caps import count_into_caps
from distribution.services.snapshot import used
from leads.clock import database_now
from leads.domain.windows import ALL_TIME, window
from leads.words import figure, money

type Owner = Client | DeliveryAccount

WORDS: Mapping[CapKind, str] = {
    CapKind.HOUR: "This hour",
    CapKind.DAY: "Today",
    CapKind.WEEK: "This week",
    CapKind.MONTH: "This month",
    CapKind.TOTAL: "In total",
    CapKind.BUDGET_DAY: "Budget today",
    CapKind.BUDGET_MONTH: "Budget this month",
}
SHORT: Mapping[CapKind, str] = {
    CapKind.HOUR: "hour",
    CapKind.DAY: "day",
    CapKind.WEEK: "week",
    CapKind.MONTH: "month",
    CapKind.TOTAL: "total",
    CapKind.BUDGET_DAY: "day budget",
    CapKind.BUDGET_MONTH: "month budget",
}

HELD = """
    SELECT w.scope, w.kind, sum((part ->> 1)::numeric) FILTER (WHERE d.state <> 'accepted') AS held,
        sum((part ->> 1)::numeric) FILTER (WHERE d.state = 'accepted') AS over
    FROM distribution_delivery d
    CROSS JOIN LATERAL jsonb_array_elements(d.windows) part
    JOIN leads_capwindow w ON w.id = (part ->> 0)::bigint
    WHERE {owner} = %s AND (d.state IN ('queued', 'sending', 'unknown') OR d.state = 'accepted' AND d.is_over_cap)
        AND (w.scope, w.scope_id) = (%s, %s) AND w.start = ANY(%s)
    GROUP BY 1, 2
"""
"""Places reserved by deliveries that are under way or in doubt, and sales over the cap, of the windows that run now."""


@dataclass(frozen=True, slots=True)
class BarTold:
    """One bar with its words."""

    bar: CapBar
    label: str
    used: str
    limit: str
    left: str
    over: str
    reopens: str


@dataclass(frozen=True, slots=True)
class CapsTold:
    """`zone` is the one whose calendar the windows follow; `is_held` says that a bar has a striped part."""

    bars: list[BarTold]
    zone: str
    is_held: bool
    is_over: bool


def caps_told(owner: Owner, *, now: datetime) -> CapsTold:
    """Tell of every limit of a client or an account; two queries, none without limits."""
    zone = zone_of(owner)
    caps = caps_of(owner)
    keys = {cap.kind: _key(owner, cap, zone, now) for cap in caps}
    counters = used(keys.values())
    parts = _parts(owner, [key.window_start for key in keys.values()]) if keys else {}
    bars = [_bar(cap, keys[cap.kind], counters, zone, now, *parts.get(cap.kind, (Decimal(0), Decimal(0)))) for cap in caps]
    return CapsTold(
        [_told(bar, zone, now) for bar in bars],
        zone.key.rpartition("/")[2].replace("_", " "),
        any(bar.held for bar in bars),
        any(bar.over for bar in bars),
    )


def zone_of(owner: Owner) -> ZoneInfo:
    """Caps count in the client's calendar, also those of its accounts."""
    return ZoneInfo(owner.time_zone if isinstance(owner, Client) else owner.client.time_zone)


def scope_of(owner: Owner) -> Scope:
    return Scope.CLIENT if isinstance(owner, Client) else Scope.ACCOUNT


def _key(owner: Owner, cap: Cap, zone: ZoneInfo, now: datetime) -> CapKey:
    return CapKey(scope_of(owner), owner.pk, cap.kind, window(cap.kind.window, zone, now).start)


def _parts(owner: Owner, starts: list[datetime]) -> dict[CapKind, tuple[Decimal, Decimal]]:
    column = "d.client_id" if isinstance(owner, Client) else "d.account_id"
    with connection.cursor() as cursor:
        cursor.execute(HELD.format(owner=column), [owner.pk, scope_of(owner).value, owner.pk, starts])
        return {CapKind(kind): (held or Decimal(0), over or Decimal(0)) for _, kind, held, over in cursor.fetchall()}


def _bar(cap: Cap, key: CapKey, counters: Mapping[CapKey, Decimal], zone: ZoneInfo, now: datetime, held: Decimal, over: Decimal) -> CapBar:
    end = window(cap.kind.window, zone, now).end
    return CapBar(cap.kind, cap.limit, counters.get(key, Decimal(0)), held, over, None if end == ALL_TIME.end else end)


def _told(bar: CapBar, zone: ZoneInfo, now: datetime) -> BarTold:
    def say(amount: Decimal) -> str:
        return money(amount) if bar.kind.is_budget else f"{amount:,.0f}"

    return BarTold(
        bar,
        WORDS[bar.kind],
        say(bar.used),
        say(bar.limit or Decimal(0)),
        say(bar.left),
        f"{say(bar.over)} sold over the cap" if bar.over else "",
        _when(bar.reopens, zone, now) if bar.tone == "full" else "",
    )


def _when(at: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    if at is None:
        return "used up for good"
    local = at.astimezone(zone)
    return f"reopens {local:%-d %b %-H:%M}" if (at - now).days > 6 else f"reopens {local:%a %-H:%M}"


def tightest_of(owners: Iterable[Owner], *, now: datetime) -> dict[int, CapBar]:
    """The tightest limit of each of them, by id; one query for all."""
    wanted = {(owner.pk, cap): _key(owner, cap, zone_of(owner), now) for owner in owners for cap in caps_of(owner)}
    counters = used(wanted.values())
    bars: dict[int, list[CapBar]] = {}
    for (pk, cap), key in wanted.items():
        bars.setdefault(pk, []).append(CapBar(cap.kind, cap.limit, counters.get(key, Decimal(0))))
    return {pk: found for pk, of in bars.items() if (found := tightest(of)) is not None}


def compact(bar: CapBar | None) -> SafeString:
    """The tightest limit in a cell of a list: a small bar with its words."""
    if bar is None:
        return figure("no limit")
    said = f"{money(bar.used)} of {money(bar.limit)}" if bar.kind.is_budget else f"{bar.used:,.0f} of {bar.limit:,.0f}"
    return format_html(
        '<span class="capcell {}"><span class="track"><span style="width: {}%"></span></span><span>{} <small>{}</small></span></span>',
        bar.tone,
        min(bar.fullness * 100, Decimal(100)).quantize(Decimal("0.1")),
        said,
        SHORT[bar.kind],
    )


class WithCaps:
    """For clients and accounts: the tightest cap of each row of the list, with one query for the page; new limits count from the start."""

    def get_changelist_instance(self, request: Any) -> Any:
        shown: Any = super().get_changelist_instance(request)  # type: ignore[misc]
        bars = tightest_of(shown.result_list, now=database_now())
        for row in shown.result_list:
            row.tightest_cap = bars.get(row.pk)
        return shown

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        super().save_model(request, obj, form, change)  # type: ignore[misc]
        if change and any(name == "time_zone" or name.startswith(("cap_", "budget_")) for name in form.changed_data):
            count_into_caps(owner=obj, now=database_now())
            transaction.on_commit(partial(count_into_caps, owner=obj, now=database_now()), robust=True)
