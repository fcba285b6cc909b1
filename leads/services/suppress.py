"""The suppression list: people who must not be called or sold. What is compared is a keyed hash, never the address itself."""

import hmac
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from leads.domain.normalise_email import read_email
from leads.domain.normalise_phone import read_phone
from leads.enums import SuppressionKind
from leads.models import Suppression
from leads.services.events import record


@lru_cache(maxsize=1)
def _secret(key: str) -> bytes:
    return sha256(b"leads.suppression\x00" + key.encode()).digest()


def suppression_digest(kind: str, value: str) -> bytes:
    """Return the keyed hash of a normalised phone (E.164) or e-mail; whoever copies the table cannot guess its way back."""
    return hmac.digest(_secret(settings.SECRET_KEY), f"{kind}\x00{value.casefold()}".encode(), "sha256")


def suppress(*, kind: str, value: str, by: Any, now: datetime, reason: str = "") -> Suppression:
    """Put a person on the list; who is there already stays as entered.

    Raises:
        Refused: the value is no phone or e-mail.
    """
    normal = read_phone(value)[0] if kind == SuppressionKind.PHONE else read_email(value)
    with transaction.atomic():
        entry, is_new = Suppression.objects.get_or_create(
            kind=kind,
            digest=suppression_digest(kind, normal),
            defaults={"shown": normal, "reason": reason, "created_by": by},
        )
        if is_new:
            record(kind="suppression.added", at=now, by=by, about=f"suppression:{entry.pk}")
    return entry


def people_of(*, phones: Iterable[str], emails: Iterable[str]) -> set[tuple[str, bytes]]:
    """Kind and digest under which these normalised numbers and addresses would stand on the list; empty ones are nobody's."""
    people = [(SuppressionKind.PHONE, phone) for phone in phones if phone] + [(SuppressionKind.EMAIL, email) for email in emails if email]
    return {(kind.value, suppression_digest(kind, value)) for kind, value in people}


def is_suppressed(*, phones: Iterable[str], emails: Iterable[str]) -> bool:
    """Whether any of the normalised numbers or addresses is on the list now; empty ones are nobody's."""
    wanted = people_of(phones=phones, emails=emails)
    if not wanted:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, digest FROM leads_suppression WHERE digest = ANY(%s)", [[digest for _, digest in wanted]])
        return any((kind, bytes(digest)) in wanted for kind, digest in cursor.fetchall())
