"""An import done in a browser by its user: uploaded, columns chosen, tried, taken in, taken back; exported; a person erased."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from playwright.sync_api import Page, expect

from distribution.demo.factories import AdministratorFactory, LeadFactory
from leads.models import Lead
from leads.services.file_work import drain_files
from tests.leads.intake_world import make_campaign

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]


def sign_in(page: Page, live_server: Any) -> None:
    browser = Browser()
    browser.force_login(AdministratorFactory.create())
    page.context.add_cookies([{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}])


def sideways(page: Page) -> int:
    """By how many pixels the page can be pushed to the side."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.FILES_ROOT = tmp_path / "files"


def test_a_file_is_looked_at_tried_taken_in_and_taken_back(page: Page, live_server: Any, tmp_path: Path) -> None:
    make_campaign()
    sign_in(page, live_server)
    file = tmp_path / "people.csv"
    file.write_text("Vorname;Telefon;Bemerkung\nAna;312 555 0100;x\nBen;12;y\nAna;312 555 0100;again\n")
    page.goto(f"{live_server.url}/admin/leads/import/")
    expect(page.get_by_text("None yet. Upload a file above")).to_be_visible()
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Upload and look at it").click()
    expect(page.get_by_text("separated by semicolons")).to_be_visible()
    page.get_by_label("Campaign").select_option(label="Spring (Ads, General)")
    page.get_by_role("button", name="Go on to the columns").click()
    expect(page.get_by_label("Vorname")).to_have_value("first_name")
    expect(page.get_by_label("Telefon")).to_have_value("phone")

    page.get_by_label("Bemerkung").select_option("phone")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("alert")).to_contain_text("Phone is chosen for 2 columns.")
    page.get_by_label("Bemerkung").select_option("")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("Waits for a worker.")).to_be_visible()
    drain_files(seconds=60)
    expect(page.get_by_text("3 rows tried, nothing taken in yet.")).to_be_visible()  # the page found out by itself
    expect(page.get_by_role("row", name="The phone is no number that can be called 1")).to_be_visible()
    assert Lead.objects.count() == 0

    page.get_by_role("button", name="Take 3 rows in").click()
    drain_files(seconds=60)
    with page.expect_download() as loading:
        page.get_by_role("link", name="Download the rejected rows").click()
    assert loading.value.suggested_filename == "rejected-people.csv"
    page.get_by_role("link", name="See its leads").click()
    expect(page.get_by_role("link", name="Ana")).to_have_count(2)
    page.go_back()
    page.set_viewport_size({"width": 375, "height": 900})
    assert sideways(page) == 0
    page.get_by_label("I want its leads to go").check()
    page.get_by_role("button", name="Undo this import").click()
    drain_files(seconds=60)
    expect(page.get_by_text("3 leads went. None stays.")).to_be_visible()


def test_a_picture_that_is_called_csv_gets_its_answer(page: Page, live_server: Any, tmp_path: Path) -> None:
    sign_in(page, live_server)
    file = tmp_path / "leads.csv"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 100)
    page.goto(f"{live_server.url}/admin/leads/import/")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Upload and look at it").click()
    expect(page.get_by_role("alert")).to_contain_text("This is a picture. Upload a CSV, JSON Lines or Excel file.")
    assert sideways(page) == 0


def test_the_list_as_it_is_filtered_becomes_a_file(page: Page, live_server: Any) -> None:
    LeadFactory.create(first_name="=Evil", sold=True)
    LeadFactory.create(first_name="Pending")
    sign_in(page, live_server)
    page.goto(f"{live_server.url}/admin/leads/lead/?outcome__exact=sold")
    page.get_by_role("link", name="Export these leads").click()
    page.get_by_role("button", name="Write CSV").click()
    drain_files(seconds=60)
    with page.expect_download() as loading:
        page.get_by_role("link", name="Download CSV").click()
    text = Path(loading.value.path()).read_text(encoding="utf-8-sig")
    assert "'=Evil" in text
    assert "Pending" not in text


def test_a_person_is_erased_by_typing_the_number(page: Page, live_server: Any) -> None:
    lead = LeadFactory.create(first_name="Ottoline", sold=True)
    sign_in(page, live_server)
    page.goto(f"{live_server.url}/admin/leads/lead/{lead.pk}/change/")
    page.get_by_role("link", name="Erase", exact=True).click()
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text(f"Type {lead.spoken} to confirm. Nothing was erased.")).to_be_visible()
    page.get_by_label(f"Type {lead.spoken} to confirm").fill(lead.spoken)
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text("1 lead was erased.")).to_be_visible()
    expect(page.get_by_text("Ottoline")).to_have_count(0)
