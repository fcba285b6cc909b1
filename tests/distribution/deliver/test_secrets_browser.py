"""A client's secret goes to the client and is seen nowhere else: pages and what they load, history, rows, logs; with a control."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Page, Response, expect

from clients.models import DeliveryMethod
from distribution.demo.factories import AdministratorFactory
from distribution.models import Delivery
from tests.distribution.deliver.world import World
from tests.distribution.pages.test_lead_browser import sign_in
from tests.peers.receiver import Receiver, answer, says

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]
SECRET = "heron-kettle-9f27"
OPENED = {
    "method": "admin:clients_deliverymethod_change",
    "its history": "admin:clients_deliverymethod_history",
    "its test": "admin:clients_deliverymethod_trial",
}
KEPT = ("clients_deliverymethod", "clients_historicaldeliverymethod", "distribution_attempt", "distribution_delivery", "leads_event")


@pytest.fixture
def client(client: Receiver) -> Receiver:
    """It repeats in its answer what it was sent, as careless servers do."""
    client.acts["echo"] = says(answer(200, f'{{"status": "accepted", "you_sent": "Bearer {SECRET}"}}'.encode()))
    client.behaviour = "echo"
    return client


def whatever_loads(page: Page) -> list[str]:
    """Keep every text that the server answers with from now on."""
    texts: list[str] = []

    def keep(response: Response) -> None:
        if "text" in response.headers.get("content-type", "") and response.status == 200:
            texts.append(response.text())

    page.on("requestfinished", lambda request: keep(found) if (found := request.response()) else None)
    return texts


def rows() -> Iterator[str]:
    with connection.cursor() as cursor:
        for table in KEPT:
            cursor.execute(f"SELECT t::text FROM {table} t")
            yield from (row[0] for row in cursor.fetchall())


def look_everywhere(page: Page, live_server: Any, method: DeliveryMethod, delivery: Delivery) -> str:
    seen = whatever_loads(page)
    for route in OPENED.values():
        page.goto(live_server.url + reverse(route, args=[method.pk]))
        seen.append(page.content())
    for route, pk in (("admin:distribution_delivery_change", delivery.pk), ("admin:leads_lead_change", delivery.lead_id)):
        page.goto(live_server.url + reverse(route, args=[pk]))
        seen.append(page.content())
    return "\n".join([*seen, *rows()])


def test_a_secret_is_set_used_and_seen_nowhere(
    page: Page, live_server: Any, world: World, client: Receiver, capfd: Any, caplog: Any
) -> None:
    method = world.buyer(client.url, auth_kind="bearer", secret="an older one")
    sign_in(page, live_server, AdministratorFactory.create())
    page.goto(live_server.url + reverse("admin:clients_deliverymethod_change", args=[method.pk]))
    page.locator("#id_secret").fill(SECRET)
    page.locator("[name=_continue]").first.click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    delivery = world.offer(DeliveryMethod.objects.get(pk=method.pk))
    world.drain()

    assert (client.log[-1].headers["authorization"], Delivery.objects.get().state) == (f"Bearer {SECRET}", "accepted")
    assert SECRET not in look_everywhere(page, live_server, method, delivery)
    expect(page.get_by_text("•••").first).to_be_attached()
    told = capfd.readouterr()
    assert SECRET not in told.out + told.err + caplog.text


def test_control_the_same_text_in_a_name_is_found(page: Page, live_server: Any, world: World, client: Receiver) -> None:
    method = world.buyer(client.url, name=SECRET)
    delivery = world.offer(method)
    world.drain()
    sign_in(page, live_server, AdministratorFactory.create())
    assert SECRET in look_everywhere(page, live_server, method, delivery)
