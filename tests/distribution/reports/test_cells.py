"""Sums are right at every moment: as changes, folded, made anew, and after everything that may happen to a row."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from distribution.demo import factories as make
from distribution.models import Delivery, ReportCell, ReportDelta, Return
from distribution.services.report_cells import differences, fold, rebuild
from leads.models import Company, Lead

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def total(measure: str, cut: int = 2) -> int:
    return sum(ReportCell.objects.filter(cut=cut).values_list(measure, flat=True))


def test_a_sale_counts_on_its_day_and_a_bounce_takes_it_back() -> None:
    lead = make.LeadFactory.create(cost=Decimal("2.50"), received_at=NOW)
    sold = make.DeliveryFactory.create(lead=lead, accepted=True, price=Decimal("10.05"), created=NOW, finished_at=NOW)
    fold(now=NOW)
    assert (total("sold"), total("revenue"), total("leads"), total("cost")) == (1, 1005, 1, 250)
    assert not ReportDelta.objects.exists()

    Delivery.objects.filter(pk=sold.pk).update(state="rejected", tracking="bounced", finished_at=NOW + timedelta(days=1))
    fold(now=NOW)
    assert (total("sold"), total("revenue"), total("refused"), total("bounced"), total("offered")) == (0, 0, 1, 1, 1)
    assert differences() == []


def test_a_cell_that_was_tampered_with_is_found_and_made_right() -> None:
    make.DeliveryFactory.create(accepted=True)
    fold(now=NOW)
    ReportCell.objects.filter(cut=1, sold=1).update(sold=2)
    found = differences()
    assert [(one.which, one.cut) for one in found] == [("said", 1), ("counted", 1)]
    rebuild(now=NOW)
    assert differences() == []


def test_the_command_rebuilds_and_tells_what_differs(capsys: Any) -> None:
    make.DeliveryFactory.create(accepted=True)
    call_command("reports_rebuild")
    assert "Rebuilt" in capsys.readouterr().out
    call_command("reports_rebuild", "--check")
    ReportCell.objects.filter(cut=1).update(sold=7)
    with pytest.raises(SystemExit):
        call_command("reports_rebuild", "--check")
    assert "cut 1: said" in capsys.readouterr().err
    call_command("reports_rebuild")
    assert differences() == []


def test_what_is_not_offered_or_only_a_test_counts_nowhere() -> None:
    test = make.LeadFactory.create(is_test=True)
    make.DeliveryFactory.create(lead=test, accepted=True)
    fold(now=NOW)
    assert not ReportCell.objects.filter(cut=2).exists()
    Lead.objects.filter(pk=test.pk).update(is_test=False)
    fold(now=NOW)
    assert (total("sold"), total("leads")) == (1, 1)


def test_another_zone_moves_the_days() -> None:
    company = make.CompanyFactory.create(time_zone="America/New_York")
    make.LeadFactory.create(received_at=datetime(2026, 11, 25, 3, tzinfo=UTC))
    fold(now=NOW)
    assert set(ReportCell.objects.filter(cut=8).values_list("day", "hour")) == {(date(2026, 11, 24), 22)}
    Company.objects.filter(pk=company.pk).update(time_zone="UTC")
    fold(now=NOW)
    assert set(ReportCell.objects.filter(cut=8).values_list("day", "hour")) == {(date(2026, 11, 25), 3)}
    assert differences() == []


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_the_sums_are_those_of_the_rows(seed: int) -> None:
    """Leads come, are offered, sold, refused, bounce, are given back, change their state or become tests, and go; folded at any time."""
    rng = Random(seed)
    campaigns = make.CampaignFactory.create_batch(2)
    accounts = make.DeliveryAccountFactory.create_batch(3)
    for _ in range(60):
        rng.choice(STEPS)(rng, campaigns, accounts)
        if rng.random() < 0.2:
            assert differences() == []
            fold(now=NOW)
    assert differences() == []
    fold(now=NOW)
    kept = set(ReportCell.objects.filter(cut=5).exclude(offered=0, sold=0, returned=0).values_list("pk", "sold", "revenue", "credited"))
    rebuild(now=NOW)
    again = set(ReportCell.objects.filter(cut=5).exclude(offered=0, sold=0, returned=0).values_list("pk", "sold", "revenue", "credited"))
    assert kept == again
    assert differences() == []


def moment(rng: Random) -> datetime:
    """Some time around the change of clocks."""
    return datetime(2026, 10, 30, tzinfo=UTC) + timedelta(seconds=rng.randrange(4 * 86_400))


def arrive(rng: Random, campaigns: list[Any], accounts: list[Any]) -> None:
    campaign = rng.choice(campaigns)
    make.LeadFactory.create(
        campaign=campaign,
        lead_type=campaign.lead_type,
        received_at=moment(rng),
        cost=Decimal(rng.randrange(500)) / 100,
        state=rng.choice(["", "TX", "CA"]),
    )


def offer(rng: Random, campaigns: list[Any], accounts: list[Any]) -> None:
    for lead in Lead.objects.filter(deliveries=None)[:3]:
        account, price, begun = rng.choice(accounts), Decimal(rng.randrange(9_000)) / 100, moment(rng)
        make.DeliveryFactory.create(
            lead=lead, account=account, client=account.client, price=price, created=begun, cost=lead.cost, finished_at=None
        )


def end(rng: Random, campaigns: list[Any], accounts: list[Any]) -> None:
    open_ones = Delivery.objects.filter(finished_at=None)[:4]
    for one in open_ones:
        values = {"state": rng.choice(["accepted", "accepted", "rejected", "failed", "unknown", "cancelled"])}
        values |= {"finished_at": moment(rng), "due_at": None, "lease_until": None, "tracking": rng.choice(["", "sent", "opened"])}
        Delivery.objects.filter(pk=one.pk).update(**values)


def bounce(rng: Random, campaigns: list[Any], accounts: list[Any]) -> None:
    one = Delivery.objects.filter(state="accepted").first()
    if one:
        Delivery.objects.filter(pk=one.pk).update(state="rejected", tracking="bounced", finished_at=moment(rng))


def give_back(rng: Random, campaigns: list[Any], accounts: list[Any]) -> None:
    one = Delivery.objects.filter(state="accepted").last()
    if one:
        Delivery.objects.filter(pk=one.pk).update(state="returned")
        make.ReturnFactory.create(delivery=one, client=one.client, price=one.price, state="granted", decided_at=moment(rng))


def ask_back(rng: Random, campaigns: list[Any], accounts: list[Any]) -> None:
    asked = Return.objects.filter(state="requested").first()
    if asked:
        Return.objects.filter(pk=asked.pk).update(state="granted", decided_at=moment(rng))
        return
    one = Delivery.objects.filter(state="accepted", returns=None).first()
    if one:
        make.ReturnFactory.create(delivery=one, client=one.client, price=one.price)


def edit(rng: Random, campaigns: list[Any], accounts: list[Any]) -> None:
    lead = Lead.objects.order_by("?").first()
    if lead:
        changes: dict[str, Any] = rng.choice([{"state": "NY"}, {"is_test": not lead.is_test}, {"cost": Decimal("1.11")}])
        Lead.objects.filter(pk=lead.pk).update(**changes)


def go(rng: Random, campaigns: list[Any], accounts: list[Any]) -> None:
    lead = Lead.objects.filter(deliveries=None).first()
    if lead:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM leads_lead WHERE id = %s", [lead.pk])


STEPS = [arrive, arrive, arrive, offer, end, bounce, give_back, ask_back, edit, go]
