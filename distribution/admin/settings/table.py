"""The table of values: one row an active client, with what it is given, its share, its sales of today and its credit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.urls import reverse

from clients.models import Client
from distribution.admin.settings.draft import Draft, plain
from distribution.admin.settings.facts import Facts, group_pool
from distribution.domain.automation import Automation
from distribution.domain.settings import NO_VALUES, Settings, Values
from distribution.domain.slate import DEFAULT_POOL
from leads.domain.shares import Ledger, PoolState
from leads.domain.windows import WindowKind, window
from leads.viewer import viewer

KINDS = ("priority", "weight", "percentage")
SHOWN_FOR = {Automation.WEIGHTED: "weight", Automation.PERCENTAGE: "percentage"}
SHARED = {"weight": "weight", "percentage": "percentage", "priority": "weight"}
"""By shown value: of which values the share and the credit are."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One input: what stands in it, what is live (None where both are the same), and what is wrong."""

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


def group_of_clients(settings: Settings) -> dict[int, str]:
    return {client: group.key for group in settings.groups for client in group.client_ids}


def rows(facts: Facts, live: Settings, draft: Draft) -> Iterator[Row]:
    """Yield the rows of the active clients by name. Shares are relative to the others of the same pool."""
    kind = SHARED[shown_kind(draft.settings)]
    groups = group_of_clients(draft.settings)
    now, then = _shares(facts, draft.settings, kind), _shares(facts, live, kind)
    scale = max([Decimal("0.05"), *now.values(), *then.values()])
    credits_of = _credits(facts, live, kind)
    most = max([abs(credit) for credit in credits_of.values()], default=Fraction(0)) or Fraction(1)
    counts = _account_counts(facts)
    sold_by: dict[int, int] = {}
    for (client, _), count in facts.sold.items():
        sold_by[client] = sold_by.get(client, 0) + count
    sold = sum(sold_by.values())
    pattern = reverse("admin:clients_client_change", args=[0])
    for client in facts.active:
        share, was, credit = now.get(client.pk), then.get(client.pk), credits_of.get(client.pk)
        bought = sold_by.get(client.pk, 0)
        yield Row(
            client=client.pk,
            name=client.name,
            link=pattern.replace("/0/", f"/{client.pk}/"),
            about=_about(counts.get(client.pk, (0, 0))),
            state=_state(facts, client),
            group=groups.get(client.pk, ""),
            cells=tuple(_cell(client.pk, kind, live, draft) for kind in KINDS),
            share="none" if share is None else f"{share * 100:.1f}%",
            fill="0" if share is None else f"{share / scale * 100:.1f}",
            was="" if was is None or was == share else f"{was / scale * 100:.1f}",
            sold=bought,
            sold_part=f"{bought * 100 / sold:.1f}%" if sold and bought else "",
            credit="none" if credit is None else signed(credit),
            credit_fill="" if not credit else f"{float(abs(credit) / most) * 50:.1f}",
            is_ahead=bool(credit and credit < 0),
        )


def signed(credit: Fraction) -> str:
    """Write leads owed with a sign and two decimals: "+0.42", "−0.31", "0.00"."""
    text = f"{abs(float(credit)):.2f}"
    return text if text == "0.00" else f"{'−' if credit < 0 else '+'}{text}"


def _cell(client: int, kind: str, live: Settings, draft: Draft) -> Cell:
    name = f"{kind}-{client}"
    value = draft.shown(name, getattr(draft.settings.values.get(client, NO_VALUES), kind))
    before = plain(getattr(live.values.get(client, NO_VALUES), kind))
    return Cell(name, value, None if before == value else before, draft.error(name))


def _shares(facts: Facts, settings: Settings, kind: str) -> dict[int, Decimal]:
    """The share of each active client that has a value, among those of its pool, when all are eligible."""
    groups = group_of_clients(settings)
    totals: dict[str, Decimal] = {}
    given: dict[int, Decimal] = {}
    for client in facts.active:
        value = getattr(settings.values.get(client.pk, NO_VALUES), kind)
        if value is not None:
            given[client.pk] = value
            pool = groups.get(client.pk, "")
            totals[pool] = totals.get(pool, Decimal(0)) + value
    return {client: value / total if (total := totals[groups.get(client, "")]) else Decimal(0) for client, value in given.items()}


def _credits(facts: Facts, live: Settings, kind: str) -> dict[int, Fraction]:
    """Leads that each client is owed in its pool, of those that have a value."""
    groups = group_of_clients(live)
    ledgers = {key: _ledger(state, kind, live, facts) for key, state in facts.pools.items()}
    found = {}
    for client, given in live.values.items():
        if _value(given, kind):
            key = group_pool(groups[client]) if client in groups else DEFAULT_POOL
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


def _about(counted: tuple[int, int]) -> str:
    total, is_open = counted
    if not total:
        return "no account"
    said = f"{total} account{'s' if total > 1 else ''}"
    return said if is_open == total else f"{said}, {is_open} open"


def _state(facts: Facts, client: Client) -> str:
    until = facts.paused.get(client.pk)
    return f"Paused after failures until {viewer().local(until):%H:%M}" if until else ""


def totals(facts: Facts, settings: Settings) -> Mapping[str, Decimal]:
    """The sum of each kind over the active clients."""
    given = [settings.values.get(client.pk, NO_VALUES) for client in facts.active]
    return {kind: sum((getattr(one, kind) or Decimal(0) for one in given), Decimal(0)) for kind in ("weight", "percentage")}
