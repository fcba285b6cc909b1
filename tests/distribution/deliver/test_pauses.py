"""A paused method and the ways out of it: one let through, the pause ended, what waits given up; and administrators told once."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse
from django.utils.timezone import now

from clients.enums import MethodUse
from clients.models import AccountMethod, DeliveryMethod
from distribution.demo.factories import AdministratorFactory, BranchManagerFactory
from distribution.models import Delivery
from distribution.services.breaker import close_breakers
from distribution.services.tell_pauses import tell_of_pauses
from leads.models import Event
from tests.distribution.deliver.world import NOON, World, held
from tests.peers.receiver import Receiver

FAR = NOON.replace(year=2036)


def paused(world: World, url: str, **options: Any) -> DeliveryMethod:
    method = world.buyer(url, **options)
    DeliveryMethod.objects.filter(pk=method.pk).update(pauses=2, paused_until=FAR, paused_reason="5 or more failures in a row")
    return method


def press(do: str, *methods: DeliveryMethod, by: Any = None) -> Any:
    browser = Browser()
    browser.force_login(by or AdministratorFactory.create())
    return browser.post(reverse("admin:pauses"), {"do": do, "method": [method.pk for method in methods], "confirmed": "yes"}, follow=True)


def test_given_up_the_leads_go_on_by_another_method_or_to_the_next_client(world: World, client: Receiver) -> None:
    first, second = paused(world, client.url), paused(world, client.url)
    AccountMethod.objects.create(account=first.client.accounts.get(), method=first, use=MethodUse.FIRST)
    backup = world.method(first.client, client.url)
    AccountMethod.objects.create(account=first.client.accounts.get(), method=backup, use=MethodUse.ON_FAILURE, position=1)
    one, two = world.offer(first), world.offer(second)
    doubted = world.offer(second, is_tainted=True)
    assert "3 deliveries wait no longer" in press("give_up", first, second).content.decode()
    rows = {row.pk: (row.state, row.method_id) for row in Delivery.objects.all()}
    assert rows == {one.pk: ("queued", backup.pk), two.pk: ("failed", second.pk), doubted.pk: ("unknown", second.pk)}
    assert (held(first), held(second)) == (1, 1)
    assert Event.objects.filter(kind="method.given_up").count() == 2


def test_one_let_through_tries_the_client_and_a_success_ends_the_pause(world: World, client: Receiver) -> None:
    method = paused(world, client.url)
    for _ in range(2):
        world.offer(method)
    world.drain()
    assert client.log == []
    press("probe", method)
    world.clock.now = now()
    world.drain()
    method.refresh_from_db()
    assert (len(client.log), method.pauses, method.paused_until) == (2, 0, None)


def test_many_pauses_are_ended_in_one_step(world: World, client: Receiver) -> None:
    methods = [paused(world, client.url), paused(world, client.url)]
    assert "2 methods are not paused any more." in press("resume", *methods).content.decode()
    assert list(DeliveryMethod.objects.values_list("pauses", flat=True)) == [0, 0]


@pytest.mark.parametrize("do", ["probe", "resume", "give_up"])
def test_nothing_ticked_or_no_right_changes_nothing(world: World, client: Receiver, do: str) -> None:
    method = paused(world, client.url)
    assert "No paused method was ticked" in press(do).content.decode()
    assert press(do, method, by=BranchManagerFactory.create()).status_code == 404
    assert press("anything", method).status_code == 404
    method.refresh_from_db()
    assert method.paused_until == FAR


def test_administrators_are_told_once_for_each_row_of_failures(world: World, client: Receiver) -> None:
    AdministratorFactory.create(email="ada@switchyard.example")
    AdministratorFactory.create(email="off@switchyard.example", is_active=False)
    BranchManagerFactory.create(email="branch@switchyard.example")
    method = paused(world, client.url)
    assert [tell_of_pauses(now=NOON) for _ in range(2)] == [1, 0]
    (told,) = mail.outbox
    assert (told.to, told.subject) == (["ada@switchyard.example"], f"Switchyard: {method.client.name}’s {method.name} is paused")
    assert "/admin/distribution/attention/" in told.body
    close_breakers([method.pk])
    DeliveryMethod.objects.filter(pk=method.pk).update(pauses=1, paused_until=FAR)
    assert (tell_of_pauses(now=NOON), len(mail.outbox)) == (1, 2)


@pytest.mark.parametrize(
    ("do", "asks"),
    [("probe", "Try one delivery by 2 paused methods?"), ("resume", "End the pause of 2"), ("give_up", "Give up what waits for 2")],
)
def test_before_it_is_confirmed_nothing_is_done(world: World, client: Receiver, do: str, asks: str) -> None:
    methods = [paused(world, client.url) for _ in range(2)]
    delivery = world.offer(methods[0])
    browser = Browser()
    browser.force_login(AdministratorFactory.create())
    page = browser.post(reverse("admin:pauses"), {"do": do, "method": [method.pk for method in methods]}).content.decode()
    assert (asks in page, page.count('name="method"')) == (True, 2)
    delivery.refresh_from_db()
    assert (delivery.state, set(DeliveryMethod.objects.values_list("pauses", "paused_until"))) == ("queued", {(2, FAR)})
