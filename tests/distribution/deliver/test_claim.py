"""Who gets which delivery: one attempt at a time, four to a method, one to a client while clients are locked."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections, transaction

from clients.models import DeliveryMethod
from distribution.demo.factories import LeadFactory
from distribution.domain.retry import Outcome
from distribution.models import Attempt, Delivery
from distribution.services import claim
from distribution.services.claim import Claimed, claim_deliveries, live_switches
from distribution.services.deliver import Drain, drain_deliveries
from distribution.services.finish import Finished, finish
from distribution.services.route import route_due
from distribution.transports.envelope import Report
from leads.models import Lead
from tests.distribution.deliver.world import NOON, World, held
from tests.peers.receiver import Receiver


def take(world: World, *, limit: int = 64, locking: bool = False) -> list[Claimed]:
    return claim_deliveries(kind="webhook", now=world.clock(), limit=limit, locking=locking) or []


def test_a_claimed_delivery_is_nobody_elses_until_its_lease_runs_out(world: World) -> None:
    delivery = world.offer(world.buyer("http://127.0.0.1:1/"))
    assert [one.delivery for one in take(world)] == [delivery]
    world.clock.go(199)
    assert take(world) == []
    world.clock.go(2)
    again = take(world)
    assert [(one.delivery, one.was_lost, one.delivery.claim) for one in again] == [(delivery, True, 2)]


def test_the_oldest_are_claimed_first_and_no_more_than_asked(world: World) -> None:
    methods = [world.buyer("http://127.0.0.1:1/") for _ in range(3)]
    offers = [world.offer(method, due_at=NOON - timedelta(seconds=age)) for method, age in zip(methods, (5, 50, 20), strict=True)]
    assert [one.delivery for one in take(world, limit=2)] == [offers[1], offers[2]]


def test_what_is_not_due_or_paused_or_off_or_of_another_kind_is_not_claimed(world: World) -> None:
    url = "http://127.0.0.1:1/"
    world.offer(world.buyer(url), due_at=NOON + timedelta(seconds=1))
    world.offer(world.buyer(url, paused_until=NOON + timedelta(seconds=1), pauses=1))
    world.offer(world.buyer(url, is_enabled=False))
    world.offer(world.buyer(url, archived_at=NOON))
    world.offer(world.buyer("", kind="email"))
    assert take(world) == []
    due = world.offer(world.buyer(url))
    assert [one.delivery for one in take(world)] == [due]


def test_i47_a_method_has_four_in_flight_at_most(world: World) -> None:
    busy, other = world.buyer("http://127.0.0.1:1/"), world.buyer("http://127.0.0.1:1/")
    for _ in range(9):
        world.offer(busy)
    behind = world.offer(other, due_at=NOON)
    claimed = take(world)
    assert sum(one.delivery.method == busy for one in claimed) == 4
    assert behind in [one.delivery for one in claimed]
    assert take(world) == []


def test_one_probe_at_a_time_goes_to_a_method_that_was_paused(world: World) -> None:
    method = world.buyer("http://127.0.0.1:1/", paused_until=NOON - timedelta(seconds=1), pauses=1, failures_in_a_row=5)
    for _ in range(3):
        world.offer(method)
    assert len(take(world)) == 1
    assert take(world) == []


def test_a_locked_client_gets_one_delivery_at_a_time_over_all_its_methods(world: World) -> None:
    method = world.buyer("http://127.0.0.1:1/")
    second = world.method(method.client, "http://127.0.0.1:1/")
    other = world.buyer("http://127.0.0.1:1/")
    for which in (method, method, second, other):
        world.offer(which)
    assert sorted(one.delivery.client_id for one in take(world, locking=True)) == sorted([method.client_id, other.client_id])
    assert take(world, locking=True) == []
    assert len(take(world, locking=False)) == 2


def test_the_wait_for_a_locked_client_is_not_counted_in_the_time_budget(world: World) -> None:
    method = world.buyer("http://127.0.0.1:1/")
    world.offer(method, first_attempt_at=NOON - timedelta(seconds=10), due_at=NOON - timedelta(seconds=7), attempts_made=1)
    world.offer(world.buyer("http://127.0.0.1:1/"), due_at=NOON - timedelta(seconds=9))
    assert [one.delivery.budget_seconds for one in take(world, locking=True)] == [300, 307]


def test_the_switch_for_locking_is_read_from_the_settings_in_force(world: World) -> None:
    assert live_switches() == (False, 5)
    world.settings(client_locking=True, breaker_failures=9)
    assert live_switches() == (True, 9)


def rounds(world: World, methods: list[DeliveryMethod], *, threads: int, locking: bool) -> list[int]:
    """How many deliveries of one client were in flight when all threads had claimed at once."""
    most = []
    for _ in range(8):
        Delivery.objects.update(state="queued", lease_until=None, due_at=NOON)
        barrier = threading.Barrier(threads)

        def work(barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            for _ in range(50):
                if claim_deliveries(kind="webhook", now=world.clock(), limit=1, locking=locking) is not None:
                    break
            connections.close_all()

        workers = [threading.Thread(target=work) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        most.append(Delivery.objects.filter(state="sending", client=methods[0].client).count())
    return most


@pytest.mark.race
def test_i19_workers_that_claim_at_the_same_moment_keep_to_the_lock_of_a_client(world: World) -> None:
    method = world.buyer("http://127.0.0.1:1/")
    methods = [method, *(world.method(method.client, "http://127.0.0.1:1/") for _ in range(3))]
    for one in methods * 6:
        world.offer(one)
    assert set(rounds(world, methods, threads=6, locking=True)) == {1}


@pytest.mark.race
def test_the_control_without_the_lock_of_claims_the_same_workers_break_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    method = world.buyer("http://127.0.0.1:1/")
    methods = [method, *(world.method(method.client, "http://127.0.0.1:1/") for _ in range(3))]
    for one in methods * 6:
        world.offer(one)
    monkeypatch.setattr(claim, "_lock_claims", lambda: True)
    real = claim._take

    def slowly(**options: Any) -> Any:
        taken = real(**options)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.02)")
        return taken

    monkeypatch.setattr(claim, "_take", slowly)
    assert max(rounds(world, methods, threads=6, locking=True)) > 1


def test_i19_while_one_process_claims_another_is_told_to_come_back(world: World) -> None:
    world.offer(world.buyer("http://127.0.0.1:1/"))
    answers: list[Any] = []

    def other() -> None:
        answers.append(claim_deliveries(kind="webhook", now=world.clock(), limit=1, locking=False))
        connections.close_all()

    with transaction.atomic():
        claim._lock_claims()
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert answers == [None]
    assert len(take(world)) == 1


def test_i19_a_late_answer_after_the_lease_is_kept_as_stale_and_changes_nothing(world: World, client: Receiver) -> None:
    method = world.buyer(client.url)
    delivery = world.offer(method)
    (frozen,) = take(world)
    world.clock.go(201)
    world.drain()
    assert Delivery.objects.get().state == "accepted"
    late = Finished(frozen.delivery, Report(Outcome.REJECTED, message="no"), NOON, world.clock())
    assert finish(late) is False
    assert Delivery.objects.get(pk=delivery.pk).state == "accepted"
    assert list(Attempt.objects.order_by("id").values_list("outcome", "is_stale")) == [
        ("not_sent", False),
        ("accepted", False),
        ("rejected", True),
    ]
    assert held(method) == 1


def test_i20_a_lost_worker_taints_what_it_may_have_sent_and_nothing_else(world: World) -> None:
    written = world.offer(world.buyer("http://127.0.0.1:1/"), payload={"kind": "webhook"})
    unwritten = world.offer(world.buyer("http://127.0.0.1:1/"))
    take(world)
    world.clock.go(201)
    assert {one.delivery.pk: one.delivery.is_tainted for one in take(world)} == {written.pk: True, unwritten.pk: False}


def test_i46_after_ten_lost_workers_a_person_must_look(world: World, client: Receiver) -> None:
    poison = world.offer(world.buyer(client.url), budget_seconds=86_400)
    for _ in range(10):
        assert len(take(world)) == 1
        world.clock.go(201)
    other = world.offer(world.buyer(client.url))
    world.drain()
    ended = Delivery.objects.get(pk=poison.pk)
    assert (ended.state, ended.reason, ended.claim) == ("unknown", "lease_lost", 11)
    assert Delivery.objects.get(pk=other.pk).state == "accepted"
    assert [request.key for request in client.log] == [str(other.pk)]


def test_f18_a_client_that_hangs_holds_up_nobody_else(world: World, client: Receiver) -> None:
    with Receiver("take_then_hang") as hanging:
        world_ports(hanging, client)
        slow = world.buyer(hanging.url, timeout_seconds=60)
        for _ in range(12):
            world.offer(slow)
        well = world.buyer(client.url)
        offers = [world.offer(well) for _ in range(30)]
        drain = Drain(kind="webhook", clock=world.clock)
        accepted = Delivery.objects.filter(pk__in=[one.pk for one in offers], state="accepted")
        ends = time.monotonic() + 30
        while accepted.count() < 30 and time.monotonic() < ends:
            drain.run(seconds=0.2)
        assert (accepted.count(), hanging.most_open) == (30, 4)
        assert Delivery.objects.filter(method=slow, state="sending").count() == 4
    drain.collect_all()


def test_f18_a_worker_that_awaits_who_hangs_sends_for_everybody_else(world: World, client: Receiver) -> None:
    """Its own time is up, and it is still there for the answers: what falls due now is not held up."""
    with Receiver("take_then_hang") as hanging:
        world_ports(hanging, client)
        slow, well = world.buyer(hanging.url, timeout_seconds=60), world.buyer(client.url)
        for _ in range(6):
            world.offer(slow)
        worker = threading.Thread(target=drains, args=[world])
        worker.start()
        wait_until(lambda: hanging.open_now == 4)
        time.sleep(1)  # longer than the worker claims
        offers = [world.offer(well).pk for _ in range(5)]
        wait_until(lambda: Delivery.objects.filter(pk__in=offers, state="accepted").count() == 5)
        assert (hanging.open_now, worker.is_alive()) == (4, True)
    worker.join(30)
    assert (worker.is_alive(), hanging.connections) == (False, 4), "nothing more was begun for the one that hangs"


def drains(world: World, meanwhile: Callable[[], object] | None = None) -> None:
    drain_deliveries(kind="webhook", seconds=0.5, clock=world.clock, meanwhile=meanwhile)
    connections.close_all()


@pytest.mark.parametrize("routes", [True, False], ids=["as the worker does", "control: it only waits"])
def test_f18_a_worker_that_awaits_who_hangs_routes_leads_meanwhile(world: World, client: Receiver, routes: bool) -> None:  # noqa: FBT001
    with Receiver("take_then_hang") as hanging:
        world_ports(hanging, client)
        slow = world.buyer(hanging.url, timeout_seconds=60)
        world.offer(slow)
        meanwhile = (lambda: route_due(now=world.clock())) if routes else None
        worker = threading.Thread(target=drains, args=[world, meanwhile])
        worker.start()
        wait_until(lambda: hanging.open_now == 1)
        lead = LeadFactory.create(due_at=world.clock(), outcome="pending", routes_left=["push"])
        outcome = outcome_within(lead.pk, 10 if routes else 2)
        assert (outcome, hanging.open_now) == ("unrouted" if routes else "pending", 1)
    worker.join(30)
    assert not worker.is_alive()


def outcome_within(lead: UUID, seconds: float) -> str:
    ends = time.monotonic() + seconds
    while (outcome := Lead.objects.get(pk=lead).outcome) == "pending" and time.monotonic() < ends:
        time.sleep(0.02)
    return outcome


def wait_until(true: Callable[[], bool], seconds: float = 10) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not come true in time"
        time.sleep(0.02)


def world_ports(*receivers: Receiver) -> None:
    from django.conf import settings

    settings.OUTBOUND_PORTS = [*settings.OUTBOUND_PORTS, *(one.port for one in receivers)]
