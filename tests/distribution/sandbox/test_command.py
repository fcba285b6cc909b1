"""The command as people run it: on tables of its own, the same result whatever is there, and nothing left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import connection

from clients.models import Client
from distribution.demo.factories import DeliveryFactory
from distribution.models import Delivery
from distribution.sandbox.scratch import ALIVE, MARK, drop_leftovers
from leads.models import Lead
from tests.distribution.sandbox.days import client, leads

EXAMPLE = Path(__file__).with_name("example.json")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quiet(settings: Any) -> None:
    settings.PUBLISHES_WAKE_UPS = True  # the command switches them off by itself


def schemas() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'sandbox%' ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


def test_the_example_is_told_twice_alike_whatever_the_installation_holds(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("sandbox", str(EXAMPLE))
    first = capsys.readouterr()
    DeliveryFactory.create(accepted=True)
    before = (Client.objects.count(), Lead.objects.count(), Delivery.objects.count())
    call_command("sandbox", str(EXAMPLE))
    second = capsys.readouterr()
    assert first.out == second.out
    assert (first.err, second.err) == ("", "")
    assert (Client.objects.count(), Lead.objects.count(), Delivery.objects.count()) == before == (1, 1, 1)
    assert schemas() == []
    closed = {"reason": "schedule_closed", "detail": {"opens": "2026-03-02T09:00:00-08:00"}, "rank": None, "offer": None}
    ranked = {"reason": None, "rank": 1, "keys": {"primary": "1", "secondary": "25.00"}, "decided_by": "only", "offer": "accepted"}
    who = {"client": "A", "account": "A1"}
    assert json.loads(first.out) == {
        "events": [
            {
                "n": 0,
                "do": "lead",
                "lead": "L1",
                "status": "accepted",
                "outcome": "queued",
                "strategies": ["fresh"],
                "sold": [],
                "candidates": [who | closed],
            },
            {"n": 1, "do": "pull", "user": "ann", "lead": None, "strategy": None, "reason": "calling_hours"},
            {
                "n": 2,
                "do": "lead",
                "lead": "L2",
                "status": "accepted",
                "outcome": "sold",
                "sold": [who | {"price": "25.00"}],
                "candidates": [who | ranked],
            },
            {"n": 3, "do": "pull", "user": "ann", "lead": "L1", "strategy": "fresh", "reason": None},
            {"n": 4, "do": "dispose", "user": "ann", "lead": "L1", "then": "recycle", "ready_at": "2026-03-02T13:09:00-05:00"},
            {"n": 5, "do": "change"},
            {"n": 6, "do": "rebuild"},
        ],
        "totals": {"leads": 2, "sold": 1, "revenue": "25.00", "clients": {"A": {"sold": 1, "revenue": "25.00", "share": "1.0000"}}},
    }


def test_a_mistake_is_one_line_and_the_second_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "day.json"
    file.write_text('{"events": [{"at": "noon", "do": "rebuild"}]}')
    for name, line in (
        (file, "events[0].at: Use a time such as 2026-03-02T09:00:00-05:00.\n"),
        (tmp_path / "none.json", f"{tmp_path / 'none.json'}: Cannot be read: No such file or directory.\n"),
    ):
        with pytest.raises(SystemExit) as ended:
            call_command("sandbox", str(name))
        told = capsys.readouterr()
        assert (ended.value.code, told.out, told.err) == (2, "", line)


def test_what_a_killed_run_left_is_dropped_at_the_next_start(tmp_path: Path) -> None:
    file = tmp_path / "day.json"
    file.write_text(json.dumps({"clients": [client("A")], "events": leads(5_000)}))
    environment = os.environ | {"DATABASE_URL": _url()}
    run = subprocess.Popen([sys.executable, "manage.py", "sandbox", str(file)], env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: _has_leads(schemas()))
        assert dropped() == []
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()
    left = schemas()
    wait_for(lambda: dropped() == left)
    assert (len(left), schemas()) == (1, [])


def test_only_what_bears_our_mark_and_has_died_is_dropped() -> None:
    alive: Any = connection.copy()
    try:
        with connection.cursor() as cursor, alive.cursor() as other:
            for name in ("sandbox_0000000a", "sandbox_0000000b", "sandbox_0000000c"):
                cursor.execute(f"CREATE SCHEMA {name}")
            for name in ("sandbox_0000000a", "sandbox_0000000b"):
                cursor.execute(f"COMMENT ON SCHEMA {name} IS '{MARK}'")
            other.execute("SELECT pg_advisory_lock(%s, %s)", [ALIVE, 0xB - 2**31])
            assert drop_leftovers(cursor) == ["sandbox_0000000a"]
            assert schemas() == ["sandbox_0000000b", "sandbox_0000000c"]
    finally:
        alive.close()
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA sandbox_0000000b; DROP SCHEMA sandbox_0000000c")


def _url() -> str:
    """The address of the tests' database, as a process of its own needs it."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


def _has_leads(found: list[str]) -> bool:
    """Whether the run is in the middle of its day."""
    if not found:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"{found[0]}.leads_lead"])
        if cursor.fetchone()[0] is None:
            return False
        cursor.execute(f"SELECT EXISTS (SELECT FROM {found[0]}.leads_lead)")
        return bool(cursor.fetchone()[0])


def dropped() -> list[str]:
    with connection.cursor() as cursor:
        return drop_leftovers(cursor)


def wait_for(condition: Callable[[], bool], seconds: float = 120) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it never came to be"
        time.sleep(0.05)
