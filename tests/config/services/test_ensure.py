"""A `manage.py` command in a fresh clone brings its own servers, and leaves everything as it was."""

import os
import stat
from pathlib import Path

import psycopg
import pytest

from config.services import ensure_services
from config.services.secrets import MADE_ONCE, local_secrets


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "SWITCHYARD_ENV", *MADE_ONCE):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("bare")
def test_a_command_finds_a_database_and_keys_and_leaves_nothing_behind(tmp_path: Path) -> None:
    before = dict(os.environ)
    with ensure_services(tmp_path):
        url = os.environ["DATABASE_URL"]
        with psycopg.connect(url) as connection:
            assert connection.execute("select current_database()").fetchone() == ("switchyard",)
        assert os.environ["SWITCHYARD_ENV"] == "development"
        assert os.environ["SECRET_KEY"] == local_secrets(tmp_path / "env")["SECRET_KEY"]
    assert dict(os.environ) == before
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(("name", "value"), [("DATABASE_URL", "postgresql://db.example/switchyard"), ("SWITCHYARD_ENV", "production")])
def test_nothing_is_started_where_the_operator_says_where_things_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    before = dict(os.environ)
    with ensure_services(tmp_path):
        assert dict(os.environ) == before
    assert list(tmp_path.iterdir()) == []


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "var" / "env"
    made = local_secrets(path)
    assert set(made) == set(MADE_ONCE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert local_secrets(path) == made
    assert local_secrets(tmp_path / "another") != made


def test_a_key_that_a_person_changed_stays_and_a_missing_one_is_added(tmp_path: Path) -> None:
    path = tmp_path / "env"
    local_secrets(path)
    path.write_text("# mine\nSECRET_KEY=chosen=by-hand\n")
    kept = local_secrets(path)
    assert kept["SECRET_KEY"] == "chosen=by-hand"
    assert set(kept) == set(MADE_ONCE)
    assert local_secrets(path) == kept
