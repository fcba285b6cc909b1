"""A process that dies at each named point, once for each thing a client may do: nothing lost, nothing sold twice.

The counts are the auditor's (reliability.md, 4.1): they come from what the clients received and from the rows alone.
"""

from collections import Counter
from typing import Any

import pytest

from distribution import crash
from distribution.models import Attempt, Delivery
from leads.models import CapWindow, Lead
from tests.distribution.deliver.test_deliver import RULES
from tests.distribution.deliver.world import World
from tests.peers.receiver import Receiver, Request

BEHAVIOURS = [
    "accept",
    "refuse",
    "duplicate",
    "busy",
    "broken",
    "take_then_drop",
    "take_then_garbage",
    "take_then_half",
    "drop_once",
    "lies_once",
]
LATER = {"drop_once": "accept", "lies_once": "duplicate"}


def behave(receiver: Receiver) -> Any:
    """What the client does is named in the address; the last two take the lead, drop the line, and answer the repeat."""

    def choose(request: Request) -> str:
        name = request.line.split()[1].rpartition("/")[2]
        if name not in LATER:
            return name
        return LATER[name] if any(earlier.key == request.key for earlier in receiver.log) else "take_then_drop"

    return choose


def live_through(world: World, client: Receiver, method: Any, point: str) -> Delivery:
    """Offer a lead, let the process die at the point, and let others work on until nothing is open."""
    delivery = world.offer(method)
    crash.arm(point)
    died = False
    try:
        world.drain()
    except crash.Crash:
        died = True
    crash.arm("")
    assert died or (point == "after_answer" and not client.log[-1].answered)
    world.run(minutes=20, step=25)
    delivery.refresh_from_db()
    return delivery


def sell_on(world: World, delivery: Delivery, client: Receiver) -> None:
    """What routing does with a lead that came back: offer it to the next client."""
    lead = Lead.objects.get(pk=delivery.lead_id)
    if lead.outcome == "pending" and lead.due_at is not None:
        world.offer(world.buyer(f"{client.url}/accept", rules=RULES), lead, rank=2)
        world.run()


def audit(client: Receiver) -> dict[str, int]:
    taken: dict[str, set[str]] = {}
    clients = {str(one.pk): one.client_id for one in Delivery.objects.all()}
    for request in client.log:
        if request.took_it:
            taken.setdefault(request.key, set()).add(request.body.decode())
    of_lead = Counter(one.lead_id for one in Delivery.objects.all() if str(one.pk) in taken)
    sold = set(Delivery.objects.filter(state="accepted").values_list("pk", flat=True))
    settled = sold | set(Delivery.objects.filter(state="unknown").values_list("pk", flat=True))
    unexplained = 0
    for key, times in Counter(request.key for request in client.log).items():
        reasons = Attempt.objects.filter(delivery=key).exclude(outcome__in=["accepted", "rejected", "config_error"]).count()
        unexplained += max(0, times - 1 - reasons)
    used = sum(window.used for window in CapWindow.objects.all())
    return {
        "A2 open": Delivery.objects.filter(state__in=["queued", "sending"]).count(),
        "A3 taken by two clients": sum(times > 1 for times in of_lead.values()),
        "A5 two bodies under one id": sum(len(bodies) > 1 for bodies in taken.values()),
        "A5 unknown ids": sum(request.key not in clients for request in client.log),
        "A6 repeats without a reason": unexplained,
        "A7 sold but never taken": sum(str(pk) not in taken for pk in sold),
        "A8 taken but neither sold nor in doubt": sum(key not in {str(pk) for pk in settled} for key in taken),
        "A10 places held by nobody": int(used) - Delivery.objects.filter(state__in=["accepted", "unknown"]).count(),
    }


@pytest.mark.parametrize("point", crash.POINTS)
def test_i14_i18_i20_a_process_that_dies_at_any_point_loses_nothing_and_sells_nothing_twice(
    world: World, client: Receiver, point: str
) -> None:
    client.behaviour = behave(client)
    ends = {}
    for behaviour in BEHAVIOURS:
        method = world.buyer(f"{client.url}/{behaviour}", rules=RULES)
        delivery = live_through(world, client, method, point)
        sell_on(world, delivery, client)
        ends[behaviour] = delivery.state
    found = audit(client)
    assert found == dict.fromkeys(found, 0)
    assert ends["accept"] == "accepted"
    assert {ends["take_then_drop"], ends["take_then_garbage"], ends["take_then_half"], ends["lies_once"]} == {"unknown"}
    assert ends["drop_once"] == "accepted"


def test_the_control_an_auditor_that_sees_a_lead_taken_twice_says_so(world: World, client: Receiver) -> None:
    """Without the taint a lead whose line was dropped goes to the next client: the count must not stay 0."""
    client.behaviour = behave(client)
    delivery = live_through(world, client, world.buyer(f"{client.url}/take_then_drop", rules=RULES), "after_answer")
    assert delivery.state == "unknown"
    Lead.objects.update(outcome="pending", due_at=world.clock())
    Delivery.objects.update(state="failed")
    sell_on(world, delivery, client)
    found = audit(client)
    assert (found["A3 taken by two clients"], found["A8 taken but neither sold nor in doubt"]) == (1, 1)
