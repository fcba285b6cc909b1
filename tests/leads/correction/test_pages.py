"""Correcting on the lead's page, from the list and by the API: the same judge, by who may."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from distribution.demo import factories as make
from leads.enums import CampaignStatus
from leads.models import Correction, Lead, LeadField
from leads.services.correct import correct_lead
from leads.services.receive import receive_lead
from tests.leads.intake_world import ANA, NOW, make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client: Client) -> Any:
    user = make.AdministratorFactory.create(first_name="Ada")
    client.force_login(user)
    return user


def come(campaign: Any, **fields: Any) -> Lead:
    lead = receive_lead(campaign=campaign, fields={**ANA, **fields}, channel="api", now=NOW).lead
    assert lead is not None
    return Lead.objects.get(pk=lead.pk)


def here(lead: Lead) -> str:
    return reverse("admin:lead_correct", args=[lead.pk])


def filled(client: Client, lead: Lead, **changed: str) -> dict[str, Any]:
    """What a browser would post: every field as it is shown, but for what is changed."""
    form = client.get(here(lead)).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in shown.items()} | changed


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_a_rejected_lead_s_page_says_why_and_lets_it_be_corrected(client: Client, ada: Any) -> None:
    lead = come(make_campaign(), phone="12", zip="99999999")
    page = client.get(reverse("admin:leads_lead_change", args=[lead.pk])).content.decode()
    assert (here(lead) in page, reverse("admin:lead_judge", args=[lead.pk]) in page) == (True, True)
    assert "This is why it is rejected." in client.get(here(lead)).content.decode()
    answer = client.post(here(lead), filled(client, lead, phone="312 555 0142"))
    assert (answer.status_code, answer.context["form"].errors.keys()) == (422, {"zip"})
    assert (Lead.objects.get().status, Correction.objects.count()) == ("rejected", 0)
    answer = client.post(here(lead), filled(client, lead, phone="312 555 0142", zip="60601"), follow=True)
    assert said(answer) == [f"{lead.spoken} is accepted and goes its routes."]
    page = answer.content.decode()
    assert "Corrected: Phone, ZIP." in page
    assert "Phone: 12 → 312 555 0142; ZIP: 99999999 → 60601" in page
    assert reverse("admin:lead_judge", args=[lead.pk]) not in page


def test_values_that_no_choice_knows_stay_in_sight_and_are_chosen_anew(client: Client, ada: Any) -> None:
    fields = (
        {"name": "cover", "label": "Cover", "kind": "choice", "choices": ["full", "part"]},
        {"name": "insured", "label": "Insured", "kind": "boolean"},
    )
    lead = come(make_campaign(fields=fields), cover="half", insured=True)
    assert 'value="half" selected>half (as sent)' in client.get(here(lead)).content.decode()
    answer = client.post(here(lead), filled(client, lead, cover="part"), follow=True)
    assert said(answer) == [f"{lead.spoken} is accepted and goes its routes."]
    assert (Lead.objects.get().custom, Correction.objects.get().after) == ({"cover": "part", "insured": True}, {"cover": "part"})


def test_who_comes_second_sees_what_the_first_one_wrote(client: Client, ada: Any) -> None:
    lead = come(make_campaign())
    mine = filled(client, lead, last_name="Mine")
    correct_lead(lead_id=lead.pk, values={"last_name": "Theirs"}, by=ada, now=NOW)
    answer = client.post(here(lead), mine)
    assert "Somebody corrected this lead meanwhile" in said(answer)[0]
    assert (answer.context["form"]["last_name"].value(), Lead.objects.get().last_name) == ("Theirs", "Theirs")


def test_nothing_changed_and_a_paused_campaign_are_said(client: Client, ada: Any) -> None:
    campaign = make_campaign()
    lead = come(campaign, phone="12")
    assert said(client.post(here(lead), filled(client, lead), follow=True)) == ["Nothing was changed: every value is as it was."]
    campaign.status = CampaignStatus.PAUSED
    campaign.save()
    page = client.post(here(lead), filled(client, lead, phone="312 555 0142")).content.decode()
    assert "Spring is paused, and only an active campaign takes leads." in page
    answer = client.post(reverse("admin:lead_judge", args=[lead.pk]), follow=True)
    assert said(answer) == ["Spring is paused, and only an active campaign takes leads. Make it active first; nothing was changed."]


def test_many_are_judged_again_after_saying_how_many(client: Client, ada: Any) -> None:
    campaign = make_campaign(fields=({"name": "vehicles", "label": "Vehicles", "kind": "integer", "is_required": True},))
    lacking, wrong = come(campaign), come(campaign, phone="12", email="", vehicles="2")
    right = come(campaign, phone="312 555 0188", email="", vehicles="2")
    LeadField.objects.update(is_required=False)
    chosen = {"action": "judge_chosen", "_selected_action": [lacking.pk, wrong.pk, right.pk]}
    asked = client.post(reverse("admin:leads_lead_changelist"), chosen).content.decode()
    assert "2 leads that intake rejected will be judged by the rules that are in force now" in asked
    assert "1 are not rejected and stay." in asked
    answer = client.post(reverse("admin:leads_lead_changelist"), chosen | {"sure": "yes"}, follow=True)
    assert said(answer) == ["1 is accepted and goes its routes; 1 is still rejected."]
    assert {lead.pk: lead.status for lead in Lead.objects.all()} == {
        lacking.pk: "accepted",
        wrong.pk: "rejected",
        right.pk: "accepted",
    }


@pytest.mark.parametrize(("who", "seen"), [(make.ManagerFactory, 200), (make.BranchManagerFactory, 404), (make.RepFactory, 404)])
def test_who_may_correct(client: Client, who: Any, seen: int) -> None:
    lead = come(make_campaign(), phone="12")
    client.force_login(who.create())
    assert client.get(here(lead)).status_code == seen
    assert client.post(here(lead), {"phone": "13", "seen": "0"}).status_code == (422 if seen == 200 else 404)
    assert client.post(reverse("admin:lead_judge", args=[lead.pk])).status_code == (302 if seen == 200 else 404)
    assert Lead.objects.get().status == "rejected"


def test_by_the_api_a_lead_is_corrected_and_judged(client: Client, ada: Any) -> None:
    lead = come(make_campaign(), phone="12")

    def post(what: str, body: Any = None) -> Any:
        return client.post(f"/api/v1/staff/leads/{lead.pk}/{what}/", body, content_type="application/json")

    assert post("judge").json()["status"] == "rejected"
    assert post("correct", {"fields": {"phone": "13"}}).json()["errors"][0]["field"] == "phone"
    assert post("correct", {"fields": {"price": "13"}}).json()["errors"][0]["code"] == "unknown_field"
    assert [post("correct", body).status_code for body in ({}, [], {"fields": []}, {"fields": {"phone": {"a": 1}}})] == [400] * 4
    answer = post("correct", {"fields": {"phone": "312 555 0142", "email": None}})
    assert (answer.status_code, answer.json()["status"], answer.json()["phone"], answer.json()["email"]) == (
        200,
        "accepted",
        "+13125550142",
        "",
    )
    assert post("judge").json()["errors"][0]["code"] == "not_rejected"
    assert post("correct", {"fields": {"phone": "312 555 0142"}}).status_code == 200
    assert Correction.objects.count() == 1
