"""The list of leads: pages by cursor, totals, chips, columns, and filters kept under a name."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from distribution.admin.lead_list.kept import query_of
from distribution.demo import factories as make
from leads import paging
from leads.models import Lead, SavedView

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 7, 1, 12, tzinfo=UTC)
HERE = "/admin/leads/lead/"


@pytest.fixture
def ada(client: Client) -> Any:
    user = make.AdministratorFactory.create(first_name="Ada")
    client.force_login(user)
    return user


def lead_at(minutes: int, **more: Any) -> Lead:
    at = BEGIN + timedelta(minutes=minutes)
    return make.LeadFactory.create(received_at=at, due_at=None, outcome="unrouted", routes_left=[], **more)


def shown(client: Client, **asked: Any) -> Any:
    return client.get(reverse("admin:leads_lead_changelist"), asked).context["cl"]


def names(part: Any) -> list[str]:
    return [lead.last_name for lead in part.result_list]


def follow(client: Client, link: str) -> Any:
    return client.get(reverse("admin:leads_lead_changelist") + link).context["cl"]


def test_pages_follow_each_other_forth_and_back_without_a_gap(client: Client, ada: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("distribution.admin.lead.LeadAdmin.list_per_page", 2)
    campaign = make.CampaignFactory.create()
    for minutes in range(4):
        lead_at(minutes, last_name=f"n{minutes}", campaign=campaign)
    lead_at(3, last_name="n4", campaign=campaign)  # the same instant
    first = shown(client)
    second = follow(client, first.next_link)
    third = follow(client, second.next_link)
    assert [names(one) for one in (first, second, third)] == [["n4", "n3"], ["n2", "n1"], ["n0"]]
    assert (first.previous_link, first.first_link, third.next_link, first.part.total) == ("", "", "", 5)
    back = follow(client, third.previous_link)
    assert (names(back), names(follow(client, back.previous_link))) == (["n2", "n1"], ["n4", "n3"])
    assert follow(client, back.previous_link).previous_link == ""
    assert names(follow(client, third.first_link)) == ["n4", "n3"]


@pytest.mark.parametrize(
    "asked", [{"after": "x"}, {"before": "2026-01-01_x"}, {"after": "2026-01-01T00:00:00_1"}, {"view": "99"}, {"view": "x"}]
)
def test_what_is_no_page_leads_back_to_the_first(client: Client, ada: Any, asked: dict[str, str]) -> None:
    lead_at(0)
    assert client.get(reverse("admin:leads_lead_changelist"), asked).url == f"{HERE}?e=1"


def test_totals_are_exact_up_to_a_number_and_about_so_beyond(client: Client, ada: Any, monkeypatch: Any) -> None:
    for minutes in range(4):
        lead_at(minutes)
    assert (shown(client).part.total, shown(client).part.is_about) == (4, False)
    monkeypatch.setattr(paging, "EXACT", 3)
    page = client.get(reverse("admin:leads_lead_changelist"))
    assert (page.context["cl"].part.is_about, page.context["cl"].part.total >= 3) == (True, True)
    assert "about <b>" in page.content.decode()


def test_each_filter_is_a_chip_that_is_taken_away_alone(client: Client, ada: Any) -> None:
    campaign = make.CampaignFactory.create(name="Spring")
    lead_at(0, last_name="mine", campaign=campaign)
    lead_at(1, last_name="other")
    asked = {"campaign__id__exact": campaign.pk, "outcome__exact": "unrouted", "tests": "all", "q": "mine"}
    part = shown(client, **asked)
    assert [(chip.label, chip.value) for chip in part.chips] == [
        ("Search", "mine"),
        ("Outcome", "Unrouted"),
        ("Campaign", "Spring"),
        ("Test leads", "With tests"),
    ]
    without = follow(client, part.chips[2].without)
    assert [chip.label for chip in without.chips] == ["Search", "Outcome", "Test leads"]
    assert names(shown(client, campaign__id__exact=campaign.pk)) == ["mine"]
    assert shown(client).chips == []


def test_columns_are_chosen_and_those_of_money_are_for_who_sees_it(client: Client, ada: Any) -> None:
    lead_at(0, city="Peoria", state="IL")
    page = client.get(reverse("admin:leads_lead_changelist"), {"columns": ["place_word", "cost_word", "nonsense"]})
    assert page.context["cl"].list_display == ["action_checkbox", "person", "place_word", "cost_word"]
    assert "Peoria, IL" in page.content.decode()
    branch = make.BranchFactory.create()
    make.PlacementFactory.create(branch=branch)
    client.force_login(make.BranchManagerFactory.create(branch=branch))
    asked = client.get(reverse("admin:leads_lead_changelist"), {"columns": ["held_word", "cost_word"]})
    assert asked.context["cl"].list_display == ["action_checkbox", "person", "held_word"]
    assert "cost_word" not in {name for name, _, _ in asked.context["cl"].column_choices}


def kept(owner: Any, **more: Any) -> SavedView:
    return SavedView.objects.create(
        owner=owner, page="leads", **({"name": "Illinois", "criteria": {"all": [["state", "eq", "IL"]]}} | more)
    )


def test_a_kept_filter_narrows_by_its_criteria_and_looks_further_a_part_at_a_time(client: Client, ada: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(paging, "WINDOW", 3)
    for minutes in range(7):
        lead_at(minutes, last_name=f"n{minutes}", state="IL" if minutes % 2 else "NY")
    view = kept(ada, filters={"outcome__exact": ["unrouted"]})
    part = follow(client, f"?{query_of(view)}")
    assert (names(part), part.part.total, part.next_link) == (["n5"], 1, "")
    assert [(chip.label, chip.value) for chip in part.chips] == [("Filter", "Illinois"), ("Outcome", "Unrouted")]
    further = follow(client, part.further_link)
    assert names(further) == ["n3", "n1"]
    last = follow(client, further.further_link)
    assert (names(last), last.further_link) == ([], "")


def test_a_kept_filter_of_a_lead_type_shows_its_own_fields(client: Client, ada: Any) -> None:
    field = make.LeadFieldFactory.create(name="vehicles", label="Vehicles", kind="integer")
    campaign = make.CampaignFactory.create(lead_type=field.lead_type)
    lead_at(0, last_name="two", campaign=campaign, custom={"vehicles": 2})
    lead_at(1, last_name="three", campaign=campaign, custom={"vehicles": 3})
    lead_at(2, last_name="elsewhere")
    view = kept(ada, lead_type=field.lead_type, criteria={"all": [["vehicles", "gt", 2]]}, columns=["own:vehicles"])
    page = client.get(f"{HERE}?{query_of(view)}")
    assert names(page.context["cl"]) == ["three"]
    assert "Vehicles" in page.content.decode()
    field.delete()
    page = client.get(f"{HERE}?{query_of(view)}")
    assert (names(page.context["cl"]), "names a field that its lead type has no more" in page.content.decode()) == ([], True)


def test_actions_and_exports_take_only_what_the_kept_filter_shows(client: Client, ada: Any) -> None:
    lead_at(0, last_name="in", state="IL", phone="+13125550111", email="")
    lead_at(1, last_name="out", state="NY", phone="+13125550112", email="")
    view = kept(ada)
    chosen = {"action": "suppress_chosen", "select_across": "1", "index": "0", "_selected_action": [str(Lead.objects.first().pk)]}
    assert "Phones and e-mails of 1 lead go on" in client.post(f"{HERE}?{query_of(view)}", chosen).content.decode()
    assert client.get(reverse("admin:exports") + f"?{query_of(view)}").context["count"] == 1


def test_one_keeps_changes_and_deletes_one_s_own_and_looks_through_what_is_shared(client: Client, ada: Any) -> None:
    lead_at(0, last_name="mine", state="IL")
    new = reverse("admin:lead_filter_new") + "?outcome__exact=unrouted&q=secret&columns=place_word"
    assert client.get(new).context["form"]["columns"].value() == ["place_word"]
    posted = {"name": "Illinois", "criteria": '{"all": [["state", "eq", "IL"]]}', "columns": ["place_word"]}
    wrong = client.post(new, posted | {"criteria": '{"all": [["stat", "eq", "IL"]]}'})
    assert (wrong.status_code, list(wrong.context["form"].errors), SavedView.objects.count()) == (422, ["criteria"], 0)
    answer = client.post(new, posted)
    view = SavedView.objects.get()
    assert (view.filters, view.columns, view.is_shared, view.owner) == ({"outcome__exact": ["unrouted"]}, ["place_word"], False, ada)
    assert answer.url == f"{HERE}?view={view.pk}&outcome__exact=unrouted"
    assert names(follow(client, f"?{query_of(view)}")) == ["mine"]
    assert list(client.post(new, posted).context["form"].errors) == ["name"]

    here = reverse("admin:lead_filter", args=[view.pk])
    other = make.ManagerFactory.create()
    client.force_login(other)
    assert client.get(f"{HERE}?view={view.pk}").url == f"{HERE}?e=1"
    SavedView.objects.update(is_shared=True)
    assert names(follow(client, f"?{query_of(view)}")) == ["mine"]
    assert (client.get(here).status_code, client.post(here, {"do": "delete"}).status_code, SavedView.objects.count()) == (404, 404, 1)
    client.force_login(ada)
    assert client.post(here, posted | {"name": "Chicago"}).status_code == 302
    assert SavedView.objects.get().name == "Chicago"
    assert client.post(here, {"do": "delete"}, follow=True).status_code == 200
    assert SavedView.objects.count() == 0


def test_a_kept_filter_asks_the_database_as_often_for_many_rows_as_for_one(client: Client, ada: Any) -> None:
    view, counts = kept(ada, columns=["held_word", "sold_word"]), []
    client.get(HERE)
    for minutes in range(3):
        make.PlacementFactory.create(lead=lead_at(minutes, state="IL"))
        with CaptureQueriesContext(connection) as queries:
            assert len(names(follow(client, f"?{query_of(view)}"))) == minutes + 1
        counts.append(len(queries))
    assert len(set(counts)) == 1


def test_leads_in_house_are_assigned_after_saying_what_happens_and_others_stay(client: Client, ada: Any) -> None:
    branch, rep = make.BranchFactory.create(name="North"), make.RepFactory.create(first_name="Remy")
    inside, sold = make.PlacementFactory.create(lead=lead_at(0)), lead_at(1)
    chosen = {"action": "assign_chosen", "_selected_action": [inside.pk, sold.pk]}
    asked = client.post(HERE, chosen)
    page = asked.content.decode()
    assert ("1 lead is not kept in house and will stay." in page, "North" in page, "Remy" in page) == (True, True, True)
    sure = {"confirmed": "yes", "where": "branch", "branch": branch.pk, "lead": f"{inside.pk}:{inside.revision}", "back": HERE}
    assert client.post(reverse("admin:floor_move"), sure).url == HERE
    inside.refresh_from_db()
    assert (inside.branch, inside.owner) == (branch, None)
    inside.refresh_from_db()
    again = client.post(HERE, {"action": "assign_chosen", "_selected_action": [sold.pk]}, follow=True)
    assert "None of these leads is kept in house" in str([str(one) for one in again.context["messages"]])
    assert rep.owned.count() == 0
