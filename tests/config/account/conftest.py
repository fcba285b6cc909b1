"""People with a password, and what time-based codes they would type."""

import base64
import logging
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.core import mail
from django.test import Client
from django.urls import reverse

from distribution.demo import factories as make
from leads.clock import database_now
from pullqueue.models import SecondFactor, User
from pullqueue.services.link_mails import mail_links

PASSWORD = "a-quiet-harbour-42"


@pytest.fixture(autouse=True)
def _quiet(settings: Any) -> Iterator[None]:
    """Refusals are meant here; and passwords are hashed at once, for dozens are tried."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def rep(db: None) -> User:
    return make.RepFactory.create(username="rita", email="rita@switchyard.example", password=PASSWORD)


@pytest.fixture
def administrator(db: None) -> User:
    return make.AdministratorFactory.create(username="ada", password=PASSWORD)


def sign_in(browser: Client, name: str, password: str = PASSWORD, address: str = "192.0.2.1") -> Any:
    return browser.post(reverse("sign_in"), {"username": name, "password": password}, REMOTE_ADDR=address)


def is_in(browser: Client) -> bool:
    return browser.get(reverse("password")).status_code == 200


def code_of(user: User, at: datetime | None = None, steps: int = 0) -> str:
    """What the app shows at the instant, or so many half minutes later."""
    secret = SecondFactor.objects.get(user=user).secret
    when = (at or database_now()) + timedelta(seconds=30 * steps)
    return TOTP(base64.b32decode(secret), 6, SHA1(), 30).generate(int(when.timestamp())).decode()  # noqa: S303


@pytest.fixture
def with_factor() -> Callable[[User], list[str]]:
    """Give a person a second factor whose last code lies behind; return the recovery codes."""
    from pullqueue.services.factors import begin_factor, confirm_factor

    def made(user: User) -> list[str]:
        now = database_now() - timedelta(minutes=10)
        begin_factor(user=user, now=now)
        codes = confirm_factor(user=user, code=code_of(user, now), now=now)
        assert codes is not None
        return codes

    return made


def link_in_mail() -> str:
    """The path of the link in the newest mail."""
    mail.outbox.clear()
    mail_links(now=database_now())
    (found,) = re.findall(r"http://127\.0\.0\.1:8000(/link/\S+)", mail.outbox[-1].body)
    return found


def choose(browser: Client, link: str, password: str) -> Any:
    """Open a link from a mail and choose a password."""
    browser.get(link)
    return browser.post(reverse("choose_password"), {"new_password1": password, "new_password2": password})
