"""A second factor: set up by its first code, asked for after the password, each code once; taken away only with a word why."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from distribution.demo import factories as make
from leads.clock import database_now
from leads.models import Event
from pullqueue.enums import Role
from pullqueue.models import AccessRules, SecondFactor, User
from pullqueue.services.factors import check_code
from tests.config.account.conftest import code_of, is_in, sign_in


def type_code(browser: Client, code: str) -> str:
    answer = browser.post(reverse("sign_in_code"), {"code": code})
    return "in" if answer.status_code == 302 and answer["Location"] != reverse("sign_in") else answer.content.decode()


def test_a_person_sets_it_up_and_is_asked_for_a_code_from_then_on(rep: User) -> None:
    browser, page = Client(), reverse("second_factor")
    sign_in(browser, "rita")
    assert "data:image/svg+xml" in browser.get(page).content.decode()
    assert "This code is wrong" in browser.post(page, {"do": "confirm", "code": "000000"}).content.decode()
    shown = browser.post(page, {"do": "confirm", "code": code_of(rep)}).content.decode()
    assert shown.count("<li><code>") == 10
    assert SecondFactor.objects.get(user=rep).secret not in browser.get(page).content.decode()

    other = Client()
    assert sign_in(other, "rita")["Location"] == reverse("sign_in_code")
    assert not is_in(other)
    assert type_code(other, code_of(rep, steps=1)) == "in"
    assert is_in(other)


def test_a_code_counts_once_and_a_clock_may_be_half_a_minute_off(rep: User, with_factor: Callable[[User], list[str]]) -> None:
    with_factor(rep)
    now = database_now()
    assert check_code(user=rep, code=code_of(rep, now), now=now)
    assert not check_code(user=rep, code=code_of(rep, now), now=now)
    later = now + timedelta(minutes=5)
    assert check_code(user=rep, code=code_of(rep, later, steps=-1), now=later)
    assert not check_code(user=rep, code=code_of(rep, later, steps=4), now=later)
    assert not check_code(user=rep, code=code_of(rep, later, steps=-4), now=later)


def test_a_recovery_code_lets_in_once(rep: User, with_factor: Callable[[User], list[str]]) -> None:
    code = with_factor(rep)[0]
    for expected in (True, False):
        browser = Client()
        sign_in(browser, "rita")
        assert (type_code(browser, code.upper()) == "in") is expected


def test_guessing_codes_is_stopped_and_the_page_is_reached_by_nobody_without_a_password(
    rep: User, with_factor: Callable[[User], list[str]]
) -> None:
    with_factor(rep)
    assert Client().get(reverse("sign_in_code")).status_code == 302
    browser = Client()
    sign_in(browser, "rita")
    assert "This code is wrong" in [type_code(browser, "000000") for _ in range(10)][-1]
    assert "Too many wrong codes" in type_code(browser, code_of(rep))
    assert not is_in(browser)


def test_a_role_that_must_have_one_reaches_nothing_before(administrator: User, rep: User, with_factor: Callable[[User], list[str]]) -> None:
    site, page, theirs = Client(), reverse("admin:signing_in"), Client()
    site.force_login(administrator)
    sign_in(theirs, "rita")
    assert "Set up your own second factor first" in site.post(page, {"factor_roles": ["administrator"]}).content.decode()
    assert site.post(page, {"factor_roles": ["rep"]}).status_code == 302
    assert not is_in(theirs)

    sign_in(theirs, "rita")
    assert theirs.get(reverse("desk"))["Location"] == reverse("second_factor")
    theirs.post(reverse("second_factor"), {"do": "confirm", "code": code_of(make_begun(rep))})
    assert theirs.get(reverse("desk")).status_code == 200
    assert (
        "Your role must have a second factor"
        in theirs.post(reverse("second_factor"), {"do": "remove", "code": code_of(rep, steps=1)}).content.decode()
    )
    assert list(AccessRules.current().factor_roles) == [Role.REP]


def make_begun(user: User) -> User:
    from pullqueue.services.factors import begin_factor

    begin_factor(user=user, now=database_now())
    return user


def test_an_administrator_takes_anothers_away_with_a_word_why(
    administrator: User, rep: User, with_factor: Callable[[User], list[str]]
) -> None:
    with_factor(rep)
    site, page = Client(), reverse("admin:person_access", args=[rep.pk])
    site.force_login(administrator)
    assert "Write why" in site.post(page, {"do": "factor"}).content.decode()
    assert site.post(page, {"do": "factor", "note": "phone lost"}).status_code == 302
    assert sign_in(Client(), "rita")["Location"] == reverse("home")
    event = Event.objects.get(kind="factor.reset")
    assert (event.by, event.about, event.data) == (administrator, f"user:{rep.pk}", {"note": "phone lost"})


@pytest.mark.parametrize("factory", [make.ManagerFactory, make.BranchManagerFactory])
def test_managers_take_nobodys_away(rep: User, with_factor: Callable[[User], list[str]], factory: type) -> None:
    with_factor(rep)
    manager = factory.create(**({"branch": rep.branch} if factory is make.BranchManagerFactory else {}))
    site = Client()
    site.force_login(manager)
    page = site.post(reverse("admin:person_access", args=[rep.pk]), {"do": "factor", "note": "x"}).content.decode()
    assert "Only another administrator" in page
    assert SecondFactor.objects.filter(user=rep).exists()
