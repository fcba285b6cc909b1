"""Keys and passwords of this checkout, made once and kept in a file that only its owner reads."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters that look like others: people type these


def _password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


MADE_ONCE: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "ENCRYPTION_KEYS": _fernet_key,
    "DEMO_ADMIN_PASSWORD": _password,
    "DEMO_MANAGER_PASSWORD": _password,
    "DEMO_REP_PASSWORD": _password,
}


def local_secrets(path: Path) -> dict[str, str]:
    """Return the values kept in `path` (lines of NAME=value, mode 600), adding those not made yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = _read(path)
    if missing := {name: make() for name, make in MADE_ONCE.items() if name not in kept}:
        kept |= missing
        new = path.with_suffix(f".{os.getpid()}.new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write("# Made once by Switchyard for this checkout. Without ENCRYPTION_KEYS the stored secrets cannot be read.\n")
            handle.writelines(f"{name}={value}\n" for name, value in kept.items())
        new.rename(path)
    return kept


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = (line.strip() for line in path.read_text().splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}
