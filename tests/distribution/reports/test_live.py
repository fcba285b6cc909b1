"""Reports > Live: leads as they come in, each with whom it was offered to, in a fixed number of queries."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from distribution.demo import factories as make
from distribution.enums import DeliveryState
from distribution.reports.live import MINUTES, SHOWN, live
from leads.enums import LeadOutcome, LeadStatus
from leads.models import Lead

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 16, 18, 32, 20, tzinfo=UTC)


def came(minutes: int, outcome: str = LeadOutcome.UNROUTED, **more: Any) -> Lead:
    lead: Lead = make.LeadFactory.create(received_at=NOW - timedelta(minutes=minutes), outcome=outcome, due_at=None, routes_left=[], **more)
    return lead


def offer(lead: Lead, state: str, client: str) -> Any:
    account = make.DeliveryAccountFactory.create(lead_type=lead.lead_type, client__name=client)
    return make.DeliveryFactory.create(lead=lead, account=account, state=state, slot=1, due_at=None, finished_at=NOW)


def test_the_newest_stand_first_each_with_its_offers_in_their_order() -> None:
    older, newer = came(5), came(1, LeadOutcome.SOLD)
    offer(newer, DeliveryState.REJECTED, "Acme")
    offer(newer, DeliveryState.ACCEPTED, "Birch")
    rows = live(Lead.objects.all(), now=NOW).rows
    assert [(row.lead.pk, row.word) for row in rows] == [(newer.pk, "Sold"), (older.pk, "Unrouted")]
    assert [(one.client.name, one.state) for one in rows[0].offers] == [("Acme", "rejected"), ("Birch", "accepted")]
    assert rows[1].offers == []


def test_what_intake_did_not_accept_stands_there_too_and_is_no_lead_that_came_in() -> None:
    came(2, "", status=LeadStatus.DUPLICATE)
    shown = live(Lead.objects.all(), now=NOW)
    assert [row.word for row in shown.rows] == ["Duplicate"]
    assert shown.taken == 0


def test_the_last_half_hour_is_counted_by_minute() -> None:
    for minutes in (0, 0, MINUTES - 1, MINUTES):
        came(minutes, LeadOutcome.SOLD if minutes else LeadOutcome.UNROUTED)
    shown = live(Lead.objects.all(), now=NOW)
    assert len(shown.minutes) == MINUTES
    assert (shown.minutes[-1].taken, shown.minutes[-1].sold) == (2, 0)
    assert (shown.minutes[0].taken, shown.minutes[0].sold) == (1, 1)
    assert (shown.taken, shown.sold, shown.most) == (3, 1, 2)


def test_it_asks_three_times_however_much_there_is() -> None:
    for number in range(3):
        offer(came(1, LeadOutcome.SOLD), DeliveryState.ACCEPTED, f"Client {number}")
    with CaptureQueriesContext(connection) as queries:
        live(Lead.objects.all(), now=NOW)
    assert len(queries) == 3
    assert SHOWN == 40


def page_of(person: Any) -> Any:
    browser = Client()
    browser.force_login(person)
    return browser.get(reverse("admin:report_live"))


def test_a_manager_sees_it_and_a_branch_manager_does_not() -> None:
    offer(came(1, LeadOutcome.SOLD), DeliveryState.ACCEPTED, "Acme Corporation")
    assert "Acme Corporation" in page_of(make.ManagerFactory.create()).content.decode()
    assert page_of(make.BranchManagerFactory.create()).status_code == 404


def test_an_empty_one_says_what_will_stand_there() -> None:
    assert "No lead yet" in page_of(make.ManagerFactory.create()).content.decode()
