"""Events of mail providers through their own webhooks: verified, once, and never of a provider that was not chosen."""

import hashlib
import hmac
import json
import time
from base64 import b64encode
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client as Browser

from distribution.models import Delivery, MailEvent
from leads.clock import database_now
from tests.distribution.deliver.test_bounces import REVERSED, STANDS, hand_over, said
from tests.distribution.deliver.world import World
from tests.peers.mailserver import MailServer

KEY = "signing-key"
TO = "sales@client.example"


@pytest.fixture
def sent(world: World, server: MailServer, settings: Any) -> Delivery:
    delivery = hand_over(world)
    Delivery.objects.filter(pk=delivery.pk).update(finished_at=database_now())
    settings.MAIL_PROVIDER = "mailgun"
    settings.ANYMAIL = {"MAILGUN_API_KEY": "k", "MAILGUN_WEBHOOK_SIGNING_KEY": KEY}
    cache.clear()
    return delivery


def mailgun(delivery: Delivery, event: str, *, token: str = "", key: str = KEY, **more: Any) -> Any:
    """An event as Mailgun posts it: it signs the time and a token."""
    token, at = token or uuid4().hex, str(int(time.time()))
    signature = hmac.new(key.encode(), f"{at}{token}".encode(), hashlib.sha256).hexdigest()
    told = {"event": event, "recipient": TO, "timestamp": time.time(), "user-variables": {"delivery": str(delivery.pk)}, **more}
    return post("mailgun", {"signature": {"timestamp": at, "token": token, "signature": signature}, "event-data": told})


def post(provider: str, body: Any, **headers: str) -> Any:
    return Browser().post(f"/mail/provider/{provider}/", json.dumps(body), content_type="application/json", headers=headers)


BOUNCE = {"severity": "permanent", "reason": "bounce", "delivery-status": {"code": 550, "message": "5.1.1 No such mailbox"}}


def test_what_the_provider_signed_is_shown_and_a_permanent_bounce_takes_the_sale_back(sent: Delivery) -> None:
    assert [mailgun(sent, event).status_code for event in ("clicked", "delivered", "opened")] == [200] * 3
    assert said(sent) == ("accepted", "clicked", "sold")
    assert mailgun(sent, "failed", **BOUNCE).status_code == 200
    assert said(sent) == REVERSED


def test_a_passing_failure_is_shown_only(sent: Delivery) -> None:
    mailgun(sent, "failed", **(BOUNCE | {"severity": "temporary"}))
    assert (said(sent), MailEvent.objects.get().kind) == (STANDS, "deferred")


def test_x095_x096_a_token_counts_once_whatever_is_told_with_it(sent: Delivery) -> None:
    token = uuid4().hex
    assert mailgun(sent, "delivered", token=token).status_code == 200
    assert mailgun(sent, "delivered", token=token).status_code == 200
    assert mailgun(sent, "failed", token=token, **BOUNCE).status_code == 200
    assert (said(sent), MailEvent.objects.count()) == (("accepted", "delivered", "sold"), 1)


def test_forged_events_are_refused(sent: Delivery) -> None:
    assert mailgun(sent, "failed", key="another", **BOUNCE).status_code == 400
    assert (said(sent), MailEvent.objects.count()) == (STANDS, 0)


def test_events_of_no_mail_of_ours_change_nothing(sent: Delivery) -> None:
    assert mailgun(Delivery(), "failed", **BOUNCE).status_code == 200
    assert mailgun(sent, "unsubscribed").status_code == 200
    assert (said(sent), MailEvent.objects.count()) == (STANDS, 0)


def postmark(delivery: Delivery) -> dict[str, Any]:
    return {"RecordType": "Open", "MessageID": "m-1", "Recipient": TO, "Metadata": {"delivery": str(delivery.pk)}}


def test_a_provider_that_signs_nothing_needs_our_secret(sent: Delivery, settings: Any) -> None:
    settings.MAIL_PROVIDER, settings.ANYMAIL = "postmark", {}
    assert post("postmark", postmark(sent)).status_code == 403
    settings.ANYMAIL = {"WEBHOOK_SECRET": "us:secret"}
    assert post("postmark", postmark(sent)).status_code == 400
    right = {"Authorization": f"Basic {b64encode(b'us:secret').decode()}"}
    assert [post("postmark", postmark(sent), **right).status_code for _ in range(2)] == [200, 200]
    assert (said(sent)[1], MailEvent.objects.count()) == ("opened", 1)


@pytest.mark.parametrize("provider", ["postmark", "nobody", "mailgun_inbound"])
def test_of_a_provider_that_is_not_chosen_there_is_nothing(sent: Delivery, provider: str) -> None:
    assert post(provider, postmark(sent)).status_code == 404
