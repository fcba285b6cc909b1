"""Every list needs the same few queries for one row and for three: session, person, company, two counts of the menu, rows."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from distribution.demo import factories as make

LISTS: dict[str, tuple[Callable[[], Any], int]] = {
    "leads_leadtype": (make.LeadFieldFactory.create, 8),
    "leads_source": (make.CampaignFactory.create, 8),
    "leads_campaign": (make.CampaignSaleFactory.create, 9),
    "leads_suppression": (make.SuppressionFactory.create, 8),
    "leads_lead": (make.LeadFactory.create, 10),
    "clients_client": (lambda: make.DeliveryAccountFactory.create(client__cap_day=5), 10),
    "clients_clientgroup": (lambda: make.ClientGroupFactory.create(clients=[make.ClientFactory.create()]), 8),
    "clients_deliveryaccount": (lambda: make.DeliveryAccountFactory.create(method=True, cap_day=5), 12),
    "clients_deliverymethod": (make.DeliveryMethodFactory.create, 8),
    "distribution_delivery": (make.DeliveryFactory.create, 8),
    "distribution_mailpause": (make.MailPauseFactory.create, 8),
    "pullqueue_pushstrategy": (make.PushRecipientFactory.create, 8),
    "pullqueue_pullstrategy": (make.PullRecipientFactory.create, 9),
    "pullqueue_group": (make.GroupFactory.create, 8),
    "pullqueue_branch": (lambda: make.BranchFactory.create(parent=make.BranchFactory.create()), 8),
    "pullqueue_user": (make.RepFactory.create, 9),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_the_database_as_often_for_three_rows_as_for_one(site: Client, name: str) -> None:
    create, expected = LISTS[name]
    address = reverse(f"admin:{name}_changelist")
    counts = []
    site.get(address)  # what a process learns once, such as the settings version, is learnt
    for more in (1, 2):
        for _ in range(more):
            create()
        with CaptureQueriesContext(connection) as queries:
            assert site.get(address).status_code == 200
        counts.append(len(queries))
    assert counts == [expected, expected], "\n".join(query["sql"][:200] for query in queries.captured_queries)


@pytest.mark.parametrize("name", [*LISTS])
def test_an_empty_list_says_what_it_is_for(site: Client, name: str) -> None:
    page = site.get(reverse(f"admin:{name}_changelist")).content.decode()
    assert ("empty-list" in page) is (name != "pullqueue_user")


def test_a_list_that_finds_nothing_offers_to_show_all(site: Client) -> None:
    make.ClientFactory.create(name="Bluewater")
    page = site.get(reverse("admin:clients_client_changelist"), {"q": "nobody"}).content.decode()
    assert "Nothing matches" in page
    assert "Show all" in page


@pytest.mark.parametrize(
    "said", ["L-{number}", "l{number}", "{number}", "+1 312 555 0143", "(312) 555-0143", "ada@MAIL.example", "love ad", "{id}"]
)
def test_a_lead_is_found_by_what_people_say(site: Client, said: str) -> None:
    lead = make.LeadFactory.create(first_name="Ada", last_name="Lovelace", phone="+13125550143", email="ada@mail.example")
    make.LeadFactory.create(first_name="Grace", last_name="Hopper", phone="+13125550144", email="grace@mail.example")
    term = said.format(number=lead.number, id=lead.pk)
    page = site.get(reverse("admin:leads_lead_changelist"), {"q": term}).content.decode()
    assert "Ada Lovelace" in page
    assert "Grace Hopper" not in page


def test_archived_clients_are_out_of_sight_until_asked_for(site: Client) -> None:
    client = make.ClientFactory.create(name="Old Harbor")
    assert site.post(reverse("admin:clients_client_archive", args=[client.pk]), {"_form_submitted": "True"}).status_code == 204
    address = reverse("admin:clients_client_changelist")
    site.get(address)  # says once that it is archived
    assert "Old Harbor" not in site.get(address).content.decode()
    assert "Old Harbor" in site.get(address, {"archived": "yes"}).content.decode()
    client.refresh_from_db()
    assert client.is_archived
    assert client.history.first().archived_at == client.archived_at


def test_what_was_used_is_not_deleted_and_what_was_not_is(site: Client) -> None:
    from clients.models import Client as Buyer

    used = make.DeliveryAccountFactory.create().client
    fresh = make.ClientFactory.create()
    assert site.post(reverse("admin:clients_client_delete", args=[used.pk]), {"post": "yes"}).status_code == 403
    assert site.post(reverse("admin:clients_client_delete", args=[fresh.pk]), {"post": "yes"}).status_code == 302
    assert list(Buyer.objects.all()) == [used]


def test_the_search_for_everything_finds_rows_of_every_kind_by_role(site: Client, signed_in: Callable[[Any], Client]) -> None:
    make.ClientFactory.create(name="Copperleaf Advisors")
    search = reverse("admin:search")
    assert "Copperleaf Advisors" in site.get(search, {"s": "copper"}).content.decode()
    in_branch = signed_in(make.BranchManagerFactory.create())
    assert "Copperleaf Advisors" not in in_branch.get(search, {"s": "copper"}).content.decode()


@pytest.mark.parametrize(("name", "title"), [("leads_lead", "Leads"), ("clients_deliveryaccount", "Delivery accounts")])
def test_the_tab_of_a_list_is_named_as_the_list_is(site: Client, name: str, title: str) -> None:
    page = site.get(reverse(f"admin:{name}_changelist")).content.decode()
    assert page.partition("<title>")[2].partition("</title>")[0].strip() == f"{title} · Switchyard"
