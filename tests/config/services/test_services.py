"""The servers of a checkout: one pair, whoever asks; data kept; nothing left behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
import redis

from config.services import ServiceError, Services
from config.services.children import nobody, processes_in

CHECKOUT = Path(__file__).resolve().parents[3]
OTHER = """
import sys
from pathlib import Path
from types import SimpleNamespace
from config.services import Services
services = Services(Path(sys.argv[1]), durable=False).start()
print("owner" if services.is_owner else "guest", flush=True)
sys.stdin.readline()
services.stop()
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a new cluster, to be copied: making one takes a second, copying it a tenth."""
    made = Services(tmp_path_factory.mktemp("cluster") / "var", durable=False).start()
    made.stop()
    return made.root


@pytest.fixture
def services(tmp_path: Path, cluster: Path) -> Iterator[Services]:
    made = Services(shutil.copytree(cluster, tmp_path / "var"), durable=False)
    yield made
    made.discard()


@pytest.fixture
def another_process(services: Services) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def begin() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", OTHER, str(services.root)]
        child = subprocess.Popen(command, cwd=CHECKOUT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        started.append(child)
        return child

    yield begin
    for child in started:
        child.kill()
        child.communicate()


def role(child: subprocess.Popen[str]) -> str:
    assert child.stdout
    return child.stdout.readline().strip()


def query(services: Services, statement: str) -> str:
    with psycopg.connect(services.settings()["DATABASE_URL"], autocommit=True) as connection:
        cursor = connection.execute(statement)
        return str(cursor.fetchone()[0]) if cursor.description else ""  # type: ignore[index]


def until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_data_are_there_again_at_the_second_start_and_nothing_runs_in_between(services: Services) -> None:
    services.start()
    query(services, "create table leads as select 7 as number")
    assert query(services, "show server_encoding") == "UTF8"
    assert query(services, "show listen_addresses") == ""  # nothing on TCP
    services.stop()
    assert processes_in(services.postgres.data) == []
    assert processes_in(services.valkey.data) == []
    assert not services.postgres.sockets.exists()

    services.start()
    assert query(services, "select number from leads") == "7"


def test_valkey_answers_where_the_settings_say_and_never_evicts_a_message(services: Services) -> None:
    services.start()
    with redis.Redis.from_url(services.settings()["REDIS_URL"]) as client:
        assert client.ping() is True
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("port") == {"port": "0"}


def test_a_second_process_of_the_checkout_joins_and_does_not_stop_what_it_did_not_start(
    services: Services, another_process: Callable[[], subprocess.Popen[str]]
) -> None:
    services.start()
    guest = another_process()
    assert role(guest) == "guest"
    guest.communicate("leave\n")
    assert query(services, "select 1") == "1"


def test_the_owner_stops_only_when_its_guests_have_left(services: Services, another_process: Callable[[], subprocess.Popen[str]]) -> None:
    owner = another_process()
    assert role(owner) == "owner"
    services.start()
    assert services.is_owner is False

    assert owner.stdin
    owner.stdin.write("leave\n")
    owner.stdin.flush()
    with pytest.raises(subprocess.TimeoutExpired):
        owner.wait(0.5)
    assert query(services, "select 1") == "1"

    services.stop()
    assert owner.wait(10) == 0
    assert processes_in(services.postgres.data) == []


def test_killing_the_owner_ends_its_servers_and_the_next_start_finds_the_data(
    services: Services, another_process: Callable[[], subprocess.Popen[str]]
) -> None:
    owner = another_process()
    assert role(owner) == "owner"
    query(services, "create table leads as select 7 as number")
    owner.kill()
    owner.wait()

    services.start()  # at once: it waits for the old servers, which end by themselves
    assert services.is_owner is True
    assert query(services, "select number from leads") == "7"
    services.stop()
    assert until(lambda: processes_in(services.valkey.data) == [])


def test_a_killed_server_is_named_and_revived_with_what_was_committed(services: Services) -> None:
    services.postgres.durable = True  # the others trade this promise for speed
    services.start()
    query(services, "create table leads as select 7 as number")
    assert services.dead() == []
    os.kill(services.children["PostgreSQL"].pid, signal.SIGKILL)
    assert until(lambda: services.dead() == ["PostgreSQL"])

    services.revive("PostgreSQL")
    assert services.dead() == []
    assert query(services, "select number from leads") == "7"


def test_a_stale_process_number_from_before_a_reboot_does_not_stop_the_start(services: Services) -> None:
    services.start()
    services.stop()
    (services.postgres.data / "postmaster.pid").write_text(f"{os.getpid()}\n{services.postgres.data}\n0\n5432\n\n\n0 0\nready\n")
    services.start()
    assert query(services, "select 1") == "1"


def test_a_full_disk_is_said_before_anything_half_made_lies_there(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=12_400_000))
    shutil.rmtree(services.postgres.data)
    with pytest.raises(ServiceError) as said:
        services.start()
    assert str(said.value) == (f"The disk that holds {services.root} is full (12 MB free, 300 MB needed). Free some space and start again.")
    assert not services.postgres.data.exists()


def test_a_server_that_cannot_start_says_why_in_one_sentence(services: Services) -> None:
    services.start()
    services.stop()
    (services.postgres.data / "postgresql.conf").write_text("shared_buffers = 'many'\n")
    (services.postgres.data / "PG_VERSION").write_text("7\n")
    with pytest.raises(ServiceError) as said:
        services.start()
    assert str(said.value).startswith("PostgreSQL did not start: ")
    assert str(said.value).endswith(f"(the whole log: {services.postgres.log})")
    assert processes_in(services.valkey.data) == []  # the half that did start is stopped again


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_for_sockets_that_belongs_to_somebody_else_is_refused(services: Services) -> None:
    shutil.rmtree(services.postgres.data)
    services.postgres.sockets.mkdir()
    os.chown(services.postgres.sockets, 4242, -1)
    with pytest.raises(ServiceError, match=f"^{services.postgres.sockets} belongs to somebody else"):
        services.start()
    assert not services.postgres.data.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_root_without_user_namespaces_runs_postgresql_as_nobody(tmp_path: Path) -> None:
    services = Services(tmp_path / "var", durable=False, guise=nobody())
    try:
        services.start()
        assert Path("/proc", str(services.children["PostgreSQL"].pid)).stat().st_uid == nobody().user
        query(services, "create table leads as select 7 as number")
        services.stop()
        services.start()
        assert query(services, "select number from leads") == "7"
    finally:
        services.discard()
