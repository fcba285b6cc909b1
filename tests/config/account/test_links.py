"""Invitations and forgotten passwords: a link that works once, names nobody, and tells nobody who exists."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from distribution.demo import factories as make
from leads.clock import database_now
from leads.models import Event
from pullqueue.enums import LinkKind, Role
from pullqueue.models import AccountLink, User
from pullqueue.services.link_mails import mail_links
from pullqueue.services.links import MOST_RESETS, make_link, token_of
from tests.config.account.conftest import PASSWORD, choose, is_in, link_in_mail, sign_in

NEW = "a-louder-harbour-43"


def ask(name: str) -> str:
    page: str = Client().post(reverse("forgotten"), {"name": name}).content.decode()
    return page


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(rep: User) -> None:
    before = Client()
    sign_in(before, "rita")
    ask("rita")
    link, browser = link_in_mail(), Client()
    assert mail.outbox[0].to == ["rita@switchyard.example"]
    assert choose(browser, link, NEW)["Location"] == reverse("sign_in")
    assert (is_in(before), is_in(browser)) == (False, False)  # old sessions end; the link itself signs nobody in
    assert sign_in(browser, "rita", NEW).status_code == 302
    assert Client().get(link).status_code == 410
    kinds = Event.objects.filter(about=f"user:{rep.pk}").order_by("at").values_list("kind", flat=True)
    assert list(kinds) == ["person.signed_in", "person.reset_asked", "person.password_reset", "person.signed_in"]


def test_the_answer_is_the_same_whether_somebody_has_the_name(rep: User) -> None:
    answers = {ask(name) for name in ("rita", "Rita@Switchyard.example", "nobody", "nobody@switchyard.example")}
    assert len(answers) == 1
    assert "Null characters are not allowed." in ask("x\x00y")
    assert AccountLink.objects.count() == 2
    assert mail_links(now=database_now()) == 1  # the first link ended with the second


def test_opening_the_link_uses_nothing_up_and_its_address_names_nobody(rep: User) -> None:
    ask("rita")
    link = link_in_mail()
    assert [Client().get(link).status_code for _ in range(2)] == [302, 302]
    assert "rita" not in link
    assert str(rep.pk) not in link.partition(".")[0].removeprefix("/link/").split("-")


@pytest.mark.parametrize("what", ["password", "email", "role", "time", "newer", "off"])
def test_a_link_is_dead_when_what_it_was_made_for_has_changed(rep: User, what: str) -> None:
    link = make_link(user=rep, kind=LinkKind.RESET, by=None, now=database_now())
    path = reverse("account_link", args=[token_of(link)])
    assert Client().get(path).status_code == 302
    if what == "password":
        rep.set_password(NEW)
    elif what == "email":
        rep.email = "other@switchyard.example"
    elif what == "role":
        rep.role = Role.MANAGER
    elif what == "off":
        rep.is_active = False
    elif what == "newer":
        make_link(user=rep, kind=LinkKind.RESET, by=None, now=database_now())
    else:
        AccountLink.objects.update(expires_at=database_now() - timedelta(seconds=1))
    rep.save()
    assert Client().get(path).status_code == 410


def test_a_forged_or_foreign_token_is_dead(rep: User) -> None:
    link = make_link(user=rep, kind=LinkKind.RESET, by=None, now=database_now())
    for token in (link.pk.hex, f"{link.pk.hex}.AAAA", token_of(link)[:-1], "x" * 500):
        assert Client().get(reverse("account_link", args=[token])).status_code == 410


def test_nobody_is_flooded_with_mails_and_somebody_switched_off_gets_none(rep: User) -> None:
    for _ in range(MOST_RESETS + 3):
        ask("rita")
    assert AccountLink.objects.filter(user=rep).count() == MOST_RESETS
    User.objects.filter(pk=rep.pk).update(is_active=False)
    AccountLink.objects.all().delete()
    ask("rita")
    assert AccountLink.objects.count() == 0


def test_a_weak_password_is_refused_with_the_reason_and_the_link_lives_on(rep: User) -> None:
    ask("rita")
    link, browser = link_in_mail(), Client()
    make.CompanyFactory.create(name="Harbour Lights")
    assert "The password is too similar to the" not in choose(browser, link, NEW).content.decode()
    ask("rita")
    link = link_in_mail()
    assert "at least 10 characters" in choose(browser, link, "short").content.decode()
    assert "company&#x27;s name" in choose(browser, link, "harbourlights2026").content.decode()
    assert "more than 128 characters" in choose(browser, link, "x1" * 100).content.decode()
    assert choose(browser, link, PASSWORD + "!").status_code == 302


def test_a_branch_manager_invites_a_rep_who_chooses_a_password(db: None) -> None:
    manager = make.BranchManagerFactory.create()
    below = make.BranchFactory.create(parent=manager.branch)
    site = Client()
    site.force_login(manager)
    form = {
        "first_name": "Nora",
        "last_name": "New",
        "email": "nora@switchyard.example",
        "username": "nora",
        "role": "rep",
        "branch": below.pk,
    }
    assert site.post(reverse("admin:person_invite"), form).status_code == 302
    nora = User.objects.get(username="nora")
    assert (nora.role, nora.branch, nora.has_usable_password()) == (Role.REP, below, False)
    browser, link = Client(), link_in_mail()
    assert "Welcome" in browser.get(browser.get(link)["Location"]).content.decode()
    choose(browser, link, PASSWORD)
    assert sign_in(browser, "nora").status_code == 302
    assert Client().get(link).status_code == 410


@pytest.mark.parametrize(("field", "value"), [("role", "manager"), ("role", "administrator"), ("branch", "foreign")])
def test_a_branch_manager_invites_nobody_else_and_nowhere_else(db: None, field: str, value: str) -> None:
    manager, foreign = make.BranchManagerFactory.create(), make.BranchFactory.create()
    site = Client()
    site.force_login(manager)
    form = {
        "first_name": "N",
        "last_name": "N",
        "email": "n@switchyard.example",
        "username": "nora",
        "role": "rep",
        "branch": manager.branch_id,
    }
    assert site.post(reverse("admin:person_invite"), form | {field: foreign.pk if value == "foreign" else value}).status_code == 422
    assert not User.objects.filter(username="nora").exists()


def test_managers_switch_off_whom_they_manage_and_nobody_else(db: None) -> None:
    manager = make.BranchManagerFactory.create()
    rep, foreign = make.RepFactory.create(branch=manager.branch), make.RepFactory.create()
    site, theirs = Client(), Client()
    site.force_login(manager)
    theirs.force_login(rep)
    assert site.post(reverse("admin:person_access", args=[rep.pk]), {"do": "off"}).status_code == 302
    assert not is_in(theirs)
    for person in (foreign, manager, make.BranchManagerFactory.create(branch=manager.branch)):
        assert site.post(reverse("admin:person_access", args=[person.pk]), {"do": "off"}).status_code == 404
        person.refresh_from_db()
        assert person.is_active
