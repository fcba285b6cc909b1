"""Rates of mails on a client's and a method's page, against a slow count; what was not tracked says so."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client, DeliveryMethod
from distribution.demo.factories import (
    ClientFactory,
    CompanyFactory,
    DeliveryAccountFactory,
    DeliveryFactory,
    DeliveryMethodFactory,
    LeadFactory,
    MailEventFactory,
    SettingsVersionFactory,
)
from distribution.domain.settings import Settings
from distribution.mail_rates import COUNTED, MailRates, mail_report
from distribution.models import Delivery, MailEvent, SettingsVersion

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
FIRST = datetime(2026, 10, 27, 4, tzinfo=UTC)
"""The beginning of the first of 30 days in New York, in summer time."""


@pytest.fixture
def acme() -> Client:
    CompanyFactory.create(time_zone="America/New_York")
    return ClientFactory.create(name="Acme")


def version(*, tracks: bool = True) -> SettingsVersion:
    return SettingsVersionFactory.create(settings=Settings(email_tracking=tracks))


def by_mail(client: Client, name: str) -> DeliveryMethod:
    return DeliveryMethodFactory.create(client=client, name=name, mail=True)


def mail(method: DeliveryMethod, tracking: str, decided: SettingsVersion, *, at: datetime = NOW, **lead: Any) -> Delivery:
    account = method.client.accounts.first() or DeliveryAccountFactory.create(client=method.client)
    states: dict[str, Any] = {"rejected": True} if tracking == "bounced" else {"accepted": True}
    given = {"lead": LeadFactory.create(**lead), "decision__version": decided, "finished_at": at, "created": at}
    return DeliveryFactory.create(account=account, method=method, tracking=tracking, **states, **given)


def heard(delivery: Delivery, kind: str, **options: Any) -> MailEvent:
    return MailEventFactory.create(delivery=delivery, kind=kind, **options)


def counts(row: MailRates) -> dict[str, int]:
    return {word: getattr(row, word) for word in COUNTED}


def counted_slowly(client: Client) -> dict[str, int]:
    """One mail after the other, as a person would."""
    found = dict.fromkeys(COUNTED, 0)
    for one in Delivery.objects.filter(client=client):
        if one.tracking and not one.lead.is_test and FIRST <= one.finished_at <= NOW:
            events = [event for event in one.mail_events.all() if event.is_verified]
            found["sent"] += 1
            found["tracked"] += one.decision.version.data["email_tracking"]
            found["delivered"] += one.tracking in ("delivered", "opened", "clicked")
            found["opened"] += one.tracking in ("opened", "clicked")
            found["clicked"] += one.tracking == "clicked"
            found["bounced"] += one.tracking == "bounced" or any(event.kind == "bounced" and event.is_permanent for event in events)
            found["complained"] += any(event.kind == "complained" for event in events)
    return found


def test_the_rates_are_those_of_a_slow_count(acme: Client) -> None:
    dice, versions, methods = random.Random(4), [version(), version(tracks=False)], [by_mail(acme, "Desk"), by_mail(acme, "Office")]
    for n in range(60):
        decided = versions[n % 7 == 0]
        stage = "sent" if n % 7 == 0 else dice.choice(["", "sent", "delivered", "opened", "clicked", "bounced"])
        at = dice.choice([NOW, FIRST, NOW - timedelta(days=9), FIRST - timedelta(seconds=1), NOW + timedelta(hours=1)])
        one = mail(dice.choice(methods), stage, decided, at=at, is_test=n % 11 == 0)
        for kind in dice.sample(["bounced", "complained", "bounced"], dice.randrange(3)):
            heard(one, kind, is_permanent=dice.random() < 0.5, is_verified=dice.random() < 0.7)
    mail(by_mail(ClientFactory.create(), "Others"), "opened", versions[0])
    report = mail_report(acme, now=NOW)
    assert report is not None
    slow = counted_slowly(acme)
    assert counts(report.total) == slow
    assert all(slow.values())
    assert {word: sum(getattr(row, word) for row in report.rows) for word in COUNTED} == slow
    assert [counts(mail_report(DeliveryMethod.objects.get(pk=row.method), now=NOW).total) for row in report.rows] == [  # type: ignore[union-attr]
        counts(row) for row in report.rows
    ]


def test_shares_are_of_the_tracked_mails_and_the_days_are_named(acme: Client) -> None:
    desk, tracked = by_mail(acme, "Desk"), version()
    for stage in ("clicked", "opened", "delivered", "bounced"):
        mail(desk, stage, tracked)
    mail(desk, "sent", version(tracks=False))
    report = mail_report(acme, now=NOW)
    assert report is not None
    assert (report.first, report.last, report.total.untracked, report.is_on) == (date(2026, 10, 27), date(2026, 11, 25), 1, False)
    assert [(one.word, one.count, one.percent) for one in report.total.shares] == [
        ("Delivered", 3, Decimal(75)), ("Opened", 2, Decimal(50)), ("Clicked", 1, Decimal(25)), ("Bounced", 1, Decimal(25)),
        ("Complained", 0, Decimal(0)),
    ]  # fmt: skip


def test_what_nobody_vouches_for_counts_nowhere(acme: Client) -> None:
    one = mail(by_mail(acme, "Desk"), "delivered", version())
    heard(one, "bounced", is_permanent=True, is_verified=False)
    heard(one, "bounced", is_permanent=False)
    heard(one, "complained", is_verified=False)
    report = mail_report(acme, now=NOW)
    assert report is not None
    assert (report.total.delivered, report.total.bounced, report.total.complained) == (1, 0, 0)


def test_as_many_queries_for_many_mails_methods_and_versions_as_for_one(acme: Client) -> None:
    seen = []
    for more in (1, 5):
        for n in range(more):
            mail(by_mail(acme, f"Method {more} {n}"), "opened", version(tracks=n % 2 == 0))
        with CaptureQueriesContext(connection) as queries:
            mail_report(acme, now=NOW)
        seen.append(len(queries))
    assert seen == [5, 5]


def page(browser: Browser, row: Client | DeliveryMethod) -> str:
    text = browser.get(reverse(f"admin:clients_{row._meta.model_name}_change", args=[row.pk])).content.decode()
    return " ".join(text.split())


@pytest.fixture
def browser(admin: Any) -> Browser:
    made = Browser()
    made.force_login(admin)
    return made


def test_the_pages_of_client_and_method_tell_them(browser: Browser, acme: Client) -> None:
    desk, now = by_mail(acme, "Desk"), datetime.now(UTC)
    tracked = version()
    mail(desk, "clicked", tracked, at=now)
    mail(desk, "sent", tracked, at=now)
    for row in (acme, desk):
        told = page(browser, row)
        assert '<h2 id="h-mails">Mails</h2>' in told
        assert '<td class="num" data-l="Opened"> 1 <span class="muted">50.0%</span> </td>' in told
        assert "not tracked" not in told


def test_off_the_pages_say_that_nothing_was_tracked(browser: Browser, acme: Client) -> None:
    desk = by_mail(acme, "Desk")
    mail(desk, "sent", version(tracks=False), at=datetime.now(UTC))
    for row in (acme, desk):
        told = page(browser, row)
        assert '<td class="num" data-l="Opened"> <span class="muted">not tracked</span> </td>' in told
        assert "Not tracked: these mails went out while email tracking was off" in told
        assert "%</span>" not in told.partition('id="h-mails"')[2].partition("</section>")[0]


def test_without_mails_the_page_says_why_there_are_no_rates(browser: Browser, acme: Client) -> None:
    desk = by_mail(acme, "Desk")
    assert all("No mail was handed over in these days" in page(browser, row) for row in (acme, desk))


def test_who_gets_no_mail_has_no_rates(browser: Browser, acme: Client) -> None:
    hook = DeliveryMethodFactory.create(client=acme)
    assert not any('id="h-mails"' in page(browser, row) for row in (acme, hook))
