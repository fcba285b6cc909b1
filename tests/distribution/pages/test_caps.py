"""Caps as bars: what is sold, what is reserved, what is left, and what was sold over the cap."""

from decimal import Decimal
from typing import Any

import pytest

from distribution.admin.caps import caps_told, compact, tightest_of
from distribution.demo.factories import ClientFactory
from distribution.domain.cap_bars import CapBar, tightest
from distribution.domain.market import CapKind
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
