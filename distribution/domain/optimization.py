"""Exclusive or shared: price optimization, and what an earlier shared sale rules out."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from distribution.domain.case import Case, View
from distribution.domain.entry import Entry, Failed
from distribution.domain.reasons import Reason

type RuledOut = list[tuple[Entry, Failed]]


def choose_side(entries: Sequence[Entry], view: View, case: Case) -> tuple[list[Entry], RuledOut]:
    """Those that stay in the running, and those that must not.

    Once a shared sale is made the lead stays shared. With price optimization the exclusive accounts compete with the sum of
    the best shared ones, one per client, as many as may still buy; without it all are one pool.
    """
    if case.sold_shared:
        return _parted(entries, exclusive=False, reason=Reason.ALREADY_SOLD_SHARED, detail=None)
    if not view.scene.plan.optimization:
        return list(entries), []
    best_exclusive, best_shared = _sums(entries, case)
    if best_exclusive is None or not any(not entry.account.exclusive for entry in entries):
        return list(entries), []
    detail = {"exclusive": f"{best_exclusive:.2f}", "shared": f"{best_shared:.2f}"}
    exclusive = best_exclusive >= best_shared
    reason = Reason.EXCLUSIVE_ONLY if exclusive else Reason.ALREADY_SOLD_SHARED
    return _parted(entries, exclusive=exclusive, reason=reason, detail=detail)


def _sums(entries: Sequence[Entry], case: Case) -> tuple[Decimal | None, Decimal]:
    """The highest exclusive price, None without one, and the sum of the highest shared ones."""
    best_exclusive: Decimal | None = None
    shared: dict[int, Decimal] = {}
    for entry in entries:
        price = case.rank_price(entry)
        if entry.account.exclusive:
            best_exclusive = price if best_exclusive is None else max(best_exclusive, price)
        else:
            shared[entry.client.id] = max(price, shared.get(entry.client.id, price))
    return best_exclusive, sum(sorted(shared.values(), reverse=True)[: case.terms.max_deliveries], Decimal(0))


def _parted(entries: Sequence[Entry], *, exclusive: bool, reason: Reason, detail: dict[str, Any] | None) -> tuple[list[Entry], RuledOut]:
    stay = [entry for entry in entries if entry.account.exclusive == exclusive]
    return stay, [(entry, (reason, detail)) for entry in entries if entry.account.exclusive != exclusive]
