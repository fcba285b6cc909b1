"""The suppression list: brought, taken along, and left again with a reason that stays."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from distribution.demo import factories as make
from leads.clock import database_now
from leads.models import Event, Suppression, SuppressionChange
from leads.services.suppress import NoReason, hint_of, is_suppressed, suppress, suppress_people, unsuppress

pytestmark = pytest.mark.django_db
PHONE = "+13125550143"


@pytest.fixture
def site() -> Client:
    browser = Client()
    browser.force_login(make.AdministratorFactory.create(username="ada"))
    return browser


def put(phone: str = PHONE) -> Suppression:
    return suppress(kind="phone", value=phone, by=None, now=database_now(), reason="Asked by phone")


def test_a_person_is_taken_off_with_a_reason_and_the_past_says_who_and_why(site: Client) -> None:
    entry = put()
    answer = site.post(reverse("admin:suppression_remove", args=[entry.pk]), {"reason": "Was a slip"})
    assert (answer.status_code, is_suppressed(phones=[PHONE], emails=[])) == (302, False)
    past = [(row.change, row.reason, str(row.by)) for row in SuppressionChange.objects.all()]
    assert past == [("removed", "Was a slip", "ada"), ("added", "Asked by phone", "None")]
    page = site.get(reverse("admin:suppression_past")).content.decode()
    assert "Was a slip" in page
    assert "555" not in page.partition("<h1>")[2].partition("</table>")[0]


@pytest.mark.parametrize("reason", ["", "   ", "\x00"])
def test_without_a_reason_nobody_is_taken_off(site: Client, reason: str) -> None:
    entry = put()
    assert site.post(reverse("admin:suppression_remove", args=[entry.pk]), {"reason": reason}).status_code == 200
    assert is_suppressed(phones=[PHONE], emails=[])
    with pytest.raises(NoReason):
        unsuppress(entry=entry, reason=reason, by=None, now=database_now())


def test_a_manager_adds_and_imports_but_takes_nobody_off_and_no_list_along() -> None:
    entry = put()
    browser = Client()
    browser.force_login(make.ManagerFactory.create())
    assert browser.post(reverse("admin:suppression_remove", args=[entry.pk]), {"reason": "Let me"}).status_code == 403
    assert browser.get(reverse("admin:suppression_export")).status_code == 403
    assert browser.post(reverse("admin:suppression_import"), {"people": "773 555 0100"}).status_code == 302
    assert Suppression.objects.count() == 2
    assert "Take off" not in browser.get(reverse("admin:leads_suppression_changelist")).content.decode()


def test_a_list_is_brought_as_text_or_file_and_told_what_was_new(site: Client) -> None:
    put()
    people = "phone\n(312) 555-0143\n773 555 0100;Bob\nBob@Mail.example\nbob@mail.example\n911\n"
    file = SimpleUploadedFile("list.csv", people.encode("utf-8-sig"), content_type="text/csv")
    answer = site.post(reverse("admin:suppression_import"), {"file": file, "reason": "From the old system"}, follow=True)
    assert "2 new on the list, 1 on it before, 1 neither a phone nor an e-mail." in answer.content.decode()
    assert is_suppressed(phones=["+17735550100"], emails=[])
    assert is_suppressed(phones=[], emails=["Bob@mail.example"])
    assert SuppressionChange.objects.filter(reason="From the old system").count() == 2


@pytest.mark.parametrize("people", ["", "nobody\nhere", ",;"])
def test_a_list_without_people_is_refused_with_a_sentence(site: Client, people: str) -> None:
    page = site.post(reverse("admin:suppression_import"), {"people": people})
    assert "There is no phone or e-mail." in page.content.decode()
    assert Suppression.objects.count() == 0


def test_the_list_taken_along_opens_in_a_spreadsheet_without_running_anything(site: Client) -> None:
    put()
    suppress(kind="email", value="ann@mail.example", by=None, now=database_now(), reason="=HYPERLINK(1)")
    answer = site.get(reverse("admin:suppression_export"))
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[0] == "kind,person,reason,added,by"
    assert lines[1].startswith("email,ann@mail.example,'=HYPERLINK(1),")
    assert lines[2].startswith(f"phone,'{PHONE},Asked by phone,")


def test_the_people_of_leads_are_put_on_the_list_once() -> None:
    lead = make.LeadFactory.create(phone=PHONE, phone2="", email="ann@mail.example")
    again = make.LeadFactory.create(phone=PHONE, phone2="", email="")
    assert suppress_people(leads=[lead, again], reason="Asked", by=None, now=database_now()) == 2
    assert suppress_people(leads=[lead, again], reason="Asked", by=None, now=database_now()) == 0


def test_the_past_and_the_events_name_nobody() -> None:
    put()
    assert [row.hint for row in SuppressionChange.objects.all()] == ["+1 … 43"]
    assert hint_of("email", "ann@mail.example") == "a…@mail.example"
    assert "555" not in str([(event.about, event.data) for event in Event.objects.all()])


def test_leads_of_the_list_are_suppressed_after_asking(site: Client) -> None:
    lead = make.LeadFactory.create(phone=PHONE, phone2="", email="")
    chosen: dict[str, Any] = {"action": "suppress_chosen", "_selected_action": [str(lead.pk)]}
    asked = site.post(reverse("admin:leads_lead_changelist"), chosen).content.decode()
    assert "Phones and e-mails of 1 lead go on the suppression list" in asked
    assert not is_suppressed(phones=[PHONE], emails=[])
    site.post(reverse("admin:leads_lead_changelist"), chosen | {"sure": "yes", "reason": "Asked"})
    assert is_suppressed(phones=[PHONE], emails=[])


def test_unrouted_leads_of_the_list_are_routed_again_and_others_stay(site: Client) -> None:
    stuck = make.LeadFactory.create(outcome="unrouted", due_at=None, routes_left=[])
    sold = make.LeadFactory.create(sold=True)
    chosen: dict[str, Any] = {"action": "rerun_chosen", "_selected_action": [str(stuck.pk), str(sold.pk)]}
    asked = site.post(reverse("admin:leads_lead_changelist"), chosen).content.decode()
    assert "1 lead of those chosen went to nobody" in asked
    assert "1 are not unrouted and stay." in asked
    site.post(reverse("admin:leads_lead_changelist"), chosen | {"sure": "yes"})
    stuck.refresh_from_db()
    sold.refresh_from_db()
    assert (stuck.outcome, sold.outcome) == ("pending", "sold")
