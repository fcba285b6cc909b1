"""Home: figures in the company's zone, what needs a person, the first steps, and no money for a branch."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from distribution.attention import notices
from distribution.demo import factories as make
from distribution.enums import DeliveryState
from distribution.firststeps import first_steps
from distribution.reports import Days, client_report, figures, hours
from leads.enums import CapKind, CapScope, LeadOutcome
from pullqueue.enums import Place

pytestmark = pytest.mark.django_db

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 7, 16, 18, 32, tzinfo=UTC)
"""Thursday 14:32 in New York."""


def sale(at: datetime, *, price: str = "40.00", client: Any = None, state: str = DeliveryState.ACCEPTED, cost: str = "10.00") -> Any:
    sold = state == DeliveryState.ACCEPTED
    outcome = {"outcome": LeadOutcome.SOLD if sold else LeadOutcome.UNROUTED, "due_at": None, "routes_left": []}
    lead = make.LeadFactory.create(received_at=at, cost=cost, **outcome)
    account = make.DeliveryAccountFactory.create(lead_type=lead.lead_type, price=price, **({"client": client} if client else {}))
    return make.DeliveryFactory.create(lead=lead, account=account, created=at, state=state, due_at=None, finished_at=at)


def by_label() -> dict[str, Any]:
    return {figure.label: figure for figure in figures(Days.at(NOW, NEW_YORK))}


def test_today_begins_at_the_companys_midnight_and_ends_now() -> None:
    sale(datetime(2026, 7, 16, 4, 0, tzinfo=UTC))  # 0:00 in New York
    sale(datetime(2026, 7, 16, 3, 59, tzinfo=UTC))  # still Wednesday there
    sale(NOW + timedelta(minutes=1))
    assert by_label()["Leads in"].value == 1


def test_it_is_compared_with_last_thursday_until_the_same_time() -> None:
    sale(NOW - timedelta(hours=1), price="60.00")
    sale(NOW - timedelta(days=7, hours=1), price="40.00")
    sale(NOW - timedelta(days=7) + timedelta(hours=1), price="1000.00")
    found = by_label()
    assert (found["Revenue"].value, found["Revenue"].before, found["Revenue"].change) == (Decimal("60.00"), Decimal("40.00"), Decimal(50))
    assert (found["Cost"].value, found["Margin"].value) == (Decimal("10.00"), Decimal("50.00"))


def test_tests_count_nowhere() -> None:
    delivery = sale(NOW - timedelta(hours=1))
    delivery.lead.is_test = True
    delivery.lead.save()
    found = by_label()
    assert [figure.value for figure in found.values()] == [0, 0, 0, 0, 0]
    assert client_report(Days.at(NOW, NEW_YORK)).rows == []


def test_hours_are_those_of_the_companys_clock() -> None:
    sale(datetime(2026, 7, 16, 12, 5, tzinfo=UTC))  # 8:05
    sale(datetime(2026, 7, 16, 12, 55, tzinfo=UTC), state=DeliveryState.REJECTED)  # 8:55
    sale(datetime(2026, 7, 10, 1, 0, tzinfo=UTC))  # last Thursday, 21:00
    day = hours(Days.at(NOW, NEW_YORK))
    assert [(hour.hour, hour.taken, hour.sold, hour.before) for hour in day if hour.taken or hour.before] == [(8, 2, 1, 0), (21, 0, 0, 1)]


def test_the_report_has_a_row_a_client_and_sums_the_rest() -> None:
    clients = [make.ClientFactory.create(name=f"Client {n:02d}") for n in range(12)]
    for n, client in enumerate(clients):
        sale(NOW - timedelta(hours=1), price=f"{100 - n}.00", client=client)
    sale(NOW - timedelta(days=3), client=clients[0])
    sale(NOW - timedelta(hours=2), client=clients[0], state=DeliveryState.REJECTED)
    report = client_report(Days.at(NOW, NEW_YORK))
    first = report.rows[0]
    assert (first.name, first.offered, first.sold, first.refused, first.rate) == ("Client 00", 2, 1, 1, Decimal(50))
    assert first.spark == [0] * 10 + [1, 0, 0, 1]
    assert (len(report.rows), report.rest.name, report.rest.sold) == (10, "2 other clients", 2)
    assert (report.total.name, report.total.sold, report.total.revenue) == ("12 clients", 12, Decimal(sum(100 - n for n in range(12))))


def test_what_needs_a_person_is_said_worst_first() -> None:
    delivery = sale(NOW - timedelta(hours=1), state=DeliveryState.REJECTED)
    make.DeliveryFactory.create(state=DeliveryState.UNKNOWN, due_at=None, finished_at=NOW, lead__sold=True)
    full = make.DeliveryAccountFactory.create(cap_day=5, client__name="Prairie", name="Auto", client__time_zone="America/New_York")
    start = datetime(2026, 7, 16, 4, 0, tzinfo=UTC)
    make.CapWindowFactory.create(scope=CapScope.ACCOUNT, scope_id=full.pk, kind=CapKind.DAY, start=start, used=Decimal(5))
    method = make.DeliveryMethodFactory.create(client__name="Copperleaf", name="Webhook", paused_reason="it answered 500 five times")
    type(method).objects.filter(pk=method.pk).update(paused_until=NOW + timedelta(minutes=5))
    assert delivery.lead.outcome == LeadOutcome.UNROUTED
    assert [notice.what for notice in notices(now=NOW)] == [
        "1 delivery has an unknown outcome.",
        "Copperleaf’s Webhook is paused: it answered 500 five times.",
        "Prairie › Auto used up its day cap.",
        "1 lead is unrouted.",
    ]


def test_yesterdays_full_cap_is_no_news_today() -> None:
    account = make.DeliveryAccountFactory.create(cap_day=5, client__time_zone="America/New_York")
    start = datetime(2026, 7, 15, 4, 0, tzinfo=UTC)
    make.CapWindowFactory.create(scope=CapScope.ACCOUNT, scope_id=account.pk, kind=CapKind.DAY, start=start, used=Decimal(5))
    assert notices(now=NOW) == []


def test_a_new_installation_is_led_to_its_first_sold_lead(site: Client) -> None:
    page = site.get(reverse("admin:index")).content.decode()
    assert "From nothing to the first sold lead" in page
    make.SourceFactory.create()
    assert [step.title for step in first_steps() if step.done] == ["Add a source"]
    sale(NOW)
    assert first_steps() == []


def test_home_asks_the_database_as_often_for_three_sales_as_for_one(site: Client) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            sale(timezone.now() - timedelta(seconds=1))
        site.get(reverse("admin:index"))
        with CaptureQueriesContext(connection) as queries:
            site.get(reverse("admin:index"))
        counts.append(len(queries))
    assert counts == [33, 33]


def test_a_manager_sees_the_queue_who_is_at_work_and_how_soon_people_were_called(site: Client) -> None:
    now = timezone.now()
    rep = make.RepFactory.create(seen_at=now)
    for waited in (60, 108, 900):
        lead = make.LeadFactory.create(received_at=now - timedelta(minutes=30))
        make.CallAttemptFactory.create(lead=lead, user=rep, at=lead.received_at + timedelta(seconds=waited))
    make.PlacementFactory.create(place=Place.EXHAUSTED)
    page = " ".join(site.get(reverse("admin:index")).content.decode().split())
    assert "1 of 1 rep at work" in page
    assert "Exhausted <b>1</b>" in page
    assert "1 min 48 s" in page
    assert "66.7% within 5 min" in page


def test_an_empty_floor_says_what_will_stand_there(site: Client) -> None:
    page = site.get(reverse("admin:index")).content.decode()
    assert "No lead is kept in house." in page
    assert "Speed to lead" not in page


def test_a_strategy_that_changed_since_the_last_rebuild_needs_somebody() -> None:
    strategy = make.PullStrategyFactory.create(built_at=NOW, changed_at=NOW - timedelta(hours=1))
    said = "1 pull strategy changed since the last rebuild."
    assert said not in [notice.what for notice in notices(now=NOW)]
    type(strategy).objects.filter(pk=strategy.pk).update(changed_at=NOW + timedelta(hours=1))
    assert said in [notice.what for notice in notices(now=NOW)]


def test_a_branch_manager_sees_no_money_and_why_there_is_nothing(signed_in: Callable[[Any], Client]) -> None:
    sale(NOW, price="7654.32")
    manager = make.BranchManagerFactory.create(branch__name="North")
    page = signed_in(manager).get(reverse("admin:index")).content.decode()
    assert "Nobody works here yet" in page
    assert "No lead is kept in house." in page
    assert "None is placed there now" in signed_in(manager).get(reverse("admin:leads_lead_changelist")).content.decode()
    assert "7,654" not in page
    assert "Revenue" not in page
    assert "Delivery report" not in page


def test_a_branch_manager_sees_the_people_of_the_branch_and_nobody_elses_calls(signed_in: Callable[[Any], Client]) -> None:
    now = timezone.now()
    manager = make.BranchManagerFactory.create(branch__name="North")
    ours = make.RepFactory.create(username="ours", branch=manager.branch, seen_at=now)
    theirs = make.RepFactory.create(username="theirs", branch__name="South", seen_at=now)
    for rep, waited in ((ours, 42), (theirs, 9999)):
        lead = make.LeadFactory.create(received_at=now - timedelta(hours=4))
        make.CallAttemptFactory.create(lead=lead, user=rep, at=lead.received_at + timedelta(seconds=waited))
    page = signed_in(manager).get(reverse("admin:index")).content.decode()
    assert "42 s" in page
    assert "ours" in page
    assert "theirs" not in page
    assert "1 of 1 rep at work" in " ".join(page.split())
