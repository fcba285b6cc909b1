"""Saved reports: one's own, under a name, and by mail once each morning."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse

from distribution.demo import factories as make
from distribution.models import SavedReport
from distribution.services.report_mails import mail_reports

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 25, 12, tzinfo=UTC)
"""7:00 in New York."""


def test_a_report_is_saved_shown_to_its_owner_alone_and_forgotten() -> None:
    people = make.ManagerFactory.create_batch(2)
    browsers = [Browser(), Browser()]
    for browser, person in zip(browsers, people, strict=True):
        browser.force_login(person)
    page, save = reverse("admin:report_deliveries"), reverse("admin:report_save")
    asked = {"page": "deliveries", "query": "period=7&by=state", "name": "States of the week", "mailed": "on"}
    assert browsers[0].post(save, asked)["Location"] == f"{page}?period=7&by=state"
    kept = SavedReport.objects.get()
    assert (kept.owner, kept.query, kept.is_mailed) == (people[0], "period=7&by=state", True)
    assert "States of the week" in browsers[0].get(page).content.decode()
    assert "States of the week" not in browsers[1].get(page).content.decode()

    browsers[1].post(save, {"page": "deliveries", "forget": str(kept.pk)})
    assert SavedReport.objects.count() == 1
    browsers[0].post(save, {"page": "deliveries", "forget": str(kept.pk)})
    assert SavedReport.objects.count() == 0


@pytest.mark.parametrize("name", ["", "x" * 81])
def test_a_report_without_a_name_is_not_saved(name: str) -> None:
    browser = Browser()
    browser.force_login(make.ManagerFactory.create())
    page = browser.post(reverse("admin:report_save"), {"page": "unsold", "name": name}, follow=True)
    assert "needs one of at most 80 letters" in page.content.decode()
    assert browser.post(reverse("admin:report_save"), {"page": "secrets", "name": "x"}).status_code == 404
    assert not SavedReport.objects.exists()


def test_it_is_mailed_once_a_morning_with_the_numbers_as_a_file() -> None:
    make.CompanyFactory.create(time_zone="America/New_York")
    yesterday = MORNING - timedelta(days=1)
    make.DeliveryFactory.create(account__client__name="Bluewater", accepted=True, created=yesterday, finished_at=yesterday)
    make.SavedReportFactory.create(is_mailed=True, name="Yesterday", owner__email="ada@mail.example")
    make.SavedReportFactory.create(is_mailed=False)
    assert mail_reports(now=MORNING - timedelta(hours=3)) == 0
    assert [mail_reports(now=MORNING), mail_reports(now=MORNING), mail_reports(now=MORNING + timedelta(hours=5))] == [1, 0, 0]
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["ada@mail.example"], "Switchyard: Yesterday")
    assert "Bluewater" in str(sent.attachments[0])
    assert mail_reports(now=MORNING + timedelta(days=1)) == 1


@pytest.mark.parametrize("person", [{"is_active": False}, {"role": "rep"}, {"email": ""}])
def test_who_may_not_see_it_any_more_gets_no_mail(person: dict[str, object]) -> None:
    owner = make.ManagerFactory.create(**({"email": "ada@mail.example"} | person))
    make.SavedReportFactory.create(is_mailed=True, owner=owner)
    make.SavedReportFactory.create(is_mailed=True, page="unsold", owner__email="eve@mail.example")
    assert mail_reports(now=MORNING) == 1
    assert [one.to for one in mail.outbox] == [["eve@mail.example"]]
