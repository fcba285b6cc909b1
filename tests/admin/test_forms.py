"""Forms that keep configuration: errors name the place, secrets go in and never come out, what is saved takes part."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clients.models import DeliveryAccount, DeliveryMethod
from distribution.demo import factories as make
from distribution.models import CampaignSale
from distribution.services.versions import live_version, settings_of
from leads.enums import LeadStatus
from leads.models import Campaign, CampaignKey, Lead

USES = {"uses-TOTAL_FORMS": "0", "uses-INITIAL_FORMS": "0"}


def account_form(account: DeliveryAccount, **changed: Any) -> dict[str, Any]:
    form = {
        "client": account.client_id,
        "name": account.name,
        "lead_type": account.lead_type_id,
        "status": account.status,
        "is_automated": "on",
        "price": str(account.price),
        "off_hours": account.off_hours,
        "criteria": "",
        "schedule": "",
        "closed_dates": "",
    }
    return form | USES | changed


def save_account(site: Client, account: DeliveryAccount, **changed: Any) -> Any:
    return site.post(reverse("admin:clients_deliveryaccount_change", args=[account.pk]), account_form(account, **changed))


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("criteria", '{"all": [["state", "in", ["IL"]], ["shoe_size", "eq", 9]]}', "all[1]"),
        ("criteria", '{"all": [["state", "in", ["IL"]]', "This is not JSON"),
        ("criteria", '{"any": [["zip", "gte", 5]]}', "any[0]"),
        ("schedule", '{"mon": ["9-17"]}', "mon[0]: Write a window as HH:MM-HH:MM"),
        ("schedule", '{"monday": ["09:00-17:00"]}', "monday: Not a weekday."),
        ("schedule", "[1]", "Give the windows by weekday"),
    ],
)
def test_an_error_in_criteria_or_hours_names_its_place_and_nothing_is_saved(site: Client, field: str, text: str, told: str) -> None:
    account = make.DeliveryAccountFactory.create()
    page = save_account(site, account, name="renamed", **{field: text})
    assert page.status_code == 200
    assert told in page.content.decode().replace("&#x27;", "'")
    account.refresh_from_db()
    assert account.name != "renamed"


@pytest.mark.parametrize(("field", "kept"), [("price", False), ("budget_day", False), ("required_profit", True)])
def test_no_amount_is_below_zero_but_a_profit_one_may_lose(site: Client, field: str, kept: bool) -> None:  # noqa: FBT001
    account = make.DeliveryAccountFactory.create()
    page = save_account(site, account, **{field: "-1.00"})
    account.refresh_from_db()
    assert (getattr(account, field) == Decimal("-1.00")) is kept
    assert ("Ensure this value is greater than or equal to 0." in page.content.decode()) is not kept


def test_right_criteria_and_hours_are_saved_with_history_of_who(site: Client, administrator: Any) -> None:
    account = make.DeliveryAccountFactory.create()
    hours, criteria = {"mon": ["09:00-17:00"]}, {"all": [["state", "in", ["IL", "WI"]]]}
    assert save_account(site, account, schedule=json.dumps(hours), criteria=json.dumps(criteria), cap_day="40").status_code == 302
    account.refresh_from_db()
    assert (account.schedule, account.criteria, account.cap_day) == (hours, criteria, 40)
    newest = account.history.first()
    assert (newest.history_user, newest.cap_day) == (administrator, 40)


def test_the_checklist_says_what_an_account_still_needs(site: Client) -> None:
    account = make.DeliveryAccountFactory.create()
    page = site.get(reverse("admin:clients_deliveryaccount_change", args=[account.pk])).content.decode()
    assert "2 of 7 done" in page
    assert re.search(r"Delivery method is enabled.*is missing", page)


def method_form(method: DeliveryMethod, **changed: Any) -> dict[str, Any]:
    names = (
        "client_id",
        "name",
        "kind",
        "url",
        "verb",
        "body_kind",
        "auth_kind",
        "auth_user",
        "server_error_means",
        "timeout_seconds",
        "retries",
        "port",
        "file_every",
    )
    form = {name.removesuffix("_id"): getattr(method, name) for name in names}
    return form | {"is_enabled": "on", "secret": "", "headers": "{}", "field_map": "", "rules": ""} | changed


def test_a_secret_is_never_shown_and_an_empty_field_keeps_it(site: Client) -> None:
    method = make.DeliveryMethodFactory.create(secret="s3cret-token", auth_kind="bearer")
    page = reverse("admin:clients_deliverymethod_change", args=[method.pk])
    assert "s3cret-token" not in site.get(page).content.decode()
    answer = site.post(page, method_form(method, name="renamed"))
    assert answer.status_code == 302, re.findall(r"text-red-600[^>]*>(.*?)</div>", answer.content.decode(), re.DOTALL)
    method.refresh_from_db()
    assert (method.name, method.secret) == ("renamed", "s3cret-token")
    site.post(page, method_form(method, secret="another-one"))
    method.refresh_from_db()
    assert method.secret == "another-one"


def test_a_method_that_could_not_work_is_refused_beside_the_field(site: Client) -> None:
    method = make.DeliveryMethodFactory.create()
    page = site.post(reverse("admin:clients_deliverymethod_change", args=[method.pk]), method_form(method, url="ftp://buyer.example/x"))
    assert page.status_code == 200
    assert DeliveryMethod.objects.get(pk=method.pk).url == "https://buyer.example/leads"


def test_a_key_is_shown_once_with_an_example_and_posts_a_lead_until_it_is_revoked(site: Client) -> None:
    campaign = make.CampaignFactory.create()
    page = site.post(reverse("admin:leads_campaign_new_key", args=[campaign.pk]), {"name": "landing page"}).content.decode()
    (plain,) = re.findall(r'id="secret">([^<]+)<', page)
    assert f"Authorization: Bearer {plain}" in page.replace("&#x27;", "'")
    assert plain not in site.get(reverse("admin:leads_campaign_change", args=[campaign.pk])).content.decode()
    body = json.dumps({"fields": {"first_name": "Ada", "phone": "3125550143"}})
    sent = {"data": body, "content_type": "application/json", "headers": {"Authorization": f"Bearer {plain}"}}
    assert Client().post("/api/v1/leads/", **sent).status_code == 201
    key = CampaignKey.objects.get()
    site.post(reverse("admin:leads_campaign_revoke_key", args=[campaign.pk, key.pk]))
    assert Client().post("/api/v1/leads/", **sent).status_code == 401


def test_a_new_campaign_says_how_it_sells(site: Client) -> None:
    source, lead_type = make.SourceFactory.create(), make.LeadTypeFactory.create()
    form = {
        "name": "Autumn",
        "source": source.pk,
        "lead_type": lead_type.pk,
        "status": "active",
        "channel": "web",
        "cost": "4.50",
        "routes": "distribute,push",
        "sale-TOTAL_FORMS": "1",
        "sale-INITIAL_FORMS": "0",
        "sale-0-max_deliveries": "3",
        "sale-0-time_budget_seconds": "300",
        "keys-TOTAL_FORMS": "0",
        "posting_links-TOTAL_FORMS": "0",
        "posting_links-INITIAL_FORMS": "0",
        "keys-INITIAL_FORMS": "0",
    }
    assert site.post(reverse("admin:leads_campaign_add"), form).status_code == 302
    campaign = Campaign.objects.get()
    assert campaign.routes == ["distribute", "push"]
    assert CampaignSale.objects.get(campaign=campaign).max_deliveries == 3


def test_weighted_without_a_secondary_is_refused_on_a_campaign(site: Client) -> None:
    sale = make.CampaignSaleFactory.create()
    campaign = sale.campaign
    form = {
        "name": campaign.name,
        "source": campaign.source_id,
        "lead_type": campaign.lead_type_id,
        "status": "active",
        "channel": "web",
        "cost": "1",
        "routes": "distribute",
        "sale-TOTAL_FORMS": "1",
        "sale-INITIAL_FORMS": "1",
        "sale-0-id": sale.pk,
        "sale-0-campaign": campaign.pk,
        "sale-0-max_deliveries": "1",
        "sale-0-time_budget_seconds": "300",
        "sale-0-automation": "weighted",
        "keys-TOTAL_FORMS": "0",
        "posting_links-TOTAL_FORMS": "0",
        "posting_links-INITIAL_FORMS": "0",
        "keys-INITIAL_FORMS": "0",
    }
    page = site.post(reverse("admin:leads_campaign_change", args=[campaign.pk]), form)
    assert "Weighted and percentage need a secondary automation" in page.content.decode()


def test_a_clients_weight_on_its_page_is_a_new_version_of_the_settings(site: Client, administrator: Any) -> None:
    client = make.ClientFactory.create()
    before = live_version().number
    form = {
        "name": client.name,
        "status": "active",
        "time_zone": "America/Chicago",
        "account_automation": "price",
        "duplicate_hours": "720",
        "weight": "140",
    }
    for name in ("accounts", "methods"):
        form |= {f"{name}-TOTAL_FORMS": "0", f"{name}-INITIAL_FORMS": "0"}
    assert site.post(reverse("admin:clients_client_change", args=[client.pk]), form).status_code == 302
    live = live_version()
    assert (live.number, live.by) == (before + 1, administrator)
    assert settings_of(live).values[client.pk].weight == 140


class TestNewLead:
    def post(self, site: Client, campaign: Campaign, **fields: str) -> Any:
        return site.post(f"{reverse('admin:leads_lead_add')}?campaign={campaign.pk}", fields)

    def test_it_goes_through_intake_and_stands_under_its_number(self, site: Client, administrator: Any) -> None:
        campaign = make.CampaignFactory.create()
        answer = self.post(site, campaign, first_name="Ada", phone="(312) 555-0143", zip="60601")
        lead = Lead.objects.get()
        assert answer["Location"] == reverse("admin:leads_lead_change", args=[lead.pk])
        assert (lead.status, lead.phone, lead.submission.channel) == (LeadStatus.ACCEPTED, "+13125550143", "form")
        assert lead.events.get().by == administrator

    def test_errors_stand_beside_their_fields_and_nothing_is_kept(self, site: Client) -> None:
        field = make.LeadFieldFactory.create(name="roof_age", label="Roof age", kind="integer", is_required=True)
        campaign = make.CampaignFactory.create(lead_type=field.lead_type)
        page = self.post(site, campaign, first_name="Ada", phone="12", roof_age="old").content.decode()
        assert "Nothing was kept yet." in page
        assert page.count('class="error"') == 2
        assert not Lead.objects.exists()

    def test_a_duplicate_is_kept_and_said_to_be_one(self, site: Client) -> None:
        campaign = make.CampaignFactory.create()
        self.post(site, campaign, first_name="Ada", phone="3125550143")
        page = site.post(f"{reverse('admin:leads_lead_add')}?campaign={campaign.pk}", {"phone": "3125550143"}, follow=True).content.decode()
        assert "is a duplicate of a lead that is already here" in page

    def test_a_paused_campaign_takes_none(self, site: Client) -> None:
        campaign = make.CampaignFactory.create(status="paused")
        assert self.post(site, campaign, phone="3125550143").status_code == 404
        assert not Lead.objects.exists()


def test_somebody_suppressed_by_hand_is_known_to_intake(site: Client) -> None:
    site.post(reverse("admin:leads_suppression_add"), {"kind": "phone", "value": "(312) 555-0143", "reason": "asked by phone"})
    campaign = make.CampaignFactory.create()
    TestNewLead().post(site, campaign, phone="3125550143")
    assert Lead.objects.get().status == LeadStatus.SUPPRESSED


def test_what_is_no_phone_is_refused_by_the_suppression_list(site: Client) -> None:
    page = site.post(reverse("admin:leads_suppression_add"), {"kind": "phone", "value": "12"})
    assert page.status_code == 200


@pytest.mark.parametrize(
    ("kind", "use", "told"),
    [
        ("file", "always", "A file holds what is sold by it, so it takes no copies."),
        ("portal", "always", "The client sees every lead it bought in its own view anyway"),
        ("file", "first", ""),
        ("webhook", "always", ""),
    ],
)
def test_no_copy_goes_by_a_file_or_the_clients_own_view(site: Client, kind: str, use: str, told: str) -> None:
    account = make.DeliveryAccountFactory.create(method=None)
    method = make.DeliveryMethodFactory.create(client=account.client, kind=kind)
    line = {"uses-TOTAL_FORMS": "1", "uses-0-position": "0", "uses-0-method": method.pk, "uses-0-use": use, "uses-0-account": account.pk}
    page = save_account(site, account, **line)
    assert (page.status_code, account.uses.count()) == ((200, 0) if told else (302, 1))
    assert told in page.content.decode()


def test_beside_a_choice_there_is_no_link_that_would_be_refused(site: Client) -> None:
    account = make.DeliveryAccountFactory.create(method=True)
    campaign = make.CampaignSaleFactory.create(client_group=make.ClientGroupFactory.create()).campaign
    pages = [
        site.get(reverse(f"admin:{name}_change", args=[row.pk])).content.decode()
        for name, row in (
            ("clients_deliveryaccount", account),
            ("clients_deliverymethod", account.uses.get().method),
            ("leads_campaign", campaign),
        )
    ]
    assert [page.count("delete-related") for page in pages] == [0, 0, 0]
    assert [page.count("change-related") > 0 for page in pages] == [True, True, True]
