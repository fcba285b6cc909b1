"""Lists and rows of the staff API: what they tell, whom, in how many queries, and what they refuse."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from distribution.demo import factories as make
from leads.models import Note
from tests.distribution.api.conftest import Asker

pytestmark = pytest.mark.django_db

NOWHERE: dict[str, Any] = {"outcome": "", "due_at": None, "routes_left": []}
LISTS: dict[str, tuple[Callable[[], Any], int]] = {
    "/leads/": (make.LeadFactory.create, 3),
    "/campaigns/": (make.CampaignFactory.create, 3),
    "/clients/": (lambda: make.DeliveryAccountFactory.create().client, 3),
    "/delivery-accounts/": (lambda: make.DeliveryAccountFactory.create(method=True), 5),
    "/deliveries/": (make.DeliveryFactory.create, 3),
    "/settings/distribution/": (make.SettingsVersionFactory.create, 3),
}
"""What makes a row, and the queries of a list: clock, token with person, rows (and what hangs on them)."""


@pytest.mark.parametrize("path", LISTS)
def test_a_list_asks_the_database_as_often_for_three_rows_as_for_one(admin: Asker, path: str) -> None:
    create, expected = LISTS[path]
    admin.get(path)  # the token's hour of use is written once
    counts = []
    for more in (1, 2):
        for _ in range(more):
            create()
        with CaptureQueriesContext(connection) as queries:
            assert admin.get(path).status_code == 200
        counts.append(len(queries))
    assert counts == [expected, expected], "\n".join(query["sql"][:200] for query in queries.captured_queries)


def test_a_lead_is_told_with_its_story_in_a_fixed_number_of_queries(admin: Asker) -> None:
    delivery = make.DeliveryFactory.create(lead__last_name="Lovelace")
    lead = delivery.lead
    assert admin.post(f"/leads/{lead.pk}/notes/", {"text": "Called back"}).status_code == 201
    with CaptureQueriesContext(connection) as queries:
        told = admin.get(f"/leads/{lead.pk}/").json()
    assert (told["number"], told["last_name"], told["notes"][0]["text"]) == (lead.spoken, "Lovelace", "Called back")
    assert [(one["number"], one["client"]["name"]) for one in told["deliveries"]] == [(delivery.spoken, delivery.client.name)]
    assert told["events"][0]["kind"] == "lead.noted"
    assert len(queries) == 6


def test_pages_follow_each_other_by_cursor_without_a_gap(admin: Asker) -> None:
    leads = [make.LeadFactory.create() for _ in range(5)]
    numbers, answer = [], admin.get("/leads/", limit=2).json()
    while True:
        numbers += [row["number"] for row in answer["results"]]
        if not answer["next"]:
            break
        answer = admin.get("/leads/", **dict(parse_qsl(urlsplit(answer["next"]).query))).json()
    assert sorted(numbers) == sorted(lead.spoken for lead in leads)
    assert len(numbers) == 5


def test_leads_are_filtered_and_searched(admin: Asker) -> None:
    one = make.LeadFactory.create(first_name="Ada", last_name="Lovelace", state="IL")
    two = make.LeadFactory.create(
        first_name="Grace", last_name="Hopper", state="NY", status="rejected", outcome="", due_at=None, routes_left=[]
    )

    def found(**asked: Any) -> list[str]:
        return [row["number"] for row in admin.get("/leads/", **asked).json()["results"]]

    assert found(state="IL") == [one.spoken]
    assert found(status="rejected") == [two.spoken]
    assert found(q="love ad") == [one.spoken]
    assert found(campaign=two.campaign_id) == [two.spoken]
    assert found(received_before="2000-01-01T00:00:00Z") == []
    assert found(sort="received") == [one.spoken, two.spoken]


def test_test_leads_are_told_only_when_asked_for(admin: Asker) -> None:
    test = make.LeadFactory.create(is_test=True, outcome="finished", due_at=None, routes_left=[])
    assert admin.get("/leads/").json()["results"] == []
    assert [row["number"] for row in admin.get("/leads/", test="true").json()["results"]] == [test.spoken]


@pytest.mark.parametrize(
    ("asked", "field", "code"),
    [
        ({"stat": "IL"}, "stat", "unknown_parameter"),
        ({"state": ""}, "state", "bad_parameter"),
        ({"test": "perhaps"}, "test", "invalid_choice"),
        ({"status": "sold"}, "status", "invalid_choice"),
        ({"sort": "phone"}, "sort", "bad_choice"),
        ({"limit": "201"}, "limit", "out_of_range"),
        ({"limit": "x"}, "limit", "out_of_range"),
        ({"cursor": "bm9uc2Vuc2U9"}, "cursor", None),
        ({"cursor": "cD1ub25zZW5zZQ=="}, "cursor", "bad_cursor"),
        ({"received_from": "yesterday"}, "received_from", "invalid"),
        ({"campaign": "999999999999999999999"}, "campaign", "invalid_choice"),
        ({"q": "\x00"}, "q", "null_characters_not_allowed"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name_and_never_ignored(admin: Asker, asked: dict[str, str], field: str, code: str | None) -> None:
    make.LeadFactory.create()
    answer = admin.get("/leads/", **asked)
    if code is None:  # it says nothing of a position, so it is the first page
        assert answer.status_code == 200
        return
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["field"], error["code"]) == (400, field, code)


def test_who_sees_no_money_is_told_none_and_who_sees_no_clients_no_deliveries(asker: Callable[[Any], Asker], monkeypatch: Any) -> None:
    from leads.models.lead import LeadQuerySet

    delivery = make.DeliveryFactory.create(lead__cost="7.25")
    monkeypatch.setattr(LeadQuerySet, "visible_to", lambda rows, user: rows.all())  # as if it were placed with the branch
    told = asker(make.BranchManagerFactory.create()).get(f"/leads/{delivery.lead_id}/").json()
    assert (told["cost"], told["deliveries"], told["ip"]) == (None, [], "")
    told = asker(make.ManagerFactory.create()).get(f"/leads/{delivery.lead_id}/").json()
    assert (told["cost"], len(told["deliveries"])) == ("7.25", 1)


def test_an_unrouted_lead_is_routed_again_and_another_is_not(admin: Asker) -> None:
    stuck = make.LeadFactory.create(outcome="unrouted", due_at=None, routes_left=[])
    assert admin.post(f"/leads/{stuck.pk}/rerun/", {}).json()["outcome"] == "pending"
    answer = admin.post(f"/leads/{stuck.pk}/rerun/", {})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "not_unrouted")


@pytest.mark.parametrize("body", ["", "{", "[]", '{"text": 5}', '{"text": ""}', '{"text": "\\ud800"}', '{"text": "%s"}' % ("x" * 2_001)])
def test_a_note_without_words_is_refused(admin: Asker, body: str) -> None:
    lead = make.LeadFactory.create()
    answer = admin.post(f"/leads/{lead.pk}/notes/", body)
    assert (answer.status_code, Note.objects.count()) == (400, 0)


def test_archived_clients_are_told_only_when_asked_for(admin: Asker) -> None:
    from leads.clock import database_now

    make.ClientFactory.create(name="Old Harbor", archived_at=database_now())
    assert admin.get("/clients/").json()["results"] == []
    assert [row["name"] for row in admin.get("/clients/", archived="true").json()["results"]] == ["Old Harbor"]


def test_the_live_settings_are_those_of_the_newest_version(admin: Asker) -> None:
    make.SettingsVersionFactory.create()
    newest = make.SettingsVersionFactory.create()
    live = admin.get("/settings/distribution/live/").json()
    assert (live["number"], live["settings"]) == (newest.number, newest.data)
    assert admin.get(f"/settings/distribution/{newest.number}/").json() == live
