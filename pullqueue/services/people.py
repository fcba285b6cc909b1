"""Who may become what: an installation keeps an administrator, and nobody changes their own role."""

import secrets
from collections.abc import Iterator
from typing import Any

from pullqueue.enums import Role
from pullqueue.models import User

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
