"""Selling one lead: the pure decision between two short readings, then the place reserved and the trace written."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from distribution.domain.engine import decide
from distribution.domain.market import CampaignTerms, LeadFacts
from distribution.domain.state import Snapshot
from distribution.domain.step import Offer, Step, Stop
from distribution.enums import DeliveryState
from distribution.models import Decision, Delivery, Pool
from distribution.services.look import Look, look
from distribution.services.market import LiveMarket, terms_of
from distribution.services.pings import answers_of, ask
from distribution.services.snapshot import read_snapshot
from distribution.trace import inputs_json, trace_json
from distribution.wake import wake_senders
from leads.enums import LeadOutcome
from leads.models import Event, Lead
from leads.services.caps import Use, reserve_and, reserve_windows
from leads.services.facts import facts_of
from leads.services.rows import Writes


class Progress(NamedTuple):
    """What a route made of a lead: taken with an outcome, or passed on for a reason."""

    taken: bool
    reason: str = ""
    outcome: str = LeadOutcome.PENDING
    is_final: bool = False
    due_at: datetime | None = None
    """When to look again although nothing has happened."""
    offer: Delivery | None = None
    """What this step offered, queued by now."""


class PlaceTaken(Exception):
    """Somebody reserved the last place between the decision and its reservation: decide again in a new transaction."""


ENDS: dict[Stop, Progress] = {
    Stop.SOLD_ENOUGH: Progress(taken=True, outcome=LeadOutcome.SOLD, is_final=True),
    Stop.SOLD_EXCLUSIVELY: Progress(taken=True, outcome=LeadOutcome.SOLD, is_final=True),
    Stop.IN_DOUBT: Progress(taken=True, outcome=LeadOutcome.REVIEW),
}


def distribute(lead: Lead, live: LiveMarket, now: datetime, writes: Writes) -> Progress:
    """Make the next offer of the lead, or say why nobody gets it. Inside a transaction that has locked the lead.

    What there is to write is added to `writes`.
    """
    terms = terms_of(lead.campaign, live.groups)
    facts = lead_facts(lead, live, now=now)
    seen = look(lead, live.market.pool_keys(lead.lead_type_id, terms), live.market.cap_keys(lead.lead_type_id, now), now=now)
    is_pinging = seen.last is not None and seen.last.finished is None and live.market.slate(lead.lead_type_id).pings
    pings = answers_of(seen.last, now=now) if seen.last is not None and is_pinging else {}
    snapshot = read_snapshot(lead, live, seen, now=now, is_first=seen.last is None, pings=pings)
    step = decide(facts, terms, live.market, snapshot, now)
    if seen.last is None:
        _count_qualified(lead, live, step, now=now)
    decision = _write_decision(lead, seen, live, terms, snapshot, step, writes, now=now)
    for key, state in sorted(step.pools.items()):
        writes.update(Pool, {"state": state.to_json(), "changed": now}, id=seen.pools[key].pk)
    delivery = None
    if step.offer is not None:
        waits = any(offer.held for offer in snapshot.offers)
        delivery = _delivery(lead, live, terms, decision, step.offer, waits=waits, now=now)
        _queue(delivery, step.offer, writes)
    if step.stop is Stop.PING:
        answered_by = ask(lead=lead, decision=decision, accounts=step.pings, live=live, now=now)
        return Progress(taken=True, outcome=lead.outcome, due_at=answered_by)
    return _progress(lead, step, now=now)._replace(offer=delivery)


def lead_facts(lead: Lead, live: LiveMarket, *, now: datetime) -> LeadFacts:
    point = (lead.latitude, lead.longitude) if lead.latitude is not None and lead.longitude is not None else None
    values = facts_of(lead, live.fields.get(lead.lead_type_id, {}), now=now)
    return LeadFacts(lead_type=lead.lead_type_id, values=values, point=point)


def _progress(lead: Lead, step: Step, *, now: datetime) -> Progress:
    sold = lead.outcome == LeadOutcome.SOLD
    if step.stop in (Stop.OFFER, Stop.UNDER_WAY):
        goes_on = step.offer is not None and step.offer.hold_until is not None  # one that waits for its opening stops nobody else
        return Progress(taken=True, outcome=lead.outcome, due_at=now if goes_on else None)
    if sold:
        return ENDS[Stop.SOLD_ENOUGH]
    return ENDS.get(step.stop, Progress(taken=False, reason=step.stop.value))


def _write_decision(
    lead: Lead, seen: Look, live: LiveMarket, terms: CampaignTerms, snapshot: Snapshot, step: Step, writes: Writes, *, now: datetime
) -> Decision:
    """Write this step down: one row a distribution, the one under way or the next run."""
    is_over = step.stop not in (Stop.OFFER, Stop.UNDER_WAY, Stop.PING)
    written = {
        "version_id": live.version.pk,
        "trace": trace_json(step, live),
        "inputs": inputs_json(terms, snapshot, live, now=now),
        "stop": step.stop.value if is_over else "",
        "finished": now if is_over else None,
    }
    last = seen.last
    if last is not None and last.finished is None:
        writes.update(Decision, written, id=last.pk)
        return last
    decision = Decision(id=seen.key, lead=lead, run=last.run + 1 if last else 1, started=now, **written)
    writes.insert(decision)
    return decision


def _count_qualified(lead: Lead, live: LiveMarket, step: Step, *, now: datetime) -> None:
    """Count the lead, at its first step, for each account with a qualified share whose type and criteria it meets."""
    if not step.met:
        return
    entries = {entry.account.id: entry for entry in live.market.slate(lead.lead_type_id).qualified}
    for account_id in step.met:
        entry = entries[account_id]
        if (share := entry.account.qualified) is not None:
            start = live.market.moment(now).window(share.window, entry.client.zone).start
            reserve_windows([Use("account", account_id, f"qualified_{share.window.value}", start, 1, None)])


def _delivery(
    lead: Lead, live: LiveMarket, terms: CampaignTerms, decision: Decision, offer: Offer, *, waits: bool, now: datetime
) -> Delivery:
    """Return the delivery of the offer, without number and places.

    While another offer `waits` for its opening a sale ends nothing: whether one more may buy shows with that one's answer.
    """
    sale = getattr(lead.campaign, "sale", None)
    return Delivery(
        lead=lead,
        decision_id=decision.pk,
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
        closes_scan=offer.exclusive or (offer.slot >= terms.max_deliveries and not waits),
        hold_until=offer.hold_until,
        price=offer.price,
        cost=terms.cost,
        booking=offer.booking.to_json(),
        state=DeliveryState.QUEUED,
        due_at=offer.hold_until or now,
        budget_seconds=sale.time_budget_seconds if sale else 300,
        created=now,
    )


def _queue(delivery: Delivery, offer: Offer, writes: Writes) -> None:
    """Take the places and write the delivery: from here on its row is due, and a lost wake-up costs only time."""
    uses = [Use(use.scope.value, use.scope_id, use.kind.value, use.window_start, use.amount, use.limit) for use in offer.caps]
    delivery.number, windows = reserve_and("nextval('delivery_number')", uses)
    if windows is None:
        raise PlaceTaken
    delivery.windows = windows
    writes.insert(delivery)
    about = f"delivery:{delivery.spoken}"
    writes.insert(Event(kind="lead.offered", at=delivery.created, lead=delivery.lead, about=about, data={"client": offer.client}))
    transaction.on_commit(wake_senders, robust=True)
