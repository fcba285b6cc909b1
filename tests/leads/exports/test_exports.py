"""Leads leave as a file: as the list is filtered, what the person may see, for that person alone, and nothing a spreadsheet runs."""

import csv
import io
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import load_workbook

from distribution.demo import factories as make
from leads.clock import database_now
from leads.enums import JobState
from leads.models import Event, Job
from leads.services import exports
from leads.services.exports import drop_exports, path_of, start_export
from leads.services.file_work import drain_files
from leads.services.imports import NotNow

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.FILES_ROOT = tmp_path / "files"


@pytest.fixture
def ada(db: None) -> Any:
    return make.AdministratorFactory.create()


@pytest.fixture
def written(ada: Any) -> Callable[..., Job]:
    def write(query: str = "", form: str = "csv", by: Any = None) -> Job:
        job = start_export(query=query, form=form, by=by or ada, now=database_now())
        assert drain_files(seconds=60) is False
        return Job.objects.get(pk=job.pk)

    return write


def rows(job: Job) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(path_of(job).read_bytes().decode("utf-8-sig"), newline=""))]


def test_the_file_holds_what_the_list_shows_under_its_filters(written: Callable[..., Job], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "CHUNK", 2)
    for number in range(5):
        make.LeadFactory.create(first_name=f"Sold{number}", sold=True)
    make.LeadFactory.create(first_name="Pending")
    make.LeadFactory.create(first_name="Test", sold=True, is_test=True)
    job = written("outcome__exact=sold")
    assert (job.state, job.result) == (JobState.DONE, {"rows": 5})
    assert sorted(row["first_name"] for row in rows(job)) == [f"Sold{number}" for number in range(5)]
    assert sorted(row["first_name"] for row in rows(written("q=Pending"))) == ["Pending"]
    assert len(rows(written("outcome__exact=sold&tests=all"))) == 6
    assert [event.data for event in Event.objects.filter(kind="leads.exported", about=f"export:{job.pk}")] == [{"rows": 5, "form": "csv"}]


@pytest.mark.parametrize("evil", ["=1+1", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "＝1+1", " =1", '"=1'])
def test_no_cell_of_a_csv_begins_as_a_formula_does(written: Callable[..., Job], evil: str) -> None:
    make.LeadFactory.create(first_name=evil, phone="+13125550100")
    (row,) = rows(written())
    assert (row["first_name"], row["phone"]) == (f"'{evil}", "'+13125550100")


def test_a_workbook_holds_texts_alone(written: Callable[..., Job]) -> None:
    make.LeadFactory.create(first_name="=1+1", zip="06010", external_id="https://x.example")
    job = written("", "xlsx")
    heading, row = load_workbook(str(path_of(job))).get_sheet_by_index(0).to_python()
    told = dict(zip(heading, row, strict=True))
    assert (told["first_name"], told["zip"], told["external_id"]) == ("=1+1", "06010", "https://x.example")


def test_money_is_in_the_file_of_those_alone_who_see_it(written: Callable[..., Job], monkeypatch: pytest.MonkeyPatch, ada: Any) -> None:
    make.LeadFactory.create(cost="7.50")
    assert rows(written())[0]["cost"] == "7.50"
    monkeypatch.setattr(type(ada), "has_perm", lambda _user, perm, _obj=None: perm != "distribution.view_money")
    assert not {"cost", "sold_for"} & set(rows(written())[0])


def test_only_the_owner_loads_it_and_only_for_a_day(client: Client, written: Callable[..., Job], ada: Any) -> None:
    make.LeadFactory.create()
    job = written()
    file = reverse("admin:export_file", args=[job.pk])
    client.force_login(make.AdministratorFactory.create())
    assert client.get(file).status_code == 404
    client.force_login(ada)
    answer = client.get(file)
    assert (answer.status_code, answer["Content-Disposition"]) == (200, f'attachment; filename="leads-{job.created:%Y-%m-%d-%H%M}.csv"')
    assert b"".join(answer.streaming_content) == path_of(job).read_bytes()  # type: ignore[attr-defined]
    Job.objects.update(finished=database_now() - timedelta(hours=24))
    assert client.get(file).status_code == 404
    assert drop_exports(before=database_now() - timedelta(hours=23)) == 1
    assert not path_of(job).exists()
    assert "query" not in Job.objects.get().parameters


@pytest.mark.parametrize("who", [make.BranchManagerFactory, make.RepFactory])
def test_who_answers_for_no_leads_exports_none(client: Client, written: Callable[..., Job], who: Any) -> None:
    job = written()
    client.force_login(who.create())
    for name, args in (("exports", []), ("export_file", [job.pk]), ("export_progress", [job.pk])):
        assert client.get(reverse(f"admin:{name}", args=args)).status_code == 404


def test_whoever_loses_the_right_meanwhile_gets_no_file(ada: Any) -> None:
    make.LeadFactory.create()
    job = start_export(query="", form="csv", by=ada, now=database_now())
    type(ada).objects.update(is_active=False)
    drain_files(seconds=60)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "Whoever asked for it may not export leads any more.")
    assert not path_of(job).exists()


def test_one_at_a_time_and_nothing_that_is_no_filter(client: Client, ada: Any) -> None:
    start_export(query="", form="csv", by=ada, now=database_now())
    with pytest.raises(NotNow, match="An export of yours is being written"):
        start_export(query="", form="csv", by=ada, now=database_now())
    client.force_login(ada)
    assert client.get(reverse("admin:exports") + "?campaign__keys__digest=x").status_code == 404
    assert client.post(reverse("admin:exports"), {"form": "exe"}).status_code == 404


def test_the_file_is_readable_by_the_product_alone(written: Callable[..., Job]) -> None:
    make.LeadFactory.create()
    assert stat.S_IMODE(path_of(written()).stat().st_mode) == 0o600


def test_the_list_leads_to_the_export_with_its_filters(client: Client, ada: Any) -> None:
    make.LeadFactory.create(sold=True)
    client.force_login(ada)
    address = reverse("admin:exports") + "?outcome__exact=sold"
    assert address in client.get(reverse("admin:leads_lead_changelist"), {"outcome__exact": "sold"}).content.decode()
    page = client.get(address).content.decode()
    assert '<input type="hidden" name="outcome__exact" value="sold" />' in page
    client.post(reverse("admin:exports"), {"outcome__exact": "sold", "form": "csv"})
    drain_files(seconds=60)
    assert "Download CSV" in client.get(reverse("admin:exports")).content.decode()
