"""What an answer does to the lead, the caps and the shares; always inside the transaction that settles the delivery."""

from datetime import datetime

from django.db import transaction

from distribution.enums import DeliveryState
from distribution.locks import lock_pools
from distribution.models import Decision, Delivery, Pool
from distribution.wake import OTHERS, ROUTES, wake
from leads.domain.shares import Booking, PoolState, account_pool, undo, without_turn
from leads.enums import LeadOutcome, Route
from leads.models import Event, Lead
from leads.services.caps import release_windows
from leads.services.events import record
from leads.services.rows import Writes, update_rows

OPEN_OUTCOMES = (LeadOutcome.PENDING, LeadOutcome.SOLD)


def confirm_sale(*, delivery: Delivery, now: datetime, writes: Writes | None = None) -> None:
    """The client took the lead: it is sold, and goes on to its next buyer where one more may buy.

    In the same statement the methods that an account uses *always* get their copy of what was sold, and what stands in
    `writes` already is written.
    """
    closes, writes = delivery.closes_scan, writes or Writes()
    about, data = f"delivery:{delivery.spoken}", {"client": delivery.client_id, "price": str(delivery.price)}
    writes.insert(Event(kind="lead.sold", at=now, lead_id=delivery.lead_id, about=about, data=data))
    if closes:
        stop = "sold_exclusively" if delivery.is_exclusive else "sold_enough"
        writes.update(Decision, {"finished": now, "stop": stop}, id=delivery.decision_id)
    routes: list[str] = [] if closes else ["distribute"]
    writes.also(SOLD, [None if closes else now, now if closes else None, routes, delivery.lead_id], name="sold")
    writes.also(COPIES, [now, now, delivery.pk, delivery.account_id, delivery.method_id])
    copies = writes.run()
    if not closes:
        wake_router()
    if copies:
        transaction.on_commit(lambda: wake(OTHERS), robust=True)


SOLD = """
    UPDATE leads_lead SET outcome = 'sold', due_at = %s, finished_at = %s, routes_left = %s::varchar[]
    WHERE id = %s AND outcome <> 'erased'
    RETURNING id
"""
COPIES = """
    INSERT INTO distribution_deliverycopy
        (id, delivery_id, method_id, state, is_tainted, due_at, claim, attempts_made, reason, message, created)
    SELECT gen_random_uuid(), d.id, u.method_id, 'queued', false, %s, 0, 0, '', '', %s
    FROM sold, (SELECT %s::uuid AS id) d, clients_accountmethod u JOIN clients_deliverymethod m ON m.id = u.method_id
    WHERE u.account_id = %s AND u.use = 'always' AND u.method_id IS DISTINCT FROM %s AND m.is_enabled AND m.archived_at IS NULL
    ON CONFLICT (delivery_id, method_id) DO NOTHING
"""


def give_back(*, delivery: Delivery, turn_used: bool, now: datetime) -> None:
    """Give back the places in caps and exactly the credits that this delivery booked; a turn only if it came to nothing.

    An answer uses a turn, accepted or refused; a technical failure does not (`turn_used=False`).
    """
    if delivery.booking:
        booking = Booking.from_json(delivery.booking)
        own = account_pool(delivery.client_id)
        keys = [booking.pool] + ([own] if booking.account_turn else [])
        pools = lock_pools(keys)
        states = {key: PoolState.from_json(pool.state) for key, pool in pools.items()}
        states[booking.pool] = undo(states[booking.pool], booking, now)
        if not turn_used:
            states[booking.pool] = without_turn(states[booking.pool], booking.turn)
            if booking.account_turn:
                states[own] = without_turn(states[own], booking.account_turn)
        for key, pool in pools.items():
            update_rows(Pool, {"state": states[key].to_json(), "changed": now}, id=pool.pk)
    release_windows(delivery.windows)


def send_on(*, delivery: Delivery, now: datetime) -> None:
    """Open the lead's route again, past this delivery; also that of a lead that was through while this one waited for an opening."""
    opened = Lead.objects.filter(pk=delivery.lead_id, outcome__in=OPEN_OUTCOMES).update(due_at=now, tries=0, lease_until=None)
    if Lead.objects.filter(pk=delivery.lead_id, outcome=LeadOutcome.SOLD, routes_left=[]).update(
        routes_left=[Route.DISTRIBUTE], finished_at=None
    ):
        Decision.objects.filter(pk=delivery.decision_id).update(finished=None, stop="")
    if opened:
        wake_router()


def hold_for_review(*, delivery: Delivery, now: datetime) -> None:
    """The delivery stays in doubt: the lead goes nowhere else until a person decides, and keeps what it sold before."""
    lead = Lead.objects.filter(pk=delivery.lead_id, outcome__in=OPEN_OUTCOMES)
    lead.filter(outcome=LeadOutcome.PENDING).update(outcome=LeadOutcome.REVIEW, due_at=None, lease_until=None)
    lead.filter(outcome=LeadOutcome.SOLD).update(due_at=None, lease_until=None, routes_left=[], finished_at=now)
    Decision.objects.filter(pk=delivery.decision_id).update(finished=now, stop="in_doubt")
    record(kind="lead.in_doubt", at=now, lead=delivery.lead_id, about=f"delivery:{delivery.spoken}", client=delivery.client_id)


def reverse_sale(*, delivery: Delivery, now: datetime, reason: str) -> bool:
    """A verified bounce makes an accepted delivery rejected: its places come back and the lead goes to the next client.

    False when it is not accepted any more, so that the same bounce twice changes nothing.
    """
    turned = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.ACCEPTED).update(
        state=DeliveryState.REJECTED, reason=reason, tracking="bounced", finished_at=now
    )
    if not turned:
        return False
    give_back(delivery=delivery, turn_used=True, now=now)
    states = set(Delivery.objects.filter(lead=delivery.lead_id).values_list("state", flat=True))
    is_sold, in_doubt = DeliveryState.ACCEPTED in states, DeliveryState.UNKNOWN in states
    outcome = LeadOutcome.SOLD if is_sold else LeadOutcome.REVIEW if in_doubt else LeadOutcome.PENDING
    routes = ["distribute"] if is_sold else delivery.lead.campaign.routes
    values = {"outcome": outcome, "due_at": now, "finished_at": None, "routes_left": routes, "tries": 0, "stuck_reason": ""}
    if in_doubt:  # it goes nowhere before a person decides
        values = values | {"due_at": None} if not is_sold else {"outcome": outcome}
    Lead.objects.filter(pk=delivery.lead_id).exclude(outcome=LeadOutcome.ERASED).update(**values)
    if not in_doubt:
        Decision.objects.filter(pk=delivery.decision_id).update(finished=None, stop="")
    about = f"delivery:{delivery.spoken}"
    record(kind="delivery.reversed", at=now, lead=delivery.lead_id, about=about, client=delivery.client_id, reason=reason)
    wake_router()
    return True


def wake_router() -> None:
    transaction.on_commit(lambda: wake(ROUTES), robust=True)
