"""The share report: what was booked adds up to what each should have had, and a bound is named only where it is proven."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from distribution.demo import factories as make
from distribution.reports.asked import Days
from distribution.reports.shares import share_report
from leads.clock import database_now
from tests.distribution.reports.world import ZONE

pytestmark = pytest.mark.django_db
WEIGHTS = {"a": 1, "b": 3}


@pytest.fixture
def accounts() -> dict[str, Any]:
    return {name: make.DeliveryAccountFactory.create(client__name=name) for name in WEIGHTS}


def sell(accounts: dict[str, Any], buyer: str, eligible: str = "ab", basis: str = "one", **more: Any) -> None:
    """One sale at weights 1 and 3, as the distribution books it."""
    unit = sum(WEIGHTS[name] for name in eligible)
    amounts = {str(accounts[name].client_id): str(WEIGHTS[name] - unit * (name == buyer)) for name in eligible}
    account, now = accounts[buyer], database_now()
    booking = {"credits": {"unit": str(unit), "amounts": amounts}, "percentage": None, "basis": basis}
    make.DeliveryFactory.create(
        account=account, client=account.client, booking=booking, created=now, accepted=True, finished_at=now, **more
    )


def report() -> Any:
    today = database_now().astimezone(ZONE).date()
    return share_report(Days(today - timedelta(days=1), today), ZONE, balanced=True)


def told(pool: Any) -> dict[str, tuple[int, Decimal, int]]:
    return {share.name: (share.eligible, share.should, share.had) for share in pool.shares}


def test_each_should_have_had_its_part_of_what_it_could_have_had(accounts: dict[str, Any]) -> None:
    for buyer in "bbab":
        sell(accounts, buyer)
    (pool,) = report()
    assert told(pool) == {"a": (4, Decimal(1), 1), "b": (4, Decimal(3), 3)}
    assert (pool.sales, pool.bound, pool.furthest) == (4, Decimal(1), Decimal("0.5"))


def test_who_could_not_have_a_sale_has_no_part_of_it_and_no_bound_is_proven(accounts: dict[str, Any]) -> None:
    sell(accounts, "b", eligible="b")
    sell(accounts, "b")
    (pool,) = report()
    assert told(pool) == {"a": (1, Decimal("0.25"), 0), "b": (2, Decimal("1.75"), 2)}
    assert (pool.bound, pool.open) == (None, "not every client could have every lead")


def test_changed_weights_prove_nothing_and_tests_count_nowhere(accounts: dict[str, Any]) -> None:
    sell(accounts, "a")
    sell(accounts, "b", basis="another")
    sell(accounts, "b", lead=make.LeadFactory.create(is_test=True))
    (pool,) = report()
    assert (pool.sales, pool.open) == (2, "weights changed on these days")


def test_the_page_says_why_a_client_was_passed_over(accounts: dict[str, Any]) -> None:
    lead = make.LeadFactory.create()
    line = [accounts["a"].client_id, accounts["a"].pk, "cap_day", {"whose": "client"}, None, None, None, None]
    decision = make.DecisionFactory.create(lead=lead, trace={"candidates": [line]})
    sell(accounts, "b", eligible="b", lead=lead, decision=decision)
    sell(accounts, "b")
    manager = Browser()
    manager.force_login(make.ManagerFactory.create())
    page = manager.get(reverse("admin:report_shares"), {"period": "7"})
    text = page.content.decode()
    assert "day cap 1" in text
    assert "No bound is proven" in text
    assert "a,2,1,0.25,0" in manager.get(reverse("admin:report_shares"), {"period": "7", "as": "csv"}).content.decode()
    assert "at most 92 days" in manager.get(reverse("admin:report_shares"), {"from": "2026-01-01", "to": "2026-11-01"}).content.decode()


def test_every_number_opens_a_list_of_as_many(accounts: dict[str, Any]) -> None:
    """Also where the client bought in another pool, or without a share, or refused."""
    sell(accounts, "b")
    sell(accounts, "b", pool="group:first-look")
    now = database_now()
    more: dict[str, Any] = {"account": accounts["b"], "client": accounts["b"].client, "created": now, "finished_at": now}
    make.DeliveryFactory.create(**more, accepted=True)
    make.DeliveryFactory.create(**more, rejected=True)
    make.DeliveryFactory.create(**more, failed=True, pool="group:first-look")
    manager = Browser()
    manager.force_login(make.ManagerFactory.create())
    followed = 0
    for pool, lines in manager.get(reverse("admin:report_shares"), {"period": "7"}).context["pools"]:
        for line in lines:
            for count, link in [(line["share"].had, line["link"]), *((count, link) for _, count, link in line["counts"])]:
                assert bool(link) is bool(count)
                if link:
                    assert manager.get(link).context["cl"].result_count == count, (pool.key, link)
                    followed += 1
    assert followed == 4


def test_without_sales_by_shares_it_says_what_would_stand_there() -> None:
    make.DeliveryFactory.create(accepted=True)
    manager = Browser()
    manager.force_login(make.ManagerFactory.create())
    assert "Nothing was sold by shares" in manager.get(reverse("admin:report_shares")).content.decode()
