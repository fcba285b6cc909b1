"""Values are put right by a person, and the same judge as at intake says what the lead is then."""

from datetime import timedelta
from typing import Any

import pytest

from distribution.demo import factories as make
from distribution.services.correct import correct
from leads.enums import CampaignStatus, LeadStatus, SuppressionKind
from leads.events import sentence
from leads.models import Correction, Event, Fingerprint, Lead, LeadField
from leads.services.correct import NothingChanged, NotThere, StillWrong, judge_anew, values_of
from leads.services.erase import erase_person
from leads.services.receive import CampaignShut, receive_lead
from leads.services.suppress import suppress
from tests.leads.intake_world import ANA, NOW, make_campaign

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def ada() -> Any:
    return make.AdministratorFactory.create(first_name="Ada")


def come(campaign: Any, **fields: Any) -> Lead:
    lead = receive_lead(campaign=campaign, fields={**ANA, **fields}, channel="api", now=NOW).lead
    assert lead is not None
    return Lead.objects.get(pk=lead.pk)


def kinds(lead: Lead) -> list[str]:
    return [event.kind for event in lead.events.order_by("id")]


def test_a_rejected_lead_is_accepted_once_it_is_right_and_its_routes_open(ada: Any) -> None:
    lead = come(make_campaign(), phone="12", zip="99999999")
    assert (lead.status, [one["field"] for one in lead.errors]) == (LeadStatus.REJECTED, ["phone", "zip"])
    made = correct(lead_id=lead.pk, values={"phone": "312 555 0142", "zip": "60601"}, by=ada, now=LATER)
    assert (made.pk, made.number, made.received_at) == (lead.pk, lead.number, NOW)
    assert (made.status, made.outcome, made.errors, made.due_at) == ("accepted", "pending", [], LATER)
    assert (made.phone, made.state, made.zones, str(made.cost)) == ("+13125550142", "IL", ["America/Chicago"], "5.00")
    kept = Correction.objects.get()
    assert (kept.by, kept.before, kept.after) == (
        ada,
        {"phone": "12", "zip": "99999999"},
        {"phone": "312 555 0142", "zip": "60601"},
    )
    assert kinds(lead) == ["lead.rejected", "lead.corrected", "lead.accepted"]
    told = Event.objects.get(kind="lead.corrected")
    assert (sentence(told), told.by, "312" in str(told.data)) == ("Corrected: Phone, ZIP.", ada, False)


def test_what_is_still_wrong_is_said_by_field_and_nothing_is_changed(ada: Any) -> None:
    lead = come(make_campaign(), phone="12", zip="99999999")
    with pytest.raises(StillWrong) as refused:
        correct(lead_id=lead.pk, values={"zip": "60601"}, by=ada, now=LATER)
    assert [error.field for error in refused.value.errors] == ["phone"]
    assert (Lead.objects.get(pk=lead.pk).status, Correction.objects.count(), kinds(lead)) == ("rejected", 0, ["lead.rejected"])


def test_a_corrected_lead_may_turn_out_to_be_a_duplicate_or_suppressed(ada: Any) -> None:
    campaign = make_campaign()
    first = come(campaign, email="")
    twice, wanted = come(campaign, phone="12", email=""), come(campaign, phone="13", email="")
    assert correct(lead_id=twice.pk, values={"phone": ANA["phone"]}, by=ada, now=LATER).duplicate_of_id == first.pk
    suppress(kind=SuppressionKind.PHONE, value="312 555 0177", by=ada, now=NOW)
    assert correct(lead_id=wanted.pk, values={"phone": "312 555 0177"}, by=ada, now=LATER).status == "suppressed"


def test_a_duplicate_by_mistake_is_accepted_and_then_others_are_its_duplicates(ada: Any) -> None:
    campaign = make_campaign()
    come(campaign)
    second = come(campaign)
    assert second.status == "duplicate"
    made = correct(lead_id=second.pk, values={"phone": "312 555 0155", "email": None}, by=ada, now=LATER)
    assert (made.status, made.duplicate_of_id, made.email) == ("accepted", None, "")
    assert come(campaign, phone="312 555 0155", email="").duplicate_of_id == second.pk


def test_an_accepted_lead_keeps_what_intake_said_is_located_anew_and_known_by_its_new_values(ada: Any) -> None:
    campaign = make_campaign()
    lead = come(campaign)
    made = correct(lead_id=lead.pk, values={"phone": "(213) 555-0100", "zip": "90012"}, by=ada, now=LATER)
    assert (made.status, made.due_at, made.state, made.zones) == ("accepted", NOW, "CA", ["America/Los_Angeles"])
    assert kinds(lead) == ["lead.accepted", "lead.corrected"]
    assert come(campaign, phone="213 555 0100", email="").duplicate_of_id == lead.pk
    assert come(campaign, email="", phone=ANA["phone"]).status == "accepted"


def test_an_accepted_lead_is_refused_only_for_what_is_changed(ada: Any) -> None:
    campaign = make_campaign()
    lead = come(campaign)
    LeadField.objects.create(lead_type=campaign.lead_type, name="vehicles", label="Vehicles", kind="integer", is_required=True)
    assert correct(lead_id=lead.pk, values={"first_name": " Anna "}, by=ada, now=LATER).first_name == "Anna"
    with pytest.raises(StillWrong) as refused:
        correct(lead_id=lead.pk, values={"phone": "12"}, by=ada, now=LATER)
    assert [error.field for error in refused.value.errors] == ["phone"]
    made = correct(lead_id=lead.pk, values={"vehicles": "2"}, by=ada, now=LATER)
    assert (made.custom, values_of(made)["first_name"]) == ({"vehicles": 2}, "Anna")


def test_the_same_values_are_no_correction_and_a_closed_campaign_takes_none(ada: Any) -> None:
    campaign = make_campaign()
    lead = come(campaign, phone="12")
    with pytest.raises(NothingChanged):
        correct(lead_id=lead.pk, values={"phone": "12"}, by=ada, now=LATER)
    campaign.status = CampaignStatus.PAUSED
    campaign.save()
    with pytest.raises(CampaignShut):
        correct(lead_id=lead.pk, values={"phone": "312 555 0142"}, by=ada, now=LATER)
    assert Correction.objects.count() == 0


def test_rejected_leads_are_judged_anew_after_the_rules_changed_and_others_stay(ada: Any) -> None:
    field = {"name": "vehicles", "label": "Vehicles", "kind": "integer", "is_required": True}
    campaign = make_campaign(fields=(field,))
    lacking = come(campaign, email="", phone="312 555 0111")
    wrong = come(campaign, email="", phone="12")
    accepted = come(campaign, vehicles="2", phone="312 555 0112", email="")
    twice = come(campaign, email="", phone="312 555 0111")
    LeadField.objects.update(is_required=False)
    told = judge_anew(lead_ids=[lacking.pk, wrong.pk, accepted.pk, twice.pk], by=ada, now=LATER)
    assert (dict(told.statuses), told.shut) == ({"accepted": 1, "rejected": 1, "duplicate": 1}, 0)
    assert [Lead.objects.get(pk=one.pk).status for one in (lacking, wrong, accepted, twice)] == [
        "accepted",
        "rejected",
        "accepted",
        "duplicate",
    ]
    assert Lead.objects.get(pk=twice.pk).duplicate_of_id == lacking.pk
    assert sentence(twice.events.first()) == f"Not accepted: a duplicate of {lacking.spoken}."
    assert [error["field"] for error in Lead.objects.get(pk=wrong.pk).errors] == ["phone"]
    assert Event.objects.filter(lead=accepted).count() == 1
    assert Fingerprint.objects.filter(lead=lacking, is_accepted=True).count() == 1


def test_a_paused_campaign_s_leads_stay_as_they_are(ada: Any) -> None:
    campaign = make_campaign()
    lead = come(campaign, phone="12")
    campaign.status = CampaignStatus.PAUSED
    campaign.save()
    told = judge_anew(lead_ids=[lead.pk], by=ada, now=LATER)
    assert (dict(told.statuses), told.shut, Lead.objects.get().status) == ({}, 1, "rejected")


def test_erasing_the_person_empties_what_was_corrected(ada: Any) -> None:
    lead = come(make_campaign())
    correct(lead_id=lead.pk, values={"last_name": "Zyxxy"}, by=ada, now=LATER)
    erase_person(lead=Lead.objects.get(), by=ada, now=LATER)
    assert Correction.objects.values_list("before", "after").get() == ({}, {})
    with pytest.raises(NotThere):
        correct(lead_id=lead.pk, values={"last_name": "Zyxxy"}, by=ada, now=LATER)


def test_a_lead_in_the_queue_stands_where_it_is_now(ada: Any) -> None:
    lead = come(make_campaign())
    Lead.objects.update(due_at=None, outcome="queued")
    make.PullStrategyFactory.create()
    placement = make.PlacementFactory.create(lead=lead)
    correct(lead_id=lead.pk, values={"phone": "(213) 555-0100", "zip": "90012"}, by=ada, now=LATER)
    placement.refresh_from_db()
    assert placement.segment.zones == ["America/Los_Angeles"]
