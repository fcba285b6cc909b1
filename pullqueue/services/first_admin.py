"""The first person of an empty installation."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from leads.services.events import record
from pullqueue.enums import Role
from pullqueue.models import User

BEGINNING_LOCK = 7_302
"""Advisory lock, so that two who begin at once do not both succeed."""


class CannotBegin(Exception):
    """`reasons` say what to do, one sentence each."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(" ".join(self.reasons))


def begin_installation(*, username: str, email: str, password: str, now: datetime) -> User:
    """Make the first administrator. Raises CannotBegin for a weak password, or when there is one already."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BEGINNING_LOCK])
        refuse_second()
        admin = User(username=username, email=email, role=Role.ADMINISTRATOR)
        refuse_weak(admin, password)
        admin.set_password(password)
        admin.save()
        record(kind="installation.begun", at=now, by=admin)
    return admin


def refuse_second() -> None:
    if found := User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).first():
        people = "Further people are added at Settings > People"
        forgotten = f"manage.py changepassword {found.username} sets a forgotten password"
        raise CannotBegin([f"There is an administrator already: {found.username}. {people}; {forgotten}."])


def refuse_weak(admin: User, password: str) -> None:
    """Report every problem of the name, the address and the password at once."""
    reasons: list[str] = []
    try:
        admin.full_clean(exclude=["password"])
    except ValidationError as problem:
        reasons += [f"{name.capitalize()}: {text}" for name, texts in problem.message_dict.items() for text in texts]
    try:
        validate_password(password, admin)
    except ValidationError as problem:
        reasons += [f"Password: {text}" for text in problem.messages]
    if reasons:
        raise CannotBegin(reasons)
