"""Sent again by hand: the same request under the same key, one or many, from the delivery's page and from *Needs attention*."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils.timezone import now

from distribution.demo.factories import AdministratorFactory, ManagerFactory
from distribution.models import Attempt, Delivery, DeliveryCopy
from distribution.services.again import AgainRefused, send_again, send_copies_again
from distribution.services.unstick import give_up
from leads.models import Event, Lead
from tests.distribution.deliver.test_deliver import RULES
from tests.distribution.deliver.test_several_methods import copies, two_ways
from tests.distribution.deliver.world import World, held
from tests.peers.receiver import Receiver


def browser_of(user: Any) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def in_doubt(world: World, client: Receiver, **options: Any) -> Delivery:
    client.behaviour = "take_then_drop"
    delivery = world.offer(world.buyer(client.url, rules=RULES, **options))
    world.run()
    delivery.refresh_from_db()
    assert delivery.state == "unknown"
    return delivery


def test_in_doubt_a_yes_to_the_same_request_makes_it_a_sale(world: World, client: Receiver) -> None:
    delivery = in_doubt(world, client)
    client.behaviour = "accept"
    world.clock.go(3_600)
    send_again(delivery=delivery, by=None, now=world.clock())
    world.drain()

    delivery.refresh_from_db()
    lead = Lead.objects.get()
    assert (delivery.state, lead.outcome, held(delivery.method)) == ("accepted", "sold", 1)
    assert (len({request.body for request in client.log}), len({request.key for request in client.log})) == (1, 1)
    assert Event.objects.filter(kind="delivery.sent_again", about=f"delivery:{delivery.spoken}").count() == 1


@pytest.mark.parametrize("behaviour", ["refuse", "unauthorised", "take_then_drop"])
def test_after_anything_but_a_yes_it_stays_in_doubt_and_goes_to_nobody_else(world: World, client: Receiver, behaviour: str) -> None:
    delivery = in_doubt(world, client)
    client.behaviour = behaviour
    send_again(delivery=delivery, by=None, now=world.clock())
    world.run()
    delivery.refresh_from_db()
    lead = Lead.objects.get()
    assert (delivery.state, lead.outcome, lead.due_at, held(delivery.method)) == ("unknown", "review", None, 1)


@pytest.mark.parametrize("behaviour", ["accept", "refuse"])
def test_sold_it_goes_once_more_and_stays_sold_whatever_is_answered(world: World, client: Receiver, behaviour: str) -> None:
    delivery = world.offer(world.buyer(client.url, rules=RULES))
    world.drain()
    delivery.refresh_from_db()
    client.behaviour = behaviour
    send_again(delivery=delivery, by=None, now=world.clock())
    with pytest.raises(AgainRefused, match="being sent again already"):
        send_again(delivery=delivery, by=None, now=world.clock())
    copies(world)

    delivery.refresh_from_db()
    assert (delivery.state, held(delivery.method), Lead.objects.get().outcome) == ("accepted", 1, "sold")
    assert DeliveryCopy.objects.get().state == {"accept": "accepted", "refuse": "rejected"}[behaviour]
    first, second = client.log
    assert (first.body, first.key, first.headers["x-delivery-id"]) == (second.body, second.key, second.headers["x-delivery-id"])
    assert [one.copy_id is None for one in Attempt.objects.order_by("id")] == [True, False]


def test_what_came_to_nothing_or_was_erased_is_not_sent_again(world: World, client: Receiver) -> None:
    client.behaviour = "refuse"
    refused = world.offer(world.buyer(client.url, rules=RULES))
    world.drain()
    with pytest.raises(AgainRefused, match="neither sold nor in doubt"):
        send_again(delivery=refused, by=None, now=world.clock())
    doubted = in_doubt(world, client)
    Lead.objects.update(outcome="erased", due_at=None)
    before = len(client.log)
    with pytest.raises(AgainRefused, match="not kept any more"):
        send_again(delivery=doubted, by=None, now=world.clock())
    world.run()
    assert len(client.log) == before


def test_a_lost_copy_is_sent_again_once(world: World, client: Receiver) -> None:
    first, _ = two_ways(world, client.url, client.url, "always")
    world.offer(first)
    world.drain()
    client.behaviour = "unauthorised"
    copies(world)
    copy = DeliveryCopy.objects.get()
    assert copy.state == "failed"
    client.behaviour = "accept"
    assert send_copies_again(copies=[copy.pk], by=None, now=world.clock()) == 1
    assert send_copies_again(copies=[copy.pk], by=None, now=world.clock()) == 0
    copies(world)
    copy.refresh_from_db()
    assert (copy.state, Event.objects.filter(kind="copy.sent_again").count()) == ("accepted", 1)


def test_many_are_done_after_saying_to_how_many_and_by_whom(world: World, client: Receiver) -> None:
    manager = ManagerFactory.create(first_name="Ibrahim")
    site, many = browser_of(manager), reverse("admin:attention_many")
    doubted = [in_doubt(world, client).pk for _ in range(2)]
    asked = site.post(many, {"do": "again", "delivery": doubted}).content.decode()
    assert ("Send 2 deliveries in doubt again?" in asked, Delivery.objects.filter(state="unknown").count()) == (True, 2)
    told = site.post(many, {"do": "again", "id": doubted, "confirmed": "yes"}, follow=True).content.decode()
    assert ("2 deliveries in doubt sent again" in told, Delivery.objects.filter(state="queued").count()) == (True, 2)
    assert {event.by for event in Event.objects.filter(kind="delivery.sent_again")} == {manager}
    again = site.post(many, {"do": "again", "id": doubted, "confirmed": "yes"}, follow=True).content.decode()
    assert "No delivery in doubt was ticked that still waits" in again
    assert site.post(many, {"do": "burn", "id": doubted}).status_code == 404
    assert site.get(many).status_code == 404


def test_more_than_five_hundred_at_once_are_refused(world: World) -> None:
    told = browser_of(ManagerFactory.create()).post(reverse("admin:attention_many"), {"do": "again", "id": ["x"] * 501}, follow=True)
    assert "501 are too many at once, so nothing was done. Tick at most 500." in told.content.decode()


def test_leads_set_aside_are_routed_now_or_given_up_together(world: World, client: Receiver) -> None:
    site, many = browser_of(ManagerFactory.create()), reverse("admin:attention_many")
    stuck = [world.lead(due_at=now(), tries=9, stuck_reason="Routing failed") for _ in range(3)]
    site.post(many, {"do": "lead_now", "id": [stuck[0].pk], "confirmed": "yes"})
    page = site.get(reverse("admin:attention")).content.decode()
    assert [one.spoken in page for one in stuck] == [False, True, True]
    site.post(many, {"do": "lead_give_up", "id": [one.pk for one in stuck], "confirmed": "yes"})
    outcomes = [Lead.objects.get(pk=one.pk).outcome for one in stuck]
    assert outcomes == ["pending", "unrouted", "unrouted"]
    assert give_up(lead=stuck[1], by=None, now=now()) is False
    assert Event.objects.filter(kind="lead.given_up").count() == 2


def test_a_lead_with_a_delivery_under_way_is_not_given_up(world: World, client: Receiver) -> None:
    delivery = world.offer(world.buyer(client.url))
    Lead.objects.update(due_at=now(), stuck_reason="Routing failed")
    assert give_up(lead=delivery.lead, by=None, now=now()) is False


def test_the_lead_of_a_delivery_goes_to_the_test_address_and_nothing_is_sold(world: World, client: Receiver) -> None:
    method = world.buyer("http://8.8.8.8/production", test_url=client.url, field_map=[["name", "first_name"], ["test", "is_test"]])
    delivery = world.offer(method, world.lead(first_name="Ottoline"))
    address = reverse("admin:delivery_test", args=[delivery.pk])
    site = browser_of(AdministratorFactory.create())
    assert "Ottoline" in site.get(address).content.decode()
    assert client.log == []
    assert "Accepted" in site.post(address).content.decode()
    assert (client.bodies, client.log[0].headers["x-test-lead"]) == ([{"name": "Ottoline", "test": True}], "1")
    delivery.refresh_from_db()
    assert (delivery.state, Attempt.objects.count()) == ("queued", 0)
    assert browser_of(ManagerFactory.create()).post(address).status_code == 404


def test_without_a_test_address_the_page_says_that_it_is_the_real_one(world: World, client: Receiver) -> None:
    delivery = world.offer(world.buyer(client.url))
    page = browser_of(AdministratorFactory.create()).get(reverse("admin:delivery_test", args=[delivery.pk])).content.decode()
    assert "The method has no test address, so this is the client's real one." in page
