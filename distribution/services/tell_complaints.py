"""Administrators are told by mail when somebody reports a mail as spam: once for each address to which mail then pauses."""

from datetime import datetime

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.urls import reverse

from distribution.models import MailPause
from leads.services.events import record
from pullqueue.enums import NoticeKind
from pullqueue.services.notices import mailed_administrators, tell_administrators

log = structlog.get_logger(__name__)

CLAIM = "UPDATE distribution_mailpause SET told_at = %s WHERE told_at IS NULL AND lifted_at IS NULL RETURNING id"


def tell_of_complaints(*, now: datetime) -> int:
    """Send what is to be told and return how many addresses it was. Told first and sent afterwards: rather once too few than twice."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [now])
        new = [row[0] for row in cursor.fetchall()]
    people = mailed_administrators(kind=NoticeKind.COMPLAINT)
    for pause in MailPause.objects.filter(pk__in=new).select_related("client", "delivery").order_by("pk"):
        link = reverse("admin:distribution_mailpause_change", args=[pause.pk])
        text = f"{pause.client.name}: somebody reported a mail as spam. No more goes to that address until you let it."
        tell_administrators(kind=NoticeKind.COMPLAINT, at=now, cause=f"complaint:{pause.pk}", text=text, link=link)
        for person in people:
            _send(pause, person)
    return len(new)


def _send(pause: MailPause, person: str) -> None:
    page = f"{settings.PUBLIC_URL}{reverse('admin:distribution_mailpause_change', args=[pause.pk])}"
    text = (
        f"{pause.client.name}: somebody reported the mail of {pause.delivery.spoken} as spam. It arrived, so the sale stands; "
        "but no more mail goes to that address.\n\n"
        f"Ask the client what is wrong, then let mail go again: {page}\n"
    )
    try:
        EmailMessage(f"Switchyard: {pause.client.name} reported a mail as spam", text, settings.DEFAULT_FROM_EMAIL, [person]).send()
    except Exception as error:  # noqa: BLE001 -- whatever ails the mail server, the list shows the address too
        log.warning("complaint.not_told", pause=pause.pk, error=type(error).__name__)


def lift_pause(*, pause: MailPause, by: object, now: datetime) -> bool:
    """Let mail go to the address again; False when somebody did so before."""
    with transaction.atomic():
        lifted = MailPause.objects.filter(pk=pause.pk, lifted_at=None).update(lifted_at=now, lifted_by=by)
        if lifted:
            record(kind="mail.resumed", at=now, by=by, about=f"client:{pause.client_id}", client=pause.client_id)
    return bool(lifted)
