"""The account's form without JSON: criteria are counted as they are built, hours say when they open next."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client as Browser

from distribution.demo.factories import (
    AdministratorFactory,
    CampaignFactory,
    CompanyFactory,
    LeadFactory,
    LeadFieldFactory,
    RepFactory,
)
from leads.admin import criteria_count

pytestmark = pytest.mark.django_db


def browser_of(user: Any) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


@pytest.fixture
def browser() -> Browser:
    CompanyFactory.create(time_zone="America/Chicago")
    return browser_of(AdministratorFactory.create())


def lead(campaign: Any, **more: Any) -> None:
    LeadFactory.create(campaign=campaign, received_at=datetime(2026, 3, 2, 15, tzinfo=UTC), **more)


def counted(browser: Browser, campaign: Any, criteria: str) -> Any:
    return browser.post("/admin/criteria/count/", {"lead_type": campaign.lead_type_id, "criteria": criteria}).json()


def test_the_builder_counts_the_leads_of_the_type_that_match(browser: Browser) -> None:
    campaign = CampaignFactory.create()
    for state in ("IL", "IL", "WI"):
        lead(campaign, state=state)
    lead(CampaignFactory.create(), state="IL")
    lead(campaign, state="IL", is_test=True)
    assert counted(browser, campaign, '{"all": [["state", "eq", "il"]]}') == {"matched": 2, "of": 3}
    assert counted(browser, campaign, "") == {"matched": 3, "of": 3}


def test_only_the_last_leads_are_asked(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(criteria_count, "LAST", 2)
    campaign = CampaignFactory.create()
    for _ in range(3):
        lead(campaign)
    assert counted(browser, campaign, "") == {"matched": 2, "of": 2}


def test_what_is_wrong_is_told_with_its_place(browser: Browser) -> None:
    campaign = CampaignFactory.create()
    answer = counted(browser, campaign, '{"all": [["state", "eq", "IL"], ["attempts", "gte", "many"]]}')
    assert answer == {"problems": [{"path": "all[1].value", "message": "Give a number, such as 25 or 12.50."}]}
    assert counted(browser, campaign, "{")["problems"] == [{"path": "", "message": "This is not JSON."}]


def test_the_fields_of_the_lead_type_are_offered_with_their_operators(browser: Browser) -> None:
    field = LeadFieldFactory.create(name="insured", label="Insured now", kind="boolean")
    told = browser.get("/admin/criteria/fields/", {"lead_type": field.lead_type_id}).json()
    own = next(one for one in told["fields"] if one["name"] == "insured")
    assert own == {
        "name": "insured", "label": "Insured now", "kind": "boolean", "choices": [],
        "operators": ["eq", "ne", "in", "not_in", "is_empty", "is_set"],
    }  # fmt: skip
    assert told["operators"]["between"] == {"word": "is between", "shape": "pair"}
    assert browser.get("/admin/criteria/fields/", {"lead_type": 987654}).status_code == 404


def test_who_may_not_see_leads_asks_nothing(browser: Browser) -> None:
    rep = browser_of(RepFactory.create())
    assert rep.post("/admin/criteria/count/", {}).status_code == 404
    assert rep.get("/admin/criteria/fields/").status_code == 404
    assert rep.post("/admin/schedule/next/", {}).status_code == 404


def test_hours_say_when_they_open_next(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leads.admin.schedule_next.database_now", lambda: datetime(2026, 3, 2, 15, tzinfo=UTC))  # Monday 9:00 in Chicago
    asked = {"schedule": '{"mon": ["09:00-17:00"], "tue": ["10:00-17:00"]}', "closed": "", "zone": ""}
    said = browser.post("/admin/schedule/next/", asked).json()
    assert said == {"sentence": "Open now (Mon 9:00, Chicago time).", "weekday": 0, "hour": 9}
    closed = browser.post("/admin/schedule/next/", asked | {"closed": "2026-03-02"}).json()
    assert closed["sentence"] == "Closed now. Opens next Tue 3 Mar at 10:00, Chicago time."
    never = browser.post("/admin/schedule/next/", asked | {"schedule": "{}"}).json()
    assert never["sentence"] == "Never open within the next year (Chicago time)."
    assert "problem" in browser.post("/admin/schedule/next/", asked | {"schedule": '{"mon": ["9"]}'}).json()
    assert "problem" in browser.post("/admin/schedule/next/", asked | {"zone": "Mars/Olympus"}).json()
