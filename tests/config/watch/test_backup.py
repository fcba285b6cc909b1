"""A backup is sealed and read by its owner alone; restored, everything is there, and nothing is sent until somebody says so."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from distribution.demo import factories as make
from distribution.enums import DeliveryState
from distribution.services.backup import CannotRestore, put_back
from distribution.services.claim import claim_deliveries
from distribution.services.sweep import sweep_once
from distribution.transports.sealed import Sealer, Unsealable, opened
from leads.clock import database_now
from leads.models import Event, Lead, Standstill
from leads.services.standstill import go_on, stand_still

ROOT = Path(__file__).resolve().parents[3]
KEY = "a" * 43 + "="


@pytest.fixture
def elsewhere(transactional_db: Any) -> Any:
    """An empty database on the same server, and how a process speaks to it."""
    name = f"restored_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    yield os.environ["DATABASE_URL"].replace("/switchyard?", f"/{name}?")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def manage(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    told = os.environ | environment
    return subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=told, text=True, capture_output=True, check=False, timeout=170
    )


def test_a_backup_restored_elsewhere_holds_all_and_stands_still(elsewhere: str, tmp_path: Path, settings: Any) -> None:
    settings.FILES_ROOT = tmp_path / "files"
    (settings.FILES_ROOT / "imports").mkdir(parents=True)
    (settings.FILES_ROOT / "imports" / "canary.csv").write_text("canary-upload")
    make.DeliveryFactory.create(state=DeliveryState.UNKNOWN, due_at=None, finished_at=database_now())
    make.LeadFactory.create_batch(3, last_name="canary-lead")
    call_command("backup", tmp_path / "kept")
    (folder,) = (tmp_path / "kept").iterdir()
    assert {one.name: oct(one.stat().st_mode & 0o777) for one in [folder, *folder.iterdir()]} == {
        folder.name: "0o700",
        "database.sealed": "0o600",
        "files.sealed": "0o600",
        "manifest.json": "0o600",
    }
    written = b"".join(one.read_bytes() for one in folder.iterdir() if one.is_file())
    assert not any(text in written for text in (b"canary", settings.ENCRYPTION_KEYS[0].encode(), b"PGDMP"))

    there = {"DATABASE_URL": elsewhere, "FILES_ROOT": str(tmp_path / "files2")}
    done = manage("restore", str(folder), **there)
    assert done.returncode == 0, done.stderr
    assert "Everything stands still" in done.stdout
    assert "1 deliveries were open then" in done.stdout
    assert (tmp_path / "files2" / "imports" / "canary.csv").read_text() == "canary-upload"
    asked = "from leads.models import *; print(Lead.objects.count(), Standstill.objects.filter(lifted_at=None).count())"
    assert manage("shell", "--verbosity", "0", "-c", asked, **there).stdout.split() == [str(Lead.objects.count()), "1"]
    again = manage("restore", str(folder), **there)
    assert (again.returncode, "The database is not empty" in again.stderr) == (1, True)


def test_without_its_key_or_when_damaged_a_backup_is_refused(tmp_path: Path, settings: Any, transactional_db: Any) -> None:
    settings.FILES_ROOT = tmp_path / "files"
    call_command("backup", tmp_path / "kept")
    (folder,) = (tmp_path / "kept").iterdir()
    keys = list(settings.ENCRYPTION_KEYS)
    settings.ENCRYPTION_KEYS = [KEY]
    with pytest.raises(CannotRestore, match="ENCRYPTION_KEYS lacks the key"):
        put_back(folder=folder, now=database_now())
    settings.ENCRYPTION_KEYS = keys
    sealed = bytearray((folder / "database.sealed").read_bytes())
    sealed[len(sealed) // 2] ^= 1
    (folder / "database.sealed").write_bytes(sealed)
    with pytest.raises(CannotRestore, match="the backup is damaged"):
        put_back(folder=folder, now=database_now())
    (folder / "manifest.json").write_text(json.dumps({"made": 1}))
    with pytest.raises(CannotRestore, match="holds no whole backup"):
        put_back(folder=folder, now=database_now())


@pytest.mark.parametrize("length", [0, 1, 1024 * 1024, 3 * 1024 * 1024 + 5])
def test_what_was_sealed_opens_whole_and_only_whole(length: int, tmp_path: Path) -> None:
    path, data = tmp_path / "x", os.urandom(length)
    with path.open("wb") as out:
        sealer = Sealer(out, KEY)
        sealer.write(data)
        sealer.close()
    with path.open("rb") as source:
        assert b"".join(opened(source, KEY)) == data
    whole = path.read_bytes()
    for wrong in (whole[:-1], whole + b"x", whole[: 44 + 1024 * 1024 + 16] if length > 1024 * 1024 else whole[:50]):
        path.write_bytes(wrong)
        with path.open("rb") as source, pytest.raises(Unsealable):
            list(opened(source, KEY))


def test_while_it_stands_still_nothing_is_claimed_until_an_administrator_types_it(db: None) -> None:
    delivery = make.DeliveryFactory.create(due_at=database_now())
    lead = make.LeadFactory.create(due_at=database_now())
    stand_still(reason="Restored from a backup", now=database_now())
    stand_still(reason="Restored from a backup", now=database_now())
    kind = delivery.method.kind
    assert claim_deliveries(kind=kind, now=database_now(), limit=10, locking=False) == []
    assert sweep_once()
    lead.refresh_from_db()
    assert lead.due_at is not None

    site, page = Client(), reverse("admin:standstill")
    administrator = make.AdministratorFactory.create()
    site.force_login(administrator)
    assert delivery.spoken in site.get(page).content.decode()
    assert site.post(page, {"typed": "yes"}).status_code == 422
    assert Standstill.present() is not None
    assert site.post(page, {"typed": "Go on"}).status_code == 302
    assert [one.delivery.pk for one in claim_deliveries(kind=kind, now=database_now(), limit=10, locking=False) or []] == [delivery.pk]
    assert list(Event.objects.filter(kind__startswith="standstill").order_by("id").values_list("kind", "by")) == [
        ("standstill.begun", None),
        ("standstill.lifted", administrator.pk),
    ]


def test_a_manager_does_not_end_it_and_the_command_wants_a_word(db: None) -> None:
    stand_still(reason="Restored from a backup", now=database_now())
    site = Client()
    site.force_login(make.ManagerFactory.create())
    assert site.post(reverse("admin:standstill"), {"typed": "go on"}).status_code == 404
    with pytest.raises(CommandError, match="What waits is sent at once"):
        call_command("go_on")
    assert Standstill.present() is not None
    call_command("go_on", "--yes")
    assert (Standstill.present(), go_on(by=None, now=database_now())) == (None, False)
