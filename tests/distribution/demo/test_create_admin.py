"""`manage.py create_admin` begins an empty installation, once, with a password that is not weak."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from distribution.demo.factories import AdministratorFactory, ManagerFactory
from leads.models import Event
from pullqueue.enums import Role
from pullqueue.models import User

pytestmark = pytest.mark.django_db
GOOD = {"ADMIN_USERNAME": "ines", "ADMIN_EMAIL": "ines@lantern.example", "ADMIN_PASSWORD": "seven-quiet-rivers"}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.PUBLIC_URL = "https://leads.lantern.example"
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def run(*words: str) -> str:
    said = StringIO()
    call_command("create_admin", *words, stdout=said)
    return said.getvalue()


def test_the_first_administrator_is_made_from_the_environment_and_told_what_is_next() -> None:
    said = run("--no-input")
    ines = User.objects.get()
    assert (ines.username, ines.email, ines.role, ines.is_staff, ines.is_superuser) == (
        "ines",
        "ines@lantern.example",
        Role.ADMINISTRATOR,
        True,
        False,
    )
    assert ines.check_password("seven-quiet-rivers")
    assert said.startswith("ines is the administrator. Next: sign in at https://leads.lantern.example/ and follow the checklist on Home")
    assert Event.objects.get(kind="installation.begun").by == ines


def test_options_win_over_the_environment() -> None:
    run("--no-input", "--username", "omar", "--email", "omar@lantern.example")
    assert User.objects.values_list("username", "email").get() == ("omar", "omar@lantern.example")


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("short", "at least 10 characters"),
        ("password123", "too common"),
        ("ines-lantern", "similar to"),
    ],
)
def test_a_weak_password_is_refused_and_nothing_is_made(monkeypatch: pytest.MonkeyPatch, password: str, problem: str) -> None:
    monkeypatch.setenv("ADMIN_PASSWORD", password)
    monkeypatch.setenv("ADMIN_USERNAME", "ines-lantern")
    with pytest.raises(CommandError) as refused:
        run("--no-input")
    assert problem in str(refused.value)
    assert User.objects.count() == 0


def test_every_problem_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_USERNAME", "in es")
    monkeypatch.setenv("ADMIN_EMAIL", "nowhere")
    monkeypatch.setenv("ADMIN_PASSWORD", "short")
    with pytest.raises(CommandError) as refused:
        run("--no-input")
    assert [line.partition(":")[0] for line in str(refused.value).splitlines()] == ["Username", "Email", "Password"]


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.delenv(missing)
    with pytest.raises(CommandError) as refused:
        run("--no-input")
    assert missing in str(refused.value)


def test_what_is_missing_is_asked_for_and_the_password_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in GOOD:
        monkeypatch.delenv(name)
    answers = iter(["ines", "ines@lantern.example"])
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    passwords = iter(["seven-quiet-rivers", "seven-quiet-river", "seven-quiet-rivers", "seven-quiet-rivers"])
    monkeypatch.setattr("distribution.management.commands.create_admin.getpass", lambda _: next(passwords))
    with pytest.raises(CommandError) as refused:
        run()
    assert str(refused.value) == "The two differ. Nothing was made; try again."
    answers = iter(["ines", "ines@lantern.example"])
    run()
    assert User.objects.get().check_password("seven-quiet-rivers")


def test_an_installation_begins_once() -> None:
    AdministratorFactory.create(username="boss")
    with pytest.raises(CommandError) as refused:
        run("--no-input")
    assert str(refused.value) == (
        "There is an administrator already: boss. Further people are added at Settings > People; "
        "manage.py changepassword boss sets a forgotten password."
    )
    assert User.objects.count() == 1


def test_without_an_administrator_who_may_sign_in_it_can_begin_again() -> None:
    AdministratorFactory.create(is_active=False)
    ManagerFactory.create()
    run("--no-input")
    assert User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).count() == 1
