"""The table of values: one row an active client, with what it is given, its share, its sales of today and its credit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from typing import Any

from django.urls import reverse

from clients.models import Client
from distribution.admin.settings.draft import Draft, plain
from distribution.admin.settings.facts import Facts, group_pool
from distribution.domain.automation import Automation
from distribution.domain.settings import NO_VALUES, Group, Settings, Values
from distribution.domain.slate import DEFAULT_POOL
from leads.domain.shares import Ledger, PoolState
from leads.domain.windows import WindowKind, window
from leads.viewer import viewer

KINDS = ("priority", "weight", "percentage")
TITLES = {"priority": "Priority", "weight": "Weight", "percentage": "Percentage"}
SHOWN_FOR = {Automation.WEIGHTED: "weight", Automation.PERCENTAGE: "percentage"}
SHARED = {"weight": "weight", "percentage": "percentage", "priority": "weight"}
"""By shown value: of which values the share and the credit are."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One input: what stands in it, what is live (None where both are the same), and what is wrong."""

    kind: str
    title: str
    name: str
    value: str
    live: str | None
    error: str


@dataclass(frozen=True, slots=True)
class Row:
    client: int
    name: str
    link: str
    about: str
    state: str
    """A paused delivery method, with its time; shown instead of `about`."""
    group: str
    """The key of the group that takes the whole client, else empty."""
    cells: tuple[Cell, ...]
    share: str
    fill: str
    was: str
    sold: int
    sold_part: str
    credit: str
    credit_fill: str
    is_ahead: bool


def shown_kind(settings: Settings) -> str:
    """Which value the table shows at first: the one that the default automation looks at, else the secondary's."""
    found = [SHOWN_FOR[one] for one in (settings.automation, settings.secondary) if one in SHOWN_FOR]
    return found[0] if found else "priority"


def group_of_clients(settings: Settings) -> dict[int, Group]:
    return {client: group for group in settings.groups for client in group.client_ids}


def is_shared(group: Group, kind: str) -> bool:
    """Whether the group orders its clients by shares of this kind."""
    return kind in (SHOWN_FOR.get(group.automation), SHOWN_FOR.get(group.secondary) if group.secondary else None)


def rows(facts: Facts, live: Settings, draft: Draft, kind: str) -> Iterator[Row]:
    """Yield the rows of the active clients by name. Shares and credits are those of `kind`, relative to others of the same pool."""
    groups = group_of_clients(draft.settings)
    now, then = _shares(facts, draft.settings, kind), _shares(facts, live, kind)
    scale = _rounded_up(max([Decimal("0.05"), *now.values(), *then.values()]))
    credits_of = _credits(facts, live, kind)
    most = max([abs(credit) for credit in credits_of.values()], default=Fraction(0)) or Fraction(1)
    counts = _account_counts(facts)
    sold_by: dict[int, int] = {}
    for (buyer, _), count in facts.sold.items():
        sold_by[buyer] = sold_by.get(buyer, 0) + count
    sold = sum(sold_by.values())
    pattern = reverse("admin:clients_client_change", args=[0])
    for client in facts.active:
        group = groups.get(client.pk)
        share, was, credit = now.get(client.pk), then.get(client.pk), credits_of.get(client.pk)
        bought = sold_by.get(client.pk, 0)
        yield Row(
            client=client.pk,
            name=client.name,
            link=pattern.replace("/0/", f"/{client.pk}/"),
            about=_about(counts.get(client.pk, (0, 0)), group),
            state=_state(facts, client),
            group=group.key if group else "",
            cells=tuple(_cell(client.pk, kind, live, draft) for kind in KINDS),
            share=_share_text(share, group, kind),
            fill="0" if share is None else f"{share / scale * 100:.1f}",
            was="" if was is None or was == share else f"{was / scale * 100:.1f}",
            sold=bought,
            sold_part=f"{bought * 100 / sold:.1f}%" if sold and bought else "",
            credit="none" if credit is None else signed(credit),
            credit_fill="" if not credit else f"{float(abs(credit) / most) * 50:.1f}",
            is_ahead=bool(credit and credit < 0),
        )


def _share_text(share: Decimal | None, group: Group | None, kind: str) -> str:
    if group and not is_shared(group, kind):
        return "group"
    return "none" if share is None else f"{share * 100:.1f}%"


def _rounded_up(share: Decimal) -> Decimal:
    """The scale of the bars: the largest share, rounded up to 5%."""
    return (share * 20).to_integral_value(ROUND_CEILING) / 20


def signed(credit: Fraction) -> str:
    """Write leads owed with a sign and two decimals: "+0.42", "−0.31", "0.00"."""
    text = f"{abs(float(credit)):.2f}"
    return text if text == "0.00" else f"{'−' if credit < 0 else '+'}{text}"


def _cell(client: int, kind: str, live: Settings, draft: Draft) -> Cell:
    name = f"{kind}-{client}"
    value = draft.shown(name, getattr(draft.settings.values.get(client, NO_VALUES), kind))
    before = plain(getattr(live.values.get(client, NO_VALUES), kind))
    return Cell(kind, TITLES[kind], name, value, None if before == value else before, draft.error(name))


def _shares(facts: Facts, settings: Settings, kind: str) -> dict[int, Decimal]:
    """The share of each active client that has a value, among those of its pool, when all are eligible.

    Clients of a group that does not share by this kind are not in it.
    """
    groups = group_of_clients(settings)
    totals: dict[str, Decimal] = {}
    given: dict[int, tuple[str, Decimal]] = {}
    for client in facts.active:
        value, group = getattr(settings.values.get(client.pk, NO_VALUES), kind), groups.get(client.pk)
        if value is not None and (group is None or is_shared(group, kind)):
            pool = group.key if group else ""
            given[client.pk] = pool, value
            totals[pool] = totals.get(pool, Decimal(0)) + value
    return {client: value / totals[pool] if totals[pool] else Decimal(0) for client, (pool, value) in given.items()}


def _credits(facts: Facts, live: Settings, kind: str) -> dict[int, Fraction]:
    """Leads that each client is owed in its pool, of those that have a value."""
    groups = group_of_clients(live)
    ledgers = {key: _ledger(state, kind, live, facts) for key, state in facts.pools.items()}
    found = {}
    for client, given in live.values.items():
        if _value(given, kind):
            key = group_pool(groups[client].key) if client in groups else DEFAULT_POOL
            found[client] = ledgers.get(key, Ledger()).credit(client)
    return found


def _value(given: Values, kind: str) -> Any:
    return getattr(given, kind)


def _ledger(state: PoolState, kind: str, live: Settings, facts: Facts) -> Ledger:
    if kind == "weight":
        return state.credits
    return state.percentage.within(window(WindowKind(live.percentage_timeframe.value), viewer().company_zone, facts.now))


def _account_counts(facts: Facts) -> dict[int, tuple[int, int]]:
    """By client: its accounts, and how many of them are open."""
    counts: dict[int, tuple[int, int]] = {}
    for account in facts.accounts.values():
        total, is_open = counts.get(account.client, (0, 0))
        counts[account.client] = total + 1, is_open + account.is_open
    return counts


def _about(counted: tuple[int, int], group: Group | None) -> str:
    total, is_open = counted
    said = f"{total} account{'s' if total > 1 else ''}" if total else "no account"
    if is_open < total:
        said += f", {is_open} open"
    return f"{said} · in {group.name}" if group else said


def _state(facts: Facts, client: Client) -> str:
    until = facts.paused.get(client.pk)
    return f"Paused after failures until {viewer().local(until):%H:%M}" if until else ""


def totals(facts: Facts, settings: Settings) -> Mapping[str, str]:
    """The sum of each kind over the active clients that are ordered by it, those of groups that order otherwise left out."""
    groups = group_of_clients(settings)
    sums = {"weight": Decimal(0), "percentage": Decimal(0)}
    for client in facts.active:
        group = groups.get(client.pk)
        for kind in sums:
            if group is None or is_shared(group, kind):
                sums[kind] += getattr(settings.values.get(client.pk, NO_VALUES), kind) or 0
    return {kind: f"{Decimal(plain(total)):,f}" for kind, total in sums.items()}
