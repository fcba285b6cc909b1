"""Telling people what they should know: on their pages, and by e-mail if they wish; never twice for one cause."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pullqueue.enums import MAILED_NOTICES, NoticeKind
from pullqueue.models import Notice, NoticeChoice, User


def tell(
    *,
    user: Any,
    kind: str,
    at: datetime,
    lead: Any = None,
    mail_due: bool = False,
    read_at: datetime | None = None,
    cause: str = "",
    text: str = "",
    link: str = "",
) -> None:
    """Tell one person, as they have chosen for this kind; nobody hears twice of one cause.

    `mail_due` and `read_at` (it is not shown as new) are what holds where the person has chosen nothing. Text and link name no
    person; the lead (a row or its id) is named by its number.
    """
    choice = NoticeChoice.objects.filter(user=user, kind=kind).first()
    if choice:
        mail_due, read_at = choice.by_mail, None if choice.in_app else at
        if not (choice.in_app or choice.by_mail):
            return
    lead_id = getattr(lead, "pk", lead)
    caused = cause or f"{kind}:{lead_id or ''}:{at.isoformat()}"
    notice = Notice(user=user, kind=kind, lead_id=lead_id, at=at, mail_due=mail_due, read_at=read_at, cause=caused[:120])
    notice.text, notice.link = text[:200], link[:200]
    Notice.objects.bulk_create([notice], ignore_conflicts=True)


def tell_administrators(*, kind: str, at: datetime, cause: str, text: str, link: str) -> None:
    """Show it to every administrator on their pages; the mail of these kinds is written by who knows more, to `mailed_administrators`."""
    people = list(User.objects.administrators())
    choices = {one.user_id: one for one in NoticeChoice.objects.filter(user__in=people, kind=kind)}
    told = [person for person in people if person.pk not in choices or choices[person.pk].in_app]
    Notice.objects.bulk_create(
        [Notice(user=person, kind=kind, at=at, cause=cause[:120], text=text[:200], link=link[:200]) for person in told],
        ignore_conflicts=True,
    )


def mailed_administrators(*, kind: str) -> list[str]:
    """Return the addresses of administrators who have not chosen to get no mail of this kind."""
    unwilling = NoticeChoice.objects.filter(kind=kind, by_mail=False).values("user")
    return list(User.objects.administrators().exclude(email="").exclude(pk__in=unwilling).values_list("email", flat=True))


def choices_of(user: Any) -> list[tuple[NoticeKind, bool, bool]]:
    """Every kind that may reach this person, with whether it is shown and mailed."""
    chosen = {one.kind: one for one in NoticeChoice.objects.filter(user=user)}
    kinds = [kind for kind in NoticeKind if (kind in MAILED_NOTICES) == bool(user.is_administrator)]
    return [(kind, chosen[kind].in_app, chosen[kind].by_mail) if kind in chosen else (kind, True, kind in MAILED_NOTICES) for kind in kinds]


def choose(*, user: Any, wanted: Mapping[str, tuple[bool, bool]]) -> None:
    """Keep what the person wishes: by kind whether it is shown and whether it is mailed."""
    rows = [
        NoticeChoice(user=user, kind=kind, in_app=in_app, by_mail=by_mail)
        for kind, (in_app, by_mail) in wanted.items()
        if kind in NoticeKind
    ]
    NoticeChoice.objects.bulk_create(rows, update_conflicts=True, unique_fields=["user", "kind"], update_fields=["in_app", "by_mail"])
