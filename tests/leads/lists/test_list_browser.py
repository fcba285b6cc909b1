"""Leads looked for, corrected and assigned in a browser by their user; people put on the suppression list and taken off it."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from distribution.demo import factories as make
from leads.models import Lead, SavedView, Suppression
from leads.services.receive import receive_lead
from tests.leads.imports.test_import_browser import sideways, sign_in
from tests.leads.intake_world import ANA, NOW, make_campaign

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]


def test_a_filter_is_kept_its_chips_taken_away_and_names_found_while_they_are_typed(page: Page, live_server: Any) -> None:
    for name, state in (("Lovelace", "IL"), ("Hopper", "NY")):
        make.LeadFactory.create(last_name=name, state=state, city="Peoria")
    sign_in(page, live_server)
    page.goto(f"{live_server.url}/admin/leads/lead/")
    page.locator("#searchbar").press_sequentially("hopp")
    expect(page.get_by_text("1 lead", exact=True)).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Lovelace")).to_have_count(0)
    assert "hopp" not in page.url

    page.get_by_role("link", name="+ New filter").click()
    page.get_by_label("Name").fill("Illinois")
    page.get_by_role("button", name="As JSON").click()
    area = page.locator("textarea[name=criteria]")
    area.fill('{"all": [["stat", "eq", "IL"]]}')
    page.get_by_role("button", name="Keep this filter").click()
    expect(page.get_by_text("The filter was not kept yet.")).to_be_visible()
    assert SavedView.objects.count() == 0
    area = page.locator("textarea[name=criteria]")
    if not area.is_visible():
        page.get_by_role("button", name="As JSON").click()
    area.fill('{"all": [["state", "eq", "IL"]]}')
    area.blur()
    expect(page.get_by_text("Matches 1")).to_be_visible()
    page.get_by_label("Place", exact=True).check()
    page.get_by_role("button", name="Keep this filter").click()
    expect(page.get_by_role("row").filter(has_text="Peoria, IL")).to_have_count(1)
    expect(page.get_by_role("row").filter(has_text="Hopper")).to_have_count(0)
    page.set_viewport_size({"width": 375, "height": 900})
    assert sideways(page) == 0
    page.get_by_role("link", name="Take away: Filter Illinois").click()
    expect(page.get_by_role("row").filter(has_text="Hopper")).to_have_count(1)


def test_a_rejected_lead_is_corrected_and_one_in_house_assigned(page: Page, live_server: Any) -> None:
    lead = receive_lead(campaign=make_campaign(), fields={**ANA, "phone": "12", "zip": "99999999"}, channel="api", now=NOW).lead
    assert lead is not None
    sign_in(page, live_server)
    page.goto(f"{live_server.url}/admin/leads/lead/{lead.pk}/change/")
    page.get_by_role("link", name="Correct").click()
    page.get_by_label("Phone", exact=True).fill("312 555 0142")
    page.get_by_role("button", name="Save and judge it anew").click()
    expect(page.get_by_text("Nothing was changed.")).to_be_visible()
    page.get_by_label("ZIP").fill("60601")
    page.get_by_role("button", name="Save and judge it anew").click()
    expect(page.get_by_text("is accepted and goes its routes.")).to_be_visible()
    expect(page.get_by_role("img", name="Map: IL")).to_be_visible()

    rep = make.RepFactory.create(first_name="Remy", last_name="Martin")
    inside = make.PlacementFactory.create(lead__last_name="Inside", lead__outcome="queued", lead__due_at=None)
    for ticked, said in (("Ana", "None of these leads is kept in house"), ("Inside", "Nobody has 1 lead of these")):
        page.goto(f"{live_server.url}/admin/leads/lead/")
        page.get_by_role("row").filter(has_text=ticked).get_by_role("checkbox").check()
        page.locator("select[name=action]").select_option("assign_chosen")
        page.get_by_role("button", name="Run").click()
        expect(page.get_by_text(said)).to_be_visible()
    page.get_by_label("To a user").check()
    page.locator("select[name=user]").select_option(label="Remy Martin")
    page.get_by_role("button", name="Move 1 lead").click()
    expect(page.get_by_text("1 lead moved.")).to_be_visible()
    inside.refresh_from_db()
    assert inside.owner == rep


def test_people_are_put_on_the_suppression_list_found_and_taken_off_with_a_reason(page: Page, live_server: Any, tmp_path: Path) -> None:
    sign_in(page, live_server)
    page.goto(f"{live_server.url}/admin/leads/suppression/import/")
    page.locator("textarea").first.fill("nobody here")
    page.get_by_role("button", name="Put them on the list").click()
    assert Suppression.objects.count() == 0
    page.locator("textarea").first.fill("312 555 0142\nada@mail.example")
    page.get_by_role("button", name="Put them on the list").click()
    expect(page.get_by_role("link", name="Export as CSV")).to_be_visible()
    with page.expect_download() as loading:
        page.get_by_role("link", name="Export as CSV").click()
    loading.value.save_as(tmp_path / "list.csv")
    assert "ada@mail.example" in (tmp_path / "list.csv").read_text(encoding="utf-8-sig")
    page.goto(f"{live_server.url}/admin/leads/suppression/?q=ada@mail.example")
    expect(page.get_by_role("link", name="Take off")).to_have_count(1)
    page.get_by_role("link", name="Take off").click()
    page.get_by_label("Reason").fill("   ")
    page.get_by_role("button", name="Take off").click()
    assert Suppression.objects.count() == 2
    page.get_by_label("Reason").fill("They asked to be called again")
    page.get_by_role("button", name="Take off").click()
    expect(page.get_by_text("Taken off the list.")).to_be_visible()
    assert list(Suppression.objects.values_list("shown", flat=True)) == ["+13125550142"]
    assert Lead.objects.count() == 0
