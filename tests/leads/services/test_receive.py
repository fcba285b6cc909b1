"""A lead comes in: judged, located, looked up, and stored whatever was said of it."""

from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.domain.intake import FieldError
from leads.enums import DuplicateAgainst
from leads.models import CapWindow, Company, Event, Fingerprint, Lead, LeadType, Submission
from leads.services.drafts import Arrival
from leads.services.receipts import Receipt
from leads.services.receive import CampaignShut, Origin, receive_lead, receive_leads
from leads.services.suppress import suppress
from leads.signals import lead_ready
from tests.leads.intake_world import ANA, NOW, make_campaign

pytestmark = pytest.mark.django_db
BEN = {"first_name": "Ben", "phone": "3125550155", "email": "ben@mail.example"}


def take(campaign: Any, fields: Any = None, **more: Any) -> Receipt:
    return receive_lead(campaign=campaign, fields=ANA if fields is None else fields, channel="api", now=more.pop("now", NOW), **more)


def batch(campaign: Any, *fields: Any) -> list[str]:
    arrivals = [Arrival(one) for one in fields]
    return [receipt.status for receipt in receive_leads(campaign=campaign, arrivals=arrivals, origin=Origin("file"), now=NOW)]


def events(lead: Lead) -> list[tuple[str, dict[str, Any]]]:
    return list(lead.events.values_list("kind", "data"))


def test_an_accepted_lead_is_normalised_located_and_due():
    campaign = make_campaign(cost="7.50")
    receipt = take(campaign, ANA | {"colour": "red"}, raw={"fields": ANA, "test": False}, address="203.0.113.7", agent="curl/8")
    lead = Lead.objects.get()
    assert (receipt.status, receipt.errors, receipt.lead_id, receipt.is_replay) == ("accepted", (), lead.pk, False)
    assert (lead.phone, lead.email, lead.zip, lead.state) == ("+13125550100", "Ana@mail.example", "60601", "IL")
    assert (lead.zones, lead.states) == (["America/Chicago"], ["IL"])
    assert (round(lead.latitude), round(lead.longitude)) == (42, -88)
    assert (lead.status, lead.outcome, lead.errors, lead.unmapped) == ("accepted", "pending", [], {"colour": "red"})
    assert (lead.due_at, lead.received_at, lead.routes_left, lead.finished_at) == (NOW, NOW, ["distribute", "push", "pull"], None)
    assert (lead.cost, lead.is_test, lead.lead_type) == (Decimal("7.50"), False, campaign.lead_type)
    assert events(lead) == [("lead.accepted", {"channel": "api"})]
    submission = Submission.objects.get()
    assert submission.body == {"fields": ANA, "test": False}
    assert (submission.channel, submission.address, submission.agent) == ("api", "203.0.113.7", "curl/8")


def test_numbers_count_up_and_are_what_people_say():
    campaign = make_campaign()
    first, second = take(campaign).lead, take(campaign, BEN).lead
    assert second.number == first.number + 1
    assert Lead.objects.get(pk=second.pk).spoken == f"L-{second.number}"


def test_a_source_may_say_itself_where_the_lead_is():
    take(make_campaign(), ANA | {"latitude": "40.5", "longitude": -74, "state": "New Jersey"})
    lead = Lead.objects.get()
    assert (lead.latitude, lead.longitude, lead.state) == (40.5, -74.0, "NJ")


def test_own_fields_are_kept_with_their_types():
    fields = ({"name": "roof", "kind": "integer"}, {"name": "bill", "kind": "decimal"}, {"name": "moves", "kind": "date"})
    take(make_campaign(fields=fields), ANA | {"roof": "12", "bill": "1,250.50", "moves": "03/02/2026"})
    assert Lead.objects.get().custom == {"roof": 12, "bill": "1250.50", "moves": "2026-03-02"}


def test_a_rejected_lead_is_stored_with_every_reason_and_goes_nowhere():
    receipt = take(make_campaign(), {"phone": "911", "zip": "1", "first_name": "Ana"})
    lead = Lead.objects.get()
    assert (receipt.status, lead.status, lead.outcome, lead.due_at, lead.finished_at) == ("rejected", "rejected", "", None, NOW)
    assert [(error.field, error.code) for error in receipt.errors] == [("phone", "bad_phone"), ("zip", "bad_zip")]
    assert [(error["field"], error["code"]) for error in lead.errors] == [("phone", "bad_phone"), ("zip", "bad_zip")]
    assert (lead.first_name, lead.cost, lead.routes_left) == ("Ana", 0, [])
    assert events(lead) == [("lead.rejected", {"channel": "api", "codes": ["bad_phone", "bad_zip"]})]


def test_what_no_database_can_hold_is_kept_written_out():
    receipt = take(make_campaign(), {"first_name": "A\x00na", "last_name": "\ud800", "note\x00": {"a": ["\x00"]}})
    assert {error.code for error in receipt.errors} == {"bad_character"}
    assert Submission.objects.get().body == {
        "fields": {"first_name": "A\\u0000na", "last_name": "\\ud800", "note\\u0000": {"a": ["\\u0000"]}}
    }


def test_same_phone_or_same_email_is_a_duplicate_whatever_the_campaign():
    first = take(make_campaign()).lead
    same_phone = take(make_campaign(name="Other"), {"phone": "+1 312-555-0100"}).lead
    same_email = take(make_campaign(name="Third"), {"email": "ANA@mail.example"}).lead
    other = take(make_campaign(name="Fourth"), BEN).lead
    assert [(lead.status, lead.duplicate_of_id) for lead in (same_phone, same_email, other)] == [
        ("duplicate", first.pk),
        ("duplicate", first.pk),
        ("accepted", None),
    ]
    assert (same_phone.outcome, same_phone.cost, same_phone.due_at) == ("", 0, None)
    assert events(same_phone) == [("lead.duplicate", {"channel": "api", "of": first.spoken})]


def test_another_lead_type_knows_nothing_of_it():
    take(make_campaign())
    assert take(make_campaign(name="Roofs", lead_type=LeadType.objects.create(name="Roofs"))).status == "accepted"


@pytest.mark.parametrize(("hours_later", "status"), [(719, "duplicate"), (720, "accepted"), (721, "accepted")])
def test_the_look_back_is_720_hours(hours_later, status):
    campaign = make_campaign()
    take(campaign)
    assert take(campaign, now=NOW + timedelta(hours=hours_later)).status == status


@pytest.mark.parametrize(
    ("own", "hours_later", "status"), [(1, 2, "accepted"), (3, 2, "duplicate"), (0, 0, "accepted"), (None, 2, "duplicate")]
)
def test_a_campaign_may_look_back_for_as_long_as_it_likes(own, hours_later, status):
    campaign = make_campaign(duplicate_hours=own)
    take(campaign)
    assert take(campaign, now=NOW + timedelta(hours=hours_later)).status == status


def test_all_fields_of_a_set_must_agree():
    lead_type = LeadType.objects.create(name="Homes", duplicate_sets=[["phone", "zip"]])
    campaign = make_campaign(lead_type=lead_type)
    take(campaign)
    assert take(campaign, ANA | {"zip": "60602"}).status == "accepted"
    assert take(campaign, {"phone": "3125550100"}).status == "accepted"
    assert take(campaign, {"phone": "3125550100", "zip": "60601-1234"}).status == "duplicate"


@pytest.mark.parametrize(("against", "status"), [(DuplicateAgainst.ACCEPTED, "accepted"), (DuplicateAgainst.ALL, "duplicate")])
def test_a_rejected_lead_counts_only_where_all_are_compared(against, status):
    campaign = make_campaign(lead_type=LeadType.objects.create(name="Any", duplicate_against=against))
    take(campaign, ANA | {"zip": "1"})
    assert take(campaign).status == status


@pytest.mark.parametrize(("kind", "value"), [("phone", "312-555-0100"), ("email", "ana@MAIL.example")])
def test_who_is_suppressed_is_never_accepted_and_only_a_hash_is_compared(kind, value):
    entry = suppress(kind=kind, value=value, by=None, now=NOW)
    entry.shown = ""
    entry.save()
    lead = take(make_campaign()).lead
    assert (lead.status, lead.outcome, lead.due_at, lead.cost) == ("suppressed", "", None, 0)
    assert take(make_campaign(name="Other"), BEN).status == "accepted"


def test_a_second_phone_may_be_the_suppressed_one():
    suppress(kind="phone", value="3125550100", by=None, now=NOW)
    assert take(make_campaign(), {"phone": "3125550177", "phone2": "3125550100"}).status == "suppressed"


def test_a_suppressed_duplicate_is_suppressed():
    campaign = make_campaign()
    take(campaign)
    suppress(kind="phone", value="3125550100", by=None, now=NOW)
    assert take(campaign).status == "suppressed"


@pytest.mark.parametrize("status", ["paused", "closed"])
def test_only_an_active_campaign_takes_leads(status):
    with pytest.raises(CampaignShut) as shut:
        take(make_campaign(status=status))
    assert (shut.value.status, Lead.objects.count()) == (status, 0)


def test_an_archived_campaign_is_closed():
    with pytest.raises(CampaignShut) as shut:
        take(make_campaign(archived_at=NOW))
    assert shut.value.status == "closed"


@pytest.mark.parametrize(
    ("campaign", "post"),
    [({"is_test": True}, {}), ({}, {"is_test": True}), ({"treats_555_as_test": True}, {})],
    ids=["campaign in test mode", "posted as a test", "555-01xx where the campaign says so"],
)
def test_a_test_is_judged_and_goes_nowhere(campaign, post):
    lead = take(make_campaign(cap_day=0, **campaign), **post).lead
    assert (lead.status, lead.outcome, lead.is_test, lead.cost) == ("accepted", "finished", True, 0)
    assert (lead.due_at, lead.routes_left, lead.finished_at) == (None, [], NOW)
    assert (Fingerprint.objects.count(), CapWindow.objects.count()) == (0, 0)
    assert events(lead) == [("lead.accepted", {"channel": "api", "test": True})]


def test_a_test_makes_no_later_lead_a_duplicate_and_may_be_one_itself():
    campaign = make_campaign()
    assert [take(campaign, is_test=True).status, take(campaign, is_test=True).status] == ["accepted", "accepted"]
    assert take(campaign).status == "accepted"
    assert take(campaign, is_test=True).status == "duplicate"


def test_555_numbers_are_ordinary_leads_elsewhere():
    assert take(make_campaign(treats_555_as_test=False)).lead.is_test is False
    assert take(make_campaign(name="Other", treats_555_as_test=True), {"phone": "3125559999"}).lead.is_test is False


def test_a_full_campaign_rejects_and_keeps():
    Company.objects.create(name="Us", time_zone="America/Chicago")
    campaign = make_campaign(cap_day=2, cap_total=100)
    got = [take(campaign, {"phone": f"312555010{n}"}) for n in range(3)]
    assert [receipt.status for receipt in got] == ["accepted", "accepted", "rejected"]
    assert [error.code for error in got[2].errors] == ["campaign_full"]
    assert Lead.objects.get(pk=got[2].lead_id).errors[0]["code"] == "campaign_full"
    assert {(one.kind, one.used) for one in CapWindow.objects.all()} == {("day", 2), ("total", 2)}


def test_a_full_campaign_opens_at_the_companys_midnight():
    Company.objects.create(name="Us", time_zone="America/Chicago")
    campaign = make_campaign(cap_day=1)
    last = NOW.replace(hour=5, minute=59).astimezone(UTC)
    at = [last - timedelta(hours=1), last, last + timedelta(minutes=1)]
    assert [take(campaign, {"phone": f"312555010{n}"}, now=now).status for n, now in enumerate(at)] == ["accepted", "rejected", "accepted"]


def test_duplicates_take_no_place():
    campaign = make_campaign(cap_day=2)
    assert [take(campaign).status, take(campaign).status, take(campaign, BEN).status] == ["accepted", "duplicate", "accepted"]


def test_leads_that_come_together_are_judged_one_after_the_other():
    assert batch(make_campaign(), ANA, BEN, ANA, {"phone": "1"}, BEN | {"first_name": "B"}) == [
        "accepted",
        "accepted",
        "duplicate",
        "rejected",
        "duplicate",
    ]
    first, second = Lead.objects.filter(status="accepted").order_by("number")
    assert list(Lead.objects.filter(status="duplicate").order_by("number").values_list("duplicate_of", flat=True)) == [first.pk, second.pk]


def test_a_batch_fills_the_last_places_exactly():
    campaign = make_campaign(cap_day=2)
    assert batch(campaign, ANA, ANA, BEN, {"phone": "3125550133"}, {"phone": "3125550133"}) == [
        "accepted",
        "duplicate",
        "accepted",
        "rejected",
        "rejected",
    ]
    assert CapWindow.objects.get().used == 2


def test_a_thousand_leads_take_as_many_questions_as_one():
    campaign = make_campaign()
    asked = []
    for count in (1, 1_000):
        arrivals = [Arrival({"phone": f"31277{count % 7:01d}{n:04d}"}) for n in range(count)]
        with CaptureQueriesContext(connection) as queries:
            receipts = receive_leads(campaign=campaign, arrivals=arrivals, origin=Origin("file"), now=NOW)
        assert {receipt.status for receipt in receipts} == {"accepted"}
        asked.append(len(queries))
    assert asked == [5, 5]  # the type's fields, savepoint, locks with the look-up, rows, release


def test_the_signal_is_sent_once_committed_and_only_for_what_may_be_routed(django_capture_on_commit_callbacks):
    heard: list[Any] = []
    lead_ready.connect(lambda **told: heard.append(told["sender"]), weak=False, dispatch_uid="test")
    try:
        campaign = make_campaign()
        with django_capture_on_commit_callbacks() as waiting:
            take(campaign)
        assert (len(waiting), heard) == (1, [])
        waiting[0]()
        with django_capture_on_commit_callbacks() as waiting:
            take(campaign)
            take(campaign, {"phone": "1"})
            take(campaign, BEN, is_test=True)
        assert (waiting, heard) == ([], [Lead])
    finally:
        lead_ready.disconnect(dispatch_uid="test")


def test_no_event_repeats_what_a_person_is_called():
    campaign = make_campaign()
    for fields in (ANA, ANA, ANA | {"zip": "9"}):
        take(campaign, fields)
    told = str(list(Event.objects.values_list("kind", "about", "data")))
    assert [word for word in ("Ana", "3125550100", "mail.example") if word in told] == []


def test_what_came_with_its_receipt_keeps_its_place():
    unreadable = Receipt(None, "error", (FieldError(None, "not_an_object", "No lead."),))
    arrivals = [Arrival(ANA), unreadable, Arrival(BEN)]
    receipts = receive_leads(campaign=make_campaign(), arrivals=arrivals, origin=Origin("api"), now=NOW)
    assert [receipt.status for receipt in receipts] == ["accepted", "error", "accepted"]
    assert Lead.objects.count() == 2
