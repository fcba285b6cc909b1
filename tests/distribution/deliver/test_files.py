"""Leads collected for an hour or a day and put by SFTP: one file, the same name and bytes in every attempt, nothing lost or doubled."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import asyncssh
import pytest

from clients.enums import MethodUse
from clients.models import AccountMethod, DeliveryMethod
from distribution import crash
from distribution.domain.retry import Outcome
from distribution.models import Attempt, Delivery, DeliveryFile
from distribution.services.files import FileFlights, close_files, oldest_file
from distribution.services.invariants import check_invariants
from distribution.services.test_send import send_test
from leads.services.suppress import suppress
from tests.distribution.deliver.world import NOON, World, held
from tests.peers.receiver import Receiver
from tests.peers.sftpserver import PASSWORD, USER, SftpServer

ONE_O_CLOCK = datetime(2026, 11, 25, 13, 0, 1, tzinfo=UTC)
NAME = "leads-{}-2026-11-25-07.csv"
"""Noon in UTC is seven in New York."""


@pytest.fixture
def server(settings: Any) -> Iterator[SftpServer]:
    with SftpServer() as server:
        settings.OUTBOUND_SFTP_PORTS = [server.port, 1]
        yield server


def buyer(world: World, server: SftpServer, **options: Any) -> DeliveryMethod:
    written = {
        "kind": "file", "host": "127.0.0.1", "port": server.port, "host_key": server.host_key, "auth_user": USER, "secret": PASSWORD,
        "field_map": [["id", "delivery_id"], ["first", "first_name"], ["tel", "phone"]], **options,
    }  # fmt: skip
    method = world.buyer("", **written)
    AccountMethod.objects.create(account=method.client.accounts.get(), method=method, use=MethodUse.FIRST)
    return method


def send(world: World) -> int:
    return FileFlights(clock=world.clock).run(seconds=20)


def states(**found: Any) -> list[str]:
    return list(Delivery.objects.filter(**found).order_by("number").values_list("state", flat=True))


def test_an_hour_of_leads_goes_in_one_file_when_the_hour_is_over(world: World, server: SftpServer) -> None:
    method = buyer(world, server)
    deliveries = [world.offer(method, world.lead(first_name=name, phone="+13105550100")) for name in ("Ann", 'Bo "B", Jr')]
    assert (send(world), oldest_file(now=world.clock())) == (0, None)
    world.clock.now = ONE_O_CLOCK
    assert oldest_file(now=world.clock()) == ONE_O_CLOCK.replace(second=0)
    assert send(world) == 1
    name = NAME.format(method.pk)
    assert server.files == {
        name: f'id,first,tel\r\n{deliveries[0].pk},Ann,+13105550100\r\n{deliveries[1].pk},"Bo ""B"", Jr",+13105550100\r\n'
    }
    assert (states(), held(method)) == (["accepted", "accepted"], 2)
    assert set(Delivery.objects.values_list("client_reference", "lead__outcome")) == {(name, "sold")}
    file = DeliveryFile.objects.get()
    assert (file.state, file.lines, file.is_settled, file.sha256) == ("accepted", 2, True, sha256(server.files[name].encode()).hexdigest())
    assert set(Attempt.objects.values_list("outcome", "message")) == {("accepted", f"Stored as {name}, {len(server.files[name])} bytes.")}
    assert check_invariants(now=world.clock()) == []


def test_a_daily_file_waits_for_midnight_of_the_client(world: World, server: SftpServer) -> None:
    method = buyer(world, server, file_every="day")
    world.offer(method)
    world.clock.now = datetime(2026, 11, 26, 4, 59, tzinfo=UTC)
    assert send(world) == 0
    world.clock.now = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)
    assert send(world) == 1
    assert list(server.files) == [f"leads-{method.pk}-2026-11-25.csv"]


def test_what_comes_after_the_hour_goes_with_the_next_file(world: World, server: SftpServer) -> None:
    method = buyer(world, server)
    world.offer(method)
    world.clock.now = ONE_O_CLOCK
    late = world.offer(method)
    send(world)
    assert states() == ["accepted", "queued"]
    world.clock.go(3600)
    send(world)
    assert server.files[f"leads-{method.pk}-2026-11-25-08.csv"].count(str(late.pk)) == 1


@pytest.mark.parametrize(
    ("behaviour", "options", "state", "outcome", "says"),
    [
        ("refuse_rename", {}, "queued", "not_taken", "The server refused the file: quota exceeded."),
        ("drop_before_rename", {}, "queued", "in_doubt", "The line dropped while the file was given its name."),
        ("hang", {"timeout_seconds": 1}, "queued", "not_sent", "Not done within 1 seconds."),
        ("forbid", {}, "failed", "config_error", "The server does not let us write into the folder."),
        (
            "accept",
            {"secret": "wrong-one"},
            "failed",
            "config_error",
            "The server does not let us in: check the user name, and the password or key.",
        ),
        ("accept", {"folder": "nowhere"}, "failed", "config_error", "There is no such folder on the server."),
        ("accept", {"port": 1}, "queued", "not_sent", "The server could not be used: Connect call failed ('127.0.0.1', 1)."),
    ],
)
def test_every_outcome_is_of_its_class(
    world: World, server: SftpServer, behaviour: str, options: dict[str, Any], state: str, outcome: str, says: str
) -> None:
    server.behaviour = behaviour
    method = buyer(world, server, **options)
    world.offer(method)
    world.clock.now = ONE_O_CLOCK
    send(world)
    attempt = Attempt.objects.get()
    assert (states(), attempt.outcome, attempt.message) == ([state], outcome, says)
    assert server.named == []
    assert held(method) == (1 if state == "queued" else 0)


def test_a_server_with_another_key_gets_nothing_not_even_the_password(world: World, server: SftpServer) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    world.offer(buyer(world, server, host_key=other))
    world.clock.now = ONE_O_CLOCK
    send(world)
    assert Attempt.objects.get().message == "The server shows another key than the one of the method: nothing was sent."
    assert (server.logins, server.files) == (0, {})


def test_f_a_line_that_drops_after_the_name_was_given_leaves_one_file_and_a_sale(world: World, server: SftpServer) -> None:
    method = buyer(world, server)
    world.offer(method)
    world.clock.now = ONE_O_CLOCK
    server.behaviour = "drop_after_rename"
    send(world)
    file = DeliveryFile.objects.get()
    assert (states(), file.is_tainted) == (["queued"], True)
    server.behaviour = "accept"
    world.clock.go(15)
    send(world)
    assert (states(), server.named, len(server.files)) == (["accepted"], [file.name], 1)
    assert Attempt.objects.order_by("id").last().message == "The file is there already, with the same content."


def test_i14_a_client_that_cannot_tell_a_repeat_leaves_the_doubt_to_a_person(world: World, server: SftpServer) -> None:
    method = buyer(world, server, recognises_repeats=False)
    world.offer(method)
    world.clock.now = ONE_O_CLOCK
    server.behaviour = "drop_after_rename"
    send(world)
    assert (states(), held(method), Delivery.objects.get().is_tainted) == (["unknown"], 1, True)


def test_when_the_server_stays_away_the_leads_go_on_to_others(world: World, server: SftpServer) -> None:
    method = buyer(world, server, port=1, retries=1)
    world.offer(method)
    world.clock.now = ONE_O_CLOCK
    send(world)
    world.clock.go(20)
    send(world)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.reason, delivery.lead.due_at, held(method)) == ("failed", "not_reached", world.clock(), 0)


def test_a_file_that_fails_goes_lead_by_lead_to_the_method_that_steps_in(world: World, server: SftpServer, client: Receiver) -> None:
    method = buyer(world, server, port=1, retries=0)
    hook = world.method(method.client, client.url)
    AccountMethod.objects.create(account=method.client.accounts.get(), method=hook, use=MethodUse.ON_FAILURE, position=1)
    world.offer(method)
    world.clock.now = ONE_O_CLOCK
    send(world)
    world.drain()
    assert (states(), len(client.log), Delivery.objects.get().method) == (["accepted"], 1, hook)


@pytest.mark.parametrize(
    "point",
    [
        "after_claim",
        "before_connect",
        "after_connect",
        "after_first_byte",
        "after_answer",
        "before_finish",
        "inside_finish",
        "after_finish",
    ],
)
def test_i01_wherever_a_worker_dies_there_is_one_file_and_each_lead_is_sold_once(world: World, server: SftpServer, point: str) -> None:
    method = buyer(world, server)
    deliveries = [world.offer(method), world.offer(method)]
    world.clock.now = ONE_O_CLOCK
    crash.arm(point)
    with contextlib.suppress(crash.Crash):
        send(world)
    crash.arm("")
    for _ in range(8):
        world.clock.go(400)
        send(world)
    assert (states(), held(method)) == (["accepted", "accepted"], 2)
    (content,) = server.files.values()
    assert [content.count(str(one.pk)) for one in deliveries] == [1, 1]
    assert check_invariants(now=world.clock()) == []


def test_i24_who_was_suppressed_since_stands_in_no_file(world: World, server: SftpServer) -> None:
    method = buyer(world, server)
    world.offer(method)
    gone = world.offer(method, world.lead(phone="+13105550199"))
    suppress(kind="phone", value="+13105550199", by=None, now=NOON)
    world.clock.now = ONE_O_CLOCK
    send(world)
    assert states() == ["accepted", "cancelled"]
    assert str(gone.pk) not in "".join(server.files.values())


def test_two_workers_make_one_file(world: World, server: SftpServer) -> None:
    method = buyer(world, server)
    world.offer(method)
    world.clock.now = ONE_O_CLOCK
    assert (close_files(now=world.clock()), close_files(now=world.clock())) == (1, 0)
    first, second = FileFlights(clock=world.clock), FileFlights(clock=world.clock)
    assert (len(first.claim(now=world.clock(), limit=5)), len(second.claim(now=world.clock(), limit=5))) == (1, 0)


def test_a_private_key_lets_us_in_and_a_test_leaves_a_file_of_its_own(world: World, server: SftpServer) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    server.client_key = key
    method = buyer(world, server, secret=key.export_private_key().decode())
    result = send_test(method=method, by=None, now=NOON)
    assert result.verdict is Outcome.ACCEPTED
    ((name, content),) = server.files.items()
    assert (name.startswith("test-"), content.splitlines()[1].endswith(",Test,+13105550100")) == (True, True)
    assert (server.logins, "PRIVATE" in repr(result)) == (0, False)
