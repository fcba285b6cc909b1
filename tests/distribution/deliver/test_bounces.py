"""Mails that come back: posted by a mail server or found in a mailbox; verified, in time, once, and forged ones refused."""

import mailbox
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client as Browser

from distribution.demo.factories import AdministratorFactory
from distribution.models import Delivery, MailEvent, MailPause
from distribution.services import bounces, track
from distribution.services.bounces import Taken, read_bounces, take_report
from distribution.services.tell_complaints import lift_pause, tell_of_complaints
from distribution.transports import mail_marks
from distribution.transports.mailbox import MailboxProblem
from leads.clock import database_now
from leads.models import Event, Lead
from tests.distribution.deliver.test_mail import buyer
from tests.distribution.deliver.world import NOON, World, held
from tests.peers.mailserver import MailServer

TO = "sales@client.example"


@pytest.fixture
def sent(world: World, server: MailServer, settings: Any) -> Delivery:
    """A mail to one address, handed over at noon."""
    settings.MAIL_BOUNCE_ADDRESS = "bounces@switchyard.example"
    return hand_over(world)


def hand_over(world: World, to: str = TO) -> Delivery:
    delivery = world.offer(buyer(world, to_address=to))
    world.drain("email")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.finished_at) == ("accepted", NOON)
    return delivery


def report(delivery: Delivery, *, action: str = "failed", status: str = "5.1.1", to: str = TO, came_to: str = "") -> bytes:
    """A report as mail servers write it (RFC 3464)."""
    came_to = came_to or mail_marks.return_address(delivery.pk)
    return f"""From: MAILER-DAEMON@mx.client.example
To: <{came_to}>
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver it.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.client.example

Original-Recipient: rfc822;{to}
Final-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 No such mailbox

--b
Content-Type: text/rfc822-headers

Message-ID: <{delivery.pk}@switchyard.example>

--b--
""".replace("\n", "\r\n").encode()


def complaint(delivery: Delivery, *, sender: str = "") -> bytes:
    sender = sender or mail_marks.return_address(delivery.pk)
    return f"""From: fbl@provider.example
To: abuse@switchyard.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: loop/1
Version: 1
Original-Mail-From: <{sender}>
Original-Rcpt-To: {TO}

--b
Content-Type: text/rfc822-headers

Message-ID: <{delivery.pk}@switchyard.example>

--b--
""".encode()


def take(raw: bytes, *, hours: float = 1, trusted_only: bool = True) -> Taken:
    return take_report(raw, source="report", now=NOON + timedelta(hours=hours), trusted_only=trusted_only)


def said(delivery: Delivery) -> tuple[str, str, str]:
    row = Delivery.objects.select_related("lead").get(pk=delivery.pk)
    return row.state, row.tracking, row.lead.outcome


REVERSED, STANDS = ("rejected", "bounced", "pending"), ("accepted", "sent", "sold")


def test_a_posted_report_takes_the_sale_back_once_and_sends_the_lead_on(sent: Delivery) -> None:
    Delivery.objects.filter(pk=sent.pk).update(finished_at=database_now())
    raw = report(sent)
    answers = [Browser().post("/mail/bounce/", raw, content_type="message/rfc822") for _ in range(2)]
    assert [(one.status_code, one.content.split(b".")[0]) for one in answers] == [
        (200, b"Noted"),
        (200, b"Known already, or of a mail that is not tracked"),
    ]
    assert said(sent) == REVERSED
    assert (held(sent.method), MailEvent.objects.count(), Event.objects.filter(kind="delivery.reversed").count()) == (0, 1, 1)
    assert Lead.objects.get().due_at is not None


@pytest.mark.parametrize(
    ("spoil", "status"),
    [
        (lambda raw, address: raw.replace(address, address.replace(b"+", b"+a")), 403),
        (lambda raw, address: raw.replace(address, b"bounces@switchyard.example"), 403),
        (lambda raw, address: b"To: " + address + b"\r\n\r\nI am on holiday.", 422),
        (lambda raw, address: b"", 403),
        (lambda raw, address: b"\xff\x00" * 99, 403),
        (lambda raw, address: raw + b"x" * 600_000, 413),
    ],
)
def test_what_nobody_vouches_for_is_refused_in_words(sent: Delivery, spoil: Any, status: int) -> None:
    raw = spoil(report(sent), mail_marks.return_address(sent.pk).encode())
    answer = Browser().post("/mail/bounce/", raw, content_type="message/rfc822")
    assert (answer.status_code, answer.content.endswith(b".\n"), said(sent)) == (status, True, STANDS)
    assert MailEvent.objects.count() == 0


@pytest.mark.parametrize(
    ("options", "hours", "why"),
    [({}, 24.1, "late"), ({"status": "4.4.7"}, 1, "temporary"), ({"action": "delayed", "status": "4.0.0"}, 1, None)],
)
def test_a_late_or_passing_bounce_is_shown_and_changes_nothing(
    sent: Delivery, options: dict[str, str], hours: float, why: str | None
) -> None:
    assert take(report(sent, **options), hours=hours) is Taken.NOTED
    assert said(sent) == STANDS
    assert Event.objects.filter(kind__startswith="mail.").get().data.get("shown_only") == why


def test_the_hours_are_those_of_the_version_that_decided(world: World, server: MailServer, settings: Any) -> None:
    settings.MAIL_BOUNCE_ADDRESS = "bounces@switchyard.example"
    world.settings(bounce_hours=48)
    longer = hand_over(world)
    world.settings(bounce_hours=1)
    assert (take(report(longer), hours=47), said(longer)) == (Taken.NOTED, REVERSED)
    shorter = hand_over(world)
    assert (take(report(shorter), hours=2), said(shorter)) == (Taken.NOTED, STANDS)


def test_a_mail_to_two_is_lost_when_both_bounced(world: World, server: MailServer, settings: Any) -> None:
    settings.MAIL_BOUNCE_ADDRESS = "bounces@switchyard.example"
    delivery = hand_over(world, "sales@client.example, boss@client.example")
    take(report(delivery))
    assert said(delivery) == STANDS
    take(report(delivery, to="boss@client.example"))
    assert said(delivery) == REVERSED


def test_an_open_before_or_after_a_bounce_ends_in_the_same_state(sent: Delivery, world: World) -> None:
    other = hand_over(world)
    opened = [track.News(one.pk, track.MailEventKind.OPENED, "test", (), at=NOON) for one in (sent, other)]
    track.note(opened[0], now=NOON)
    assert said(sent)[1] == "opened"
    for one in (sent, other):
        take(report(one))
    assert track.note(opened[1], now=NOON) is True
    assert said(sent) == said(other) == REVERSED


def test_a_bounce_that_comes_before_the_mail_is_known_to_be_handed_over_is_caught_up(world: World, settings: Any) -> None:
    settings.MAIL_BOUNCE_ADDRESS = "bounces@switchyard.example"
    delivery = world.offer(buyer(world, to_address=TO), state="sending", payload={"to": [TO]})
    assert (take(report(delivery), hours=0), said(delivery)[0]) == (Taken.NOTED, "sending")
    Delivery.objects.filter(pk=delivery.pk).update(state="accepted", tracking="sent", due_at=None, finished_at=NOON + timedelta(seconds=1))
    Lead.objects.update(outcome="sold")
    assert [track.catch_up(now=NOON + timedelta(minutes=n)) for n in (1, 2)] == [1, 0]
    assert said(delivery) == REVERSED


def test_a_sale_that_the_client_gave_back_is_not_taken_back_twice(sent: Delivery) -> None:
    Delivery.objects.filter(pk=sent.pk).update(state="returned")
    take(report(sent))
    assert (said(sent)[0], held(sent.method)) == ("returned", 1)


def test_while_another_delivery_is_in_doubt_the_lead_waits_for_a_person(sent: Delivery, world: World) -> None:
    doubted = world.offer(buyer(world), sent.lead, slot=2)
    Delivery.objects.filter(pk=doubted.pk).update(state="unknown", due_at=None, finished_at=NOON)
    Lead.objects.update(due_at=None)
    take(report(sent))
    assert (said(sent), Lead.objects.get().due_at) == (("rejected", "bounced", "review"), None)


def test_a_complaint_leaves_the_sale_pauses_the_address_and_tells_administrators_once(sent: Delivery, world: World, settings: Any) -> None:
    admin = AdministratorFactory.create(email="ada@switchyard.example")
    assert [take(complaint(sent)) for _ in range(2)] == [Taken.NOTED, Taken.KNOWN]
    assert (said(sent), MailPause.objects.get().address) == (STANDS, TO)
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    assert [tell_of_complaints(now=NOON) for _ in range(2)] == [1, 0]
    assert [one.to for one in mail.outbox] == [["ada@switchyard.example"]]
    assert "no more mail goes to that address" in mail.outbox[0].body
    following = world.offer(buyer(world, to_address=TO.upper()))
    world.drain("email")
    following.refresh_from_db()
    assert (following.state, following.reason, "reported as spam" in following.message) == ("failed", "config_error", True)
    pause = MailPause.objects.get()
    assert [lift_pause(pause=pause, by=admin, now=NOON) for _ in range(2)] == [True, False]
    again = world.offer(buyer(world, to_address=TO))
    world.drain("email")
    again.refresh_from_db()
    assert again.state == "accepted"


def test_a_paused_address_is_left_out_where_another_is_left(sent: Delivery, world: World, server: MailServer) -> None:
    take(complaint(sent))
    server.recipients.clear()
    world.offer(buyer(world, to_address=f"{TO}, boss@client.example"))
    world.drain("email")
    assert [line.partition("<")[2].partition(">")[0] for line in server.recipients] == ["boss@client.example"]


def test_a_forged_complaint_pauses_nothing(sent: Delivery) -> None:
    forged = complaint(sent, sender="bounces@switchyard.example")
    assert take(forged) is Taken.FORGED
    assert take(forged, trusted_only=False) is Taken.NOTED
    assert (MailPause.objects.count(), said(sent)) == (0, STANDS)


def test_a_mailbox_is_read_once_and_unverified_bounces_are_shown_only(sent: Delivery, world: World, settings: Any, tmp_path: Path) -> None:
    other = hand_over(world)
    box = mailbox.Maildir(tmp_path / "box", create=True)
    for raw in (report(sent), b"Subject: hello\r\n\r\nnothing", report(other, came_to="bounces@switchyard.example")):
        box.add(raw)
    settings.MAIL_BOUNCE_MAILBOX = f"maildir://{tmp_path}/box"
    assert [read_bounces(now=NOON) for _ in range(2)] == [3, 0]
    assert (said(sent), said(other), len(box)) == (REVERSED, STANDS, 3)
    assert MailEvent.objects.get(delivery=other).is_verified is False


def test_a_mailbox_that_cannot_be_read_says_why_without_its_password(settings: Any, tmp_path: Path) -> None:
    for address in (f"maildir://{tmp_path}/nowhere", "imap://me:hunter2@127.0.0.1:1/INBOX", "pop://x"):
        settings.MAIL_BOUNCE_MAILBOX = address
        with pytest.raises(MailboxProblem) as problem:
            read_bounces(now=NOON)
        assert "hunter2" not in str(problem.value)


class Imap(socketserver.StreamRequestHandler):
    """As much of a mail server as reading a mailbox needs."""

    raw, seen = b"", False

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        while line := self.rfile.readline().decode().strip():
            tag, _, rest = line.partition(" ")
            command = rest.split()[0].upper()
            answers = {
                "CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n",
                "SELECT": b"* 1 EXISTS\r\n",
                "SEARCH": b"* SEARCH\r\n" if Imap.seen else b"* SEARCH 1\r\n",
                "FETCH": b"* 1 FETCH (BODY[] {%d}\r\n%s)\r\n" % (len(Imap.raw), Imap.raw),
            }
            Imap.seen = Imap.seen or (command == "STORE" and "Seen" in rest)
            self.wfile.write(answers.get(command, b"") + f"{tag} OK done\r\n".encode())


@contextmanager
def imap(raw: bytes) -> Iterator[int]:
    Imap.raw, Imap.seen = raw, False
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Imap) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_a_mailbox_by_imap_is_read_and_marked(sent: Delivery, settings: Any) -> None:
    with imap(report(sent)) as port:
        settings.MAIL_BOUNCE_MAILBOX = f"imap://me:secret@127.0.0.1:{port}/INBOX"
        assert [read_bounces(now=NOON) for _ in range(2)] == [1, 0]
    assert said(sent) == REVERSED


def test_one_mail_that_breaks_the_reader_stops_no_other(monkeypatch: Any) -> None:
    def broken(_raw: bytes) -> Any:
        raise LookupError("unknown encoding")

    monkeypatch.setattr(bounces, "read_report", broken)
    assert bounces._take(b"x", now=NOON) is True
