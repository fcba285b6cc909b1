"""Caps as bars: what is sold, what is reserved, what is left, and what was sold over the cap."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from distribution.admin.caps import caps_told, compact, tightest_of
from distribution.demo.factories import ClientFactory
from distribution.domain.cap_bars import CapBar, tightest
from distribution.domain.market import CapKind
from distribution.domain.retry import Outcome
from distribution.services.open_caps import count_into_caps
from distribution.services.returns import grant
from leads.clock import database_now
from leads.models import CapWindow
from tests.admin.test_forms import account_form
from tests.distribution.pages.world import Market

pytestmark = pytest.mark.django_db


def told(owner: Any, market: Market) -> list[tuple[str, str, str, str, str, str]]:
    seen = caps_told(owner, now=market.now)
    return [(one.label, one.used, one.limit, one.left, one.over, one.reopens) for one in seen.bars]


def another(market: Market, last: int) -> None:
    market.lead(phone=f"+1312555{last:04d}", email=f"n{last}@mail.example")


def test_a_sale_and_a_reserved_place_are_told_apart(market: Market) -> None:
    account = market.buyer("Acme", "42.00", cap_day=4, budget_day=Decimal("100.00"))
    another(market, 1)
    market.sell()
    another(market, 2)
    market.route()

    seen = caps_told(account, now=market.now)
    assert told(account, market) == [("Today", "2", "4", "2", "", ""), ("Budget today", "$84.00", "$100.00", "$16.00", "", "")]
    assert [(one.bar.held, one.bar.used_width, one.bar.held_width, one.bar.tone) for one in seen.bars] == [
        (Decimal(1), Decimal("25.0"), Decimal("25.0"), ""),
        (Decimal("42.00"), Decimal("42.0"), Decimal("42.0"), "near"),
    ]
    assert (seen.is_held, seen.is_over) == (True, False)


def test_a_used_up_cap_says_when_it_reopens_in_the_clients_zone(market: Market) -> None:
    client = ClientFactory.create(name="Acme", time_zone="America/Chicago", cap_hour=1)
    account = market.buyer("Acme", "42.00", client=client)
    another(market, 1)
    market.sell()

    assert told(client, market) == [("This hour", "1", "1", "0", "", "reopens Thu 13:00")]
    assert told(account, market) == []


def test_what_was_sold_over_the_cap_is_marked(market: Market) -> None:
    account = market.buyer("Acme", "42.00", cap_day=1, may_exceed_caps=True)
    for last in (1, 2):
        another(market, last)
        market.sell()

    (bar,) = caps_told(account, now=market.now).bars
    assert (bar.used, bar.limit, bar.over, bar.bar.tone, bar.bar.beyond) == ("2", "1", "1 sold over the cap", "full", Decimal(1))


def test_a_limit_set_in_the_middle_of_the_day_counts_what_was_sold_before_it(market: Market) -> None:
    account = market.buyer("Acme", "42.00")
    for last in (1, 2, 3):
        another(market, last)
        market.sell()
    another(market, 4)
    market.route()
    refused = market.answer(Outcome.REJECTED)  # holds no place any more
    account.cap_day, account.budget_month = 4, Decimal("1000.00")
    account.save()
    for _ in range(2):
        count_into_caps(owner=account, now=market.now)  # counted twice is counted once

    assert told(account, market) == [
        ("Today", "3", "4", "1", "", ""),
        ("Budget this month", "$126.00", "$1,000.00", "$874.00", "", ""),
    ]
    assert refused.windows == []
    for last, left in ((5, "0"), (6, "0")):
        another(market, last)
        market.route()
        assert told(account, market)[0][3] == left
    assert account.deliveries.filter(state__in=["accepted", "queued"]).count() == 4


def test_a_sale_that_was_counted_later_gives_its_place_back_too(market: Market, admin: Any) -> None:
    client = ClientFactory.create(name="Acme")
    market.buyer("Acme", "42.00", client=client)
    another(market, 1)
    sold = market.sell()
    client.cap_week = 5
    client.save()
    count_into_caps(owner=client, now=market.now)
    assert told(client, market)[0][1] == "1"

    grant(delivery=sold, by=admin, now=market.now, reason="Wrong number")
    assert told(client, market)[0][1] == "0"


def test_the_form_counts_what_was_sold_before_and_nothing_of_yesterday(market: Market, admin: Any, browse: Any) -> None:
    account = market.buyer("Acme", "42.00")
    another(market, 1)
    sold = market.sell()
    account.deliveries.update(created=database_now())
    another(market, 2)
    early = market.sell()
    account.deliveries.filter(pk=early.pk).update(created=database_now() - timedelta(days=2))
    browse(admin).post(reverse("admin:clients_deliveryaccount_change", args=[account.pk]), account_form(account, cap_day="9"))

    assert list(CapWindow.objects.filter(scope="account", kind="day").values_list("used", flat=True)) == [1]
    sold.refresh_from_db()
    assert [amount for _, amount in sold.windows] == ["1"]


def test_the_list_shows_the_tightest_limit(market: Market) -> None:
    account = market.buyer("Acme", "42.00", cap_hour=10, cap_day=2)
    free = market.buyer("Bluewater", "1.00")
    another(market, 1)
    market.sell()

    found = tightest_of([account, free], now=market.now)
    assert {pk: (bar.kind, bar.used) for pk, bar in found.items()} == {account.pk: (CapKind.DAY, Decimal(1))}
    assert "1 of 2 <small>day</small>" in compact(found[account.pk])
    assert "no limit" in compact(found.get(free.pk))


def test_a_limit_of_nothing_is_always_used_up() -> None:
    nothing = CapBar(CapKind.DAY, Decimal(0))
    assert (nothing.tone, nothing.used_width, nothing.left) == ("full", Decimal(100), Decimal(0))
    assert tightest([CapBar(CapKind.HOUR, Decimal(5), Decimal(4)), nothing]) is nothing
    assert tightest([CapBar(CapKind.HOUR, None, Decimal(4))]) is None


def test_the_pages_show_the_bars(market: Market, admin: Any, browse: Any) -> None:
    account = market.buyer("Acme", "42.00", cap_day=5)
    page = browse(admin).get(f"/admin/clients/deliveryaccount/{account.pk}/change/").content.decode()
    assert "<b>0</b> of 5, <b>5</b> left" in page
    bare = browse(admin).get(f"/admin/clients/client/{account.client_id}/change/").content.decode()
    assert "No limit is set: it may be sold any number of leads." in bare


def test_each_missing_thing_of_the_checklist_leads_to_where_it_is_done(market: Market, admin: Any, browse: Any) -> None:
    account = market.buyer("Acme", "42.00", status="paused")
    account.uses.all().delete()
    page = browse(admin).get(f"/admin/clients/deliveryaccount/{account.pk}/change/").content.decode()
    for link, title in (
        ("#id_status", "Account is open, automated"),
        ("#uses-group", "Delivery method is enabled"),
        ("#id_schedule", "Schedule is set"),
        ("#id_criteria", "Criteria are set"),
    ):
        assert f'<a href="{link}">{title}</a>' in page
    assert ">Client is active</a>" not in page
    assert 'id="uses-group"' in page
