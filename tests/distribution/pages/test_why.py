"""*Why did it not get leads today?*: a day's leads counted by what became of them, and the one change that would help most."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client, DeliveryAccount
from distribution.admin.why import reading
from distribution.domain.reasons import Reason
from distribution.domain.retry import Outcome
from distribution.domain.why import Fate, groups, helps_most, price_to_lead
from distribution.domain.why_words import SAYS
from leads.models import Lead
from tests.distribution.pages.world import NOON, Market

pytestmark = pytest.mark.django_db

DAY = date(2026, 7, 16)
NEW_YORK = ZoneInfo("America/New_York")


def seen(account: DeliveryAccount, day: date = DAY) -> list[tuple[str, str, int]]:
    return [(group.code, group.what, group.count) for group in groups(reading.leads_seen(account, day, NEW_YORK))]


def lead(market: Market, last: int, **fields: Any) -> Lead:
    return market.lead(phone=f"+1312555{last:04d}", email=f"n{last}@mail.example", **fields)


def busy_day(market: Market) -> DeliveryAccount:
    """A day on which Acme gets two leads and refuses one, is full afterwards, and does not want Texas; Bluewater gets the rest."""
    acme = market.buyer("Acme", "42.00", cap_day=2, criteria={"all": [["state", "eq", "IL"]]})
    market.buyer("Bluewater", "30.00")
    for last in range(2):
        lead(market, last)
        market.sell()
    for last in range(2, 5):
        lead(market, last)
        market.sell()
    lead(market, 5, state="TX")
    market.sell()
    return acme


def page(browse: Any, user: Any, account: DeliveryAccount, **query: str) -> str:
    answer = browse(user).get(reverse("admin:account_why", args=[account.pk]), {"day": "2026-07-16"} | query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_every_lead_of_the_day_is_counted_once_by_what_became_of_it(market: Market) -> None:
    acme = busy_day(market)
    assert seen(acme) == [("cap_day", "account", 3), ("sold", "", 2), ("criteria", "state", 1)]
    blue = DeliveryAccount.objects.get(name="Bluewater auto")
    assert seen(blue) == [("sold", "", 4), ("behind", "", 2)]
    assert seen(acme, DAY - timedelta(days=1)) == []


def test_refused_failed_and_reserved_are_told_apart(market: Market) -> None:
    acme = market.buyer("Acme", "42.00")
    lead(market, 1)
    market.route()
    market.answer(Outcome.REJECTED, message="no")
    lead(market, 2)
    market.route()
    assert seen(acme) == [("under_way", "", 1), ("refused", "", 1)]


def test_leads_that_never_came_to_clients_and_tests_are_no_reason(market: Market) -> None:
    acme = market.buyer("Acme", "42.00")
    lead(market, 1, status="duplicate", outcome="")
    lead(market, 2, is_test=True)
    lead(market, 3)
    assert seen(acme) == [("not_distributed", "", 1), ("intake", "", 1)]
    assert helps_most(groups(reading.leads_seen(acme, DAY, NEW_YORK))) is None


def test_the_day_is_the_companys(market: Market) -> None:
    acme = market.buyer("Acme", "42.00")
    for hours, last in ((-13, 1), (-12, 2), (10, 3), (11, 4)):
        lead(market, last)
        Lead.objects.filter(phone=f"+1312555{last:04d}").update(received_at=NOON.replace(minute=0) + timedelta(hours=hours))
    # noon in Chicago is one o'clock in New York: midnight was thirteen hours ago, the next is eleven hours away
    assert len(reading.leads_seen(acme, DAY, NEW_YORK)) == 3


def test_the_page_says_why_with_a_sentence_and_what_would_help_most(market: Market, admin: Any, browse: Any) -> None:
    said = page(browse, admin, busy_day(market))
    assert "What would help most: Raise the cap of leads a day." in said
    assert "The day cap was used up, a limit of the account: 3 of 6 leads" in said
    assert "2 of 2 leads today, a limit of the account, reopens Fri 00:00 America/Chicago." in said
    assert "State is TX; this account buys IL." in said
    assert "for $84.00" in said


def test_a_count_leads_to_exactly_those_leads(market: Market, admin: Any, browse: Any) -> None:
    acme = busy_day(market)
    texan = Lead.objects.get(state="TX")
    said = page(browse, admin, acme, reason="criteria", what="state")
    assert f"L-{texan.number}" in said
    assert [one for one in Lead.objects.exclude(pk=texan.pk) if f"L-{one.number}" in said] == []
    assert "h-fates" in page(browse, admin, acme, reason="nonsense")


def test_behind_others_it_says_the_price_that_would_have_been_first(market: Market, admin: Any, browse: Any) -> None:
    busy_day(market)
    cheap = market.buyer("Cheap", "1.00")
    lead(market, 9)
    market.sell()
    assert price_to_lead(reading.leads_seen(cheap, DAY, NEW_YORK)) == Decimal("30.00")
    said = page(browse, admin, cheap)
    assert "What would help most: Raise its price." in said
    assert "Above $30.00 it would have stood before the buyer of half of them." in said
    assert "Bluewater bought it for $30.00." in said


def test_what_bars_it_now_stands_on_top(market: Market, admin: Any, browse: Any) -> None:
    acme = busy_day(market)
    Client.objects.filter(pk=acme.client_id).update(status="paused")
    assert "<b>Now:</b> The client is paused, so none of its accounts gets a lead." in page(browse, admin, acme)


def test_a_day_that_cannot_be_read_is_named_and_a_day_without_leads_says_so(market: Market, admin: Any, browse: Any) -> None:
    acme = market.buyer("Acme", "42.00")
    said = page(browse, admin, acme, day="yesterday")
    assert "The day could not be read, so this is today." in said
    assert "No Auto insurance lead came in on this day" in said


def test_the_page_costs_the_same_however_many_leads_there_are(market: Market, admin: Any, browse: Any, monkeypatch: Any) -> None:
    acme = busy_day(market)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            page(browse, admin, acme, reason="cap_day", what="account")
        return len(asked)

    before = queries()
    for last in range(20, 26):
        lead(market, last)
        market.sell()
    assert queries() == before

    monkeypatch.setattr("distribution.admin.why.pages.MOST", 4)
    said = page(browse, admin, acme)
    assert "these are the newest 4." in said


def test_every_fate_and_reason_has_its_sentence() -> None:
    assert set(SAYS) == {*Fate, *Reason}
