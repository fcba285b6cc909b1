"""A person asks to be forgotten: afterwards nothing in the database or in written files names them, and the books still add up."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import Error, connection, models, transaction
from django.test import Client
from django.urls import reverse

from distribution.demo import factories as make
from leads.clock import database_now
from leads.enums import LeadOutcome, LeadStatus, SuppressionKind
from leads.models import Event, Fingerprint, Lead, Note, Submission, Suppression, SuppressionChange
from leads.models.lead import STANDARD_COLUMNS
from leads.personal import EVIDENCE, LEAD_BLANKS, REGISTRY
from leads.services.erase import erase_person
from leads.services.exports import path_of, start_export
from leads.services.file_work import drain_files
from leads.services.notes import add_note
from leads.services.receive import receive_lead
from leads.services.suppress import is_suppressed, suppress
from tests.leads.intake_world import NOW, make_campaign

pytestmark = pytest.mark.django_db
CANARY = "zyxxy"
PERSON = {
    "first_name": f"{CANARY}-first",
    "last_name": f"{CANARY}-last",
    "email": f"{CANARY}@mail.example",
    "phone": "312 555 0142",
    "address": f"1 {CANARY} Street",
    "zip": "60601",
    "consent_text": f"I, {CANARY}, agree",
    "consent_url": "https://cert.trustedform.com/0123456789abcdef",
    "note": f"{CANARY} note",
}


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.FILES_ROOT = tmp_path / "files"


@pytest.fixture
def ada(db: None) -> Any:
    return make.AdministratorFactory.create(first_name="Ada")


@pytest.fixture
def sold(ada: Any) -> Lead:
    """A lead with everything that may speak of a person."""
    lead = receive_lead(campaign=make_campaign(), fields=PERSON, channel="api", now=NOW, address="203.0.113.7", agent=CANARY).lead
    assert lead is not None
    Lead.objects.filter(pk=lead.pk).update(outcome=LeadOutcome.SOLD, due_at=None)
    told = {"verb": "POST", "body": f"name={CANARY}&phone=+13125550142"}
    delivery = make.DeliveryFactory.create(lead=lead, accepted=True, payload=told, message=f"{CANARY} is known", client_reference=CANARY)
    make.AttemptFactory.create(delivery=delivery, request=told, answer=f"thanks for {CANARY}", message=CANARY)
    make.DeliveryCopyFactory.create(delivery=delivery, payload=told)
    make.ReturnFactory.create(delivery=delivery, reason=f"{CANARY} did not answer")
    add_note(lead=lead, text=f"{CANARY} likes mornings", by=ada, now=NOW)
    return Lead.objects.get(pk=lead.pk)


def tables_naming(*words: str) -> list[str]:
    """Every table of the database in which a row, written out whole, holds one of the words."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            like = " OR ".join(["x::text ILIKE %s"] * len(words))
            cursor.execute(f'SELECT count(*) FROM "{table}" x WHERE {like}', [f"%{word}%" for word in words])
            found += [table] * bool(cursor.fetchone()[0])
    return found


def test_i35_afterwards_no_table_names_the_person(sold: Lead, ada: Any) -> None:
    before = tables_naming(CANARY, "3125550142")
    assert {"leads_lead", "leads_submission", "leads_note", "distribution_delivery", "distribution_attempt"} <= set(before)
    erase_person(lead=sold, by=ada, now=NOW)
    assert tables_naming(CANARY, "3125550142") == []


def test_what_stays_is_evidence_and_the_books(sold: Lead, ada: Any) -> None:
    delivery = sold.deliveries.get()
    erase_person(lead=sold, by=ada, now=NOW)
    lead = Lead.objects.get()
    assert (lead.number, lead.received_at, lead.status, lead.outcome, lead.due_at) == (
        sold.number,
        NOW,
        LeadStatus.ACCEPTED,
        "erased",
        None,
    )
    assert lead.consent_url == PERSON["consent_url"]
    assert (lead.name, lead.email, lead.phone, lead.zip, lead.zones, lead.unmapped, lead.latitude) == ("", "", "", "", [], {}, None)
    kept = lead.deliveries.get()
    assert (kept.pk, kept.state, kept.price, kept.client_id) == (delivery.pk, "accepted", delivery.price, delivery.client_id)
    assert (Submission.objects.get().body, Fingerprint.objects.count(), Note.objects.count()) == ({}, 0, 0)
    event = Event.objects.get(kind="lead.erased")
    assert (event.by, event.data["has_certificate"], len(event.data["consent_sha256"])) == (ada, True, 64)


def test_the_person_stays_on_the_suppression_list_as_a_hash_alone(sold: Lead, ada: Any) -> None:
    other = suppress(kind=SuppressionKind.PHONE, value="+13125550199", by=ada, now=NOW, reason="Asked")
    suppress(kind=SuppressionKind.PHONE, value="+13125550142", by=ada, now=NOW, reason="Asked")
    other_hint = SuppressionChange.objects.get(digest=other.digest).hint
    erase_person(lead=sold, by=ada, now=NOW)
    assert set(SuppressionChange.objects.exclude(digest=other.digest).values_list("hint", flat=True)) == {""}
    assert SuppressionChange.objects.get(digest=other.digest).hint == other_hint != ""
    Suppression.objects.filter(pk=other.pk).delete()
    assert set(Suppression.objects.values_list("shown", flat=True)) == {""}
    assert is_suppressed(phones=["+13125550142"], emails=[])
    again = receive_lead(campaign=sold.campaign, fields={"phone": "312 555 0142"}, channel="api", now=NOW)
    assert again.status == "suppressed"


def test_without_suppression_the_person_may_come_again(sold: Lead, ada: Any) -> None:
    erase_person(lead=sold, by=ada, now=NOW, suppresses=False)
    assert receive_lead(campaign=sold.campaign, fields={"phone": "312 555 0142"}, channel="api", now=NOW).status == "accepted"


def test_every_lead_of_the_phone_or_the_mail_goes_and_nobody_elses(sold: Lead, ada: Any) -> None:
    def come(**fields: str) -> Any:
        return receive_lead(campaign=sold.campaign, fields=fields, channel="api", now=NOW).lead

    same_phone = come(phone="312 555 0142", first_name="Other")
    same_mail = come(phone="312 555 0143", email=PERSON["email"])
    other = come(phone="312 555 0144", first_name="Nobody")
    erased = erase_person(lead=sold, by=ada, now=NOW)
    assert {lead.pk for lead in erased} == {sold.pk, same_phone.pk, same_mail.pk}
    assert Lead.objects.exclude(outcome="erased").get() == other
    assert other.fingerprints.count() == 1


def test_written_files_go_as_well(sold: Lead, ada: Any) -> None:
    job = start_export(query="", form="csv", by=ada, now=database_now())
    drain_files(seconds=60)
    assert CANARY in path_of(job).read_text(encoding="utf-8-sig")
    erase_person(lead=sold, by=ada, now=NOW)
    assert not path_of(job).exists()


def test_what_is_only_ever_added_is_guarded_again_in_the_same_transaction(sold: Lead, ada: Any) -> None:
    erase_person(lead=sold, by=ada, now=NOW)
    with pytest.raises(Error, match="only ever added"), transaction.atomic():
        Submission.objects.update(channel="form")


TEXTS = (models.CharField, models.TextField, models.JSONField)


def test_i35_every_text_column_that_speaks_of_a_lead_is_in_the_registry() -> None:
    """A new column fails here until somebody says whether it holds people's data."""
    for place in REGISTRY:
        if place.goes:
            continue
        model = apps.get_model(place.model)
        texts = {field.name for field in model._meta.concrete_fields if isinstance(field, TEXTS)}
        assert texts == {*place.blanks, *place.kept} & texts, f"{place.model}: {sorted(texts - {*place.blanks, *place.kept})}"
    assert set(STANDARD_COLUMNS) - set(EVIDENCE) <= set(LEAD_BLANKS)


def test_an_administrator_types_the_number_and_is_told_whom_to_tell(client: Client, sold: Lead, ada: Any) -> None:
    client.force_login(ada)
    here = reverse("admin:lead_erase", args=[sold.pk])
    assert here in client.get(reverse("admin:leads_lead_change", args=[sold.pk])).content.decode()
    assert sold.deliveries.get().client.name in client.get(here).content.decode()
    answer = client.post(here, {"typed": "yes"})
    assert (answer.status_code, f"Type {sold.spoken} to confirm. Nothing was erased." in answer.content.decode()) == (422, True)
    assert Lead.objects.get().outcome == "sold"
    answer = client.post(here, {"typed": sold.spoken.lower(), "suppress": "yes"}, follow=True)
    page = answer.content.decode()
    assert "1 lead was erased. Tell these clients" in page
    assert CANARY not in page
    assert client.get(here).status_code == 404


@pytest.mark.parametrize("who", [make.ManagerFactory, make.BranchManagerFactory, make.RepFactory])
def test_nobody_else_erases(client: Client, sold: Lead, who: Any) -> None:
    client.force_login(who.create())
    here = reverse("admin:lead_erase", args=[sold.pk])
    assert client.get(here).status_code == 404
    assert client.post(here, {"typed": sold.spoken}).status_code == 404
    assert Lead.objects.get().first_name == PERSON["first_name"]
