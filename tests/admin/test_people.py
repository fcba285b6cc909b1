"""Who may become what, and what is shown once."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from distribution.demo import factories as make
from pullqueue.enums import Role
from pullqueue.models import User


def filled(person: User, **changed: Any) -> dict[str, Any]:
    form = {name: getattr(person, name) or "" for name in ("username", "first_name", "last_name", "email", "role", "time_zone")}
    form |= {"branch": person.branch_id or "", "is_active": "on" if person.is_active else ""}
    return {name: value for name, value in (form | changed).items() if name != "is_active" or value}


def change(site: Client, person: User, **changed: Any) -> str:
    return site.post(reverse("admin:pullqueue_user_change", args=[person.pk]), filled(person, **changed)).content.decode()


def test_nobody_changes_their_own_role(site: Client, administrator: User) -> None:
    make.AdministratorFactory.create()
    page = change(site, administrator, role=Role.MANAGER)
    assert "Nobody changes their own role. Ask another administrator." in page
    administrator.refresh_from_db()
    assert administrator.role == Role.ADMINISTRATOR


def test_nobody_switches_off_their_own_account(site: Client, administrator: User) -> None:
    make.AdministratorFactory.create()
    assert "Nobody switches off their own account." in change(site, administrator, is_active="")


def test_an_administrator_may_demote_another_while_one_stays(site: Client, administrator: User) -> None:
    other = make.AdministratorFactory.create()
    change(site, other, role=Role.MANAGER)
    other.refresh_from_db()
    assert other.role == Role.MANAGER


def test_the_last_administrator_stays_one(administrator: User) -> None:
    from pullqueue.services.people import problems_of_change

    by = make.ManagerFactory.create()
    told = list(problems_of_change(administrator, role=Role.MANAGER, is_active=True, by=by))
    assert told == [("role", "This is the last administrator. Make somebody else one first.")]
    told = list(problems_of_change(administrator, role=Role.ADMINISTRATOR, is_active=False, by=by))
    assert told == [("is_active", "This is the last administrator. Make somebody else one first.")]
    make.AdministratorFactory.create()
    assert list(problems_of_change(administrator, role=Role.MANAGER, is_active=True, by=by)) == []


def test_a_new_person_gets_a_password_that_is_shown_once_and_works(site: Client) -> None:
    branch = make.BranchFactory.create()
    form = {
        "username": "newrep",
        "first_name": "New",
        "last_name": "Rep",
        "email": "",
        "role": "rep",
        "branch": branch.pk,
        "is_active": "on",
    }
    page = site.post(reverse("admin:pullqueue_user_add"), form).content.decode()
    (password,) = re.findall(r'id="secret">([^<]+)<', page)
    assert Client().login(username="newrep", password=password)
    person = User.objects.get(username="newrep")
    assert password not in site.get(reverse("admin:pullqueue_user_change", args=[person.pk])).content.decode()


def test_a_rep_needs_a_branch_and_an_administrator_has_none(site: Client) -> None:
    rep = make.RepFactory.create()
    assert "A sales rep works in a branch. Choose one." in change(site, rep, branch="")
    assert "Only managers and sales reps belong to a branch." in change(site, rep, role=Role.ADMINISTRATOR)


def test_a_new_password_ends_the_old_ones_sessions(site: Client) -> None:
    rep = make.RepFactory.create()
    theirs = Client()
    theirs.force_login(rep)
    assert theirs.get(reverse("desk")).status_code == 200
    site.post(reverse("admin:pullqueue_user_password", args=[rep.pk]))
    assert theirs.get(reverse("desk")).status_code == 302


@pytest.mark.parametrize("who", [make.ManagerFactory, make.BranchManagerFactory])
def test_managers_look_at_people_and_change_nobody(db: None, who: Any) -> None:
    person = who.create()
    site = Client()
    site.force_login(person)
    page = reverse("admin:pullqueue_user_change", args=[person.pk])
    assert site.get(page).status_code == 200
    assert site.post(page, filled(person, role=Role.ADMINISTRATOR)).status_code == 403
    person.refresh_from_db()
    assert person.role == Role.MANAGER


def test_guessing_is_stopped_after_ten_wrong_tries(db: None) -> None:
    rep = make.RepFactory.create(username="guessed", password="the-right-one")
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    for _ in range(10):
        stranger.post(reverse("sign_in"), {"username": rep.username, "password": "wrong"})
    page = stranger.post(reverse("sign_in"), {"username": rep.username, "password": "the-right-one"}).content.decode()
    assert "Too many wrong tries. Wait 15 minutes" in page
    other = make.RepFactory.create(password="the-right-one")
    assert stranger.post(reverse("sign_in"), {"username": other.username, "password": "the-right-one"}).status_code == 302
