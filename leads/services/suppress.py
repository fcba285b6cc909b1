"""The suppression list: people who must not be called or sold. What is compared is a keyed hash, never the address itself."""

import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction

from leads.domain.normalise_email import read_email
from leads.domain.normalise_phone import read_phone
from leads.domain.normalise_text import Refused
from leads.enums import SuppressionChangeKind, SuppressionKind
from leads.models import Lead, Suppression, SuppressionChange
from leads.services.events import record


class NoReason(ValueError):
    """Taking somebody off the list needs a reason."""


class Taken(NamedTuple):
    """What an import did: new on the list, there already, and neither a phone nor an e-mail."""

    added: int
    known: int
    wrong: int


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
            _remember(entry, SuppressionChangeKind.ADDED, reason=reason, by=by, now=now)
    return entry


def unsuppress(*, entry: Suppression, reason: str, by: Any, now: datetime) -> bool:
    """Take a person off the list; False when somebody did so before. The list's past keeps who did it, and why.

    Raises:
        NoReason: nobody is let off without one.
    """
    why = reason.replace("\x00", "").strip()[:200]
    if not why:
        raise NoReason
    with transaction.atomic():
        removed, _ = Suppression.objects.filter(pk=entry.pk).delete()
        if removed:
            record(kind="suppression.removed", at=now, by=by, about=f"suppression:{entry.pk}")
            _remember(entry, SuppressionChangeKind.REMOVED, reason=why, by=by, now=now)
    return bool(removed)


def _remember(entry: Suppression, change: str, *, reason: str, by: Any, now: datetime) -> None:
    SuppressionChange.objects.create(
        kind=entry.kind, digest=bytes(entry.digest), hint=hint_of(entry.kind, entry.shown), change=change, reason=reason, at=now, by=by
    )


def hint_of(kind: str, value: str) -> str:
    """Enough to recognise a person by, too little to call or write to them."""
    if not value:
        return ""
    if kind == SuppressionKind.PHONE:
        return f"{value[:2]} … {value[-2:]}"
    name, _, host = value.partition("@")
    return f"{name[:1]}…@{host}"[:40]


def suppress_people(*, leads: Sequence[Lead], reason: str, by: Any, now: datetime) -> int:
    """Put the phones and e-mails of some leads on the list and return how many were not on it before."""
    values = {(SuppressionKind.PHONE, lead.phone) for lead in leads} | {(SuppressionKind.PHONE, lead.phone2) for lead in leads}
    values |= {(SuppressionKind.EMAIL, lead.email) for lead in leads}
    return suppress_values(values=[(kind, value) for kind, value in sorted(values) if value], reason=reason, by=by, now=now).added


def suppress_values(*, values: Iterable[tuple[str, str]], reason: str, by: Any, now: datetime) -> Taken:
    """Put many people on the list at once, each by kind and value; what is neither phone nor e-mail is counted and left."""
    normal: dict[tuple[str, bytes], str] = {}
    wrong = 0
    for kind, value in values:
        try:
            shown = read_phone(value)[0] if kind == SuppressionKind.PHONE else read_email(value)
        except Refused:
            wrong += 1
            continue
        normal[kind, suppression_digest(kind, shown)] = shown
    rows = [Suppression(kind=kind, digest=digest, shown=shown, reason=reason, created_by=by) for (kind, digest), shown in normal.items()]
    with transaction.atomic():
        there = _there([digest for _, digest in normal])
        new = [row for row in rows if (row.kind, bytes(row.digest)) not in there]
        Suppression.objects.bulk_create(new, ignore_conflicts=True, batch_size=1_000)
        changes = [
            SuppressionChange(
                kind=row.kind,
                digest=row.digest,
                hint=hint_of(row.kind, row.shown),
                change=SuppressionChangeKind.ADDED,
                reason=reason,
                at=now,
                by=by,
            )
            for row in new
        ]
        SuppressionChange.objects.bulk_create(changes, batch_size=1_000)
        if new:
            record(kind="suppression.added", at=now, by=by, about="suppression", count=len(new))
    return Taken(len(new), len(normal) - len(new), wrong)


def _there(digests: list[bytes]) -> set[tuple[str, bytes]]:
    return {(kind, bytes(digest)) for kind, digest in Suppression.objects.filter(digest__in=digests).values_list("kind", "digest")}


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
