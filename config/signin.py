"""Signing in, slowed down for who guesses: counted by name and by address, in the cache."""

import hashlib
from contextlib import suppress
from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.core.cache import cache
from django.core.exceptions import ValidationError

MOST_FAILURES = 10
WINDOW_SECONDS = 15 * 60


class CarefulAuthenticationForm(AuthenticationForm):
    """Refuses further tries after ten wrong ones in a quarter of an hour, for that name from that address."""

    error_messages = {  # noqa: RUF012 -- as the parent declares it
        "invalid_login": "This name and password do not belong together. Both mind capital letters.",
        "inactive": "This account is switched off. Ask your administrator.",
        "too_many": "Too many wrong tries. Wait 15 minutes, or ask your administrator for a new password.",
    }

    def clean(self) -> dict[str, Any]:
        key = self._key()
        if _count(key) >= MOST_FAILURES:
            raise ValidationError(self.error_messages["too_many"], code="too_many")
        try:
            cleaned = super().clean()
        except ValidationError:
            _add_one(key)
            raise
        _forget(key)
        return cleaned

    def _key(self) -> str:
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        name = (self.data.get("username") or "").strip().lower()[:150]
        return f"sign-in:{hashlib.sha256(f'{address}|{name}'.encode()).hexdigest()}"


def _count(key: str) -> int:
    """Without the cache nobody is locked out: the product runs on."""
    try:
        return int(cache.get(key) or 0)
    except Exception:  # noqa: BLE001 -- whatever ails the cache
        return 0


def _add_one(key: str) -> None:
    with suppress(Exception):  # see _count
        cache.add(key, 0, WINDOW_SECONDS)
        cache.incr(key)


def _forget(key: str) -> None:
    with suppress(Exception):  # see _count
        cache.delete(key)
