"""A whole import is taken back: what nobody got yet is gone, what somebody has stays and is listed."""

from collections.abc import Callable
from typing import Any

import pytest

from distribution.demo.factories import DecisionFactory, DeliveryFactory
from leads.enums import JobState, LeadOutcome
from leads.models import CapWindow, Event, Fingerprint, Import, Lead, Submission
from leads.services.file_work import drain_files
from leads.services.imports import NotNow, start_undo
from leads.services.notes import add_note
from leads.services.receive import receive_lead
from tests.leads.imports.conftest import PEOPLE
from tests.leads.intake_world import NOW, make_campaign

pytestmark = pytest.mark.django_db

Files = Callable[..., Import]
THREE = PEOPLE + "Cy;Dale;312 555 0156;cy@mail.example;60601\nBen;Again;312 555 0155;;60601\nDee;Bad;12;;\n"


def undo(one: Import) -> Import:
    start_undo(one=one, by=one.by, now=NOW)
    assert drain_files(seconds=60) is False
    return Import.objects.get(pk=one.pk)


def test_leads_that_nobody_got_are_gone_with_everything_of_theirs(taken: Files) -> None:
    campaign = make_campaign(cap_day=10)
    other = receive_lead(campaign=campaign, fields={"phone": "312 555 0177"}, channel="api", now=NOW).lead
    one = taken(campaign, THREE)
    DecisionFactory.create(lead=Lead.objects.get(first_name="Ana"))  # it was routed, and nobody bought it
    assert [int(row.used) for row in CapWindow.objects.order_by("start")] == [1, 3]
    one = undo(one)
    assert one.undo is not None
    assert (one.undo.state, one.undo.result) == (JobState.DONE, {"removed": 5, "kept": 0})
    assert [*Lead.objects.all()] == [other]
    assert [row.lead_id for row in Submission.objects.all()] == [other.pk]
    assert {row.lead_id for row in Fingerprint.objects.all()} == {other.pk}
    assert [event.lead_id for event in Event.objects.exclude(lead=None)] == [other.pk]
    assert [int(row.used) for row in CapWindow.objects.order_by("start")] == [1, 0]


def test_the_same_people_may_come_again_afterwards(taken: Files, tried: Files) -> None:
    campaign = make_campaign()
    undo(taken(campaign))
    assert tried(campaign).trial.result["counts"]["accepted"] == 2


def test_what_was_sold_offered_or_worked_stays(taken: Files, ada: Any) -> None:
    one = taken(make_campaign(), THREE)
    sold, noted, worked = (Lead.objects.get(first_name=name, status="accepted") for name in ("Ana", "Ben", "Cy"))
    DeliveryFactory.create(lead=sold)
    add_note(lead=noted, text="Call back on Monday", by=ada, now=NOW)
    Lead.objects.filter(pk=worked.pk).update(attempts=1)
    one = undo(one)
    assert one.undo.result == {"removed": 2, "kept": 3}
    assert set(one.leads.all()) == {sold, noted, worked}


@pytest.mark.parametrize("outcome", [LeadOutcome.SOLD, LeadOutcome.REVIEW, LeadOutcome.PUSHED])
def test_a_lead_that_somebody_has_stays(taken: Files, outcome: str) -> None:
    one = taken(make_campaign())
    Lead.objects.filter(first_name="Ana").update(outcome=outcome, due_at=None)
    assert undo(one).undo.result == {"removed": 1, "kept": 1}
    assert [lead.first_name for lead in Lead.objects.all()] == ["Ana"]


def test_a_later_duplicate_of_a_lead_that_went_stays_and_names_nobody(taken: Files) -> None:
    campaign = make_campaign()
    one = taken(campaign)
    ana = Lead.objects.get(first_name="Ana")
    later = receive_lead(campaign=campaign, fields={"phone": ana.phone}, channel="api", now=ana.received_at).lead
    assert (later.status, later.duplicate_of_id) == ("duplicate", ana.pk)
    undo(one)
    assert Lead.objects.values_list("status", "duplicate_of").get() == ("duplicate", None)


def test_only_what_has_ended_is_undone_and_twice_does_no_harm(tried: Files, taken: Files, ada: Any) -> None:
    campaign = make_campaign()
    with pytest.raises(NotNow, match="Only an import that has ended"):
        start_undo(one=tried(campaign), by=ada, now=NOW)
    one = undo(taken(campaign))
    assert undo(one).undo.result == {"removed": 0, "kept": 0}


def test_rows_that_are_only_ever_added_are_guarded_again_afterwards(taken: Files) -> None:
    from django.db import Error, transaction

    campaign = make_campaign()
    undo(taken(campaign))
    receive_lead(campaign=campaign, fields={"phone": "312 555 0177"}, channel="api", now=NOW)
    with pytest.raises(Error, match="only ever added"), transaction.atomic():
        Submission.objects.all().delete()
