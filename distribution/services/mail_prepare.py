"""What a mail gets before it is kept: its marks where mails are tracked, and no address to which mail pauses."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from clients.enums import MethodKind
from distribution.models import Delivery, MailPause
from distribution.services.track import is_tracked
from distribution.transports.mail_marks import marked
from distribution.transports.template import TemplateProblem


def mark_mails(deliveries: Iterable[Delivery]) -> None:
    """Mark the written mails among these, where the settings that decided them track mails. A provider marks them itself."""
    mails = [one for one in deliveries if one.payload is not None and one.payload.get("kind") == MethodKind.EMAIL]
    tracked = is_tracked([one.pk for one in mails]) if mails and not settings.MAIL_PROVIDER else set()
    for delivery in mails:
        if delivery.pk in tracked:
            delivery.payload = marked(delivery.payload or {}, delivery.pk)


def without_paused(payload: dict[str, Any]) -> dict[str, Any]:
    """Return a mail's payload without the addresses to which mail pauses. Raises TemplateProblem where none is left."""
    if payload.get("kind") != MethodKind.EMAIL:
        return payload
    paused = set(
        MailPause.objects.standing().filter(address__in=[one.casefold() for one in payload["to"]]).values_list("address", flat=True)
    )
    left = [one for one in payload["to"] if one.casefold() not in paused]
    if not left:
        raise TemplateProblem(
            f"Mail to {', '.join(payload['to'])} pauses, because it was reported as spam. Ask the client, then lift the pause."
        )
    return payload | {"to": left} if paused else payload
