"""The offer itself: what it takes from caps, and what it books into shares and rotations, and how that is taken back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from distribution.domain.automation import AccountAutomation, Automation
from distribution.domain.case import Case
from distribution.domain.entry import Entry
from distribution.domain.moment import CapCheck
from distribution.domain.ranking import Pool, Ranked, eligible_weights
from distribution.domain.step import CapUse, Offer, OfferOutcome
from leads.domain.shares import Booking, PoolState, Sharing, account_pool, book, undo, use_turn, without_turn

ONE = Decimal(1)
_LIVE = frozenset({OfferOutcome.OPEN, OfferOutcome.ACCEPTED, OfferOutcome.UNKNOWN})


def offer_of(pool: Pool, ranked: Ranked, case: Case) -> tuple[Offer, dict[str, PoolState]]:
    """The offer to the first in order, and the pool states with what it books."""
    entry = ranked.entry
    account, made = entry.account, {offer.account for offer in case.snapshot.offers}
    booking, pools = _book(pool, entry, case)
    return Offer(
        client=entry.client.id,
        account=account.id,
        price=case.price(entry),
        pool=pool.view.scene.key,
        slot=_free_slot(case),
        exclusive=account.exclusive,
        hold_until=_hold_until(entry, case),
        over_cap=case.beyond,
        caps=_cap_uses(entry, case),
        booking=booking,
        rank=len(made) + 1,
        keys=ranked.keys,
        decided_by=ranked.decided_by,
    ), pools


def _free_slot(case: Case) -> int:
    """The first number from 1 that no live offer of this lead holds."""
    taken = {offer.slot for offer in case.snapshot.offers if offer.outcome in _LIVE}
    return next(slot for slot in range(1, len(taken) + 2) if slot not in taken)


def _hold_until(entry: Entry, case: Case) -> datetime | None:
    closed = None if entry.shift is None else case.moment.closing(entry.shift)
    return None if closed is None else closed.opens


def _cap_uses(entry: Entry, case: Case) -> tuple[CapUse, ...]:
    """A place in every window of client and account; the account's own without limit in a rescan beyond them."""
    price = case.price(entry)

    def use(check: CapCheck) -> CapUse:
        limit = None if case.beyond and check.is_own else check.limit
        return CapUse(*check.key, amount=price if check.most is None else ONE, limit=limit)

    return tuple(use(check) for check in case.moment.caps(entry.account, entry.client))


def _book(pool: Pool, entry: Entry, case: Case) -> tuple[Booking, dict[str, PoolState]]:
    view, client = pool.view, entry.client
    plan, state = view.scene.plan, view.state
    booking = Booking(pool=view.scene.key, member=client.id)
    pools: dict[str, PoolState] = {}
    state, booking = book(
        state,
        booking,
        weighted=Sharing(eligible_weights(pool), view.scene.weights.basis) if plan.uses(Automation.WEIGHTED) else None,
        percentage=view.scene.percentages,
        window=view.window,
        catch_up=plan.catch_up_limit,
    )
    if plan.uses(Automation.ROUND_ROBIN):
        rotation, turn = use_turn(state.rotation, client.id)
        state, booking = replace(state, rotation=rotation), replace(booking, turn=turn)
    if client.account_automation is AccountAutomation.ROUND_ROBIN:
        key = account_pool(client.id)
        inner = case.snapshot.pools.get(key, PoolState())
        rotation, turn = use_turn(inner.rotation, entry.account.id)
        pools[key], booking = replace(inner, rotation=rotation), replace(booking, account_turn=turn)
    if state is not view.state:
        pools[view.scene.key] = state
    return booking, pools


def release(pools: Mapping[str, PoolState], booking: Booking, now: datetime, *, answered: bool) -> dict[str, PoolState]:
    """The pools that change when an offer came to nothing: refused, failed, bounced, returned or settled as not taken.

    What it booked into credits is undone. A turn stays used when the client answered (`answered`); a technical failure gives
    it back. `pools` holds the current states of `booking.pool` and of the client's account pool, where there are any.
    """
    changed: dict[str, PoolState] = {}
    state = pools.get(booking.pool)
    if state is not None:
        after = undo(state, booking, now)
        changed[booking.pool] = after if answered else without_turn(after, booking.turn)
    inner = pools.get(account_pool(booking.member))
    if inner is not None and not answered and booking.account_turn is not None:
        changed[account_pool(booking.member)] = without_turn(inner, booking.account_turn)
    return changed
