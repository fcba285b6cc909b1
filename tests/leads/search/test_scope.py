"""Who sees which leads: all, those of one's branch and below, those one holds, owns or calls back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from distribution.demo import factories as make
from leads.models import Event, Lead
from pullqueue.enums import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def placed() -> dict[str, Lead]:
    """A lead with the branch, one below it, one with another branch, one of nobody."""
    north = make.BranchFactory.create(name="North")
    below = make.BranchFactory.create(name="North shore", parent=north)
    branches = {"own": north, "below": below, "other": make.BranchFactory.create(name="South"), "none": None}
    return {
        name: make.PlacementFactory.create(branch=branch, lead__last_name=f"of {name}", lead__outcome="queued", lead__due_at=None).lead
        for name, branch in branches.items()
    }


def seen(user: Any, leads: dict[str, Lead]) -> set[str]:
    found = set(Lead.objects.visible_to(user).values_list("pk", flat=True))
    return {name for name, lead in leads.items() if lead.pk in found}


def test_a_manager_of_a_branch_sees_its_leads_and_those_below(placed: dict[str, Lead]) -> None:
    manager = make.BranchManagerFactory.create(branch=placed["own"].placement.branch)
    assert seen(manager, placed) == {"own", "below"}
    assert seen(make.ManagerFactory.create(), placed) == set(placed)
    manager.is_active = False
    assert seen(manager, placed) == set()


def test_a_rep_sees_what_is_theirs_and_a_client_s_user_nothing(placed: dict[str, Lead]) -> None:
    rep = make.RepFactory.create(branch=placed["own"].placement.branch)
    placement = placed["own"].placement
    assert seen(rep, placed) == set()
    placement.place, placement.owner = Place.OWNED, rep
    placement.save()
    assert seen(rep, placed) == {"own"}
    assert seen(make.ClientUserFactory.create().user, placed) == set()


def test_the_branch_s_manager_opens_its_leads_without_clients_and_money(client: Client, placed: dict[str, Lead]) -> None:
    lead = placed["own"]
    Event.objects.create(kind="lead.sold", at=lead.received_at, lead=lead, data={"price": "42.00", "client": 1})
    client.force_login(make.BranchManagerFactory.create(branch=lead.placement.branch))
    page = client.get(reverse("admin:leads_lead_changelist")).content.decode()
    assert ("of own" in page, "of below" in page, "of other" in page, "of none" in page) == (True, True, False, False)
    page = client.get(reverse("admin:leads_lead_change", args=[lead.pk])).content.decode()
    assert ("of own" in page, "42.00" in page) == (True, False)
    told = client.get(f"/api/v1/staff/leads/{lead.pk}/").json()
    assert (told["last_name"], told["cost"], [one["sentence"] for one in told["events"]]) == ("of own", None, ["Sold."])
    assert client.get(f"/api/v1/staff/leads/{placed['other'].pk}/").status_code == 404
    assert client.get(reverse("admin:leads_lead_change", args=[placed["other"].pk])).status_code == 404
