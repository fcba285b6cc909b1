"""Selling one lead: the pure decision between two short readings, then the place reserved and the trace written."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from distribution.domain.engine import decide
from distribution.domain.market import CampaignTerms, LeadFacts
from distribution.domain.state import Snapshot
from distribution.domain.step import Offer, Step, Stop
from distribution.enums import DeliveryState
from distribution.locks import lock_pools
from distribution.models import Decision, Delivery, Pool
from distribution.services.market import LiveMarket, live_market, terms_of
from distribution.services.snapshot import read_snapshot
from distribution.trace import inputs_json, trace_json
from distribution.wake import MAILS, WEBHOOKS, wake
from leads.enums import LeadOutcome
from leads.models import Lead
from leads.services.caps import Use, reserve_windows
from leads.services.events import record
from leads.services.facts import facts_of


class Progress(NamedTuple):
    """What a route made of a lead: taken with an outcome, or passed on for a reason."""

    taken: bool
    reason: str = ""
    outcome: str = LeadOutcome.PENDING
    is_final: bool = False


class PlaceTaken(Exception):
    """Somebody reserved the last place between the decision and its reservation: decide again in a new transaction."""


ENDS: dict[Stop, Progress] = {
    Stop.SOLD_ENOUGH: Progress(taken=True, outcome=LeadOutcome.SOLD, is_final=True),
    Stop.SOLD_EXCLUSIVELY: Progress(taken=True, outcome=LeadOutcome.SOLD, is_final=True),
    Stop.IN_DOUBT: Progress(taken=True, outcome=LeadOutcome.REVIEW),
}


def distribute(lead: Lead, now: datetime) -> Progress:
    """Make the next offer of the lead, or say why nobody gets it. Inside a transaction that has locked the lead."""
    live = live_market()
    terms = terms_of(lead.campaign, live.groups)
    facts = lead_facts(lead, live, now=now)
    pools = lock_pools(live.market.pool_keys(lead.lead_type_id, terms))
    last = Decision.objects.filter(lead=lead.pk).order_by("-run").first()
    snapshot = read_snapshot(lead, live, pools, now=now, is_first=last is None)
    step = decide(facts, terms, live.market, snapshot, now)
    decision = _write_decision(_open_decision(lead, last, now=now), live, terms, snapshot, step, now=now)
    _count_qualified(lead, live, decision, step, now=now)
    _save_pools(pools, step, now=now)
    if step.offer is not None:
        windows = _reserve(step.offer)
        delivery = _queue(lead, live, terms, decision, step.offer, windows, now=now)
        record(kind="lead.offered", at=now, lead=lead.pk, about=f"delivery:{delivery.spoken}", client=delivery.client_id)
    return _progress(lead, step)


def lead_facts(lead: Lead, live: LiveMarket, *, now: datetime) -> LeadFacts:
    point = (lead.latitude, lead.longitude) if lead.latitude is not None and lead.longitude is not None else None
    values = facts_of(lead, live.fields.get(lead.lead_type_id, {}), now=now)
    return LeadFacts(lead_type=lead.lead_type_id, values=values, point=point)


def _progress(lead: Lead, step: Step) -> Progress:
    sold = lead.outcome == LeadOutcome.SOLD
    if step.stop in (Stop.OFFER, Stop.UNDER_WAY):
        return Progress(taken=True, outcome=lead.outcome)
    if sold:
        return ENDS[Stop.SOLD_ENOUGH]
    return ENDS.get(step.stop, Progress(taken=False, reason=step.stop.value))


def _reserve(offer: Offer) -> list[list[Any]]:
    uses = [Use(use.scope.value, use.scope_id, use.kind.value, use.window_start, use.amount, use.limit) for use in offer.caps]
    windows = reserve_windows(uses)
    if windows is None:
        raise PlaceTaken
    return windows


def _open_decision(lead: Lead, last: Decision | None, *, now: datetime) -> Decision:
    """One row a distribution: the one under way, else the next run."""
    if last is not None and last.finished is None:
        return last
    return Decision(lead=lead, run=last.run + 1 if last else 1, started=now)


def _write_decision(
    decision: Decision, live: LiveMarket, terms: CampaignTerms, snapshot: Snapshot, step: Step, *, now: datetime
) -> Decision:
    """Bring the row up to date with this step."""
    decision.version = live.version
    decision.trace = trace_json(step, live)
    decision.inputs = inputs_json(terms, snapshot, live, now=now)
    is_over = step.stop not in (Stop.OFFER, Stop.UNDER_WAY)
    decision.stop, decision.finished = step.stop.value if is_over else "", now if is_over else None
    decision.save()
    return decision


def _count_qualified(lead: Lead, live: LiveMarket, decision: Decision, step: Step, *, now: datetime) -> None:
    """Count the lead once for each account with a qualified share whose type and criteria it meets."""
    if not step.met or decision.run > 1 or Delivery.objects.filter(decision=decision).exists():
        return
    entries = {entry.account.id: entry for entry in live.market.slate(lead.lead_type_id).qualified}
    for account_id in step.met:
        entry = entries[account_id]
        if (share := entry.account.qualified) is not None:
            start = live.market.moment(now).window(share.window, entry.client.zone).start
            reserve_windows([Use("account", account_id, f"qualified_{share.window.value}", start, 1, None)])


def _save_pools(pools: dict[str, Pool], step: Step, *, now: datetime) -> None:
    for key, state in sorted(step.pools.items()):
        pool = pools[key]
        pool.state, pool.changed = state.to_json(), now
        pool.save(update_fields=["state", "changed"])


def _queue(
    lead: Lead, live: LiveMarket, terms: CampaignTerms, decision: Decision, offer: Offer, windows: list[list[Any]], *, now: datetime
) -> Delivery:
    """Write the delivery: from here on its row is due, and a lost wake-up costs only time."""
    sale = getattr(lead.campaign, "sale", None)
    delivery = Delivery.objects.create(
        lead=lead,
        decision=decision,
        client_id=offer.client,
        account_id=offer.account,
        method_id=live.methods.get(offer.account),
        slot=offer.slot,
        rank=offer.rank,
        keys=offer.keys,
        decided_by=offer.decided_by.value,
        pool=offer.pool,
        is_exclusive=offer.exclusive,
        is_over_cap=offer.over_cap,
        closes_scan=offer.exclusive or offer.slot >= terms.max_deliveries,
        hold_until=offer.hold_until,
        price=offer.price,
        cost=terms.cost,
        windows=windows,
        booking=offer.booking.to_json(),
        state=DeliveryState.QUEUED,
        due_at=offer.hold_until or now,
        budget_seconds=sale.time_budget_seconds if sale else 300,
        created=now,
    )
    transaction.on_commit(_wake_senders, robust=True)
    return delivery


def _wake_senders() -> None:
    for task in (WEBHOOKS, MAILS):
        wake(task)
