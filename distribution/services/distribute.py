"""Selling one lead: the pure decision between two short readings, then the place reserved and the trace written."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from distribution.domain.engine import decide
from distribution.domain.market import CampaignTerms, LeadFacts
from distribution.domain.state import Snapshot
from distribution.domain.step import Offer, Step, Stop
from distribution.enums import DeliveryState
from distribution.locks import lock_pools
from distribution.models import Decision, Delivery, Pool
from distribution.services.market import LiveMarket, live_market, terms_of
from distribution.services.pings import answers_of, ask
from distribution.services.snapshot import read_snapshot
from distribution.trace import inputs_json, trace_json
from distribution.wake import wake_senders
from leads.enums import LeadOutcome
from leads.models import Event, Lead
from leads.services.caps import Use, reserve_windows
from leads.services.facts import facts_of
from leads.services.rows import insert_row, insert_rows, update_rows


class Progress(NamedTuple):
    """What a route made of a lead: taken with an outcome, or passed on for a reason."""

    taken: bool
    reason: str = ""
    outcome: str = LeadOutcome.PENDING
    is_final: bool = False
    due_at: datetime | None = None
    """When to look again although nothing has happened."""


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
    last = _last_decision(lead)
    is_pinging = last is not None and last.finished is None and live.market.slate(lead.lead_type_id).pings
    pings = answers_of(last, now=now) if last is not None and is_pinging else {}
    snapshot = read_snapshot(lead, live, pools, now=now, is_first=last is None, pings=pings)
    step = decide(facts, terms, live.market, snapshot, now)
    decision, number = _write_decision(_open_decision(lead, last, now=now), live, terms, snapshot, step, now=now)
    if last is None:
        _count_qualified(lead, live, step, now=now)
    _save_pools(pools, step, now=now)
    if step.offer is not None:
        windows = _reserve(step.offer)
        waits = any(offer.held for offer in snapshot.offers)
        _queue(lead, live, terms, decision, step.offer, windows, waits=waits, number=number, now=now)
    if step.stop is Stop.PING:
        answered_by = ask(lead=lead, decision=decision, accounts=step.pings, live=live, now=now)
        return Progress(taken=True, outcome=lead.outcome, due_at=answered_by)
    return _progress(lead, step, now=now)


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


def _reserve(offer: Offer) -> list[list[Any]]:
    uses = [Use(use.scope.value, use.scope_id, use.kind.value, use.window_start, use.amount, use.limit) for use in offer.caps]
    windows = reserve_windows(uses)
    if windows is None:
        raise PlaceTaken
    return windows


def _last_decision(lead: Lead) -> Decision | None:
    """The newest row, without what this step writes anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, run, started, finished FROM distribution_decision WHERE lead_id = %s ORDER BY run DESC LIMIT 1", [lead.pk]
        )
        row = cursor.fetchone()
    return Decision(lead=lead, id=row[0], run=row[1], started=row[2], finished=row[3]) if row else None


def _open_decision(lead: Lead, last: Decision | None, *, now: datetime) -> Decision:
    """One row a distribution: the one under way, else the next run."""
    if last is not None and last.finished is None:
        return last
    return Decision(lead=lead, run=last.run + 1 if last else 1, started=now)


def _write_decision(
    decision: Decision, live: LiveMarket, terms: CampaignTerms, snapshot: Snapshot, step: Step, *, now: datetime
) -> tuple[Decision, int]:
    """Bring the row up to date with this step; return it with the number of the delivery to come, 0 for none."""
    decision.version = live.version
    decision.trace = trace_json(step, live)
    decision.inputs = inputs_json(terms, snapshot, live, now=now)
    is_over = step.stop not in (Stop.OFFER, Stop.UNDER_WAY, Stop.PING)
    decision.stop, decision.finished = step.stop.value if is_over else "", now if is_over else None
    if not decision.pk:
        (number,) = insert_row(decision, NUMBER if step.offer else "0")
        return decision, number
    update_rows(Decision, {name: getattr(decision, name) for name in WRITTEN}, id=decision.pk)
    return decision, _next_number() if step.offer else 0


NUMBER = "nextval('delivery_number')"
WRITTEN = ("version_id", "trace", "inputs", "stop", "finished")


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {NUMBER}")
        return int(cursor.fetchone()[0])


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


def _save_pools(pools: dict[str, Pool], step: Step, *, now: datetime) -> None:
    for key, state in sorted(step.pools.items()):
        update_rows(Pool, {"state": state.to_json(), "changed": now}, id=pools[key].pk)


def _queue(
    lead: Lead,
    live: LiveMarket,
    terms: CampaignTerms,
    decision: Decision,
    offer: Offer,
    windows: list[list[Any]],
    *,
    waits: bool,
    number: int,
    now: datetime,
) -> None:
    """Write the delivery: from here on its row is due, and a lost wake-up costs only time.

    While another offer `waits` for its opening a sale ends nothing: whether one more may buy shows with that one's answer.
    """
    sale = getattr(lead.campaign, "sale", None)
    delivery = Delivery(
        number=number,
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
        closes_scan=offer.exclusive or (offer.slot >= terms.max_deliveries and not waits),
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
    about = f"delivery:{delivery.spoken}"
    insert_rows([delivery], [Event(kind="lead.offered", at=now, lead=lead, about=about, data={"client": offer.client})])
    transaction.on_commit(wake_senders, robust=True)
