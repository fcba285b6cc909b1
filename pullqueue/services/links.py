"""Links by mail with which a person chooses a password: to begin with, or because the old one is forgotten."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils.crypto import salted_hmac

from leads.services.events import record
from pullqueue.enums import LinkKind
from pullqueue.models import AccountLink, User

LASTS = {LinkKind.INVITATION: timedelta(days=7), LinkKind.RESET: timedelta(hours=1)}
MOST_RESETS = 5
"""Mails an hour to one person who, or for whom somebody, asks for a new password."""


class DeadLink(Exception):
    """Used, run out, replaced, or made for a password, an e-mail or a role that has changed since."""


def make_link(*, user: User, kind: LinkKind, by: Any, now: datetime) -> AccountLink:
    """Make a link, which goes by mail within a minute. The person's older links end."""
    with transaction.atomic():
        AccountLink.objects.filter(user=user, used_at=None, ended_at=None).update(ended_at=now, mail_due=False)
        link = AccountLink.objects.create(user=user, kind=kind, mark=_mark(user), created=now, expires_at=now + LASTS[kind], by=by)
        record(kind=f"person.{'invited' if kind == LinkKind.INVITATION else 'reset_asked'}", at=now, by=by, about=f"user:{user.pk}")
    return link


def ask_for_reset(*, name: str, now: datetime) -> None:
    """Make links for everyone whom the e-mail or user name means. Nobody learns whether there is somebody."""
    wanted = name.strip()[:254]
    if not wanted or "\x00" in wanted:
        return
    named = User.objects.filter(username=wanted) | User.objects.filter(email__iexact=wanted)
    for user in named.filter(is_active=True).exclude(email="").order_by("pk")[:5]:
        if AccountLink.objects.filter(user=user, kind=LinkKind.RESET, created__gt=now - timedelta(hours=1)).count() < MOST_RESETS:
            make_link(user=user, kind=LinkKind.RESET, by=None, now=now)


def token_of(link: AccountLink) -> str:
    """Return what stands in the link's address."""
    return _signer().sign(link.pk.hex).replace(":", ".")


def find_link(*, token: str, now: datetime, locks: bool = False) -> AccountLink:
    """Return the link that may still be used. Raises DeadLink."""
    try:
        key = UUID(hex=_signer().unsign(token.replace(".", ":")))
    except (BadSignature, ValueError):
        raise DeadLink from None
    links = AccountLink.objects.open(now).select_related("user")
    link = (links.select_for_update(of=("self",)) if locks else links).filter(pk=key).first()
    if link is None or link.mark != _mark(link.user):
        raise DeadLink
    return link


def use_link(*, token: str, password: str, now: datetime) -> User:
    """Set the password; all sessions and links of the person end. Two at once: one gets it. Raises DeadLink."""
    with transaction.atomic():
        link = find_link(token=token, now=now, locks=True)
        user = link.user
        user.set_password(password)
        user.save(update_fields=["password"])
        AccountLink.objects.filter(pk=link.pk).update(used_at=now)
        user.sessions.all().delete()
        kind = "joined" if link.kind == LinkKind.INVITATION else "password_reset"
        record(kind=f"person.{kind}", at=now, by=user, about=f"user:{user.pk}")
    return user


def _signer() -> Signer:
    return Signer(salt="pullqueue.account_link")


def _mark(user: User) -> str:
    return salted_hmac("pullqueue.account_link", f"{user.password}|{user.email.lower()}|{user.role}", algorithm="sha256").hexdigest()
