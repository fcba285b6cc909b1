"""A server that hangs over a copy or a file holds up no other client, and no lead: with real servers, and a control."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from distribution.demo.factories import LeadFactory
from distribution.models import Delivery, DeliveryCopy
from distribution.services.others import OTHERS_LOCK, drain_the_others
from distribution.services.route import route_due
from tests.distribution.deliver.test_claim import outcome_within, wait_until, world_ports
from tests.distribution.deliver.test_several_methods import two_ways, use
from tests.distribution.deliver.world import World
from tests.peers.receiver import Receiver


def copied(world: World, client: Receiver, url: str) -> Delivery:
    """A sold lead whose copy goes to this address."""
    first, second = two_ways(world, client.url, url, "always")
    type(second).objects.filter(pk=second.pk).update(timeout_seconds=60)
    delivery = world.offer(first)
    world.drain()
    return delivery


def working(world: World, meanwhile: Callable[[], object] | None = None) -> threading.Thread:
    """A worker whose own time is short, so that it soon only awaits what is under way."""

    def works() -> None:
        drain_the_others(seconds=0.3, clock=world.clock, meanwhile=meanwhile)
        connections.close_all()

    thread = threading.Thread(target=works)
    thread.start()
    return thread


def test_while_one_copy_hangs_copies_and_sales_of_everybody_else_go_on(world: World, client: Receiver) -> None:
    with Receiver("take_then_hang") as hanging:
        world_ports(client, hanging)
        copied(world, client, hanging.url)
        worker = working(world)
        wait_until(lambda: hanging.open_now == 1)
        time.sleep(0.6)  # longer than the worker claims by itself
        other = copied(world, client, client.url)
        seen = world.offer(use(world.buyer("", kind="portal"), "first"))
        wait_until(lambda: DeliveryCopy.objects.get(delivery=other).state == "accepted")
        wait_until(lambda: Delivery.objects.get(pk=seen.pk).state == "accepted")
        assert (hanging.open_now, worker.is_alive()) == (1, True)
    worker.join(30)
    assert (worker.is_alive(), hanging.connections) == (False, 1), "nothing more was begun for the one that hangs"


@pytest.mark.parametrize("routes", [True, False], ids=["as the worker does", "control: it only waits"])
def test_leads_are_routed_by_the_way(world: World, client: Receiver, routes: bool) -> None:  # noqa: FBT001
    with Receiver("take_then_hang") as hanging:
        world_ports(client, hanging)
        copied(world, client, hanging.url)
        worker = working(world, (lambda: route_due(now=world.clock())) if routes else None)
        wait_until(lambda: hanging.open_now == 1)
        lead = LeadFactory.create(due_at=world.clock(), outcome="pending", routes_left=["push"])
        outcome = outcome_within(lead.pk, 10 if routes else 2)
        assert (outcome, hanging.open_now) == ("unrouted" if routes else "pending", 1)
    worker.join(30)
    assert not worker.is_alive()


def test_they_take_one_worker_of_all_and_the_next_has_nothing_to_wait_for(world: World, client: Receiver) -> None:
    with Receiver("take_then_hang") as hanging:
        world_ports(client, hanging)
        copied(world, client, hanging.url)
        worker = working(world)
        wait_until(lambda: hanging.open_now == 1)
        copied(world, client, hanging.url)
        began = time.monotonic()
        assert drain_the_others(seconds=5, clock=world.clock) == 0
        assert time.monotonic() - began < 1
    worker.join(30)
    assert free()


def free() -> Any:
    """Whether nobody holds the lock of the one that sends the others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s", [OTHERS_LOCK])
        return cursor.fetchone()[0] == 0
