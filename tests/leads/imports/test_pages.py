"""The pages of an import: who may open them, what they say at each stage, and the file of rejected rows."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from distribution.demo import factories as make
from leads.models import Import, Lead
from leads.services.file_work import drain_files
from tests.leads.imports.conftest import PEOPLE
from tests.leads.intake_world import make_campaign

pytestmark = pytest.mark.django_db

Files = Callable[..., Import]


@pytest.fixture
def site(client: Client, ada: Any) -> Client:
    client.force_login(ada)
    return client


def post_file(site: Client, content: str, name: str = "people.csv") -> Any:
    return site.post(reverse("admin:imports"), {"file": SimpleUploadedFile(name, content.encode())})


def test_from_the_upload_to_the_leads_and_back(site: Client) -> None:
    campaign = make_campaign()
    answer = post_file(site, PEOPLE + "Dee;Bad;12;;\n")
    one = Import.objects.get()
    here = reverse("admin:import", args=[one.pk])
    assert (answer.status_code, answer["Location"]) == (302, here)
    page = site.get(here).content.decode()
    assert "Spring (Ads, General)" in page
    assert "Ana@Mail.Example" in page
    page = " ".join(site.get(here, {"campaign": campaign.pk}).content.decode().split())
    assert re.search(r'<option value="email" selected ?>\s*E-mail\s*</option>', page)

    mapping = {f"column-{place}": field for place, field in enumerate(["first_name", "last_name", "phone", "email", "zip"])}
    assert site.post(here, mapping | {"campaign": campaign.pk}).status_code == 302
    assert "Waits for a worker." in site.get(here).content.decode()
    assert site.get(reverse("admin:import_progress", args=[one.pk])).json()["open"] is True
    drain_files(seconds=60)
    page = site.get(here).content.decode()
    assert "3 rows tried, nothing taken in yet." in page
    assert "Phone: the phone is no number that can be called" in page

    assert site.post(reverse("admin:import_step", args=[one.pk, "begin"])).status_code == 302
    drain_files(seconds=60)
    assert Lead.objects.filter(status="accepted").count() == 2
    assert "Download the rejected rows" in site.get(here).content.decode()
    undo = reverse("admin:import_step", args=[one.pk, "undo"])
    site.post(undo)
    assert "Tick that you want it" in site.get(here).content.decode()
    site.post(undo, {"sure": "yes"})
    drain_files(seconds=60)
    assert "3 leads went." in site.get(here).content.decode()
    assert Lead.objects.count() == 0


def test_the_rejected_rows_come_back_mended_or_not_with_the_same_columns(site: Client, taken: Files) -> None:
    one = taken(make_campaign(), 'first_name,phone,note\n=cmd(),12,+5\nAna,312 555 0100,fine\n"O\'Neil, Bo",13,x\n')
    answer = site.get(reverse("admin:import_rejected", args=[one.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="rejected-people.csv"'
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = [*csv.reader(io.StringIO(text))]
    assert rows[0] == ["first_name", "phone", "note", "line", "reason"]
    assert rows[1][:4] == ["'=cmd()", "12", "'+5", "2"]
    assert rows[2][:4] == ["O'Neil, Bo", "13", "x", "4"]
    assert {row[4] for row in rows[1:]} == {Lead.objects.filter(status="rejected")[0].errors[0]["message"].join(["phone: ", ""])}


def test_what_came_back_can_be_uploaded_again_and_reads_the_same(site: Client, taken: Files) -> None:
    one = taken(make_campaign(), "first_name,phone\n=cmd(),12\n")
    text = b"".join(site.get(reverse("admin:import_rejected", args=[one.pk])).streaming_content)  # type: ignore[attr-defined]
    again = taken(Lead.objects.get().campaign, text.decode("utf-8-sig").replace("12", "312 555 0100"))
    lead = Lead.objects.get(from_import=again)
    assert (lead.first_name, lead.status) == ("=cmd()", "accepted")


def test_a_file_that_is_refused_says_why_on_the_page(site: Client) -> None:
    answer = post_file(site, "first_name,phone\n")
    assert answer.status_code == 422
    assert "The file has headings and no rows below them." in answer.content.decode()
    answer = site.post(reverse("admin:imports"))
    assert (answer.status_code, "No file came. Choose one of at most 1 GB." in answer.content.decode()) == (422, True)


def test_a_full_disk_is_told_before_it_is_full(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from leads.services import uploads

    monkeypatch.setattr(uploads, "SPARE", 10**18)
    answer = post_file(site, PEOPLE)
    assert (answer.status_code, "There is no room for the file on the disk." in answer.content.decode()) == (503, True)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (["phone", "phone", "", "", ""], "Phone is chosen for 2 columns."),
        (["=", "=", "", "", ""], "No column is a field of a lead. Choose at least a phone or an e-mail."),
        (["nonsense", "", "", "", ""], "The page was older than the file or the lead type."),
    ],
)
def test_columns_that_make_no_lead_are_told_and_nothing_is_begun(site: Client, upload: Files, mapping: list[str], said: str) -> None:
    one, campaign = upload(), make_campaign()
    posted = {f"column-{place}": field for place, field in enumerate(mapping)} | {"campaign": str(campaign.pk)}
    answer = site.post(reverse("admin:import", args=[one.pk]), posted)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert Import.objects.get().trial is None


@pytest.mark.parametrize("campaign", ["", "999999", "x", "9" * 40])
def test_a_campaign_that_takes_no_leads_is_none(site: Client, upload: Files, campaign: str) -> None:
    one = upload()
    make_campaign()
    answer = site.post(reverse("admin:import", args=[one.pk]), {"campaign": campaign, "column-0": "phone"})
    assert answer.status_code == 422
    assert "Choose an active campaign." in answer.content.decode()


def test_a_file_nobody_began_is_thrown_away_with_its_bytes(site: Client, upload: Files) -> None:
    from pathlib import Path

    one = upload()
    path = Path(one.file.path)
    assert path.exists()
    site.post(reverse("admin:import_step", args=[one.pk, "discard"]))
    assert (Import.objects.count(), path.exists()) == (0, False)


@pytest.mark.parametrize(
    ("who", "list_status", "one_status"),
    [
        (make.AdministratorFactory, 200, 200),
        (make.ManagerFactory, 200, 200),
        (make.BranchManagerFactory, 404, 404),
        (make.RepFactory, 404, 404),
    ],
)
def test_managers_of_the_company_import_and_nobody_else(client: Client, taken: Files, who: Any, list_status: int, one_status: int) -> None:
    one = taken(make_campaign())
    client.force_login(who.create())
    assert client.get(reverse("admin:imports")).status_code == list_status
    for name, args in (("import", []), ("import_progress", []), ("import_rejected", [])):
        assert client.get(reverse(f"admin:{name}", args=[one.pk, *args])).status_code == one_status
    assert client.post(reverse("admin:import_step", args=[one.pk, "undo"]), {"sure": "yes"}).status_code == (
        302 if one_status == 200 else 404
    )


def test_a_step_is_posted_and_one_that_does_not_exist_is_missing(site: Client, upload: Files) -> None:
    one = upload()
    assert site.get(reverse("admin:import_step", args=[one.pk, "begin"])).status_code == 405
    assert site.post(reverse("admin:import_step", args=[one.pk, "explode"])).status_code == 404


def test_the_list_asks_the_database_as_often_for_three_as_for_one(site: Client, taken: Files, upload: Files) -> None:
    make.ImportFactory.create()
    site.get(reverse("admin:imports"))
    counts = []
    for more in (0, 2):
        for _ in range(more):
            upload()
        with CaptureQueriesContext(connection) as queries:
            assert site.get(reverse("admin:imports")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1], queries.captured_queries


def test_an_import_begun_twice_is_begun_once(site: Client, tried: Files) -> None:
    one = tried(make_campaign())
    begin = reverse("admin:import_step", args=[one.pk, "begin"])
    site.post(begin)
    site.post(begin)
    assert "This import was begun already." in site.get(reverse("admin:import", args=[one.pk])).content.decode()
    take = Import.objects.get(pk=one.pk)
    drain_files(seconds=60)
    assert (take.run is not None, Lead.objects.count()) == (True, 2)


def test_markup_in_a_file_is_shown_as_text(site: Client, upload: Files) -> None:
    campaign = make_campaign()
    one = upload("<script>x</script>,phone\n<b>Ana</b>,312 555 0100\n", "<img src=x>.csv")
    page = site.get(reverse("admin:import", args=[one.pk]), {"campaign": campaign.pk}).content.decode()
    assert "<script>x" not in page
    assert "<b>Ana" not in page
    assert "&lt;img src=x&gt;.csv" in page


def test_a_needed_field_without_a_column_is_named_before_anything_begins(site: Client) -> None:
    campaign = make_campaign(
        fields=(
            {"name": "vehicles", "label": "Vehicles", "kind": "integer", "is_required": True},
            {"name": "zip", "label": "ZIP", "kind": "text", "is_required": True},
        )
    )
    post_file(site, PEOPLE)
    here = reverse("admin:import", args=[Import.objects.get().pk])
    answer = site.get(here, {"campaign": campaign.pk})
    assert (answer.context["lacking"], "every row would be rejected" in answer.content.decode()) == (["Vehicles"], True)
    campaign.lead_type.fields.update(is_required=False)
    answer = site.get(here, {"campaign": campaign.pk})
    assert (answer.context["lacking"], "every row would be rejected" in answer.content.decode()) == ([], False)
