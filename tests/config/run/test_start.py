"""What `make run` says before it starts: ports, a second start, half-set environments."""

import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.db import OperationalError

from config.run import ports, screen
from config.run.installation import describe, migrate
from config.run.product import environment, only_one
from config.run.table import Ports, Stop, processes
from config.services import ServiceError


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as line:
        line.bind((ports.HERE, 0))
        line.listen()
        yield line.getsockname()[1]


def test_a_taken_port_is_said_and_the_next_free_one_used(
    taken: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", str(taken))
    chosen = ports.web_port()
    assert taken < chosen < taken + ports.TRIED
    assert capsys.readouterr().out == f"Port {taken} is taken by another program; using {chosen}. (PORT=9000 make run chooses one.)\n"


def test_a_free_port_is_used_without_a_word(taken: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    free = ports.next_free(taken)
    monkeypatch.setenv("PORT", str(free))
    assert ports.web_port() == free
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("text", ["eighty", "0", "65536", "-1", "80.5", "８０００"])
def test_a_port_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(ServiceError) as said:
        ports.wanted_port()
    assert str(said.value) == f"PORT is {text!r}, which is no port. Choose a number from 1024 to 65535."


def test_the_demo_buyer_keeps_its_port_and_says_when_it_is_taken(taken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "LEFTOVER_SECONDS", 0.2)
    first = ports.buyer_port(tmp_path)
    assert ports.buyer_port(tmp_path) == first
    (tmp_path / "demo-buyer-port").write_text(f"{taken}\n")
    with pytest.raises(
        ServiceError, match=rf"^Port {taken} is taken by another program, and the sample clients expect the demo buyer there\."
    ):
        ports.buyer_port(tmp_path)


def test_a_second_start_from_the_same_folder_names_the_first(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(ServiceError) as said, only_one(tmp_path):
        pass
    assert str(said.value) == f"Switchyard already runs from this folder (process {os.getpid()}). Stop it first: Ctrl-C there."
    with only_one(tmp_path):  # and afterwards the folder is free again
        pass


@pytest.mark.parametrize(("given", "missing"), [("DATABASE_URL", "REDIS_URL"), ("REDIS_URL", "DATABASE_URL")])
def test_half_an_environment_is_refused(given: str, missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(missing)
    monkeypatch.setenv(given, "somewhere")
    with pytest.raises(ServiceError, match=f"^{missing} is missing: "), environment(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_valkey_that_does_not_answer_is_said_before_anything_starts(taken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{ports.next_free(taken)}/0")
    with (
        pytest.raises(ServiceError, match=r"^Valkey cannot be used: .*Connection refused.* Look at REDIS_URL and at that server\.$"),
        environment(tmp_path),
    ):
        pass


def test_a_database_that_does_not_answer_is_named_without_its_password(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://sales:hunter2@db.example/leads")
    refused = OperationalError("connection failed: Connection refused\n\tIs the server running?")
    monkeypatch.setattr("config.run.installation.call_command", Mock(side_effect=refused))
    with pytest.raises(ServiceError) as said:
        migrate()
    assert str(said.value) == (
        "The database leads on db.example cannot be used: connection failed: Connection refused. Look at DATABASE_URL and at that server."
    )


def test_a_database_of_ones_own_is_named_without_its_password() -> None:
    assert describe("postgresql://sales:hunter2@db.example:5433/leads") == "leads on db.example"
    assert describe("postgresql://postgres@/switchyard?host=/tmp/x") == "switchyard on this machine"


def test_the_web_listens_on_this_machine_only_and_only_the_demo_has_a_buyer_and_a_trickle() -> None:
    chosen = Ports(web=8000, mail=8025, mail_page=8026, buyer=8790, files=2222)
    table = {process.name: process for process in processes(chosen, demo=True)}
    assert sorted(table) == ["beat", "demo-buyer", "mail-sink", "sweep", "trickle", "web", "worker-mail", "worker-pipeline"]
    assert re.findall(r"--host (\S+) --port (\S+)", " ".join(table["web"].command)) == [("127.0.0.1", "8000")]
    assert sum(max(process.seconds for process in table.values() if process.stop is step) for step in Stop) <= 11  # with the servers 15

    bare = [process.name for process in processes(chosen, demo=False)]
    assert sorted(set(table) - set(bare)) == ["demo-buyer", "trickle"]


def test_the_status_line_counts_leads_by_outcome_most_first() -> None:
    line = screen.counts({"pending": 224, "sold": 980, "": 6, "erased": 0}, 7, 8)
    assert line == "1,210 leads: 980 sold, 224 pending, 6 not accepted. 7 of 8 processes run."
    assert screen.counts({}, 8, 8) == "No leads yet. 8 of 8 processes run."


def test_the_welcome_says_where_and_who(capsys: pytest.CaptureFixture[str]) -> None:
    text = screen.welcome("http://127.0.0.1:8000/", [("rep", "rep", "abcd-efgh-jkmn")], ["  Logs are in var/log."])
    assert [line.split() for line in text.splitlines() if line.strip()] == [
        ["Switchyard", "runs", "at", "http://127.0.0.1:8000/"],
        ["name", "password"],
        ["rep", "rep", "abcd-efgh-jkmn"],
        ["Logs", "are", "in", "var/log."],
        ["Ctrl-C", "stops", "everything;", "the", "data", "stay."],
    ]
