"""Leads that nobody bought, why, and by what each was missed most narrowly."""

from decimal import Decimal
from typing import Any

import pytest

from distribution.demo import factories as make
from distribution.domain.missed import Missed, missed
from distribution.domain.reasons import Reason
from distribution.domain.step import Candidate, OfferOutcome
from distribution.models import UnsoldLead
from distribution.services.unsold import judge_unsold
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
