"""A vendor reads how to post under a link that cannot be guessed, tries it with the key, and loses the page when the link is revoked."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from distribution.demo import factories as make
from leads.api.posting_page import ANSWERS
from leads.models import Event, Lead, PostingLink
from leads.services.posting_links import create_link, revoke_link
from tests.leads.intake_world import NOW, make_sender

pytestmark = pytest.mark.django_db(transaction=True)
FIELD = {"name": "roof_age", "kind": "integer", "label": "Age of the roof", "is_required": True}


def page_of(link: PostingLink) -> str:
    return reverse("posting", args=[link.token])


def test_the_page_tells_everything_but_a_key() -> None:
    sender = make_sender(fields=(FIELD,))
    answer = Client().get(page_of(create_link(campaign=sender.campaign, by=None, now=NOW)))
    text = answer.content.decode()
    for word in ("roof_age", "Age of the roof", "integer", "/api/v1/leads/", "curl", "Python", "PHP", "JavaScript", "429"):
        assert word in text
    assert sender.plain not in text
    assert sender.key.prefix not in text
    assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == ("no-store", "noindex, nofollow")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("body", "meaning"),
    [
        (b'{"fields": {"phone": "312 555 0100", "zip": "60601"}}', "The lead is accepted"),
        (b'{"fields": {"phone": "312 555 0199", "zip": "60601"}}', "it is a duplicate"),
        (b'{"fields": {"phone": "12"}}', "The lead is rejected"),
        (b'{"fields": ', "The body cannot be read"),
    ],
)
def test_the_page_says_of_each_status_what_the_door_means_by_it(body: bytes, meaning: str) -> None:
    sender = make_sender()
    bearer = {"Authorization": f"Bearer {sender.plain}"}
    before = b'{"fields": {"phone": "312 555 0199", "zip": "60601"}}'
    assert Client().post("/api/v1/leads/", before, content_type="application/json", headers=bearer).status_code == 201
    answer = Client().post("/api/v1/leads/", body, content_type="application/json", headers=bearer)
    assert [meaning in said for status, said in ANSWERS if str(answer.status_code) in status] == [True]


def test_an_unknown_or_revoked_link_is_not_there() -> None:
    link = create_link(campaign=make_sender().campaign, by=None, now=NOW)
    assert Client().get(page_of(link)).status_code == 200
    assert revoke_link(link=link, by=None, now=NOW)
    assert not revoke_link(link=link, by=None, now=NOW)
    assert [Client().get(reverse("posting", args=[token])).status_code for token in (link.token, "guess")] == [404, 404]
    assert sorted(Event.objects.filter(kind__startswith="link.").values_list("kind", flat=True)) == ["link.created", "link.revoked"]


def test_a_key_of_another_campaign_posts_nothing_here() -> None:
    link = create_link(campaign=make_sender().campaign, by=None, now=NOW)
    other = make_sender(name="Autumn")
    answer = Client().post(page_of(link), {"key": other.plain, "lead": '{"phone": "312 555 0100"}'})
    assert "Answer 401" in answer.content.decode()
    assert Lead.objects.count() == 0


@pytest.mark.parametrize("lead", ["[]", "{", "[" * 20_000])
def test_what_is_no_object_is_said_beside_the_field(lead: str) -> None:
    sender = make_sender()
    answer = Client().post(page_of(create_link(campaign=sender.campaign, by=None, now=NOW)), {"key": sender.plain, "lead": lead})
    assert "This is not a JSON object" in answer.content.decode()
    assert sender.plain not in answer.content.decode()


def test_whoever_asks_too_often_waits(settings: Any) -> None:
    settings.INTAKE_RATE, settings.INTAKE_BURST = 0.1, 2
    address = page_of(create_link(campaign=make_sender().campaign, by=None, now=NOW))
    assert [Client().get(address).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.page
def test_a_link_is_made_read_tried_and_revoked(page: Page, live_server: Any, settings: Any) -> None:
    settings.PUBLIC_URL = live_server.url
    sender = make_sender(fields=(FIELD,))
    browser = Client()
    browser.force_login(make.AdministratorFactory.create())
    page.context.add_cookies([{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}])
    campaign = f"{live_server.url}/admin/leads/campaign/{sender.campaign.pk}"
    page.goto(f"{campaign}/links/new/")
    page.get_by_role("button", name="Make the link").click()
    link = PostingLink.objects.get()
    address = live_server.url + page_of(link)
    expect(page.get_by_role("link", name=address)).to_have_attribute("href", address)

    page.context.clear_cookies()
    page.goto(address)
    page.get_by_label("Your key").fill("sw_live_wrong")
    page.get_by_role("button", name="Post a test lead").click()
    expect(page.get_by_role("status")).to_contain_text("Answer 401")
    assert Lead.objects.count() == 0
    page.get_by_label("Your key").fill(sender.plain)
    page.get_by_role("button", name="Post a test lead").click()
    expect(page.get_by_role("status")).to_contain_text("Answer 201")
    lead = Lead.objects.get()
    assert (lead.is_test, lead.status, lead.campaign_id) == (True, "accepted", sender.campaign.pk)
    assert sender.plain not in page.content()
    python = page.locator("[data-program=Python]").inner_text()
    ran = subprocess.run(
        [sys.executable, "-c", python],
        env=os.environ | {"SWITCHYARD_KEY": sender.plain},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert ran.stdout.startswith("201 ")
    assert Lead.objects.count() == 2

    browser.post(reverse("admin:leads_campaign_revoke_link", args=[sender.campaign.pk, link.pk]))
    gone = page.goto(address)
    assert gone is not None
    assert gone.status == 404
