"""Administrators are told by mail when failures pause a delivery method: once for each row of failures, not for each pause."""

from datetime import datetime

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.urls import reverse

from clients.models import DeliveryMethod
from pullqueue.enums import NoticeKind
from pullqueue.services.notices import mailed_administrators, tell_administrators

log = structlog.get_logger(__name__)

CLAIM = """
    UPDATE clients_deliverymethod SET alerted_at = %s
    WHERE pauses > 0 AND paused_until IS NOT NULL AND alerted_at IS NULL AND archived_at IS NULL AND is_enabled
    RETURNING id
"""


def tell_of_pauses(*, now: datetime) -> int:
    """Send what is to be told and return how many pauses it was. Told first and sent afterwards: rather once too few than twice."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [now])
        paused = [row[0] for row in cursor.fetchall()]
    people = mailed_administrators(kind=NoticeKind.METHOD_PAUSED)
    for method in DeliveryMethod.objects.filter(pk__in=paused).select_related("client").order_by("pk"):
        _show(method, now)
        for person in people:
            _send(method, person)
    return len(paused)


def _show(method: DeliveryMethod, now: datetime) -> None:
    text = f"{method.client.name}: {method.name} is paused after failures. Its leads go to the next client."
    cause = f"method:{method.pk}:{now.isoformat()}"
    tell_administrators(kind=NoticeKind.METHOD_PAUSED, at=now, cause=cause, text=text, link=reverse("admin:attention"))


def _send(method: DeliveryMethod, person: str) -> None:
    page = f"{settings.PUBLIC_URL}{reverse('admin:attention')}"
    text = (
        f"{method.client.name}: {method.name} is paused after failures ({method.paused_reason}).\n\n"
        "Deliveries by it wait, go by another method of the account, or go to the next client. It is tried again by itself, "
        "one delivery at a time.\n\n"
        f"Test it, let one through, end the pause or give up what waits: {page}\n"
    )
    try:
        EmailMessage(f"Switchyard: {method.client.name}’s {method.name} is paused", text, settings.DEFAULT_FROM_EMAIL, [person]).send()
    except Exception as error:  # noqa: BLE001 -- whatever ails the mail server, the page shows the pause too
        log.warning("pause.not_told", method=method.pk, error=type(error).__name__)
