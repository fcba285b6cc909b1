"""Who may become what: an installation keeps an administrator, and nobody changes their own role."""

import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from leads.services.events import record
from pullqueue.enums import LinkKind, Role
from pullqueue.models import Branch, Session, User
from pullqueue.services.links import make_link

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what is mistaken for something else when it is read out."""


def problems_of_change(person: User, *, role: str, is_active: bool, by: Any) -> Iterator[tuple[str, str]]:
    """Yield field and sentence of everything that forbids the change. Locks the administrators, so call it in the change's transaction."""
    administrators = set(
        User.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk").values_list("pk", flat=True)
    )
    if person.pk == by.pk and role != by.role:
        yield "role", "Nobody changes their own role. Ask another administrator."
    if person.pk == by.pk and not is_active:
        yield "is_active", "Nobody switches off their own account. Ask another administrator."
    stays = role == Role.ADMINISTRATOR and is_active
    if administrators == {person.pk} and not stays:
        field = "is_active" if role == Role.ADMINISTRATOR else "role"
        yield field, "This is the last administrator. Make somebody else one first."


def give_password(*, person: User) -> str:
    """Give a person a new password and return it: it is shown once, and all their sessions end."""
    plain = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
    person.set_password(plain)
    person.save(update_fields=["password"])
    return plain


class NotTheirs(Exception):
    """Somebody may not manage that person, or may not give that role; the message says so."""


def roles_to_give(by: Any) -> list[str]:
    """What roles somebody may invite people for: managers of a branch reps, managers of the company also branch managers."""
    if by.is_administrator:
        return [Role.REP, Role.MANAGER, Role.ADMINISTRATOR]
    if by.is_company_manager:
        return [Role.REP, Role.MANAGER]
    return [Role.REP] if by.is_active and by.role == Role.MANAGER else []


def may_manage(by: Any, person: User) -> bool:
    """Whether somebody may switch a person off and on, invite them and end their sessions."""
    if by.is_administrator:
        return True
    ranks_below = person.role == Role.REP or (by.is_company_manager and person.role == Role.MANAGER and person.branch_id is not None)
    return ranks_below and person.pk != by.pk and User.objects.visible_to(by).filter(pk=person.pk).exists()


def invite_person(*, person: User, by: Any, now: datetime) -> None:
    """Keep a new person without a password and send the link with which they choose one. Raises NotTheirs."""
    if person.role not in roles_to_give(by) or (person.role == Role.MANAGER and person.branch_id is None and not by.is_administrator):
        raise NotTheirs("You cannot invite somebody for this role.")
    if person.branch_id and not Branch.objects.visible_to(by).filter(pk=person.branch_id).exists():
        raise NotTheirs("You cannot invite somebody into this branch.")
    person.set_unusable_password()
    with transaction.atomic():
        person.save()
        make_link(user=person, kind=LinkKind.INVITATION, by=by, now=now)


def invite_again(*, person: User, by: Any, now: datetime) -> None:
    make_link(user=person, kind=LinkKind.INVITATION, by=by, now=now)


def switch_person(*, person: User, on: bool, by: Any, now: datetime) -> bool:
    """Let a person in or keep them out: sessions, links and tokens are dead at once. False when nothing changed.

    Raises NotTheirs for oneself and for the last administrator.
    """
    with transaction.atomic():
        for _, sentence in problems_of_change(person, role=person.role, is_active=on, by=by):
            raise NotTheirs(sentence)
        changed = User.objects.filter(pk=person.pk, is_active=not on).update(is_active=on)
        if changed:
            record(kind=f"person.switched_{'on' if on else 'off'}", at=now, by=by, about=f"user:{person.pk}")
            end_sessions(person=person)
    return bool(changed)


def end_sessions(*, person: User, but: str | None = None) -> int:
    """End all sessions of a person, but perhaps the present one; return how many it were."""
    ended, _ = Session.objects.filter(user=person).exclude(session_key=but or "").delete()
    return ended
