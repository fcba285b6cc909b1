"""A method that fails in a row is paused, probed once at a time, and opened again by an answer."""

from datetime import timedelta
from typing import Any

from clients.models import DeliveryMethod
from distribution.domain.retry import Outcome
from distribution.models import Delivery
from distribution.services.breaker import count_outcome, resume_method
from leads.events import sentence
from leads.models import Event
from tests.distribution.deliver.world import NOON, World, held
from tests.peers.receiver import Receiver


def count(world: World, method: DeliveryMethod, outcome: Outcome, times: int = 1) -> DeliveryMethod:
    for _ in range(times):
        count_outcome(method=method, outcome=outcome, now=world.clock(), limit=5)
    method.refresh_from_db()
    return method


def test_the_fifth_failure_in_a_row_pauses_and_says_so(world: World) -> None:
    method = count(world, world.buyer("http://x.example/"), Outcome.NOT_SENT, 4)
    assert method.paused_until is None
    count(world, method, Outcome.IN_DOUBT)
    assert (method.paused_until, method.pauses) == (NOON + timedelta(seconds=30), 1)
    event = Event.objects.get(kind="method.paused")
    assert (event.about, event.data["client"]) == (f"method:{method.pk}", method.client_id)
    assert event.data["until"] == "2026-11-25T12:00:30+00:00"
    assert "5 or more failures in a row" in sentence(event)


def test_an_answer_between_failures_begins_the_row_anew_even_a_refusal(world: World) -> None:
    method = world.buyer("http://x.example/")
    for answer in (Outcome.REJECTED, Outcome.ACCEPTED):
        count(world, method, Outcome.NOT_TAKEN, 4)
        count(world, method, answer)
        assert (method.failures_in_a_row, method.paused_until) == (0, None)


def test_each_failed_probe_waits_longer_up_to_five_minutes(world: World) -> None:
    method = count(world, world.buyer("http://x.example/"), Outcome.NOT_SENT, 5)
    waits = []
    for _ in range(6):
        assert method.paused_until is not None
        waits.append((method.paused_until - world.clock()).total_seconds())
        world.clock.now = method.paused_until
        count(world, method, Outcome.NOT_SENT)
    assert waits == [30, 60, 120, 300, 300, 300]


def test_failures_that_were_still_under_way_make_no_pause_longer(world: World) -> None:
    method = count(world, world.buyer("http://x.example/"), Outcome.NOT_SENT, 8)
    assert (method.paused_until, method.pauses) == (NOON + timedelta(seconds=30), 1)


def test_five_configuration_errors_in_a_row_pause_whatever_the_setting_for_failures(world: World) -> None:
    method = world.buyer("http://x.example/")
    for _ in range(5):
        count_outcome(method=method, outcome=Outcome.CONFIG_ERROR, now=NOON, limit=50)
    method.refresh_from_db()
    assert (method.paused_until, method.paused_reason) == (NOON + timedelta(seconds=30), "5 configuration errors in a row")


def test_counting_leaves_no_history_of_settings(world: World) -> None:
    method = world.buyer("http://x.example/")
    before = method.history.count()
    count(world, method, Outcome.NOT_SENT, 6)
    assert method.history.count() == before


def test_a_pause_ended_by_hand_ends_at_once(world: World) -> None:
    method = count(world, world.buyer("http://x.example/"), Outcome.NOT_SENT, 5)
    resume_method(method=method, by=None, now=NOON)
    method.refresh_from_db()
    assert (method.paused_until, method.pauses, method.failures_in_a_row) == (None, 0, 0)


def test_a_method_opens_again_with_its_first_good_probe(world: World, client: Receiver) -> None:
    client.behaviour = "busy"
    method = world.buyer(client.url, retries=20)
    offers = [world.offer(method, budget_seconds=3600) for _ in range(6)]
    world.drain()
    method.refresh_from_db()
    assert (method.failures_in_a_row >= 5, method.pauses) == (True, 1)
    client.behaviour = "accept"
    world.run(step=10)
    method.refresh_from_db()
    assert (method.failures_in_a_row, method.pauses, method.paused_until) == (0, 0, None)
    assert Delivery.objects.filter(pk__in=[one.pk for one in offers], state="accepted").count() == 6


def test_what_waits_for_a_paused_method_longer_than_its_budget_goes_to_the_next_client(world: World, client: Receiver) -> None:
    method = world.buyer(client.url, paused_until=NOON + timedelta(hours=1), pauses=4)
    delivery = world.offer(method)
    doubtful = world.offer(method, is_tainted=True)
    world.clock.go(299)
    world.drain()
    assert Delivery.objects.filter(state="queued").count() == 2
    world.clock.go(1)
    world.drain()
    delivery.refresh_from_db()
    doubtful.refresh_from_db()
    assert (delivery.state, delivery.reason, delivery.lead.due_at) == ("failed", "circuit_open", world.clock())
    assert (doubtful.state, doubtful.reason) == ("unknown", "circuit_open")
    assert (held(method), client.log) == (1, [])


def test_what_waits_for_a_method_that_was_switched_off_goes_on_likewise(world: World, settings: Any) -> None:
    method = world.buyer("http://127.0.0.1:1/", is_enabled=False)
    delivery = world.offer(method, due_at=NOON + timedelta(seconds=600), hold_until=NOON + timedelta(seconds=600))
    for seconds, state in ((600, "queued"), (299, "queued"), (1, "failed")):
        world.clock.go(seconds)
        world.drain()
        delivery.refresh_from_db()
        assert delivery.state == state
    assert delivery.reason == "method_off"
