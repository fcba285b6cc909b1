"""A manager's pages of returns, and the statement that they add up to."""

import csv
import io
import re
import zipfile
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser
from django.urls import reverse

from distribution.demo.factories import ManagerFactory, RepFactory
from distribution.enums import DeliveryState
from distribution.models import Delivery, Return, ReturnState
from distribution.services.market import forget_market
from distribution.services.returns import grant, request_return
from distribution.statement import as_csv, statement
from tests.distribution.pages.world import Market

pytestmark = pytest.mark.django_db
WHY = "The number belongs to somebody else"


@pytest.fixture
def market(db: None) -> Market:
    forget_market()
    return Market.open()


@pytest.fixture
def manager(db: None) -> Browser:
    return browser_of(ManagerFactory.create())


def browser_of(user: Any) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def sold(market: Market, number: int = 0) -> Delivery:
    market.lead(phone=f"+1312555{1000 + number}", email=f"{number}@mail.example", first_name=f"Ann{number}")
    return market.sell()


def asked_for(market: Market) -> Return:
    market.buyer("Bluewater", "42.00")
    market.buyer("Low", "10.00")
    first, *_ = [sold(market, number) for number in range(5)]
    return request_return(delivery=first, client=first.client_id, by=None, now=market.now, reason=WHY)


def test_a_manager_grants_what_a_client_asks_for_and_the_lead_goes_on(market: Market, manager: Browser) -> None:
    asked = asked_for(market)
    page = manager.get(reverse("admin:returns")).content.decode()
    assert (WHY in page, asked.delivery.spoken in page) == (True, True)

    manager.post(reverse("admin:return_decide", args=[asked.pk]), {"verdict": "grant", "goes_on": "yes"})

    asked.refresh_from_db()
    assert (asked.state, asked.goes_on, Delivery.objects.get(pk=asked.delivery_id).state) == (ReturnState.GRANTED, True, "returned")
    market.now = asked.decided_at or market.now
    assert market.sell().client.name == "Low"
    assert WHY in manager.get(reverse("admin:returns") + "?show=granted").content.decode()
    assert "No return waits for you" in manager.get(reverse("admin:returns")).content.decode()


def test_refused_without_a_reason_it_still_waits_and_with_one_the_client_reads_it(market: Market, manager: Browser) -> None:
    asked = asked_for(market)
    decide = reverse("admin:return_decide", args=[asked.pk])
    told = manager.post(decide, {"verdict": "refuse", "reason": " "}, follow=True)
    assert "Say why you refuse it: the client reads it." in told.content.decode()
    assert Return.objects.get().state == ReturnState.REQUESTED
    manager.post(decide, {"verdict": "refuse", "reason": "We reached the person"})
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == (ReturnState.REFUSED, "We reached the person")


def test_a_manager_returns_a_sale_from_its_own_page_once(market: Market, manager: Browser) -> None:
    market.buyer("Bluewater", "42.00")
    delivery = sold(market)
    own, take_back = reverse("admin:distribution_delivery_change", args=[delivery.pk]), reverse("admin:delivery_return", args=[delivery.pk])
    assert take_back in manager.get(own).content.decode()

    trail = manager.get(take_back).content.decode().partition('aria-label="Breadcrumbs"')[2].partition("</nav>")[0]
    assert re.findall(r">([^<>\s][^<>]*)</", trail) == ["Leads", "Deliveries", f"Return {delivery.spoken}"]
    refused = manager.post(take_back, {"reason": ""})
    assert (refused.status_code, "Say why the lead is returned" in refused.content.decode()) == (422, True)
    assert manager.post(take_back, {"reason": WHY}).status_code == 302
    again = manager.post(take_back, {"reason": WHY})

    assert (again.status_code, "was returned already" in again.content.decode(), Return.objects.count()) == (422, True, 1)
    shown = manager.get(own).content.decode()
    assert (take_back in shown, "Returned by" in shown) == (False, True)


def test_nobody_else_decides_and_a_foreign_address_is_not_found(market: Market, manager: Browser) -> None:
    asked = asked_for(market)
    rep = browser_of(RepFactory.create())
    assert rep.post(reverse("admin:return_decide", args=[asked.pk]), {"verdict": "grant"}).status_code == 404
    assert manager.get(reverse("admin:return_decide", args=[asked.pk])).status_code == 404
    assert manager.post(reverse("admin:return_decide", args=[asked.pk]), {"verdict": "burn"}).status_code == 404
    assert manager.get(reverse("admin:returns") + "?show=all").status_code == 404
    assert Return.objects.get().state == ReturnState.REQUESTED


def test_the_statement_of_random_months_is_the_slow_count_to_the_cent(market: Market) -> None:
    """Sales and returns strewn over the ends of months and the change of clocks, counted one by one."""
    chance, zone, by = Random(7), ZoneInfo("America/New_York"), ManagerFactory.create()
    market.buyer("Bluewater", "42.00")
    market.buyer("Other", "10.00")
    slow: dict[date, Decimal] = defaultdict(Decimal)
    for number in range(40):
        delivery = sold(market, number)
        price, at = Decimal(chance.randrange(1, 9999)) / 100, market.now + timedelta(minutes=chance.randrange(200 * 24 * 60))
        Delivery.objects.filter(pk=delivery.pk).update(price=price, finished_at=at)
        slow[at.astimezone(zone).date().replace(day=1)] += price
        if chance.random() < 0.4:
            back = at + timedelta(minutes=chance.randrange(40 * 24 * 60))
            delivery.refresh_from_db()
            grant(delivery=delivery, by=by, now=back, reason=WHY)
            slow[back.astimezone(zone).date().replace(day=1)] -= price
    client = Delivery.objects.order_by("number")[0].client_id
    months = {month: statement(client, month) for month in slow}
    assert {month: told.total for month, told in months.items()} == slow
    for told in months.values():
        rows = list(csv.reader(io.StringIO(as_csv(told))))
        assert sum(Decimal(row[-1]) for row in rows[1:-1]) == Decimal(rows[-1][-1]) == told.total
        assert sum(day.amount for day in told.days) == told.total


def test_a_bounce_was_never_a_sale_and_another_clients_rows_are_not_in_it(market: Market, manager: Browser) -> None:
    market.buyer("Bluewater", "42.00")
    kept, gone = sold(market, 1), sold(market, 2)
    Delivery.objects.filter(pk=gone.pk).update(state=DeliveryState.REJECTED)
    other = market.buyer("Other", "1.00").client
    assert [line.delivery for line in statement(kept.client_id, date(2026, 7, 1)).lines] == [kept.spoken]
    assert statement(other.pk, date(2026, 7, 1)).lines == ()
    page = manager.get(reverse("admin:client_statement", args=[other.pk]) + "?month=2026-07").content.decode()
    assert (kept.spoken in page, "Nothing was bought or returned in July 2026" in page) == (False, True)


def test_the_statement_as_page_csv_and_workbook(market: Market, manager: Browser) -> None:
    account = market.buyer("Bluewater", "42.00")
    type(account).objects.filter(pk=account.pk).update(name="=cmd|' /C calc'!A0")
    delivery = sold(market)
    grant(delivery=delivery, by=ManagerFactory.create(), now=market.now + timedelta(hours=1), reason="=HYPERLINK(1)")
    address = reverse("admin:client_statement", args=[delivery.client_id]) + "?month=2026-07"
    assert "July 2026" in manager.get(address).content.decode()
    assert manager.get(address + "&print=1").status_code == 200
    written = manager.get(address + "&as=csv")
    assert written["Content-Disposition"] == 'attachment; filename="statement-bluewater-2026-07.csv"'
    rows = list(csv.reader(io.StringIO(written.content.decode())))
    assert [row[2:] for row in rows[1:]] == [
        ["Lead", delivery.spoken, delivery.lead.spoken, "'=cmd|' /C calc'!A0", "", "42.00"],
        ["Return", delivery.spoken, delivery.lead.spoken, "'=cmd|' /C calc'!A0", "'=HYPERLINK(1)", "-42.00"],
        ["1 leads, 1 returns", "", "", "", "", "0.00"],
    ]
    with zipfile.ZipFile(io.BytesIO(manager.get(address + "&as=xlsx").content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert (re.findall(r'<c r="H[23]"[^>]*><v>([^<]*)</v>', sheet), "<f>" in sheet) == (["42", "-42"], False)


@pytest.mark.parametrize("query", ["?month=2026-13", "?month=x", "?as=pdf", "?month=1999-01"])
def test_a_month_or_form_that_does_not_exist_is_not_found(market: Market, manager: Browser, query: str) -> None:
    client = market.buyer("Bluewater", "42.00").client
    assert manager.get(reverse("admin:client_statement", args=[client.pk]) + query).status_code == 404
