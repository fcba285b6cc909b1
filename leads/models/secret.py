"""Secrets that are kept: encrypted at rest under a list of keys, so that a key can be rotated."""

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


@lru_cache(maxsize=4)
def _keys(names: tuple[str, ...]) -> MultiFernet:
    if not names:
        raise ImproperlyConfigured("ENCRYPTION_KEYS is empty: name at least one Fernet key, newest first.")
    return MultiFernet([Fernet(name) for name in names])


def cipher() -> MultiFernet:
    """Return the cipher of the configured keys: the first encrypts, all decrypt."""
    return _keys(tuple(settings.ENCRYPTION_KEYS))


class SecretField(models.TextField):
    """Text that stands encrypted in the database and plain in memory only."""

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        return cipher().decrypt(value.encode()).decode() if value else value

    def get_prep_value(self, value: Any) -> Any:
        return cipher().encrypt(str(value).encode()).decode() if value else value
