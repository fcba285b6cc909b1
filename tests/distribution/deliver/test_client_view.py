"""The client's own view: what it bought, its returns, its statement; and never another client's (I28, I41)."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse

from distribution.demo.factories import (
    ClientFactory,
    ClientUserFactory,
    DeliveryAccountFactory,
    DeliveryFactory,
    LeadFactory,
    ManagerFactory,
)
from distribution.models import Delivery, Return
from distribution.services.returns import approve, refuse
from leads.clock import database_now

pytestmark = pytest.mark.django_db


def seat(client: Any) -> Browser:
    browser = Browser()
    browser.force_login(ClientUserFactory.create(client=client).user)
    return browser


def sale(client: Any, name: str) -> Delivery:
    return DeliveryFactory.create(
        accepted=True, lead=LeadFactory.create(last_name=name, sold=True), account=DeliveryAccountFactory.create(client=client)
    )


def ask(browser: Browser, delivery_id: Any, reason: str = "The number is somebody else's") -> Any:
    return browser.post(reverse("client_return", args=[delivery_id]), {"reason": reason}, follow=True)


def bare(answer: Any) -> str:
    """Leave out the form token, which differs in any two answers."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())


@pytest.fixture
def bought() -> list[Delivery]:
    """One sale each of two clients, with ten more of the first so that its share of returns is not used up by one."""
    first, other = ClientFactory.create(name="Own"), ClientFactory.create(name="CANARY-client")
    mine = sale(first, "Mine")
    for _ in range(10):
        sale(first, "More")
    return [mine, sale(other, "CANARY-lead")]


def test_a_return_is_asked_for_once_and_its_outcome_is_seen(bought: list[Delivery]) -> None:
    mine, _ = bought
    browser = seat(mine.client)
    assert f"The return of {mine.spoken} is asked for." in ask(browser, mine.pk).content.decode()
    assert "Return asked for" in browser.get(reverse("client_leads")).content.decode()
    assert "was asked for already" in ask(browser, mine.pk).content.decode()
    asked = Return.objects.get()
    refuse(asked=asked, by=ManagerFactory.create(), now=database_now(), reason="They answered on Monday")
    assert "Return refused: They answered on Monday" in browser.get(reverse("client_leads")).content.decode()
    ask(browser, mine.pk, "It does not exist")
    approve(asked=Return.objects.get(state="requested"), by=ManagerFactory.create(), now=database_now())
    page = browser.get(reverse("client_leads")).content.decode()
    assert (">Returned<" in page.replace("\n", ""), Delivery.objects.get(pk=mine.pk).state) == (True, "returned")


def test_without_a_reason_nothing_is_asked(bought: list[Delivery]) -> None:
    assert "Say why the lead is returned" in ask(seat(bought[0].client), bought[0].pk, "  ").content.decode()
    assert Return.objects.count() == 0


def test_i41_another_clients_lead_is_as_if_it_did_not_exist(bought: list[Delivery]) -> None:
    mine, others = bought
    browser = seat(mine.client)
    answers = [ask(browser, pk) for pk in (others.pk, uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert bare(answers[0]) == bare(answers[1])
    pages = [browser.get(reverse(name)).content.decode() for name in ("client_leads", "client_statement")]
    pages.append(browser.get(reverse("client_statement") + "?as=csv").content.decode())
    assert [page for page in pages if "CANARY" in page] == []
    assert (Return.objects.count(), "Mine" in pages[0]) == (0, True)


def test_the_statement_is_the_sum_of_the_own_month_and_a_bad_month_is_not_found(bought: list[Delivery]) -> None:
    browser = seat(bought[0].client)
    page = browser.get(reverse("client_statement") + "?month=2026-11").content.decode()
    assert ("11 bought, 0 returned" in page, "$220.00" in page) == (True, True)
    assert browser.get(reverse("client_statement") + "?month=2026-13").status_code == 404
    assert "Nothing in this month" in browser.get(reverse("client_statement") + "?month=2020-01").content.decode()
