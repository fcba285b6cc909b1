"""Leads that nobody bought, why, and by what each was missed most narrowly."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from distribution.demo import factories as make
from distribution.domain.missed import Missed, missed
from distribution.domain.reasons import Reason
from distribution.domain.step import Candidate, OfferOutcome
from distribution.models import UnsoldLead
from distribution.services.unsold import judge_unsold
from leads.clock import database_now
from leads.models import Lead

PRICES = {1: Decimal(10), 2: Decimal(30), 3: Decimal(20)}


def line(account: int, reason: Reason | None = None, offer: OfferOutcome | None = None) -> Candidate:
    return Candidate(1, account, reason, {}, None if reason else 1, None, None, offer)


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        (None, Missed("not_distributed")),
        ([], Missed("nobody")),
        ([line(1, Reason.CRITERIA), line(2, Reason.CAP_DAY)], Missed("cap_day", "cap_day", 2, Decimal(30))),
        ([line(1, Reason.CRITERIA), line(2, Reason.CRITERIA), line(3, Reason.CAP_DAY)], Missed("criteria", "cap_day", 3, Decimal(20))),
        ([line(1, Reason.CAP_DAY), line(2, Reason.CAP_DAY)], Missed("cap_day", "cap_day", 2, Decimal(30))),
        ([line(1, None, OfferOutcome.REJECTED), line(2, Reason.CAP_DAY)], Missed("refused", "refused", 1, Decimal(10))),
        ([line(1, None, OfferOutcome.FAILED), line(2, None, OfferOutcome.REJECTED)], Missed("refused", "failed", 1, Decimal(10))),
        ([line(1, Reason.SUPPRESSED), line(2, Reason.SUPPRESSED)], Missed("suppressed")),
    ],
)
def test_who_passed_most_checks_came_nearest_and_of_equals_who_pays_most(candidates: Any, expected: Missed) -> None:
    assert missed(candidates, PRICES) == expected


def kept() -> list[tuple[Any, ...]]:
    return list(UnsoldLead.objects.order_by("lead__number").values_list("lead_id", "is_judged", "reason", "miss", "account", "price"))


@pytest.mark.django_db
def test_an_unrouted_lead_is_judged_by_its_latest_trace_and_a_sale_takes_it_away() -> None:
    lead, account = make.LeadFactory.create(), make.DeliveryAccountFactory.create(price=Decimal("12.50"))
    assert kept() == []
    trace = {"candidates": [[account.client_id, account.pk, "cap_day", {"whose": "account"}, None, None, None, None]]}
    make.DecisionFactory.create(lead=lead, trace={"candidates": []}, run=1)
    make.DecisionFactory.create(lead=lead, trace=trace, run=2)
    Lead.objects.filter(pk=lead.pk).update(outcome="unrouted", due_at=None)
    assert kept() == [(lead.pk, False, "", "", 0, 0)]
    assert judge_unsold() == 1
    assert kept() == [(lead.pk, True, "cap_day", "cap_day", account.pk, Decimal("12.50"))]
    assert judge_unsold() == 0

    Lead.objects.filter(pk=lead.pk).update(outcome="sold")
    assert kept() == []


@pytest.mark.django_db
def test_a_test_and_a_lead_that_is_under_way_are_not_unsold() -> None:
    test = make.LeadFactory.create(is_test=True)
    make.LeadFactory.create()
    Lead.objects.filter(pk=test.pk).update(outcome="unrouted", due_at=None)
    assert kept() == []
    Lead.objects.filter(pk=test.pk).update(is_test=False)
    assert [row[0] for row in kept()] == [test.pk]
    Lead.objects.filter(pk=test.pk).delete()
    assert kept() == []


@pytest.fixture
def manager(db: None) -> Browser:
    browser = Browser()
    browser.force_login(make.ManagerFactory.create())
    return browser


def leave_over(reason: str, account: Any, received: datetime) -> Lead:
    lead = make.LeadFactory.create(received_at=received)
    trace = {"candidates": [[account.client_id, account.pk, reason, {}, None, None, None, None]]}
    make.DecisionFactory.create(lead=lead, trace=trace)
    Lead.objects.filter(pk=lead.pk).update(outcome="unrouted", due_at=None)
    return lead


def test_the_page_counts_by_reason_and_miss_and_each_number_opens_its_leads(manager: Browser) -> None:
    """Four leads were left over, one of them is not looked at yet, one is of another day."""
    at = database_now()
    accounts = make.DeliveryAccountFactory.create_batch(2, price=Decimal("20.00"))
    for reason, account in (("cap_day", 0), ("cap_day", 0), ("schedule_closed", 1)):
        leave_over(reason, accounts[account], at)
    leave_over("cap_day", accounts[0], at - timedelta(days=40))
    judge_unsold()
    leave_over("criteria", accounts[0], at)

    page = manager.get(reverse("admin:report_unsold"), {"period": "7"})
    report = page.context["report"]
    assert [(line.code, line.count, line.price) for line in report.reasons] == [
        ("cap_day", 2, Decimal(40)),
        ("", 1, Decimal(0)),
        ("schedule_closed", 1, Decimal(20)),
    ]
    assert [(line.code, line.account, line.count) for line in report.misses] == [
        ("cap_day", accounts[0], 2),
        ("schedule_closed", accounts[1], 1),
    ]
    assert (report.total, report.worth) == (4, Decimal(60))
    links = [(page.context["all"], 4), *((link, line.count) for line, link in page.context["reasons"])]
    links += [(link, line.count) for line, link, _ in page.context["misses"]]
    for address, count in links:
        assert manager.get(address).context["cl"].result_count == count, address


def test_filters_and_files_of_unsold_leads(manager: Browser) -> None:
    account = make.DeliveryAccountFactory.create(price=Decimal("20.00"), name="=1+1")
    lead = leave_over("cap_day", account, database_now())
    judge_unsold()
    address = reverse("admin:report_unsold")
    assert manager.get(address, {"campaign": lead.campaign_id}).context["report"].total == 1
    assert manager.get(address, {"campaign": lead.campaign_id + 1}).context["report"].total == 0
    assert manager.get(address, {"source": lead.campaign.source_id}).context["report"].total == 1
    assert "has no filter by client" in manager.get(address, {"client": "1"}).context["problems"][0]
    assert "'=1+1" in manager.get(address, {"as": "csv"}).content.decode()
