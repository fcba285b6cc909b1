"""Without a broker the sweeper delivers alone, and what waits for nothing is ended."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command

from distribution.models import Delivery
from distribution.services import sweep
from leads.clock import database_now
from leads.models import CapWindow
from tests.distribution.deliver.world import World
from tests.peers.receiver import Receiver


@pytest.fixture(autouse=True)
def own_drains() -> Iterator[None]:
    sweep._drains.clear()
    yield
    sweep.collect_answers(wait=True)
    sweep._drains.clear()


@pytest.fixture
def world(world: World) -> World:
    world.clock.now = database_now()
    return world


def test_i42_with_no_broker_the_sweeper_sends_what_is_due(world: World, client: Receiver) -> None:
    offers = [world.offer(world.buyer(client.url)) for _ in range(3)]
    call_command("sweep", "--once")
    assert Delivery.objects.filter(pk__in=[one.pk for one in offers], state="accepted").count() == 3


def test_a_hanging_client_holds_up_no_look_of_the_sweeper(world: World, client: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "INLINE_SECONDS", 0.3)
    client.behaviour = "take_then_hang"
    slow = world.offer(world.buyer(client.url, timeout_seconds=2))
    assert sweep.sweep_once()
    assert Delivery.objects.get(pk=slow.pk).state == "sending"
    sweep.collect_answers(wait=True)
    assert (Delivery.objects.get(pk=slow.pk).state, Delivery.objects.get(pk=slow.pk).is_tainted) == ("queued", True)


def test_i20_a_method_whose_pause_is_over_is_looked_after(world: World, client: Receiver) -> None:
    over = world.offer(world.buyer(client.url, paused_until=world.clock() - timedelta(seconds=1), pauses=2, failures_in_a_row=9))
    call_command("sweep", "--once")
    assert Delivery.objects.get(pk=over.pk).state == "accepted"


def test_what_waits_too_long_for_a_paused_method_ends_though_nothing_else_is_due(world: World, settings: Any) -> None:
    method = world.buyer("http://127.0.0.1:1/", paused_until=world.clock() + timedelta(hours=1), pauses=4)
    waiting = world.offer(method, created=world.clock() - timedelta(seconds=301))
    call_command("sweep", "--once")
    assert (Delivery.objects.get(pk=waiting.pk).state, CapWindow.objects.get().used) == ("failed", 0)
