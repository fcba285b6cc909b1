"""The API as people read it: without signing in, under the strict content policy, from this server alone."""

import json
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tests.leads.intake_world import make_sender


@pytest.mark.django_db
def test_the_openapi_names_every_call_with_all_its_answers() -> None:
    told = json.loads(Client().get("/api/schema/", {"format": "json"}).content)
    posting = told["paths"]["/api/v1/leads/"]["post"]
    assert sorted(posting["responses"]) == ["200", "201", "400", "401", "403", "405", "409", "413", "415", "422", "429", "503"]
    assert {path for path in told["paths"] if not path.startswith("/api/v1/staff/")} == {
        "/api/v1/leads/",
        "/api/v1/leads/batch/",
        "/api/v1/leads/{id}/",
        "/api/v1/campaigns/self/spec/",
    }


@pytest.mark.page
@pytest.mark.django_db(transaction=True)
def test_a_vendor_reads_how_to_post_and_posts_a_lead_from_the_page(context: Any, live_server: Any) -> None:
    complaints: list[str] = []
    page: Page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("request", lambda asked: complaints.append(asked.url) if not asked.url.startswith((live_server.url, "data:")) else None)
    page.goto(f"{live_server.url}/api/docs/")
    page.get_by_role("button", name="Authorize").click()
    page.locator("#auth-bearer-value").first.fill(make_sender().plain)
    page.get_by_role("button", name="Apply credentials").first.click()
    page.get_by_role("button", name="Close").first.click()
    page.get_by_role("button", name="POST /api/v1/leads/ Post a lead").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table .response").first).to_contain_text("201")
    expect(page.locator(".live-responses-table .response").first).to_contain_text("accepted")
    assert complaints == []


@pytest.mark.page
@pytest.mark.django_db(transaction=True)
def test_without_a_key_the_page_posts_nothing(context: Any, live_server: Any) -> None:
    page: Page = context.new_page()
    page.goto(f"{live_server.url}/api/docs/")
    page.get_by_role("button", name="POST /api/v1/leads/ Post a lead").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table .response").first).to_contain_text("bad_key")
