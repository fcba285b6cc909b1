"""Writing the clients' secrets anew under the newest key, so that an old one can be taken out of the settings."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

from leads.models.secret import SecretField, cipher

UNREADABLE = -1
type Place = tuple[str, str, str]
"""Table, primary key and column of a kind of secret."""


def places() -> Iterator[Place]:
    """Yield every column of the product that holds secrets."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SecretField):
                yield model._meta.db_table, str(_key(model).column), str(field.column)


def _key(model: type[models.Model]) -> "models.Field[Any, Any]":
    key = model._meta.pk
    assert key is not None  # noqa: S101 -- every model has one
    return key


def count_by_key() -> Counter[int]:
    """How many secrets stand under which key, the newest being 0; UNREADABLE for those that no key of the settings reads."""
    keys = [Fernet(name) for name in settings.ENCRYPTION_KEYS]
    return Counter(_key_of(kept, keys) for place in places() for _, kept in _kept(place))


def rotate_secrets() -> int:
    """Write every secret that can be read anew under the newest key; return how many. A change meanwhile wins."""
    newest = Fernet(settings.ENCRYPTION_KEYS[0])
    written = 0
    for table, key, column in places():
        for row, kept in _kept((table, key, column)):
            if _key_of(kept, [newest]) == 0:
                continue
            try:
                anew = cipher().rotate(kept.encode()).decode()
            except InvalidToken:
                continue
            with transaction.atomic(), connection.cursor() as cursor:
                statement = f'UPDATE "{table}" SET "{column}" = %s WHERE "{key}" = %s AND "{column}" = %s'  # noqa: S608 -- names from the models
                cursor.execute(statement, [anew, row, kept])
                written += cursor.rowcount
    return written


def _kept(place: Place) -> list[tuple[Any, str]]:
    table, key, column = place
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{key}", "{column}" FROM "{table}" WHERE "{column}" <> \'\' ORDER BY 1')  # noqa: S608 -- names from the models
        return list(cursor.fetchall())


def _key_of(kept: str, keys: list[Fernet]) -> int:
    for at, key in enumerate(keys):
        try:
            key.decrypt(kept.encode())
        except InvalidToken:
            continue
        return at
    return UNREADABLE
