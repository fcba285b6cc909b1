"""Says what would happen to a lead: a decision in memory, in sentences that promise nothing."""

from collections.abc import Mapping, Sequence

from distribution.domain.automation import Plan
from distribution.domain.explain import Names, beginning, keys_in_order
from distribution.domain.step import Candidate, OfferOutcome, Stop
from distribution.domain.words import count, joined


def would(
    candidates: Sequence[Candidate],
    stop: Stop,
    names: Names,
    *,
    max_deliveries: int = 1,
    prices: Mapping[int, str] | None = None,
    plans: Mapping[int, Plan] | None = None,
) -> tuple[str, ...]:
    """What the engine would do with the lead now. `prices` and `plans` by account."""
    if stop not in (Stop.OFFER, Stop.NOBODY_LEFT):
        return beginning(candidates), STANDS[stop]
    first = next((line for line in candidates if line.offer is OfferOutcome.OPEN), None)
    if first is None:
        return beginning(candidates), "Nobody could take it, so it would go to its next route."
    price = f" for {names.price(prices[first.account])}" if prices and first.account in prices else ""
    keys = keys_in_order(first, plans[first.account]) if plans and first.account in plans else ""
    lines = [beginning(candidates), f"{names.client(first.client)} would be offered it first{price}{keys}."]
    others = [names.client(line.client) for line in candidates if line.rank is not None and line.offer is None]
    if following := list(dict.fromkeys(others)):
        lines.append(f"After a refusal it would go on to {joined(following)}, in this order.")
    if max_deliveries > 1:
        lines.append(f"The campaign sells a lead up to {count(max_deliveries)} times, so the scan would go on after a shared sale.")
    return tuple(lines)


STANDS: dict[Stop, str] = {
    Stop.UNDER_WAY: "An offer is under way: nothing is decided before its answer.",
    Stop.SOLD_ENOUGH: "It is sold as often as its campaign sells a lead, so nobody would be offered it.",
    Stop.SOLD_EXCLUSIVELY: "It is sold exclusively, so nobody would be offered it.",
    Stop.IN_DOUBT: "A delivery is in doubt, so nobody would be offered it before a person decides.",
    Stop.PING: "Its buyers would be pinged first; the ranking begins with their answers.",
}
