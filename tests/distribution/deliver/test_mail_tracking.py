"""Opens and clicks of a mail, by its own pixel and links: signed, told once, rising only, and no door to anywhere else."""

import email
import email.policy
import random
import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client as Browser
from hypothesis import given
from hypothesis import strategies as st

from distribution.domain.mail_tracking import STAGES, Bounce, below, highest, never_arrived
from distribution.models import Delivery, MailEvent
from distribution.transports import mail_marks
from leads.models import Event, Lead
from tests.distribution.deliver.test_mail import buyer
from tests.distribution.deliver.world import NOON, World
from tests.peers.mailserver import MailServer

PAGE = """<html><body><p>{{ first_name }}</p><a href="https://crm.example/?a=1&amp;b=2">Open</a>
<a class="x" HREF='http://two.example/'>Two</a><a href="mailto:a@b.example">Write</a><a href="javascript:alert(1)">No</a></body></html>"""


def sent(world: World, server: MailServer, **options: Any) -> Delivery:
    """A mail handed over, long enough ago that whoever opens it is no scanner."""
    delivery = world.offer(buyer(world, html_body=PAGE, **options))
    world.drain("email")
    Delivery.objects.filter(pk=delivery.pk).update(finished_at=NOON - timedelta(days=2))
    delivery.refresh_from_db()
    return delivery


def page_of(server: MailServer) -> str:
    mail: Any = email.message_from_bytes(server.mails[-1], policy=email.policy.default)
    return str(mail.get_body(("html",)).get_content())


def addresses(page: str, name: str) -> list[str]:
    return [urlsplit(unescape(one)).path for one in re.findall(r'(?i)(?:href|src)=["\']([^"\']*)["\']', page) if f"/mail/{name}/" in one]


def tracking(delivery: Delivery) -> str:
    return Delivery.objects.get(pk=delivery.pk).tracking


def test_a_mail_that_is_opened_and_followed_rises_and_never_falls(world: World, server: MailServer) -> None:
    delivery, browser = sent(world, server), Browser()
    page = page_of(server)
    (pixel,), links = addresses(page, "open"), addresses(page, "link")
    assert len(links) == 2
    assert page.count("mailto:a@b.example") == page.count("javascript:") == 1
    first = browser.get(pixel)
    assert (first.status_code, first["Content-Type"], first["Cache-Control"], tracking(delivery)) == (
        200,
        "image/gif",
        "no-store",
        "opened",
    )
    followed = browser.get(links[0])
    assert (followed.status_code, followed["Location"], followed["Referrer-Policy"]) == (302, "https://crm.example/?a=1&b=2", "no-referrer")
    assert browser.get(links[1])["Location"] == "http://two.example/"
    browser.get(pixel)
    browser.get(links[0])
    assert tracking(delivery) == "clicked"
    assert sorted(MailEvent.objects.values_list("kind", "source")) == [("clicked", "link"), ("clicked", "link"), ("opened", "pixel")]
    assert list(Event.objects.filter(kind__startswith="mail.").values_list("kind", flat=True).order_by("id")) == [
        "mail.opened", "mail.clicked", "mail.clicked",
    ]  # fmt: skip
    assert (Lead.objects.get().outcome, Delivery.objects.get().state) == ("sold", "accepted")


def test_no_address_of_a_mail_names_anybody(world: World, server: MailServer) -> None:
    delivery = sent(world, server)
    page = page_of(server)
    told = "".join(addresses(page, "open") + addresses(page, "link"))
    lead = delivery.lead
    assert not any(word in told for word in (lead.first_name, lead.email, lead.phone, "client.example"))


def test_off_there_is_no_pixel_no_rewritten_link_and_no_return_address(world: World, server: MailServer, settings: Any) -> None:
    settings.MAIL_BOUNCE_ADDRESS = "bounces@switchyard.example"
    world.settings(email_tracking=False)
    delivery = sent(world, server)
    page = page_of(server)
    assert (addresses(page, "open"), addresses(page, "link"), "https://crm.example/?a=1&amp;b=2" in page) == ([], [], True)
    assert (delivery.tracking, server.senders) == ("sent", ["leads@switchyard.example"])
    assert Browser().get(urlsplit(mail_marks.open_address(delivery.pk)).path).status_code == 200
    assert (tracking(delivery), MailEvent.objects.count()) == ("sent", 0)


def test_forged_addresses_lead_nowhere(world: World, server: MailServer) -> None:
    delivery, browser = sent(world, server), Browser()
    page = page_of(server)
    (pixel,), (link, _) = addresses(page, "open"), addresses(page, "link")
    other = str(delivery.pk.hex)[::-1]
    forged = [
        pixel.replace(delivery.pk.hex, other),
        pixel.replace(".gif", "x.gif"),
        link.replace(f"{delivery.pk.hex}-0", f"{delivery.pk.hex}-1"),
        pixel.replace("/open/", "/link/").replace(".gif", "/"),
        "/mail/open/x.gif",
        "/mail/link/https:%2F%2Fevil.example/",
    ]
    assert [browser.get(address).status_code for address in forged] == [404] * 6
    assert MailEvent.objects.count() == 0


def test_a_link_that_is_no_longer_kept_says_so(world: World, server: MailServer) -> None:
    delivery = sent(world, server)
    link = addresses(page_of(server), "link")[0]
    Delivery.objects.filter(pk=delivery.pk).update(payload=None)
    answer = Browser().get(link)
    assert (answer.status_code, "no longer kept" in answer.content.decode()) == (410, True)
    assert MailEvent.objects.count() == 0


def test_x107_scanners_are_told_apart_and_lift_nothing(world: World, server: MailServer) -> None:
    delivery = sent(world, server)
    (pixel,) = addresses(page_of(server), "open")
    Browser().head(pixel)
    assert (tracking(delivery), MailEvent.objects.get().is_machine) == ("sent", True)
    Browser().get(pixel)
    assert tracking(delivery) == "opened"


def test_a_tracked_mail_is_the_same_to_the_byte_when_it_is_repeated(world: World, server: MailServer, settings: Any) -> None:
    settings.MAIL_BOUNCE_ADDRESS = "bounces@switchyard.example"
    server.replies = {".": "drop"}
    delivery = world.offer(buyer(world, html_body=PAGE))
    world.drain("email")
    server.replies = {}
    world.run(kind="email")
    assert len(server.mails) == 2
    assert server.mails[0] == server.mails[1]
    assert [mail_marks.returned(sender) for sender in server.senders] == [delivery.pk, delivery.pk]
    assert b"From: Leads <leads@switchyard.example>" in server.mails[0]


@pytest.mark.parametrize("spoil", [str.upper, lambda one: one.replace("+", "+a"), lambda one: one.replace("@", "b@"), lambda one: one[8:]])
def test_only_our_own_return_address_names_a_delivery(spoil: Any, settings: Any) -> None:
    settings.MAIL_BOUNCE_ADDRESS = "bounces@switchyard.example"
    delivery = Delivery().pk
    address = mail_marks.return_address(delivery)
    assert len(address.partition("@")[0]) <= 64
    assert mail_marks.returned(spoil(address)) == (delivery if spoil is str.upper else None)


@given(st.lists(st.sampled_from(STAGES[1:5]), min_size=1), st.randoms())
def test_in_whatever_order_news_come_the_end_is_the_same(stages: list[str], chance: random.Random) -> None:
    def end(order: list[str]) -> str:
        now = ""
        for stage in order:
            now = stage if now in below(stage) else now
        return now

    mixed = chance.sample(stages, len(stages))
    assert end(stages) == end(mixed) == highest(stages)


@pytest.mark.parametrize(
    ("recipients", "bounces", "lost"),
    [
        (["a@x.example"], ["a@x.example"], True),
        (["a@x.example"], ["forwarded@y.example"], True),
        (["A@x.example", "b@x.example"], ["a@x.example"], False),
        (["A@x.example", "b@x.example"], ["a@x.example", "B@x.example"], True),
        (["a@x.example"], [], False),
    ],
)
def test_a_mail_never_arrived_when_nobody_got_it(recipients: list[str], bounces: list[str], *, lost: bool) -> None:
    told = [Bounce(one, NOON, is_permanent=True, is_verified=True) for one in bounces]
    assert never_arrived(recipients, told, handed_over=NOON, hours=24) is lost


@pytest.mark.parametrize(
    ("permanent", "verified", "hours", "lost"),
    [(True, True, 24, True), (False, True, 1, False), (True, False, 1, False), (True, True, 24.01, False)],
)
def test_only_a_permanent_verified_bounce_in_time_counts(*, permanent: bool, verified: bool, hours: float, lost: bool) -> None:
    bounce = Bounce("a@x.example", NOON + timedelta(hours=hours), is_permanent=permanent, is_verified=verified)
    assert never_arrived(["a@x.example"], [bounce], handed_over=NOON, hours=24) is lost
