"""Production refuses to start with what loses leads or gives secrets away; development is told, and starts."""

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as live
from django.core.checks import Error, Warning  # noqa: A004

from config import checks
from config.broker import HARD_LIMIT
from distribution.demo.factories import AdministratorFactory, EventFactory, RepFactory
from distribution.demo.seed import password_mark

GOOD: dict[str, Any] = {
    "IS_PRODUCTION": True,
    "SECRET_KEY": "kR7-pV2wq9ZtXb4mLs8uHc3nYf6jDg1eAoBiCvQx5TzWrNyM0K",
    "ENCRYPTION_KEYS": [Fernet.generate_key().decode()],
    "DEBUG": False,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "ALLOWED_HOSTS": ["leads.example"],
}
BROKER = live.CELERY_BROKER_TRANSPORT_OPTIONS
BAD: list[tuple[str, dict[str, Any]]] = [
    ("switchyard.E001", {"SECRET_KEY": ""}),
    ("switchyard.E001", {"SECRET_KEY": "short"}),
    ("switchyard.E001", {"SECRET_KEY": "ab" * 40}),
    ("switchyard.E001", {"SECRET_KEY": "only-for-development-and-tests-" + "0123456789" * 4}),
    ("switchyard.E002", {"ENCRYPTION_KEYS": []}),
    ("switchyard.E002", {"ENCRYPTION_KEYS": ["not a key"]}),
    ("switchyard.E003", {"DEBUG": True}),
    ("switchyard.E004", {"SESSION_COOKIE_SECURE": False}),
    ("switchyard.E004", {"CSRF_COOKIE_SECURE": False}),
    ("switchyard.E004", {"SESSION_COOKIE_HTTPONLY": False}),
    ("switchyard.E005", {"ALLOWED_HOSTS": ["*"]}),
    ("switchyard.E006", {"LEASE_SECONDS": HARD_LIMIT}),
    ("switchyard.E007", {"DRAIN_SECONDS": 60}),
    ("switchyard.E007", {"CELERY_TASK_SOFT_TIME_LIMIT": HARD_LIMIT}),
    ("switchyard.E008", {"CELERY_BROKER_TRANSPORT_OPTIONS": BROKER | {"visibility_timeout": HARD_LIMIT}}),
    ("switchyard.E009", {"CELERY_BROKER_TRANSPORT_OPTIONS": {name: BROKER[name] for name in BROKER if name != "socket_timeout"}}),
    ("switchyard.E009", {"CELERY_BROKER_TRANSPORT_OPTIONS": BROKER | {"max_retries": 3}}),
    ("switchyard.E009", {"CELERY_TASK_PUBLISH_RETRY": True}),
]
ONLY_IN_PRODUCTION = {"switchyard.E003", "switchyard.E004", "switchyard.E005"}


def put(settings: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(settings, name, value)


def test_good_settings_pass_in_production(settings: Any) -> None:
    put(settings, GOOD)
    assert checks.check_settings(None) == []


@pytest.mark.parametrize(("code", "change"), BAD)
def test_production_refuses(settings: Any, code: str, change: dict[str, Any]) -> None:
    put(settings, GOOD | change)
    found = checks.check_settings(None)
    assert [(one.id, type(one)) for one in found] == [(code, Error)]


@pytest.mark.parametrize(("code", "change"), BAD)
def test_development_is_told_of_what_does_harm_there_too(settings: Any, code: str, change: dict[str, Any]) -> None:
    put(settings, GOOD | change | {"IS_PRODUCTION": False})
    found = [(one.id, type(one)) for one in checks.check_settings(None)]
    assert found == ([] if code in ONLY_IN_PRODUCTION else [(code, Warning)])


@pytest.mark.parametrize(("is_production", "kind"), [(True, Error), (False, Warning)])
def test_another_database_than_postgresql_is_named(
    settings: Any, monkeypatch: pytest.MonkeyPatch, *, is_production: bool, kind: type
) -> None:
    put(settings, GOOD | {"IS_PRODUCTION": is_production})
    monkeypatch.setitem(live.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    assert [(one.id, type(one)) for one in checks.check_settings(None)] == [("switchyard.E010", kind)]


def test_a_process_does_not_start_and_says_every_reason(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put(settings, GOOD | {"DEBUG": True, "SECRET_KEY": "short"})
    monkeypatch.setattr(checks, "sample_people", lambda: iter(()))
    with pytest.raises(SystemExit) as stopped:
        checks.refuse_unsafe_start()
    lines = str(stopped.value).splitlines()
    assert (lines[0], [line.split(":")[0] for line in lines[1:]]) == ("Not started.", ["switchyard.E001", "switchyard.E003"])


def test_a_process_starts_in_development_whatever_it_is_told(settings: Any) -> None:
    put(settings, GOOD | {"IS_PRODUCTION": False, "SECRET_KEY": "short"})
    checks.refuse_unsafe_start()


@pytest.mark.django_db
class TestSamplePeople:
    def seed_marks(self, *people: Any) -> None:
        EventFactory.create(kind="demo.seeded", data={"people": {str(person.pk): password_mark(person) for person in people}})

    def test_production_refuses_sample_people_with_the_seed_s_password(self, settings: Any) -> None:
        put(settings, GOOD)
        self.seed_marks(AdministratorFactory.create(username="admin"), RepFactory.create(username="rep"))
        found = checks.check_sample_people(None)
        assert [one.id for one in found] == ["switchyard.E011"]
        assert found[0].msg == "2 sample people can sign in with the password that manage.py seed gave them: admin, rep."

    def test_a_changed_password_and_a_closed_account_are_no_danger(self, settings: Any) -> None:
        put(settings, GOOD)
        admin, rep = AdministratorFactory.create(), RepFactory.create()
        self.seed_marks(admin, rep)
        admin.set_password("a-new-one-of-my-own")
        admin.save()
        rep.is_active = False
        rep.save()
        assert checks.check_sample_people(None) == []

    def test_people_who_are_no_samples_are_none_of_its_business(self, settings: Any) -> None:
        put(settings, GOOD)
        AdministratorFactory.create()
        assert checks.check_sample_people(None) == []

    def test_samples_are_welcome_in_development(self, settings: Any) -> None:
        put(settings, GOOD | {"IS_PRODUCTION": False})
        self.seed_marks(AdministratorFactory.create())
        assert checks.check_sample_people(None) == []
