"""Who comes first: the automations as sort keys, and the order that primary, secondary and entry order make of them."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from distribution.domain.automation import AccountAutomation, Automation, Base
from distribution.domain.case import Case, View
from distribution.domain.entry import Entry, price_key
from distribution.domain.step import DecidedBy
from distribution.domain.wording import decimal_text, hundredths_text
from leads.domain.shares import Owed, PoolState, Rate, account_pool, balanced, leads_unit, learned_rates, owed, split

LAST = float("inf")
NEVER = 10**9
"""More than there are accounts."""

type Texts = Sequence[str | None]
type Details = Sequence[dict[str, Any] | None]


class Column(NamedTuple):
    """How one automation sees the standing accounts: the least of `sorts` comes first, `texts` is what the trace shows."""

    sorts: list[Any]
    texts: Texts
    details: Details | None = None


class Ranked(NamedTuple):
    entry: Entry
    keys: dict[str, str | None]
    decided_by: DecidedBy
    detail: dict[str, Any] | None


class Pool(NamedTuple):
    """A pool with those who can take the lead: one account stands for each client, the others stand behind it."""

    view: View
    able: frozenset[int]
    """Clients of this lead type that nothing standing bars: among those of them with a share the balanced order reckons."""
    standing: list[Entry]
    behind: list[Entry]


def stand(entries: Sequence[Entry], case: Case) -> tuple[list[Entry], list[Entry]]:
    """The account that stands for each client, chosen by its account automation, and those behind."""
    by_client: dict[int, list[Entry]] = {}
    for entry in entries:
        by_client.setdefault(entry.client.id, []).append(entry)
    if len(by_client) == len(entries):
        return list(entries), []
    standing, behind = [], []
    for accounts in by_client.values():
        if len(accounts) > 1:
            key = _ACCOUNT_KEYS[accounts[0].client.account_automation](accounts[0], case)
            accounts.sort(key=lambda entry: (key(entry), entry.place))
        standing.append(accounts[0])
        behind += accounts[1:]
    return standing, behind


type _AccountKey = Callable[[Entry], Any]


def _by_price(_entry: Entry, case: Case) -> _AccountKey:
    return lambda entry: -case.rank_price(entry)


def _by_priority(_entry: Entry, _case: Case) -> _AccountKey:
    return lambda entry: LAST if entry.account.priority is None else entry.account.priority


def _by_turn(entry: Entry, case: Case) -> _AccountKey:
    rotation = case.snapshot.pools.get(account_pool(entry.client.id), PoolState()).rotation
    return lambda entry: rotation.key(entry.account.id)


_ACCOUNT_KEYS: dict[AccountAutomation, Callable[[Entry, Case], _AccountKey]] = {
    AccountAutomation.PRICE: _by_price,
    AccountAutomation.PRIORITY: _by_priority,
    AccountAutomation.ROUND_ROBIN: _by_turn,
}


def rank(pool: Pool, case: Case) -> list[Ranked]:
    """The standing accounts of the pool in order. They come in entry order, which so decides what keys leave equal."""
    standing, plan = pool.standing, pool.view.scene.plan
    if not standing:
        return []
    count = len(standing)
    nothing: list[None] = [None] * count
    first = KEYS[plan.automation](pool, case)
    second = _AS_SECONDARY[plan.secondary](pool, case) if plan.secondary else Column([0] * count, nothing)
    order = sorted(zip(first.sorts, second.sorts, range(count), strict=True))
    texts, second_texts, details = first.texts, second.texts, first.details or nothing
    return [
        Ranked(standing[place], {"primary": texts[place], "secondary": second_texts[place]}, level, details[place])
        for (_, _, place), level in zip(order, _levels(order), strict=True)
    ]


def _levels(order: Sequence[tuple[Any, Any, int]]) -> list[DecidedBy]:
    """What fixed each place: the first key that tells it from its neighbours, from both of them."""
    if len(order) == 1:
        return [DecidedBy.ONLY]
    depth = [0 if a[0] != b[0] else 1 if a[1] != b[1] else 2 for a, b in pairwise(order)]
    return [_DEPTHS[place] for place in map(max, [depth[0], *depth], [*depth, depth[-1]])]


_DEPTHS = (DecidedBy.PRIMARY, DecidedBy.SECONDARY, DecidedBy.ENTRY_ORDER)


def _price(pool: Pool, case: Case) -> Column:
    standing = pool.standing
    if not any(entry.account.ping for entry in standing):
        return Column([entry.price_key for entry in standing], [entry.price_text for entry in standing])
    prices = [case.rank_price(entry) for entry in standing]
    return Column([price_key(price) for price in prices], [f"{price:.2f}" for price in prices])


def _priority(pool: Pool, _case: Case) -> Column:
    return Column(
        [LAST if entry.priority is None else entry.priority for entry in pool.standing],
        [None if entry.priority is None else str(entry.priority) for entry in pool.standing],
    )


def _round_robin(pool: Pool, _case: Case) -> Column:
    """Longest since its last turn first; before them, in entry order, who was never served."""
    turns = [pool.view.state.rotation.key(entry.client.id) for entry in pool.standing]
    sorts = [turn or entry.place - NEVER for turn, entry in zip(turns, pool.standing, strict=True)]
    return Column(sorts, [str(turn) for turn in turns])


def _geolocation(pool: Pool, case: Case) -> Column:
    distances = [case.distance(entry) for entry in pool.standing]
    return Column(
        [LAST if distance is None else distance for distance in distances],
        [None if distance is None else f"{distance:.2f}" for distance in distances],
    )


def eligible_weights(pool: Pool) -> dict[int, int]:
    """Weights of the clients that share in a sale of this pool now: those that stand and have one."""
    weights = pool.view.scene.weights.weights
    return {entry.client.id: weights[entry.client.id] for entry in pool.standing if entry.client.id in weights}


def _weight_claims(pool: Pool) -> Owed | None:
    weights = eligible_weights(pool)
    return owed(pool.view.state.credits, split(weights)) if weights else None


def _weighted(pool: Pool, case: Case) -> Column:
    weights, scene = eligible_weights(pool), pool.view.scene
    claims = owed(pool.view.state.credits, split(weights))
    if scene.plan.base is not Base.BALANCED:
        return _due_first(pool, case, claims)
    rates = learned_rates(pool.view.state.learned, weights, scene.weights.basis)
    return _balanced(pool, claims, rates, scene.weights.weights)


def _percentage(pool: Pool, case: Case) -> Column:
    shares, scene = pool.view.scene.percentages.weights, pool.view.scene
    claims = pool.view.percentage_claims()
    claims = Owed(claims.unit, {entry.client.id: claims.amounts[entry.client.id] for entry in pool.standing})
    if scene.plan.base is not Base.BALANCED:
        return _due_first(pool, case, claims)
    total = sum(shares.values())
    return _balanced(pool, claims, {client: (shares[client], total) for client in claims.amounts}, shares)


def _balanced(pool: Pool, claims: Owed, rates: Mapping[int, Rate], weights: Mapping[int, int]) -> Column:
    """The fairest sequence, see `leads.domain.shares_order.balanced`."""
    members = sum(client in weights for client in pool.able)
    keys = balanced(claims, rates, members)
    step = leads_unit(claims, members) // 200
    clients = [entry.client.id for entry in pool.standing]
    sorts = [keys[client] for client in clients]
    details: Details = [None if late else {"due_within": hundredths_text(max(key, 0), step)} for late, key in sorts]
    return Column(sorts, [decimal_text(claims.amounts[client], claims.unit) for client in clients], details)


def _due_first(pool: Pool, case: Case, claims: Owed) -> Column:
    """The clients that are due in the order of the base automation, then the others, most owed first."""
    base = KEYS[Automation(pool.view.scene.plan.base.value)](pool, case)
    amounts = [claims.amounts[entry.client.id] for entry in pool.standing]
    return Column(
        [(0, key) if amount > 0 else (1, -amount) for amount, key in zip(amounts, base.sorts, strict=True)],
        [decimal_text(amount, claims.unit) for amount in amounts],
        [{"base": text} if amount > 0 else None for amount, text in zip(amounts, base.texts, strict=True)],
    )


def _most_owed(pool: Pool, claims: Owed | None) -> Column:
    """As secondary: by how far below its share a client is; without a value last."""
    if claims is None:
        return Column([LAST] * len(pool.standing), [None] * len(pool.standing))
    amounts = [claims.amounts.get(entry.client.id) for entry in pool.standing]
    return Column(
        [LAST if amount is None else -amount for amount in amounts],
        [None if amount is None else decimal_text(amount, claims.unit) for amount in amounts],
    )


def _owed_weight(pool: Pool, _case: Case) -> Column:
    return _most_owed(pool, _weight_claims(pool))


def _owed_percentage(pool: Pool, _case: Case) -> Column:
    return _most_owed(pool, pool.view.percentage_claims() if pool.view.scene.percentages.weights else None)


type _Columns = Callable[[Pool, Case], Column]

KEYS: dict[Automation, _Columns] = {
    Automation.PRICE: _price,
    Automation.PRIORITY: _priority,
    Automation.ROUND_ROBIN: _round_robin,
    Automation.WEIGHTED: _weighted,
    Automation.PERCENTAGE: _percentage,
    Automation.GEOLOCATION: _geolocation,
}
_AS_SECONDARY: dict[Automation, _Columns] = {
    **KEYS,
    Automation.WEIGHTED: _owed_weight,
    Automation.PERCENTAGE: _owed_percentage,
}
