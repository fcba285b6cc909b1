"""Notices of the sales floor that shall also go by e-mail. They name a lead by its number alone."""

from datetime import datetime

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection

from pullqueue.models import Notice

log = structlog.get_logger(__name__)

AT_ONCE = 100
CLAIM = """
    UPDATE pullqueue_notice SET mail_due = false WHERE id IN (
        SELECT id FROM pullqueue_notice WHERE mail_due AND at <= %s ORDER BY at LIMIT %s FOR UPDATE SKIP LOCKED
    ) RETURNING id
"""


def tell_notices(*, now: datetime) -> int:
    """Send what is due and return how many notices it was. Marked first and sent afterwards: rather once too few than twice."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [now, AT_ONCE])
        claimed = [row[0] for row in cursor.fetchall()]
    for notice in Notice.objects.filter(pk__in=claimed).select_related("user", "lead").order_by("at", "pk"):
        if notice.user.email and notice.user.is_active:
            _send(notice)
    return len(claimed)


def _send(notice: Notice) -> None:
    lead = f": {notice.lead.spoken}" if notice.lead else ""
    text = f"{notice.get_kind_display()}{lead}.\n\nOpen your desk: {settings.PUBLIC_URL}\n"
    try:
        EmailMessage(f"Switchyard: {notice.get_kind_display()}{lead}", text, settings.DEFAULT_FROM_EMAIL, [notice.user.email]).send()
    except Exception as error:  # noqa: BLE001 -- whatever ails the mail server, the desk shows the notice too
        log.warning("notice.not_sent", notice=notice.pk, error=type(error).__name__)
