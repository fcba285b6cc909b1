"""The mail sink over real SMTP: it takes every mail, delivers none, and refuses whom it is asked to refuse."""

import asyncio
import smtplib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from threading import Event, Thread
from urllib.request import urlopen

import pytest

from distribution.demo.sink import HERE, KEPT, Sink, serve


def free_ports() -> tuple[int, int]:
    """Two ports at once, so that they are never the same."""
    with socket.socket() as one, socket.socket() as other:
        one.bind((HERE, 0))
        other.bind((HERE, 0))
        return int(one.getsockname()[1]), int(other.getsockname()[1])


@contextmanager
def running(sink: Sink) -> Iterator[tuple[int, int]]:
    """Run a sink in a thread of its own; yield its mail and page ports."""
    port, page = free_ports()
    stop: list[Callable[[], object]] = []
    ready = Event()

    async def run() -> None:
        task = asyncio.ensure_future(serve(sink, port=port, page_port=page))
        stop.append(lambda: loop.call_soon_threadsafe(task.cancel))
        ready.set()
        with suppress(asyncio.CancelledError):
            await task

    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_until_complete, args=[run()])
    thread.start()
    ready.wait(5)
    for _ in range(200):  # the page opens last
        with suppress(OSError), socket.create_connection((HERE, page), timeout=1):
            break
        time.sleep(0.05)
    try:
        yield port, page
    finally:
        stop[0]()
        thread.join(5)
        loop.close()


def mail(to: str, subject: str = "New lead for you") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "leads@lantern.example", to, subject
    message.set_content("A new lead")
    return message


def test_a_mail_is_kept_counted_and_listed() -> None:
    sink = Sink()
    with running(sink) as (port, page):
        with smtplib.SMTP(HERE, port, timeout=5) as server:
            server.send_message(mail("leads@buyer.example"))
            server.send_message(mail("a@one.example, b@two.example", "Zwölf <b>leads</b>"))
        listed = urlopen(f"http://{HERE}:{page}/", timeout=5).read().decode()
    assert [(one.to, one.subject) for one in sink.lately] == [
        (("a@one.example", "b@two.example"), "Zwölf <b>leads</b>"),
        (("leads@buyer.example",), "New lead for you"),
    ]
    assert sink.received == 2
    assert "2 mails since the start" in listed
    assert "Zwölf &lt;b&gt;leads&lt;/b&gt;" in listed


@pytest.mark.parametrize(("to", "code"), [("refuse@buyer.example", 550), ("busy@buyer.example", 451)])
def test_an_address_may_ask_to_be_refused(to: str, code: int) -> None:
    sink = Sink()
    with running(sink) as (port, _), smtplib.SMTP(HERE, port, timeout=5) as server:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            server.send_message(mail(to))
        assert refused.value.recipients[to][0] == code
    assert sink.received == 0


def test_the_oldest_mails_are_forgotten_but_counted() -> None:
    sink = Sink()
    with running(sink) as (port, _), smtplib.SMTP(HERE, port, timeout=5) as server:
        for number in range(KEPT + 5):
            server.send_message(mail("leads@buyer.example", f"Lead {number}"))
    assert (sink.received, len(sink.lately), sink.lately[-1].subject) == (KEPT + 5, KEPT, "Lead 5")
