"""A delivery that waits for its next attempt is tried at once, or given up, by a person."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from distribution.demo.factories import ManagerFactory, RepFactory
from distribution.models import Delivery
from distribution.services.waiting import WaitRefused, give_up_delivery, try_at_once
from leads.models import Event, Lead
from tests.distribution.deliver.test_again import browser_of
from tests.distribution.deliver.test_deliver import RULES
from tests.distribution.deliver.test_several_methods import two_ways
from tests.distribution.deliver.world import World, held
from tests.peers.receiver import Receiver


def waits(world: World, client: Receiver, behaviour: str = "busy") -> Delivery:
    """A delivery that was answered so once, and waits for its next attempt."""
    client.behaviour = behaviour
    delivery = world.offer(world.buyer(client.url, rules=RULES))
    world.drain()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts_made) == ("queued", 1)
    assert delivery.due_at is not None
    assert delivery.due_at > world.clock()
    return delivery


def test_tried_at_once_it_is_the_same_request_and_its_answer_counts(world: World, client: Receiver) -> None:
    delivery = waits(world, client)
    client.behaviour = "accept"
    assert world.drain() == 0
    try_at_once(delivery=delivery, by=None, now=world.clock())
    world.drain()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts_made, Lead.objects.get().outcome) == ("accepted", 2, "sold")
    assert (len({one.key for one in client.log}), len({one.body for one in client.log}), len(client.log)) == (1, 1, 2)
    assert Event.objects.filter(kind="delivery.hurried").count() == 1


def test_a_paused_method_is_not_hurried_and_neither_is_what_is_over(world: World, client: Receiver) -> None:
    delivery = waits(world, client)
    type(delivery.method).objects.update(paused_until=world.clock() + timedelta(hours=1), pauses=1)
    with pytest.raises(WaitRefused, match=r"is paused after failures\. End its pause on Needs attention, or give the delivery up\.$"):
        try_at_once(delivery=delivery, by=None, now=world.clock())
    Delivery.objects.update(state="failed", due_at=None, finished_at=world.clock())
    for act in (try_at_once, give_up_delivery):
        with pytest.raises(WaitRefused, match=r"waits for nothing any more\.$"):
            act(delivery=delivery, by=None, now=world.clock())
    assert (len(client.log), Event.objects.filter(kind__in=["delivery.hurried", "delivery.given_up"]).count()) == (1, 0)


def test_given_up_its_place_comes_back_and_the_lead_goes_on(world: World, client: Receiver) -> None:
    delivery = waits(world, client)
    assert held(delivery.method) == 1
    ended = give_up_delivery(delivery=delivery, by=None, now=world.clock())
    world.run()
    lead = Lead.objects.get()
    assert (ended.state, ended.reason, held(delivery.method), len(client.log)) == ("failed", "given_up", 0, 1)
    assert (lead.outcome, lead.due_at) == ("pending", world.clock())


def test_in_doubt_it_is_given_up_to_a_person_and_to_nobody_else(world: World, client: Receiver) -> None:
    delivery = waits(world, client, "take_then_500")
    ended = give_up_delivery(delivery=delivery, by=None, now=world.clock())
    lead = Lead.objects.get()
    assert (ended.state, lead.outcome, lead.due_at, held(delivery.method)) == ("unknown", "review", None, 1)


def test_given_up_by_one_method_it_goes_by_the_account_s_next(world: World, client: Receiver) -> None:
    first, second = two_ways(world, "http://127.0.0.1:1/", client.url, "on_failure")
    delivery = world.offer(first)
    world.drain()
    delivery.refresh_from_db()
    assert delivery.state == "queued"
    ended = give_up_delivery(delivery=delivery, by=None, now=world.clock())
    assert (ended.state, ended.method_id) == ("queued", second.pk)
    world.drain()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.method, len(client.log)) == ("accepted", second, 1)


def test_the_page_offers_what_can_be_done_and_a_rep_has_no_such_page(world: World, client: Receiver) -> None:
    delivery = waits(world, client)
    Delivery.objects.update(due_at=now() + timedelta(seconds=90))
    site = browser_of(ManagerFactory.create())
    page, hurry, stop = (
        reverse(f"admin:{name}", args=[delivery.pk]) for name in ("distribution_delivery_change", "delivery_now", "delivery_give_up")
    )
    assert "Try now" in site.get(page).content.decode()
    assert site.get(hurry).status_code == 404
    assert "is tried again now" in site.post(hurry, follow=True).content.decode()
    assert "goes out now already" in site.post(hurry, follow=True).content.decode()
    assert "The lead goes on at once" in site.get(stop).content.decode()
    assert Delivery.objects.get().state == "queued"
    told = site.post(stop, follow=True).content.decode()
    assert f"{delivery.spoken} is given up. The lead goes on to the next client." in told
    assert "Try now" not in told
    assert browser_of(RepFactory.create()).post(stop).status_code == 404
