"""The audit trail: every change with who, before and after; found by word, person and day; changed by nobody."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from clients.models import Client as Buyer
from distribution.demo import factories as make
from leads.clock import database_now
from leads.models import Event
from leads.services.events import record


@pytest.fixture
def site(db: None) -> Client:
    browser = Client()
    browser.force_login(make.AdministratorFactory.create(username="ada"))
    return browser


def read(site: Client, **query: str) -> str:
    page: str = site.get(reverse("admin:trail"), query).content.decode()
    return page


def test_a_change_of_a_client_stands_there_with_who_before_and_after(site: Client) -> None:
    buyer = make.ClientFactory.create(name="Acme Roofing")
    buyer.name = "Acme Solar"
    buyer._history_user = make.AdministratorFactory.create(username="zoe")
    buyer.save()
    page = read(site)
    assert "Client Acme Solar changed" in page
    assert "Name: Acme Roofing to Acme Solar" in page
    assert "Acme Solar changed" in read(site, who="zoe", q="acme")
    assert "Acme Solar changed" not in read(site, who="ada")
    assert "Acme Solar changed" not in read(site, until="2020-01-01")
    assert "Acme Solar changed" not in read(site, q="campaign")


def test_signing_in_and_rights_stand_there_too(site: Client) -> None:
    rep = make.RepFactory.create(username="rita")
    record(kind="person.sign_in_failed", at=database_now(), about=f"user:{rep.pk}")
    assert "rita: A wrong password was tried." in read(site)
    assert "rita: A wrong password was tried." in read(site, q="rita")
    assert "A wrong password was tried." in read(site, q="wrong password")
    assert "A wrong password was tried." not in read(site, q="recovery")
    assert read(site, q="\x00", until="nonsense")


def test_what_happened_is_told_by_name_and_times_on_the_readers_clock(site: Client) -> None:
    campaign = make.CampaignFactory.create(name="Solar quotes")
    method = make.DeliveryMethodFactory.create(name="Webhook of Acme")
    record(kind="key.created", at=database_now(), about=f"campaign:{campaign.pk}")
    record(
        kind="method.paused", at=database_now(), about=f"method:{method.pk}", until="2026-11-25T22:24:36.096748+00:00", reason="5 failures"
    )
    page = read(site)
    assert "Solar quotes: An API key was made." in page
    assert "Webhook of Acme: The delivery method was paused until 25 Nov 17:24: 5 failures." in page
    assert f"campaign:{campaign.pk}" not in page


def test_what_was_before_is_the_row_before_however_long_the_history(site: Client) -> None:
    buyer = make.ClientFactory.create(name="Acme 0")
    for number in range(1, 4):
        buyer.name = f"Acme {number}"
        buyer.save()
    page = read(site)
    for number in range(3):
        assert f"Name: Acme {number} to Acme {number + 1}" in page


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["leads_event", "clients_historicalclient", "leads_historicalcampaign"])
def test_nobody_edits_it(db: None, statement: str, table: str) -> None:
    make.CampaignFactory.create()
    make.ClientFactory.create()
    record(kind="person.signed_in", at=database_now())
    with pytest.raises(DatabaseError, match="rows are only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert Buyer.history.exists()
    assert Event.objects.exists()


def test_managers_do_not_read_it(db: None) -> None:
    for factory in (make.ManagerFactory, make.BranchManagerFactory):
        browser = Client()
        browser.force_login(factory.create())
        assert browser.get(reverse("admin:trail")).status_code == 404
