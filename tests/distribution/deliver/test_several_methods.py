"""Several methods of one account: one steps in when the one before it fails, and some always get a copy of what was sold."""

from collections.abc import Iterator
from typing import Any

import pytest

from clients.models import AccountMethod, DeliveryMethod
from distribution.models import Attempt, Delivery, DeliveryCopy
from distribution.services.copies import CopyFlights, send_copy_again
from distribution.services.market import forget_market, live_market
from distribution.services.review import settle_unknown
from distribution.services.snapshot import circuits
from leads.models import Event
from tests.distribution.deliver.world import World, held
from tests.peers.receiver import Receiver


@pytest.fixture
def other(settings: Any) -> Iterator[Receiver]:
    with Receiver() as receiver:
        settings.OUTBOUND_PORTS = [*settings.OUTBOUND_PORTS, receiver.port]
        yield receiver


def use(method: DeliveryMethod, how: str, position: int = 0) -> DeliveryMethod:
    AccountMethod.objects.create(account=method.client.accounts.get(), method=method, use=how, position=position)
    return method


def two_ways(world: World, first_url: str, second_url: str, how: str, **options: Any) -> tuple[DeliveryMethod, DeliveryMethod]:
    first = use(world.buyer(first_url, **options), "first")
    return first, use(world.method(first.client, second_url), how, 1)


def copies(world: World) -> int:
    return CopyFlights(clock=world.clock).run(seconds=10)


def test_when_the_first_fails_the_next_takes_over_with_the_same_place_and_the_same_id(world: World, client: Receiver) -> None:
    first, second = two_ways(world, "http://127.0.0.1:1/", client.url, "on_failure", retries=0)
    delivery = world.offer(first)
    world.drain()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.method, held(first)) == ("accepted", second, 1)
    assert client.log[0].headers["idempotency-key"] == str(delivery.pk)
    assert list(delivery.attempts.values_list("method", "outcome")) == [(first.pk, "not_sent"), (second.pk, "accepted")]
    assert Event.objects.filter(kind="delivery.next_method", about=f"delivery:{delivery.spoken}").count() == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.failures_in_a_row, second.failures_in_a_row) == (1, 0)


@pytest.mark.parametrize("behaviour", ["unprocessable", "take_then_drop"])
def test_a_refusal_or_a_doubt_is_no_failure_so_nothing_goes_by_the_next_method(
    world: World, client: Receiver, other: Receiver, behaviour: str
) -> None:
    client.behaviour = behaviour
    first, _ = two_ways(world, client.url, other.url, "on_failure", recognises_repeats=False)
    delivery = world.offer(first)
    world.drain()
    assert other.log == []
    delivery.refresh_from_db()
    assert delivery.state == {"unprocessable": "rejected", "take_then_drop": "unknown"}[behaviour]


def test_the_second_has_retries_of_its_own_and_when_it_fails_too_the_lead_goes_on(world: World, client: Receiver) -> None:
    client.behaviour = "busy"
    first, second = two_ways(world, "http://127.0.0.1:1/", client.url, "on_failure", retries=1)
    DeliveryMethod.objects.filter(pk=second.pk).update(retries=1)
    delivery = world.offer(first)
    world.run(minutes=10)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts_made, delivery.attempts_before, held(first)) == ("failed", 4, 2, 0)


def test_a_paused_first_choice_is_not_waited_for(world: World, client: Receiver) -> None:
    first, second = two_ways(world, "http://127.0.0.1:1/", client.url, "on_failure")
    DeliveryMethod.objects.filter(pk=first.pk).update(paused_until=world.clock().replace(hour=23), pauses=1)
    delivery = world.offer(first)
    world.drain()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.method) == ("accepted", second)


def test_an_account_is_closed_off_only_when_all_its_ways_are_paused(world: World, client: Receiver) -> None:
    first, second = two_ways(world, client.url, client.url, "on_failure")
    account = first.client.accounts.get()
    later = world.clock().replace(hour=23)
    forget_market()
    assert circuits(live_market(), {first.pk: later}) == {}
    assert circuits(live_market(), {first.pk: later, second.pk: later}) == {account.pk: later}


def test_what_is_sold_goes_once_more_by_the_method_used_always(world: World, client: Receiver, other: Receiver) -> None:
    first, always = two_ways(world, client.url, other.url, "always")
    delivery = world.offer(first)
    world.drain()
    assert (copies(world), copies(world)) == (1, 0)
    assert len(other.bodies) == 1
    copy = DeliveryCopy.objects.get()
    assert (copy.delivery, copy.method, copy.state) == (delivery, always, "accepted")
    assert list(Attempt.objects.values_list("method", "copy")) == [(first.pk, None), (always.pk, copy.pk)]
    assert held(first) == 1


def test_what_the_client_refused_is_copied_nowhere_and_a_settled_doubt_is(world: World, client: Receiver) -> None:
    first, _ = two_ways(world, client.url, client.url, "always", recognises_repeats=False)
    client.behaviour = "unprocessable"
    world.offer(first)
    world.drain()
    assert DeliveryCopy.objects.count() == 0
    client.behaviour = "take_then_drop"
    delivery = world.offer(first)
    world.drain()
    settle_unknown(delivery=Delivery.objects.get(pk=delivery.pk), taken=True, by=None, now=world.clock(), reason="They found it")
    assert DeliveryCopy.objects.get().delivery == delivery


def test_a_copy_that_fails_is_tried_for_hours_and_changes_no_sale(world: World, client: Receiver) -> None:
    first, _ = two_ways(world, client.url, "http://127.0.0.1:1/", "always")
    delivery = world.offer(first)
    world.drain()
    for _ in range(3):
        copies(world)
        world.clock.go(200)
    copy = DeliveryCopy.objects.get()
    assert (copy.state, copy.attempts_made) == ("queued", 3)
    world.clock.go(5 * 3600)
    DeliveryMethod.objects.update(paused_until=None)
    copies(world)
    copy.refresh_from_db()
    delivery.refresh_from_db()
    assert (copy.state, copy.reason, delivery.state, held(first)) == ("failed", "not_reached", "accepted", 1)
    assert send_copy_again(copy=copy, now=world.clock()) is True
    assert send_copy_again(copy=copy, now=world.clock()) is False


def test_a_copy_whose_worker_died_is_sent_again_under_the_same_id(world: World, client: Receiver, other: Receiver) -> None:
    first, _ = two_ways(world, client.url, other.url, "always")
    world.offer(first)
    world.drain()
    lost = CopyFlights(clock=world.clock)
    (row,) = lost.claim(now=world.clock(), limit=5)
    assert copies(world) == 0
    world.clock.go(3600)
    assert copies(world) == 1
    assert other.log[0].headers["idempotency-key"] == str(row.pk)


def test_a_portal_takes_the_lead_at_once_and_nothing_is_sent(world: World, client: Receiver) -> None:
    method = use(world.buyer("", kind="portal"), "first")
    delivery = world.offer(method)
    world.drain("portal")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.lead.outcome, held(method), client.log) == ("accepted", "sold", 1, [])
