"""The mails that bring people the links with which they choose a password."""

from datetime import datetime

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.urls import reverse

from leads.models import Company
from pullqueue.enums import LinkKind
from pullqueue.models import AccountLink
from pullqueue.services.links import token_of

log = structlog.get_logger(__name__)

AT_ONCE = 50
CLAIM = """
    UPDATE pullqueue_accountlink SET mail_due = false WHERE id IN (
        SELECT id FROM pullqueue_accountlink WHERE mail_due ORDER BY created LIMIT %s FOR UPDATE SKIP LOCKED
    ) RETURNING id
"""
TEXTS = {
    LinkKind.INVITATION: (
        "Switchyard: you are invited by {company}",
        (
            "{company} has made an account for you. Your user name is {username}.\n\n"
            "Choose a password here, within 7 days. The link works once:\n{link}\n\n"
            "If you did not expect this, delete the mail; without a password nobody can use the account.\n"
        ),
    ),
    LinkKind.RESET: (
        "Switchyard: choose a new password",
        (
            "Somebody, hopefully you, asked for a new password for {username} at {company}.\n\n"
            "Choose one here, within an hour. The link works once, and all sessions end with it:\n{link}\n\n"
            "If it was not you, delete the mail; nothing changes.\n"
        ),
    ),
}


def mail_links(*, now: datetime) -> int:
    """Send what is due and return how many it was. Marked first and sent afterwards: whoever misses one asks again."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [AT_ONCE])
        claimed = [row[0] for row in cursor.fetchall()]
    for link in AccountLink.objects.open(now).filter(pk__in=claimed).select_related("user").order_by("created"):
        if link.user.email:
            _send(link)
    return len(claimed)


def _send(link: AccountLink) -> None:
    told = {
        "company": Company.current().name,
        "username": link.user.username,
        "link": f"{settings.PUBLIC_URL}{reverse('account_link', args=[token_of(link)])}",
    }
    subject, text = (part.format(**told) for part in TEXTS[LinkKind(link.kind)])
    try:
        EmailMessage(" ".join(subject.split()), text, settings.DEFAULT_FROM_EMAIL, [link.user.email]).send()
    except Exception as error:  # noqa: BLE001 -- whatever ails the mail server, the person can ask again
        log.warning("link.not_sent", user=link.user_id, error=type(error).__name__)
